/*
 * vectors.c - the instruction set's test vectors, on every engine there is.
 *
 * Reads the files described in README.md, assembles their programs and runs them on the
 * interpreter and the JIT in each mode, and, where it can, on the running kernel.
 *
 * usage: vectors [--all] FILE.t...
 *	--all: the files are all vectors, so fail for operations that occur in none
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/bits.h"
#include "base/file.h"
#include "isa/asm.h"
#include "kern/jit/jit.h"
#include "kern/vm/vm.h"
#include "kernel_oracle.h"

static unsigned int passed, failed, skipped;
static unsigned int kernel_ran, kernel_refused;
static bool jit_is_missing, kernel_is_missing;
static bool op_seen[ISA_OP_COUNT];

/* Files ------------------------------------------------------------------------------------- */

struct text {
	const char *at; /* NULL: there is no such section */
	size_t len;
};

enum section_kind {
	SECTION_ASM,
	SECTION_MEM,
	SECTION_PACKET,
	SECTION_TABLE,
	SECTION_RESULT,
	SECTION_ERROR,
	SECTIONS,
};

static const char *const section_names[SECTIONS] = { "asm",   "mem",    "packet",
						     "table", "result", "error" };

/* One program with what it is to do. */
struct vector {
	const char *path;
	struct text name; /* of the case, in files with several */
	struct text sections[SECTIONS];
};

/* One run of it: the constants of a table's row, if it has one, and the expectation. */
struct instance {
	const struct vector *vector;
	struct text row;
	uint64_t result;
	struct insn *insns;
	size_t insn_count;
	uint8_t *mem, *packet;
	size_t mem_len, packet_len;
};

NORETURN PRINTF_LIKE(2, 3) static void malformed(const struct vector *vector, const char *format,
						 ...)
{
	va_list args;

	fprintf(stderr, "%s: %.*s: ", vector->path, (int)vector->name.len,
		vector->name.at ? vector->name.at : "");
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	exit(1);
}

static struct text trim(struct text text)
{
	while (text.len && isspace((unsigned char)text.at[0])) {
		text.at++;
		text.len--;
	}
	while (text.len && isspace((unsigned char)text.at[text.len - 1]))
		text.len--;
	return text;
}

/* The text up to the first of the characters @ends, removed from *@rest together with that. */
static struct text take_until(struct text *rest, const char *ends)
{
	struct text taken = { rest->at, 0 };

	while (taken.len < rest->len && !strchr(ends, taken.at[taken.len]))
		taken.len++;
	rest->at += taken.len + (taken.len < rest->len);
	rest->len -= taken.len + (taken.len < rest->len);
	return taken;
}

/* The next word of *@rest, empty at its end. */
static struct text take_word(struct text *rest)
{
	*rest = trim(*rest);
	return take_until(rest, " \t\n");
}

static bool text_is(struct text text, const char *word)
{
	return text.len == strlen(word) && !memcmp(text.at, word, text.len);
}

/* "5", "-1", "0xff": what assembler texts have, and 64 bits of it. */
static bool parse_number(struct text text, uint64_t *ret_value)
{
	char digits[32], *end;
	const bool negative = text.len && text.at[0] == '-';

	if (text.len <= negative || text.len >= sizeof digits)
		return false;
	memcpy(digits, text.at + negative, text.len - negative);
	digits[text.len - negative] = '\0';
	errno = 0;
	*ret_value = strtoull(digits, &end, 0);
	if (negative)
		*ret_value = 0 - *ret_value;
	return !*end && !errno;
}

/* The bytes that the section's hexadecimal digits say, in memory of exactly their size, so that
 * the address sanitizer sees each access beyond them. */
static uint8_t *parse_bytes(const struct vector *vector, struct text text, size_t *ret_len)
{
	uint8_t *bytes = malloc(text.len / 2 + 1), *exact;
	size_t n = 0;
	char pair[3] = "";

	while (bytes && (text = trim(text)).len) {
		if (text.len < 2 || !isxdigit((unsigned char)text.at[0]) ||
		    !isxdigit((unsigned char)text.at[1]))
			malformed(vector, "bytes are pairs of hexadecimal digits");
		memcpy(pair, text.at, 2);
		bytes[n++] = (uint8_t)strtoul(pair, NULL, 16);
		text.at += 2;
		text.len -= 2;
	}
	exact = malloc(n ? n : 1);
	if (!bytes || !exact)
		malformed(vector, "out of memory");
	memcpy(exact, bytes, n);
	free(bytes);
	*ret_len = n;
	return exact;
}

/* Engines ----------------------------------------------------------------------------------- */

struct engine {
	const char *name;
	bool native;
	struct vm_options options;
};

static const struct engine engines[] = {
	/* clang-format off */
	{ "interpreter",                  false, { .guarded = false }                 },
	{ "guarded interpreter",          false, { .guarded = true }                  },
	{ "limited interpreter",          false, { .limited = true }                  },
	{ "guarded, limited interpreter", false, { .guarded = true, .limited = true } },
	{ "JIT",                          true,  { .guarded = false }                 },
	{ "guarded JIT",                  true,  { .guarded = true }                  },
	{ "limited JIT",                  true,  { .limited = true }                  },
	{ "blinding JIT",                 true,  { .blind = true }                    },
	/* clang-format on */
};

/* As the kernel's helpers of these numbers, and one of our own that shows its arguments. */
enum {
	HELPER_KTIME = 5,
	HELPER_CPU = 8,
	HELPER_LOOP = 181,
	HELPER_DIGITS = 999,
	HELPER_COUNT,
};

static uint64_t helper_ktime(uint64_t r1, uint64_t r2, uint64_t r3, uint64_t r4, uint64_t r5,
			     struct vm_run *run)
{
	struct timespec now;

	(void)r1, (void)r2, (void)r3, (void)r4, (void)r5, (void)run;
	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static uint64_t helper_cpu(uint64_t r1, uint64_t r2, uint64_t r3, uint64_t r4, uint64_t r5,
			   struct vm_run *run)
{
	(void)r1, (void)r2, (void)r3, (void)r4, (void)r5, (void)run;
	return 0;
}

/* bpf_loop(count, callback, context, flags): callback(i, context) until it returns not 0. */
static uint64_t helper_loop(uint64_t count, uint64_t func, uint64_t context, uint64_t flags,
			    uint64_t r5, struct vm_run *run)
{
	uint64_t stop = 0, i;

	(void)flags, (void)r5;
	for (i = 0; i < count && !stop; i++) {
		const uint64_t args[5] = { i, context };

		if (!vm_call_back(run, func, args, &stop))
			return 0;
	}
	return i;
}

static uint64_t helper_digits(uint64_t r1, uint64_t r2, uint64_t r3, uint64_t r4, uint64_t r5,
			      struct vm_run *run)
{
	(void)run;
	return r1 * 10000 + r2 * 1000 + r3 * 100 + r4 * 10 + r5;
}

static const struct vm_helper helpers[HELPER_COUNT] = {
	/* clang-format off */
	[HELPER_KTIME] =  { "bpf_ktime_get_ns",         helper_ktime,  VM_HELPER_KTIME    },
	[HELPER_CPU] =    { "bpf_get_smp_processor_id", helper_cpu,    VM_HELPER_CPU_ID   },
	[HELPER_LOOP] =   { "bpf_loop",                 helper_loop,   VM_HELPER_CALLBACK },
	[HELPER_DIGITS] = { "digits",                   helper_digits, VM_HELPER_CALL     },
	/* clang-format on */
};

/* No maps here: a pseudo load gives back its fields, src * 2^56 + second imm * 2^32 + imm. */
static int resolve(void *data, enum isa_op op, const struct insn *insn, struct diag *diag,
		   uint64_t *ret_address)
{
	(void)data, (void)op, (void)diag;
	*ret_address = (uint64_t)insn[0].src << 56 | (uint64_t)(uint32_t)insn[1].imm << 32 |
		       (uint32_t)insn[0].imm;
	return 0;
}

static const struct vm_host host = {
	.helpers = helpers,
	.helper_count = HELPER_COUNT,
	.resolve = resolve,
};

/* Running ----------------------------------------------------------------------------------- */

static void fail(const struct instance *it, const char *engine, const char *got)
{
	const struct vector *v = it->vector;
	const struct text error = trim(v->sections[SECTION_ERROR]);

	failed++;
	printf("FAILED: %s", v->path);
	if (v->name.at)
		printf(": %.*s", (int)v->name.len, v->name.at);
	if (it->row.at)
		printf(": %.*s", (int)it->row.len, it->row.at);
	printf(": %s: ", engine);
	if (error.at)
		printf("'%.*s' expected, ", (int)error.len, error.at);
	else
		printf("%#llx expected, ", (unsigned long long)it->result);
	printf("got %s\n", got);
}

static void judge_error(const struct instance *it, const char *engine, struct diag *diag)
{
	const struct text expected = trim(it->vector->sections[SECTION_ERROR]);
	struct strbuf got = { 0 };

	diag_render(diag, &got);
	if (expected.at && memmem(strbuf_text(&got), got.len, expected.at, expected.len))
		passed++;
	else
		fail(it, engine, strbuf_text(&got));
	strbuf_release(&got);
}

static void judge_result(const struct instance *it, const char *engine, uint64_t r0)
{
	char got[32];

	if (!it->vector->sections[SECTION_ERROR].at && r0 == it->result) {
		passed++;
		return;
	}
	snprintf(got, sizeof got, "%#llx", (unsigned long long)r0);
	fail(it, engine, got);
}

/* Run @prog on a fresh copy of the vector's memory. */
static void run_prog(const struct instance *it, const struct engine *engine,
		     const struct vm_prog *prog, struct diag *diag)
{
	struct vm_run *run = vm_run_new();
	uint8_t *mem = malloc(it->mem_len ? it->mem_len : 1);
	uint64_t args[5] = { 0 }, r0;
	int err;

	if (!run || !mem)
		malformed(it->vector, "out of memory");
	if (it->mem) {
		memcpy(mem, it->mem, it->mem_len);
		args[0] = (uint64_t)(uintptr_t)mem;
		args[1] = it->mem_len;
		(void)vm_run_add_region(run, &(struct vm_region){ args[0], args[1], true });
	}
	vm_run_set_packet(run, it->packet, (uint32_t)it->packet_len);
	vm_run_set_limits(run, 100000000, 0);
	err = engine->native ? vm_native(prog, run, args, &r0) : vm_interpret(prog, run, args, &r0);
	if (err) {
		vm_run_explain(run, diag);
		judge_error(it, engine->name, diag);
	} else {
		judge_result(it, engine->name, r0);
	}
	free(mem);
	vm_run_free(run);
}

static void run_engine(const struct instance *it, const struct engine *engine)
{
	struct diag diag = { 0 };
	struct vm_prog *prog = NULL;
	int err = vm_prog_new(it->insns, it->insn_count, &host, &engine->options, &diag, &prog);

	if (err) {
		judge_error(it, engine->name, &diag);
	} else if (it->vector->sections[SECTION_ERROR].at && !engine->options.guarded) {
		/* only guarded programs may do wrong */
	} else if (engine->native && jit_compile(prog, &diag)) {
		jit_is_missing = true;
	} else {
		run_prog(it, engine, prog, &diag);
	}
	vm_prog_free(prog);
	diag_release(&diag);
}

/* Programs with memory or faults are not for the kernel, nor those that its verifier cannot prove
 * to be safe. */
static void run_kernel(const struct instance *it)
{
	struct instance expected = *it;
	uint64_t r0;
	int err;

	if (it->mem || it->vector->sections[SECTION_ERROR].at)
		return;
	err = kernel_oracle(it->insns, it->insn_count, it->packet, it->packet_len, &r0);
	if (err == -ENOTSUP) {
		kernel_refused++;
		return;
	}
	if (err) {
		kernel_is_missing = true;
		return;
	}
	kernel_ran++;
	if (it->packet)
		expected.result = (uint32_t)it->result;
	judge_result(&expected, "kernel", r0);
}

static void see_ops(const struct instance *it)
{
	for (size_t pc = 0; pc < it->insn_count;) {
		const int op = isa_decode(&it->insns[pc], it->insn_count - pc);

		if (op >= 0)
			op_seen[op] = true;
		pc += op < 0 ? 1 : isa_slots((enum isa_op)op);
	}
}

/* Assemble the program, with @constants before it, and run it everywhere. */
static void run_instance(struct instance *it, const char *constants)
{
	const struct text program = it->vector->sections[SECTION_ASM];
	const struct source source = { .name = it->vector->path,
				       .text = constants,
				       .len = strlen(constants) };
	struct strbuf text = { 0 };
	struct arena arena = { 0 };
	struct diag diag = { .name = source.name };

	strbuf_puts(&text, constants);
	strbuf_add(&text, program.at, program.len);
	if (isa_asm(strbuf_text(&text), text.len, &isa_linux_names, &arena, &diag, &it->insns,
		    &it->insn_count)) {
		strbuf_reset(&text);
		diag_render(&diag, &text);
		malformed(it->vector, "%s", strbuf_text(&text));
	}
	see_ops(it);
	for (size_t i = 0; i < ARRAY_LEN(engines); i++)
		run_engine(it, &engines[i]);
	run_kernel(it);
	diag_release(&diag);
	arena_release(&arena);
	strbuf_release(&text);
}

/* Each row of the table: .equ for its columns but the last, which is the result. */
static void run_table(struct instance *it)
{
	struct text rows = trim(it->vector->sections[SECTION_TABLE]);
	const struct text header = take_until(&rows, "\n");

	while (rows.len) {
		struct strbuf constants = { 0 };
		struct text names = header, values, name;

		it->row = values = trim(take_until(&rows, "\n"));
		for (name = take_word(&names); names.len; name = take_word(&names)) {
			const struct text value = take_word(&values);

			strbuf_printf(&constants, ".equ %.*s, %.*s\n", (int)name.len, name.at,
				      (int)value.len, value.at);
		}
		if (!text_is(name, "result") || !parse_number(trim(values), &it->result))
			malformed(it->vector, "the last column is 'result', a number");
		run_instance(it, strbuf_text(&constants));
		strbuf_release(&constants);
	}
}

static void run_vector(const struct vector *vector)
{
	const struct text *sections = vector->sections;
	struct instance it = { .vector = vector };

	if (!sections[SECTION_ASM].at)
		malformed(vector, "there is no section 'asm'");
	if (!sections[SECTION_RESULT].at + !sections[SECTION_ERROR].at +
		    !sections[SECTION_TABLE].at !=
	    2)
		malformed(vector, "one of 'result', 'error' and 'table' is needed");
	if (sections[SECTION_MEM].at)
		it.mem = parse_bytes(vector, sections[SECTION_MEM], &it.mem_len);
	if (sections[SECTION_PACKET].at)
		it.packet = parse_bytes(vector, sections[SECTION_PACKET], &it.packet_len);
	if (sections[SECTION_RESULT].at &&
	    !parse_number(trim(sections[SECTION_RESULT]), &it.result))
		malformed(vector, "the result is a number");
	if (sections[SECTION_TABLE].at)
		run_table(&it);
	else
		run_instance(&it, "");
	free(it.mem);
	free(it.packet);
}

static struct text *section_of(struct vector *vector, struct text word)
{
	for (size_t i = 0; i < SECTIONS; i++)
		if (text_is(word, section_names[i]))
			return &vector->sections[i];
	malformed(vector, "there is no kind of section '%.*s'", (int)word.len, word.at);
}

static void run_file(const char *path)
{
	struct vector vector = { .path = path };
	struct text *section = NULL;
	struct text rest = { 0 };
	char *data;

	if (file_read(path, NULL, &data, &rest.len))
		malformed(&vector, "cannot be read");
	rest.at = data;
	if (rest.len < 2 || memcmp(rest.at, "# ", 2))
		malformed(&vector, "the first line is not '# why this test exists'");
	while (rest.len) {
		struct text line = take_until(&rest, "\n"), word;

		if (line.len < 3 || memcmp(line.at, "-- ", 3)) {
			if (section)
				section->len = (size_t)(line.at + line.len - section->at);
			continue;
		}
		line = (struct text){ line.at + 3, line.len - 3 };
		word = take_word(&line);
		if (!text_is(word, "case")) {
			section = section_of(&vector, word);
			*section = (struct text){ rest.at, 0 };
			continue;
		}
		if (section)
			run_vector(&vector);
		vector = (struct vector){ .path = path, .name = trim(line) };
		section = NULL;
	}
	run_vector(&vector);
	free(data);
}

/* Operations that no program may have. */
static bool is_refused(enum isa_op op)
{
	return op == ISA_CALL_KFUNC || op == ISA_CALLX || op == ISA_JAX || op == ISA_ADDR_CAST;
}

static void check_coverage(void)
{
	for (int op = 0; op < ISA_OP_COUNT; op++) {
		if (op_seen[op] || is_refused((enum isa_op)op))
			continue;
		failed++;
		printf("FAILED: no vector has the operation %s\n", isa_ops[op].name);
	}
}

static void report_missing(void)
{
	if (jit_is_missing) {
		skipped++;
		printf("skipped: there is no JIT for this processor\n");
	}
	if (kernel_is_missing) {
		skipped++;
		printf("skipped: the kernel does not let this user run programs\n");
	}
	printf("the kernel ran %u of these, and refused %u\n", kernel_ran, kernel_refused);
}

int main(int argc, char **argv)
{
	const bool all = argc > 1 && !strcmp(argv[1], "--all");

	for (int i = all ? 2 : 1; i < argc; i++)
		run_file(argv[i]);
	if (all)
		check_coverage();
	report_missing();
	printf("%u passed, %u failed, %u skipped\n", passed, failed, skipped);
	return failed ? 1 : 0;
}
