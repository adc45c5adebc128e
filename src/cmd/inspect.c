/*
 * inspect.c - finding the kernel's objects.
 */
#include "cmd/inspect.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/nearest.h"
#include "sys/permit.h"

static const char *const kind_names
	[] = { [SYS_PROG] = "program", [SYS_MAP] = "map", [SYS_BTF] = "BTF", [SYS_LINK] = "link" };

void inspect_begin(struct inspect *in, const struct command_args *args, bool is_json)
{
	*in = (struct inspect){ .args = args, .sys = &sys_linux, .diag = { .name = "waggle" } };
	(void)btf_open("/sys/kernel/btf/vmlinux", NULL, &in->kernel);
	in->is_json = is_json;
	in->json.out = &in->out;
	if (in->is_json)
		json_array(&in->json, NULL);
}

int inspect_end(struct inspect *in, int err)
{
	if (in->is_json)
		json_end(&in->json);
	if (err == -EPERM) {
		diag_error(&in->diag, SPAN_NONE, "%s does not let this process see its objects",
			   in->sys->name);
		sys_permit_explain(&in->diag);
	} else if (err && !in->diag.error_count) {
		diag_error(&in->diag, SPAN_NONE, "%s", strerror(-err));
	}
	if (!err)
		(void)fwrite(strbuf_text(&in->out), 1, in->out.len, stdout);
	command_report(&in->diag);
	btf_free(in->kernel);
	strbuf_release(&in->out);
	diag_release(&in->diag);
	return err ? EXIT_FAILED : EXIT_OK;
}

const char *inspect_word(struct inspect *in, const char *name, const char *prefix, uint32_t number)
{
	const uint32_t id = in->kernel ? btf_find(in->kernel, BTF_ENUM, name) : 0;
	struct btf_enumerator value;
	struct btf_type type;

	(void)snprintf(in->word, sizeof in->word, "type %u", number);
	if (!id || !btf_type(in->kernel, id, &type))
		return in->word;
	for (uint32_t i = 0; i < type.count && btf_enumerator(in->kernel, &type, i, &value); i++) {
		const size_t len = strlen(prefix);

		if (value.value != number || strncmp(value.name, prefix, len) != 0)
			continue;
		(void)snprintf(in->word, sizeof in->word, "%s", value.name + len);
		for (char *p = in->word; *p; p++)
			*p = (char)tolower((unsigned char)*p);
		break;
	}
	return in->word;
}

static int show_id(struct inspect *in, enum sys_kind kind, uint32_t id, inspect_fn *show)
{
	const int fd = sys_open_id(in->sys, kind, id);
	int err;

	if (fd == -ENOENT)
		return 0; /* it ended */
	if (fd < 0)
		return fd;
	err = show(in, fd);
	(void)in->sys->close(in->sys, fd);
	return err;
}

int inspect_each(struct inspect *in, enum sys_kind kind, inspect_fn *show)
{
	uint32_t id = 0;
	int err;

	while (!(err = sys_next_id(in->sys, kind, id, &id))) {
		err = show_id(in, kind, id, show);
		if (err)
			return err;
	}
	return err == -ENOENT ? 0 : err;
}

/* --- one -------------------------------------------------------------------------------------- */

/* Those of a name, while all are gone through. */
struct search {
	const char *wanted;
	inspect_name_fn *name_of;
	inspect_fn *show;
	struct nearest near;
	char names[64][64]; /* that are offered */
	unsigned int offered;
	unsigned int found;
};

static int try_one(struct inspect *in, struct search *search, int fd)
{
	char name[64] = "";
	int err = search->name_of(in, fd, name);

	if (err)
		return err;
	if (!strcmp(name, search->wanted)) {
		search->found++;
		return search->show(in, fd);
	}
	if (*name && search->offered < 64) {
		memcpy(search->names[search->offered], name, sizeof name);
		nearest_offer(&search->near, search->names[search->offered++]);
	}
	return 0;
}

static int find_named(struct inspect *in, enum sys_kind kind, struct search *search)
{
	uint32_t id = 0;
	int err;

	while (!(err = sys_next_id(in->sys, kind, id, &id))) {
		const int fd = sys_open_id(in->sys, kind, id);

		if (fd == -ENOENT)
			continue;
		err = fd < 0 ? fd : try_one(in, search, fd);
		if (fd >= 0)
			(void)in->sys->close(in->sys, fd);
		if (err)
			return err;
	}
	if (err != -ENOENT || search->found)
		return err == -ENOENT ? 0 : err;
	diag_error(&in->diag, SPAN_NONE, "there is no %s '%s'", kind_names[kind], search->wanted);
	if (search->near.best)
		diag_hint(&in->diag, "did you mean '%s'?", search->near.best);
	else
		diag_hint(&in->diag, "list them with the command 'list'");
	return -ENOENT;
}

static int show_pinned(struct inspect *in, const char *path, inspect_fn *show)
{
	const int fd = sys_pin_open(in->sys, path);
	int err;

	if (fd < 0) {
		diag_error(&in->diag, SPAN_NONE, "nothing is pinned at '%s': %s", path,
			   strerror(-fd));
		return fd;
	}
	err = show(in, fd);
	(void)in->sys->close(in->sys, fd);
	return err;
}

int inspect_one(struct inspect *in, enum sys_kind kind, inspect_name_fn *name_of, inspect_fn *show)
{
	const char *wanted = args_operand(in->args, 0);
	struct search search = { .wanted = wanted, .name_of = name_of, .show = show };
	char *end;
	const unsigned long id = strtoul(wanted, &end, 10);
	int fd, err;

	if (strchr(wanted, '/'))
		return show_pinned(in, wanted, show);
	if (end == wanted || *end || id > UINT32_MAX) {
		search.near = nearest_begin(wanted);
		return find_named(in, kind, &search);
	}
	fd = sys_open_id(in->sys, kind, (uint32_t)id);
	if (fd == -ENOENT) {
		diag_error(&in->diag, SPAN_NONE, "there is no %s with number %lu", kind_names[kind],
			   id);
		return fd;
	}
	if (fd < 0)
		return fd;
	err = show(in, fd);
	(void)in->sys->close(in->sys, fd);
	return err;
}
