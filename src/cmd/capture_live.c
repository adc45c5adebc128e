/*
 * capture_live.c - packets from interfaces: which, with which filter, and what is said of it.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "capture/device.h"
#include "capture/live.h"
#include "cmd/capture.h"

/* --- which interfaces ----------------------------------------------------------------------- */

struct names {
	struct arena arena;
	const char *list[LIVE_MOST_INTERFACES];
	size_t count;
};

static int add_name(struct capture *capture, struct names *names, const char *text)
{
	if (names->count == LIVE_MOST_INTERFACES) {
		diag_error(capture->diag, SPAN_NONE, "more than %d interfaces were given",
			   LIVE_MOST_INTERFACES);
		diag_hint(capture->diag, "'-i any' captures on all");
		return -EINVAL;
	}
	return device_find(text, &names->arena, capture->diag, &names->list[names->count++]);
}

/* One option may name several, with commas between. */
static int add_names(struct capture *capture, struct names *names, const char *text)
{
	char *copy = arena_strndup(&names->arena, text, strlen(text)), *name;
	int err = copy ? 0 : -ENOMEM;

	while (!err && (name = strsep(&copy, ",")))
		err = add_name(capture, names, name);
	return err;
}

/* Without -i it is the first of the list, as for tcpdump. */
static int read_names(struct capture *capture, struct names *names)
{
	const char *text = args_value_at(capture->args, "interface", 0);
	int err;

	if (!text)
		return add_name(capture, names, "1");
	for (size_t i = 0; text; text = args_value_at(capture->args, "interface", ++i)) {
		err = add_names(capture, names, text);
		if (err)
			return err;
	}
	return 0;
}

/* --- lists ---------------------------------------------------------------------------------- */

static int report(struct capture *capture, int err, struct strbuf *out)
{
	if (!err && !out->failed)
		(void)fwrite(strbuf_text(out), 1, out->len, stdout);
	else if (capture->diag->error_count == 0)
		diag_error(capture->diag, SPAN_NONE, "the interfaces cannot be listed: %s",
			   strerror(err ? -err : ENOMEM));
	strbuf_release(out);
	return err || out->failed ? EXIT_FAILED : EXIT_OK;
}

int capture_list_interfaces(struct capture *capture)
{
	struct arena arena = { 0 };
	struct strbuf out = { 0 };
	struct device *devices;
	size_t count;
	int err = device_list(&arena, &devices, &count);

	if (!err)
		device_print_list(devices, count, &out);
	arena_release(&arena);
	return report(capture, err, &out);
}

int capture_list_links(struct capture *capture)
{
	struct names names = { 0 };
	struct strbuf out = { 0 };
	struct device_kind kind;
	int err = read_names(capture, &names);

	for (size_t i = 0; i < names.count && !err; i++) {
		err = device_kind(names.list[i], &kind);
		if (!err)
			strbuf_printf(&out,
				      "Data link types for %s (use option -y to set):\n  %s (%s)\n",
				      names.list[i], dlt_name(kind.dlt), dlt_words(kind.dlt));
	}
	arena_release(&names.arena);
	return report(capture, err, &out);
}

/* --- opening -------------------------------------------------------------------------------- */

static int read_options(struct capture *capture, struct live_options *ret)
{
	const struct command_args *args = capture->args;
	const char *direction = args_value(args, "direction");
	bool failed = false;

	*ret = (struct live_options){
		.snaplen = capture->snaplen,
		.buffer_kib = (uint32_t)args_number(args, "buffer-size", 1, LIVE_MOST_BUFFER_KIB, 0,
						    &failed),
		.direction = !direction || strcmp(direction, "inout") == 0 ? LIVE_BOTH :
			     strcmp(direction, "in") == 0                  ? LIVE_IN :
									     LIVE_OUT,
		.no_promiscuous = args_flag(args, "no-promiscuous-mode"),
		/* The sooner, the more processes are still there. */
		.immediate = args_flag(args, "immediate-mode") || args_flag(args, "process"),
	};
	return failed ? -EINVAL : 0;
}

/* An interface's packets have one type; -y can only confirm it. */
static int check_link(struct capture *capture, const struct packet_source *source)
{
	for (uint32_t i = 0; i < source->interface_count; i++) {
		const struct packet_interface *interface = &source->interfaces[i];

		if (capture->dlt < 0 || interface->dlt == capture->dlt)
			continue;
		diag_error(capture->diag, SPAN_NONE, "packets of '%s' are not of the type %s",
			   interface->name, dlt_name(capture->dlt));
		diag_hint(capture->diag, "they are %s (%s)", dlt_name(interface->dlt),
			  dlt_words(interface->dlt));
		return -EINVAL;
	}
	return 0;
}

/* The filter for interface @i into the kernel, or, where that may not or cannot be, made ready here. */
static int attach_filter(struct capture *capture, struct packet_source *source, uint32_t i)
{
	const char *kernel = args_value(capture->args, "kernel");
	bool is_embedded = kernel && strcmp(kernel, "embedded") == 0;
	bool is_host = kernel && strcmp(kernel, "host") == 0;
	int dlt = source->interfaces[i].dlt;
	enum live_place place = LIVE_IN_USER_SPACE;
	struct socket_filter filter;
	int err = 0;

	capture->diag->source = &capture->text;
	if (!is_embedded) {
		err = match_socket(capture->matcher, dlt, capture->diag, &filter);
		if (err)
			return err;
	}
	err = live_attach(source, i, is_embedded ? NULL : &filter, capture->diag, &place);
	if (is_embedded)
		source->is_filtered = false;
	if (!err && !source->is_filtered && is_host) {
		diag_error(capture->diag, SPAN_NONE,
			   "with '--kernel host' the filter would have to be there");
		err = -ENOTSUP;
	}
	capture_report(capture);
	return err;
}

static int prepare(struct capture *capture, struct packet_source *source)
{
	int err = check_link(capture, source);

	for (uint32_t i = 0; i < source->interface_count && !err; i++)
		err = attach_filter(capture, source, i);
	/* If one interface is judged here, all are. */
	for (uint32_t i = 0; i < source->interface_count && !err && !source->is_filtered; i++)
		err = matcher_prepare(capture->matcher, source->interfaces[i].dlt, capture->diag);
	return err;
}

int capture_open_live(struct capture *capture, struct packet_source **ret_source)
{
	struct names names = { 0 };
	struct live_options options;
	struct packet_source *source = NULL;
	int err = read_options(capture, &options);

	if (!err)
		err = read_names(capture, &names);
	options.names = names.list;
	options.count = names.count;
	if (!err)
		err = live_open(&options, capture->diag, &source);
	arena_release(&names.arena);
	if (!err)
		err = prepare(capture, source);
	if (err)
		packet_source_free(source);
	else
		*ret_source = source;
	return err;
}

/* --- beginning ------------------------------------------------------------------------------ */

static bool has_one_link(const struct packet_source *source)
{
	for (uint32_t i = 1; i < source->interface_count; i++)
		if (source->interfaces[i].dlt != source->interfaces[0].dlt)
			return false;
	return true;
}

static void print_listening(const char *name, const struct packet_source *source, uint32_t i)
{
	int dlt = source->interfaces[i].dlt;

	(void)fprintf(stderr, "listening on %s, link-type %s (%s), snapshot length %u bytes\n",
		      name, dlt_name(dlt), dlt_words(dlt), source->snaplen);
}

/* As tcpdump. */
static void print_header(const struct capture *capture, const struct packet_source *source)
{
	if (!capture->write_path && !capture->json && !capture->stats && !capture->count &&
	    !capture->dissect.verbose)
		(void)fputs("waggle capture: verbose output suppressed, use -v[v]... for full "
			    "protocol decode\n",
			    stderr);
	else
		(void)fputs("waggle capture: ", stderr);
	if (has_one_link(source)) {
		print_listening(source->name, source, 0);
		return;
	}
	for (uint32_t i = 0; i < source->interface_count; i++)
		print_listening(source->interfaces[i].name, source, i);
}

int capture_start_live(struct capture *capture, struct packet_source *source)
{
	int err = live_start(source, capture->diag);

	if (!err)
		print_header(capture, source);
	return err;
}
