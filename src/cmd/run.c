/*
 * run.c - 'waggle run': an object's programs in the kernel, attached, and what they say.
 */
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "cmd/command.h"
#include "cmd/programs.h"
#include "load/attach.h"
#include "load/load.h"
#include "load/report.h"
#include "load/source.h"
#include "load/watch.h"
#include "object/object.h"
#include "probe/catalog.h"
#include "probe/features.h"
#include "sys/bpf.h"
#include "sys/permit.h"

enum { USUAL_FREQUENCY = 99, MOST_OUT_BYTES = 1 << 16 };

static const struct command_option options[] = {
	/* clang-format off */
	{ 'p', "prog", "NAME", NULL, "only this program of the object; again for more" },
	{ 'i', "interface", "NAME", NULL, "where xdp, tc and socket programs go" },
	{ 'c', "cgroup", "PATH", NULL, "where cgroup programs go" },
	{ 'F', "frequency", "HZ", NULL, "how often perf_event programs sample (99)" },
	{ 'd', "duration", "SECONDS", NULL, "stop after this time instead of at Ctrl-C" },
	{ 'n', "interval", "SECONDS", NULL, "show maps this often, not only at the end" },
	{ 't', "type", "MAP=STRUCT", NULL, "what the records of a ring are; again for more" },
	{ 'j', "json", NULL, NULL, "one JSON object for each record and element" },
	{ 'l', "list", NULL, NULL, "show what is in the object, and load nothing" },
	{ 0, "load", NULL, NULL, "load, say so, and stop: attach nothing" },
	{ 'q', "quiet", NULL, NULL, "no maps at the end" },
	{ 'v', "verbose", NULL, NULL, "say for each program what became of it" },
	{ 0, NULL, NULL, NULL, NULL },
	/* clang-format on */
};

struct running {
	const struct command_args *args;
	struct diag *diag;
	const char *path;
	char *file;
	size_t len;
	struct object *object;
	struct catalog *catalog;
	struct features *features;
	struct sym *sym;
	struct loaded *loaded;
	struct attachments *attachments;
	struct watch *watch;
	struct load_places places;
	const char *progs[PROGRAMS_MOST + 1];
	const char *types[PROGRAMS_MOST + 1];
	struct report_options report;
	struct report_type last; /* of records */
	struct strbuf out;
	uint64_t lost;
	unsigned int attached;
};

/* --- what was asked for ----------------------------------------------------------------------- */

/* MAP=STRUCT: both have to be there. */
static int check_types(struct running *r)
{
	for (size_t i = 0; r->types[i]; i++) {
		const char *equals = strchr(r->types[i], '=');
		const char *name = equals ? equals + 1 : "";

		if (!strncmp(name, "struct ", 7))
			name += 7;
		if (!equals) {
			diag_error(r->diag, SPAN_NONE, "--type takes MAP=STRUCT, not '%s'",
				   r->types[i]);
			return -EINVAL;
		}
		if (!r->loaded->types || !btf_find(r->loaded->types, BTF_STRUCT, name)) {
			diag_error(r->diag, SPAN_NONE, "the object's types have no struct '%s'",
				   name);
			diag_hint(r->diag, "compilers leave out types that no program uses");
			return -ENOENT;
		}
	}
	return 0;
}

static int find_places(struct running *r)
{
	const char *interface = args_value(r->args, "interface");
	const char *cgroup = args_value(r->args, "cgroup");
	bool failed = false;

	r->places = (struct load_places){
		.cgroup_fd = -1,
		.frequency =
			args_number(r->args, "frequency", 1, 1000000, USUAL_FREQUENCY, &failed),
	};
	if (failed)
		return -EINVAL;
	if (interface) {
		r->places.interface = if_nametoindex(interface);
		if (!r->places.interface) {
			diag_error(r->diag, SPAN_NONE, "there is no interface '%s'", interface);
			diag_hint(r->diag, "list them with: waggle capture -D");
			return -ENODEV;
		}
	}
	if (cgroup) {
		r->places.cgroup_fd = open(cgroup, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (r->places.cgroup_fd < 0) {
			const int err = -errno;

			diag_error(r->diag, SPAN_NONE, "cannot open the cgroup '%s': %s", cgroup,
				   strerror(-err));
			return err;
		}
	}
	return 0;
}

/* --- listing ---------------------------------------------------------------------------------- */

static void list(struct running *r)
{
	const struct object *object = r->object;

	for (size_t i = 0; i < object->entry_count; i++)
		strbuf_printf(&r->out, "program %-24s %s\n", object->entries[i].name,
			      object->entries[i].section);
	for (size_t i = 0; i < object->map_count; i++) {
		const struct object_map *map = &object->maps[i];

		strbuf_printf(&r->out,
			      "map     %-24s type %u, key %u, value %u bytes, %u elements\n",
			      map->name, map->type, map->key_size, map->value_size,
			      map->max_entries);
	}
}

/* --- loading and attaching -------------------------------------------------------------------- */

/* A source becomes an object; what the compiler says is shown as it says it. */
static int compile(struct running *r)
{
	struct strbuf object = { 0 }, said = { 0 };
	int err = source_compile(r->path, r->file, r->len, catalog_btf(r->catalog), r->diag,
				 &object, &said);

	(void)fputs(strbuf_text(&said), stderr);
	if (!err) {
		free(r->file);
		r->len = object.len;
		r->file = object.data; /* made by malloc, as a file's bytes are */
		object = (struct strbuf){ 0 };
	}
	strbuf_release(&object);
	strbuf_release(&said);
	return err;
}

static bool is_source(const char *path)
{
	const size_t len = strlen(path);

	return len > 2 && !strcmp(path + len - 2, ".c");
}

static int read_object(struct running *r)
{
	int err = file_read(r->path, r->diag, &r->file, &r->len);

	r->catalog = catalog_new(&(struct catalog_options){ .sys = &sys_linux });
	if (!r->catalog)
		return -ENOMEM;
	if (!err && is_source(r->path))
		err = compile(r);
	if (err)
		return err;
	if (!object_is_elf(r->file, r->len)) {
		diag_error(r->diag, SPAN_NONE, "it is neither an ELF object nor a source (.c)");
		diag_hint(r->diag, "compile it with: clang -g -O2 -target bpf -c FILE.c");
		return -EINVAL;
	}
	return object_read(r->file, r->len, r->diag, &r->object);
}

static int load(struct running *r)
{
	const char *slash = strrchr(r->path, '/');
	struct load_options wanted = { .sys = &sys_linux, .name = slash ? slash + 1 : r->path };

	r->features = features_new(&sys_linux, r->catalog);
	r->sym = sym_new(&(struct sym_options){ .sys = &sys_linux });
	if (!r->features || !r->sym)
		return -ENOMEM;
	wanted.kernel = catalog_btf(r->catalog);
	wanted.sym = r->sym;
	wanted.programs = r->progs[0] ? r->progs : NULL;
	wanted.has_cookie = feature_has(r->features, FEATURE_PERF_LINK);
	return load_object(r->object, &wanted, r->diag, &r->loaded);
}

static int attach_one(struct running *r, const struct loaded_prog *prog)
{
	const struct load_attach_job job = { &sys_linux, r->catalog, r->attachments, &r->places };
	const int result = load_attach(&job, prog, r->diag);

	if (result > 0)
		r->attached++;
	if (result < 0)
		diag_hint(r->diag, "it is program '%s' (%s)", prog->name, prog->section_name);
	if (args_flag(r->args, "verbose") && result >= 0)
		(void)fprintf(stderr, "%-24s %s: %s\n", prog->name, prog->section_name,
			      result ? "attached" : "loaded");
	return result;
}

/* One that cannot be attached does not keep the others from it, unless it is the only one. */
static int attach(struct running *r)
{
	unsigned int failed = 0, wanted = 0;
	int err = 0;

	r->attachments = attachments_new(&(struct attach_options){
		.sys = &sys_linux, .catalog = r->catalog, .features = r->features });
	if (!r->attachments)
		return -ENOMEM;
	for (size_t i = 0; i < r->loaded->prog_count; i++) {
		int result;

		if (r->loaded->progs[i].fd < 0)
			continue;
		wanted++;
		result = attach_one(r, &r->loaded->progs[i]);
		failed += result < 0;
		if (result < 0)
			err = result;
	}
	if (!r->attached && failed)
		return err;
	command_report(r->diag);
	diag_release(r->diag);
	*r->diag = (struct diag){ .name = r->path };
	if (!r->attached)
		(void)fprintf(stderr, "loaded %u programs; none says where to attach it\n", wanted);
	else
		(void)fprintf(stderr, "attached %u of %u programs\n", r->attached, wanted);
	return 0;
}

/* --- showing ---------------------------------------------------------------------------------- */

static void flush(void *data)
{
	struct running *r = data;

	(void)fwrite(strbuf_text(&r->out), 1, r->out.len, stdout);
	(void)fflush(stdout);
	strbuf_reset(&r->out);
}

static void on_record(void *data, const struct loaded_map *map, const void *bytes, size_t len)
{
	struct running *r = data;

	report_record(&r->report, map, bytes, len, &r->last, &r->out);
	if (r->out.len > MOST_OUT_BYTES)
		flush(r);
}

static void on_lost(void *data, const struct loaded_map *map, uint64_t count)
{
	struct running *r = data;

	(void)map;
	r->lost += count;
}

static void on_text(void *data, const char *text, size_t len)
{
	struct running *r = data;

	strbuf_add(&r->out, text, len);
	if (r->out.len > MOST_OUT_BYTES)
		flush(r);
}

static void show_maps(void *data)
{
	struct running *r = data;

	for (size_t i = 0; i < r->loaded->map_count; i++)
		if (report_has_elements(&r->loaded->maps[i]))
			(void)report_map(&r->report, &r->loaded->maps[i], &r->out);
	flush(r);
}

static int read_iterators(struct running *r, const struct watch_handler *handler)
{
	int err = 0, fd;

	for (uint32_t i = 0; !err && (fd = attach_iter_fd(r->attachments, i)) >= 0; i++)
		err = watch_iterator(handler, fd);
	flush(r);
	return err;
}

static bool has_others(const struct running *r)
{
	for (size_t i = 0; i < r->loaded->prog_count; i++)
		if (r->loaded->progs[i].fd >= 0 && r->loaded->progs[i].section.how != LOAD_HOW_ITER)
			return true;
	return false;
}

static int serve(struct running *r)
{
	bool failed = false;
	struct watch_options wanted = {
		.sys = &sys_linux,
		.loaded = r->loaded,
		.tracefs = catalog_tracefs(r->catalog, NULL),
		.duration_ms = args_number(r->args, "duration", 1, 1000000, 0, &failed) * 1000,
		.interval_ms = args_number(r->args, "interval", 1, 1000000, 0, &failed) * 1000,
		.handler = { on_record, on_lost, on_text, flush, show_maps, r },
	};
	int err;

	if (failed)
		return -EINVAL;
	err = watch_open(&wanted, r->diag, &r->watch);
	if (!err)
		err = attach(r);
	if (!err)
		err = read_iterators(r, &wanted.handler);
	if (!err && has_others(r)) /* what only iterates is over when it was read */
		err = watch_run(r->watch);
	return err;
}

static int run_object(struct running *r)
{
	int err = programs_read(r->args, "prog", r->diag, r->progs);

	if (!err)
		err = programs_read(r->args, "type", r->diag, r->types);
	if (!err)
		err = read_object(r);
	if (!err)
		err = programs_check(r->object, r->progs, "list them with --list", r->diag);
	if (!err && args_flag(r->args, "list")) {
		list(r);
		flush(r);
		return 0;
	}
	if (!err)
		err = find_places(r);
	if (!err)
		err = load(r);
	if (!err)
		err = check_types(r);
	if (err || args_flag(r->args, "load"))
		return err;
	r->report = (struct report_options){ &sys_linux, r->loaded, args_flag(r->args, "json"),
					     r->types };
	err = serve(r);
	attachments_free(r->attachments);
	r->attachments = NULL;
	if (!err && !args_flag(r->args, "quiet"))
		show_maps(r);
	if (r->lost)
		(void)fprintf(stderr, "%llu records were lost: programs sent more than was read\n",
			      (unsigned long long)r->lost);
	return err;
}

static int run(const struct command_args *args)
{
	struct diag diag = { .name = args_operand(args, 0) };
	struct running r = { .args = args, .diag = &diag, .path = args_operand(args, 0) };
	int err;

	r.places.cgroup_fd = -1;
	err = run_object(&r);
	if (err == -ENOMEM)
		diag_error(&diag, SPAN_NONE, "memory is short");
	else if (err && !diag.error_count)
		diag_error(&diag, SPAN_NONE, "%s", strerror(-err));
	command_report(&diag);
	if (r.attachments)
		attachments_free(r.attachments);
	watch_close(r.watch);
	loaded_free(r.loaded);
	object_free(r.object);
	features_free(r.features);
	sym_free(r.sym);
	catalog_free(r.catalog);
	if (r.places.cgroup_fd >= 0)
		(void)close(r.places.cgroup_fd);
	strbuf_release(&r.out);
	free(r.file);
	diag_release(&diag);
	if (!err)
		return EXIT_OK;
	return r.object ? EXIT_FAILED : EXIT_USAGE;
}

const struct command command_run = {
	.name = "run",
	.operands = "FILE.o|FILE.c",
	.summary = "load an object's programs into the kernel and show what they say",
	.details =
		"Objects are what 'clang -g -O2 -target bpf -c' makes, as libbpf takes them: SEC() says "
		"what a program is and where it goes, .maps defines maps, global variables are maps, too, and CO-RE "
		"fits the programs to this kernel.  Sources (.c) are compiled with clang first; a vmlinux.h that "
		"they include is made of the kernel's types.\n"
		"\n"
		"Everything that can be attached is, and for the rest it is said why not: programs for packets need "
		"--interface, those for cgroups --cgroup.  Then records of ring and perf buffers are shown as the "
		"structs that they are, the lines of bpf_printk as they come, and what iterators print.  Ctrl-C ends "
		"it, detaches everything and shows what is in the maps.",
	.examples = "waggle run opensnoop.bpf.c\n"
		    "waggle run --interface eth0 --duration 5 filter.bpf.o\n"
		    "waggle run --json --type events=event execsnoop.bpf.o",
	.options = options,
	.least_operands = 1,
	.most_operands = 1,
	.run = run,
};
