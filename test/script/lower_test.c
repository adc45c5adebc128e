/*
 * lower_test.c - scripts become bundles whose programs Linux takes.
 *
 *	# why this test exists
 *	-- script
 *	begin { exit(); }
 *	-- bundle      what bundle_print says of it (may be left out)
 *	-- most        the most instructions that the programs may have together
 *	-- error       the messages, where there is no bundle
 *
 * Every program is loaded, where bpf(2) may be called and the kernel has what it attaches to.
 *
 * usage: lower_test FILE...
 *        lower_test -e SCRIPT     print the bundle with its instructions, and load it
 */
#include "lower/lower.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "ir/ir.h"
#include "probe/catalog.h"
#include "probe/features.h"
#include "run/load.h"
#include "run/maps.h"
#include "script/kernel.h"
#include "base/cpus.h"

struct test {
	const char *path;
	struct arena arena;
	struct diag diag;
	struct source source;
	struct strbuf messages;
	struct kernel *kernel;
	struct catalog *catalog;
	struct features *features;
	struct bundle *bundle;
	bool show_ir;
	bool is_denied;
	bool failed;
};

/* How many instructions there are depends on the processor, whose registers and flags are read: they are
 * counted on x86-64. */
#if defined(__x86_64__)
#define COUNTS_ARE_OURS true
#else
#define COUNTS_ARE_OURS false
#endif

/* --- compiling ------------------------------------------------------------------------------- */

static void show(void *data, const char *stage, const struct ir_fn *fn)
{
	struct strbuf out = { 0 };

	(void)data;
	ir_print(fn, &out);
	printf("; %s\n%s", stage, strbuf_text(&out));
	strbuf_release(&out);
}

static int compile(struct test *t)
{
	struct script_options options = { .kernel = t->kernel,
					  .catalog = t->catalog,
					  .unsafe = true };
	struct lower_options lower = { .cpus = cpus_possible(),
				       .features = t->features,
				       .trace = t->show_ir ? show : NULL };
	struct script *script;
	int err = script_parse(&t->source, &options, &t->arena, &t->diag, &script);

	if (!err)
		err = script_check(script, &options, &t->arena, &t->diag);
	if (!err)
		err = script_lower(script, &options, &lower, &t->arena, &t->diag, &t->bundle);
	diag_render(&t->diag, &t->messages);
	return err;
}

/* --- loading --------------------------------------------------------------------------------- */

static void complain(struct test *t, const char *what, const char *text)
{
	t->failed = true;
	printf("%s: %s\n%s", t->path, what, text);
}

static void load(struct test *t)
{
	struct run_maps maps = { 0 };
	struct run_parameters parameters = { 0 };
	struct diag diag = { .source = &t->source };
	struct strbuf text = { 0 };
	int err = run_maps_make(&maps, &sys_linux, t->bundle, &parameters, &diag);

	for (uint32_t i = 0; i < t->bundle->prog_count && err >= 0; i++) {
		err = run_load(&maps, &t->bundle->progs[i], &diag);
		if (err >= 0)
			(void)close(err);
	}
	t->is_denied = err == -EPERM || err == -ENOSYS;
	if (err < 0 && !t->is_denied) {
		diag_render(&diag, &text);
		complain(t, "the kernel does not take it", strbuf_text(&text));
	}
	strbuf_release(&text);
	diag_release(&diag);
	run_maps_release(&maps);
}

static uint32_t count_insns(const struct bundle *bundle)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < bundle->prog_count; i++)
		count += bundle->progs[i].insn_count;
	return count;
}

/* --- tests ----------------------------------------------------------------------------------- */

struct section {
	const char *text;
	size_t len;
};

/* The section '-- name' of @text; its text is NULL when there is none. */
static struct section section(const char *text, const char *name)
{
	struct section s = { 0 };
	const char *line = text;
	size_t len = strlen(name);

	while (line && (strncmp(line, "-- ", 3) != 0 || strncmp(line + 3, name, len) != 0 ||
			line[3 + len] != '\n')) {
		line = strchr(line, '\n');
		line = line ? line + 1 : NULL;
	}
	if (!line)
		return s;
	s.text = line + 4 + len;
	line = strstr(s.text - 1, "\n-- ");
	s.len = line ? (size_t)(line + 1 - s.text) : strlen(s.text);
	return s;
}

static void expect(struct test *t, const char *what, struct section wanted, const char *got)
{
	if (!wanted.text || (strlen(got) == wanted.len && !memcmp(got, wanted.text, wanted.len)))
		return;
	complain(t, what, "");
	printf("--- wanted\n%.*s--- got\n%s", (int)wanted.len, wanted.text, got);
}

static void run(struct test *t, const char *text)
{
	struct section script = section(text, "script"), error = section(text, "error");
	struct section most = section(text, "most");
	struct strbuf out = { 0 };

	t->source = (struct source){ .name = "script",
				     .text = script.text ? script.text : "",
				     .len = script.len };
	t->diag.source = &t->source;
	if (compile(t) != 0) {
		if (!error.text)
			complain(t, "it is not compiled", strbuf_text(&t->messages));
	} else if (error.text) {
		complain(t, "there is no error", "");
	} else {
		bundle_print(t->bundle, false, &out);
		expect(t, "it became something else", section(text, "bundle"), strbuf_text(&out));
		if (most.text && COUNTS_ARE_OURS &&
		    count_insns(t->bundle) > strtoul(most.text, NULL, 10)) {
			complain(t, "it has too many instructions", "");
			strbuf_reset(&out);
			bundle_print(t->bundle, true, &out);
			printf("%u:\n%s", count_insns(t->bundle), strbuf_text(&out));
		}
		load(t);
	}
	if (error.text)
		expect(t, "the messages are others", error, strbuf_text(&t->messages));
	strbuf_release(&out);
}

static int try_one(struct test *t, const char *text)
{
	struct strbuf out = { 0 };
	int err;

	t->source = (struct source){ .name = "script", .text = text, .len = strlen(text) };
	t->diag.source = &t->source;
	err = compile(t);
	printf("%s", strbuf_text(&t->messages));
	if (err)
		return 1;
	bundle_print(t->bundle, true, &out);
	printf("%s%u instructions\n", strbuf_text(&out), count_insns(t->bundle));
	load(t);
	printf("%s\n", t->is_denied ? "not permitted" : t->failed ? "refused" : "taken");
	strbuf_release(&out);
	return t->failed;
}

static void release(struct test *t)
{
	diag_release(&t->diag);
	strbuf_release(&t->messages);
	arena_release(&t->arena);
}

int main(int argc, char **argv)
{
	struct catalog *catalog = catalog_new(&(struct catalog_options){ .sys = &sys_linux });
	struct kernel *kernel = kernel_new(NULL, catalog);
	struct features *features = features_new(&sys_linux, catalog);
	int failed = 0, denied = 0;

	if (argc > 2 && !strcmp(argv[1], "-e")) {
		struct test t = { .path = "script",
				  .kernel = kernel,
				  .catalog = catalog,
				  .features = features,
				  .show_ir = argc > 3 };

		return try_one(&t, argv[2]);
	}
	for (int i = 1; i < argc; i++) {
		struct test t = {
			.path = argv[i], .kernel = kernel, .catalog = catalog, .features = features
		};
		char *data;
		size_t len;

		if (file_read(argv[i], NULL, &data, &len) != 0)
			return 1;
		run(&t, data);
		failed += t.failed;
		denied += t.is_denied;
		release(&t);
		free(data);
	}
	printf("%d scripts, %d failed\n", argc - 1, failed);
	features_free(features);
	catalog_free(catalog);
	kernel_free(kernel);
	if (denied && !failed) {
		printf("bpf(2) may not be called: nothing was loaded\n");
		return 77;
	}
	return failed != 0;
}
