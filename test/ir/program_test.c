/*
 * program_test.c - Linux runs programs of several functions, and what names its own things.
 *
 *	# why this test exists
 *	-- map TYPE KEY_BYTES VALUE_BYTES ENTRIES    in the order of their numbers
 *	-- fn                                        the program, then its functions 1, 2 ...
 *	...
 *	-- result                                    as decimal number
 *	42
 *
 * In functions, $var:NAME, $func:NAME and $struct:NAME stand for the BTF id of the kernel's NAME.  Each
 * is run as it stands and optimised.  Skipped where bpf(2) may not be called.
 *
 * usage: program_test FILE...
 */
#include "ir/ir_emit.h"
#include "ir/ir_pass.h"

#include <errno.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "btf/build.h"
#include "sys/bpf.h"

enum { MOST_FNS = 8, MOST_MAPS = 8 };

struct test {
	const char *path;
	struct arena arena;
	struct diag diag;
	const char *texts[MOST_FNS];
	size_t lens[MOST_FNS];
	struct ir_fn *fns[MOST_FNS];
	size_t fn_count;
	int maps[MOST_MAPS];
	size_t map_count;
	const struct btf *btf;
	bool is_denied;
	bool failed;
};

static void complain(struct test *t, const char *what)
{
	struct strbuf text = { 0 };

	t->failed = true;
	diag_render(&t->diag, &text);
	printf("%s: %s\n%s", t->path, what, strbuf_text(&text));
	strbuf_release(&text);
}

/*
 * Reading
 */

static uint32_t find_id(const struct test *t, const char *kind, const char *name)
{
	return btf_find(t->btf,
			!strcmp(kind, "var")  ? BTF_VAR :
			!strcmp(kind, "func") ? BTF_FUNC :
						BTF_STRUCT,
			name);
}

/* @text with ids for $kind:name. */
static char *with_ids(const struct test *t, const char *text, size_t len)
{
	struct strbuf out = { 0 };
	char kind[16], name[64];
	int used;

	for (size_t i = 0; i < len;) {
		if (text[i] == '$' &&
		    sscanf(text + i, "$%15[a-z]:%63[A-Za-z0-9_]%n", kind, name, &used) == 2) {
			strbuf_printf(&out, "%u", find_id(t, kind, name));
			i += (size_t)used;
		} else {
			strbuf_putc(&out, text[i++]);
		}
	}
	return out.data;
}

static void add_map(struct test *t, const char *line)
{
	struct sys_map map = { .name = "test" };

	if (t->map_count == MOST_MAPS || sscanf(line, "%u %u %u %u", &map.type, &map.key_size,
						&map.value_size, &map.max_entries) != 4) {
		complain(t, "-- map: four numbers are wanted");
		return;
	}
	t->maps[t->map_count] = sys_map_new(&sys_linux, &map);
	if (t->maps[t->map_count] == -EPERM || t->maps[t->map_count] == -ENOSYS)
		t->is_denied = true;
	else if (t->maps[t->map_count] < 0)
		complain(t, "the map is refused");
	else
		t->map_count++;
}

static void parse_fns(struct test *t)
{
	for (size_t i = 0; i < t->fn_count && !t->failed; i++) {
		char *text = with_ids(t, t->texts[i], t->lens[i]);
		struct source *source = arena_alloc(&t->arena, sizeof *source);

		source->name = "fn";
		source->text = arena_strndup(&t->arena, text, strlen(text));
		source->len = strlen(text);
		free(text);
		diag_release(&t->diag);
		t->diag = (struct diag){ .source = source };
		if (ir_parse(source, &t->arena, &t->diag, &t->fns[i]))
			complain(t, "no function");
	}
}

/*
 * Running
 */

static void set_maps(const struct test *t, struct ir_ebpf *code)
{
	for (size_t i = 0; i + 1 < code->count; i++) {
		int op = isa_decode(&code->insns[i], 2);

		if ((op == ISA_LD_MAP_FD || op == ISA_LD_MAP_VALUE) &&
		    (size_t)code->insns[i].imm < t->map_count)
			code->insns[i].imm = t->maps[code->insns[i].imm];
		if (op >= 0)
			i += isa_slots((enum isa_op)op) - 1;
	}
}

static int load(struct test *t, const struct ir_ebpf *code)
{
	struct sys_func_info infos[MOST_FNS];
	struct sys_prog prog = {
		.type = BPF_PROG_TYPE_SYSCALL,
		.flags = BPF_F_SLEEPABLE,
		.insns = code->insns,
		.insn_count = (uint32_t)code->count,
		.license = "GPL",
		.funcs = infos,
		.func_count = (uint32_t)t->fn_count,
	};
	struct strbuf data = { 0 };
	struct btf_build build;
	int fd;

	btf_build_init(&build);
	for (size_t i = 0; i < t->fn_count; i++)
		infos[i] = (struct sys_func_info){
			code->starts[i], btf_build_callback(&build, t->fns[i]->name, i ? 4 : 1)
		};
	if (btf_build_finish(&build, &data))
		abort();
	btf_build_release(&build);
	prog.btf_fd = sys_btf_load(&sys_linux, data.data, (uint32_t)data.len, NULL);
	strbuf_release(&data);
	if (prog.btf_fd < 0) {
		t->is_denied |= prog.btf_fd == -EPERM || prog.btf_fd == -ENOSYS;
		return prog.btf_fd;
	}
	fd = sys_prog_load(&sys_linux, &prog, &t->diag);
	(void)close(prog.btf_fd);
	return fd;
}

static void run(struct test *t, bool optimize, const char *expected)
{
	struct ir_ebpf_options emit = { .map_op = ISA_LD_MAP_FD, .has_signed = optimize };
	struct ir_options options = { .target = IR_TARGET_EBPF };
	union bpf_attr attr = { 0 };
	struct ir_ebpf code;
	char got[32];
	int fd;

	parse_fns(t);
	for (size_t i = 0; i < t->fn_count && optimize && !t->failed; i++)
		(void)ir_optimize(t->fns[i], &options);
	if (t->failed)
		return;
	if (ir_emit_ebpf_program(t->fns, t->fn_count, &emit, &t->diag, &code)) {
		complain(t, "it is not compiled");
		return;
	}
	set_maps(t, &code);
	fd = load(t, &code);
	t->is_denied |= fd == -ENOENT; /* built without KALLSYMS_ALL: it has no such address */
	if (fd < 0) {
		if (!t->is_denied)
			complain(t, "it is not loaded");
		return;
	}
	attr.test.prog_fd = (uint32_t)fd;
	if (sys_linux.bpf(&sys_linux, BPF_PROG_TEST_RUN, &attr, sizeof attr))
		complain(t, "it does not run");
	(void)close(fd);
	(void)snprintf(got, sizeof got, "%u\n", attr.test.retval);
	if (!t->failed && strcmp(got, expected)) {
		printf("%s: %.*s instead of %s", t->path, (int)strlen(got) - 1, got, expected);
		t->failed = true;
	}
}

static void run_file(struct test *t, const char *text)
{
	const char *at = strstr(text, "\n-- ");

	for (at = at ? at + 1 : ""; *at && !t->failed;) {
		const char *line = strchrnul(at, '\n'), *end;

		line += *line == '\n';
		end = !strncmp(line, "-- ", 3) ? line : strstr(line, "\n-- ");
		end = end ? end + (*end == '\n') : line + strlen(line);
		if (!strncmp(at, "-- map ", 7)) {
			add_map(t, at + 7);
		} else if (!strncmp(at, "-- fn", 5) && t->fn_count < MOST_FNS) {
			t->texts[t->fn_count] = line;
			t->lens[t->fn_count++] = (size_t)(end - line);
		} else if (!strncmp(at, "-- result", 9)) {
			run(t, false, line);
			if (!t->failed && !t->is_denied)
				run(t, true, line);
		} else {
			complain(t, "a section that is unknown here");
		}
		at = end;
	}
}

int main(int argc, char **argv)
{
	unsigned int passed = 0, failed = 0, skipped = 0;
	struct btf *btf = NULL;
	char *types;
	size_t len;

	if (file_read("/sys/kernel/btf/vmlinux", NULL, &types, &len) ||
	    btf_parse(types, len, NULL, &btf)) {
		printf("skipped: this kernel has no type information\n0 passed, 0 failed, 1 skipped\n");
		return 0;
	}
	for (int i = 1; i < argc; i++) {
		struct test t = { .path = argv[i], .btf = btf };
		size_t text_len;
		char *text;

		if (file_read(argv[i], NULL, &text, &text_len)) {
			printf("%s: cannot be read\n", argv[i]);
			failed++;
			continue;
		}
		run_file(&t, text);
		failed += t.failed;
		if (!t.failed && t.is_denied) {
			printf("skipped: %s: Linux does not let us, or hides addresses that it needs\n",
			       argv[i]);
			skipped++;
		}
		passed += !t.failed && !t.is_denied;
		for (size_t k = 0; k < t.map_count; k++)
			(void)close(t.maps[k]);
		diag_release(&t.diag);
		arena_release(&t.arena);
		free(text);
	}
	btf_free(btf);
	free(types);
	printf("%u passed, %u failed, %u skipped\n", passed, failed, skipped);
	return failed != 0;
}
