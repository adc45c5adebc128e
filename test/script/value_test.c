/*
 * value_test.c - scripts as Linux takes them, runs them, and what is then in their maps.
 *
 *	# why this test exists
 *	-- script
 *	BEGIN { @x = strlen("abc") }
 *	-- maps
 *	@x 3
 *	-- script
 *	...
 *	-- insns 40
 *	-- error
 *	script:1:9: error: ...
 *
 * Every script is loaded.  '-- maps' runs its first program, which must be a BEGIN, and shows the maps
 * without keys; '-- insns' says how many instructions the first program may have at most.
 *
 * usage: value_test FILE...
 */
#include "script_load.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "sys/bpf.h"

struct test {
	const char *path;
	const struct script_machine *machine;
	struct script_load load;
	enum script_outcome outcome;
	char *text;
	bool has_script;
	bool was_looked_at; /* its errors were wanted */
	bool failed;
	bool denied;
};

static void complain(struct test *t, const char *what)
{
	struct strbuf text = { 0 };

	t->failed = true;
	diag_render(&t->load.diag, &text);
	printf("%s: %s\n%s%s\n", t->path, what, strbuf_text(&text), t->text);
	strbuf_release(&text);
}

static void end_script(struct test *t)
{
	if (!t->has_script)
		return;
	if (t->outcome == SCRIPT_DENIED)
		t->denied = true;
	else if (t->outcome != SCRIPT_LOADED && !t->was_looked_at)
		complain(t, "it is not loaded");
	script_unload(&t->load);
	free(t->text);
	t->has_script = false;
}

static void begin_script(struct test *t, const char *text, size_t len)
{
	end_script(t);
	t->text = strndup(text, len);
	t->outcome = script_load(&t->load, t->machine, t->text);
	t->has_script = true;
	t->was_looked_at = false;
}

static void show_value(const struct shape *shape, const uint8_t *value, struct strbuf *out)
{
	int64_t number = 0;

	if (shape->kind == SHAPE_STRING) {
		strbuf_add(out, value, strnlen((const char *)value, shape->size));
		return;
	}
	if (shape->size > 8) {
		for (uint32_t i = 0; i < shape->size; i++)
			strbuf_printf(out, "%02x", value[i]);
		return;
	}
	memcpy(&number, value, shape->size);
	if (shape->is_signed && shape->size < 8)
		number = number << (64 - 8 * shape->size) >> (64 - 8 * shape->size);
	strbuf_printf(out, "%" PRId64, number);
}

static void show_maps(struct test *t, struct strbuf *out)
{
	const struct bundle *bundle = t->load.bundle;

	for (uint32_t i = 0; i < bundle->table_count; i++) {
		const struct bundle_table *table = &bundle->tables[i];
		uint8_t *element;
		uint32_t zero = 0;

		if (table->key || table->is_percpu)
			continue;
		element = calloc(1, bundle->maps[table->map].value_size + 8);
		(void)sys_map_lookup(&sys_linux, t->load.maps.fds[table->map], &zero, element);
		strbuf_printf(out, "%s ", table->name);
		show_value(table->value, element + table->offset, out);
		strbuf_putc(out, '\n');
		free(element);
	}
}

static void compare(struct test *t, const char *head, const struct strbuf *got, const char *text,
		    size_t len)
{
	if (got->len == len && !memcmp(strbuf_text(got), text, len))
		return;
	t->failed = true;
	printf("%s: %s%sexpected:\n%.*sgot:\n%s", t->path, t->text, head, (int)len, text,
	       strbuf_text(got));
}

static void run_maps(struct test *t, const char *text, size_t len)
{
	struct strbuf got = { 0 };
	struct sys_run run = { 0 };

	if (t->outcome != SCRIPT_LOADED)
		return;
	if (sys_prog_run(&sys_linux, t->load.fds[0], &run))
		complain(t, "it does not run");
	show_maps(t, &got);
	compare(t, "-- maps\n", &got, text, len);
	strbuf_release(&got);
}

static void check_insns(struct test *t, unsigned long most)
{
	if (t->outcome == SCRIPT_LOADED && t->load.bundle->progs[0].insn_count > most) {
		t->failed = true;
		printf("%s: %u instructions, not %lu: %s\n", t->path,
		       t->load.bundle->progs[0].insn_count, most, t->text);
	}
}

static void check_error(struct test *t, const char *text, size_t len)
{
	struct strbuf got = { 0 };

	t->was_looked_at = true;
	diag_render(&t->load.diag, &got);
	compare(t, "-- error\n", &got, text, len);
	strbuf_release(&got);
}

static void run_section(struct test *t, const char *at, const char *text, size_t len)
{
	if (!strncmp(at, "-- script\n", 10))
		begin_script(t, text, len);
	else if (!strncmp(at, "-- maps\n", 8) && t->has_script)
		run_maps(t, text, len);
	else if (!strncmp(at, "-- insns ", 9) && t->has_script)
		check_insns(t, strtoul(at + 9, NULL, 10));
	else if (!strncmp(at, "-- error\n", 9) && t->has_script)
		check_error(t, text, len);
	else
		complain(t, "a section that is unknown here");
}

static void run_file(struct test *t, const char *text)
{
	const char *at = strstr(text, "\n-- ");

	for (at = at ? at + 1 : ""; *at && !t->denied;) {
		const char *line = strchrnul(at, '\n'), *end;

		line += *line == '\n';
		end = !strncmp(line, "-- ", 3) ? line : strstr(line, "\n-- ");
		end = end ? end + (*end == '\n') : line + strlen(line);
		run_section(t, at, line, (size_t)(end - line));
		at = end;
	}
	end_script(t);
}

int main(int argc, char **argv)
{
	unsigned int passed = 0, failed = 0, skipped = 0;
	struct script_machine machine;

	script_machine_init(&machine);
	for (int i = 1; i < argc; i++) {
		struct test t = { .path = argv[i], .machine = &machine };
		size_t len;
		char *text;

		if (file_read(argv[i], NULL, &text, &len)) {
			printf("%s: cannot be read\n", argv[i]);
			failed++;
			continue;
		}
		run_file(&t, text);
		failed += t.failed;
		skipped += !t.failed && t.denied;
		passed += !t.failed && !t.denied;
		free(text);
	}
	script_machine_release(&machine);
	printf("%u passed, %u failed, %u skipped\n", passed, failed, skipped);
	return failed != 0;
}
