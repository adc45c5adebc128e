/*
 * session_test.c - sessions of bundles that nobody compiled: what comes of records, tables and exits.
 */
#include "run/session.h"

#include <linux/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../cmocka_all.h"
#include "base/bits.h"
#include "hostbpf.h"
#include "isa/asm.h"

enum { DATA, CONTROL, COUNTS, KEYED, MAP_COUNT };
enum { PRINT, EXIT, CLEAR, ACTION_COUNT };

static const struct bundle_map maps[MAP_COUNT] = {
	[DATA] = { .name = "data", .type = BPF_MAP_TYPE_RINGBUF },
	[CONTROL] = { .name = "control", .type = BPF_MAP_TYPE_RINGBUF },
	[COUNTS] = { .name = "counts",
		     .type = BPF_MAP_TYPE_PERCPU_ARRAY,
		     .key_size = 4,
		     .value_size = 8,
		     .max_entries = 1 },
	[KEYED] = { .name = "keyed",
		    .type = BPF_MAP_TYPE_PERCPU_HASH,
		    .key_size = 8,
		    .value_size = 8,
		    .max_entries = 300 },
};

static const struct shape u64_shape = { .kind = SHAPE_INT, .size = 8, .align = 8 };
static const struct shape count_shape = { .kind = SHAPE_COUNT,
					  .size = 8,
					  .align = 8,
					  .is_signed = true };
static const struct shape_field number_field = { .name = "", .shape = &u64_shape, .offset = 8 };
static const struct shape_field exit_fields[] = {
	{ .name = "", .shape = &u64_shape, .offset = 8 },
	{ .name = "", .shape = &u64_shape, .offset = 16 },
};
static const struct shape number_payload = { .kind = SHAPE_TUPLE,
					     .size = 8,
					     .count = 1,
					     .fields = &number_field };
static const struct shape exit_payload = { .kind = SHAPE_TUPLE,
					   .size = 16,
					   .count = 2,
					   .fields = exit_fields };

static const struct bundle_action actions[ACTION_COUNT] = {
	[PRINT] = { .kind = ACTION_PRINTF,
		    .format = "n=%llu\n",
		    .payload = &number_payload,
		    .size = 16,
		    .time_offset = BUNDLE_NONE },
	[EXIT] = { .kind = ACTION_EXIT,
		   .payload = &exit_payload,
		   .size = 24,
		   .time_offset = BUNDLE_NONE,
		   .is_control = true },
	[CLEAR] = { .kind = ACTION_CLEAR, .size = 8, .table = 1, .time_offset = BUNDLE_NONE },
};

static const struct bundle_table tables[] = {
	{ .name = "@count",
	  .value = &count_shape,
	  .map = COUNTS,
	  .set_offset = BUNDLE_NONE,
	  .full_offset = BUNDLE_NONE,
	  .is_percpu = true },
	{ .name = "@",
	  .key = &u64_shape,
	  .value = &count_shape,
	  .map = KEYED,
	  .set_offset = BUNDLE_NONE,
	  .full_offset = BUNDLE_NONE,
	  .is_percpu = true },
};

/* Put a record of action @a with number @n into ring 0. */
#define PUT(a, n)                     \
	"*(u64 *)(r10 -16) = " a "\n" \
	"*(u64 *)(r10 -8) = " n "\n"  \
	"r1 = map[fd:0]\n"            \
	"r2 = r10\n"                  \
	"r2 += -16\n"                 \
	"r3 = 16\n"                   \
	"r4 = 0\n"                    \
	"call bpf_ringbuf_output\n"
/* Ask for an exit with status @n; r6 holds where the data ring stood. */
#define QUIT(n)                          \
	"r1 = map[fd:0]\n"               \
	"r2 = 3\n" /* BPF_RB_PROD_POS */ \
	"call bpf_ringbuf_query\n"       \
	"*(u64 *)(r10 -8) = r0\n"        \
	"*(u64 *)(r10 -16) = " n "\n"    \
	"*(u64 *)(r10 -24) = 1\n"        \
	"r1 = map[fd:1]\n"               \
	"r2 = r10\n"                     \
	"r2 += -24\n"                    \
	"r3 = 24\n"                      \
	"r4 = 0\n"                       \
	"call bpf_ringbuf_output\n"
/* Add one to the scalar. */
#define COUNT_UP                     \
	"*(u32 *)(r10 -4) = 0\n"     \
	"r1 = map[fd:2]\n"           \
	"r2 = r10\n"                 \
	"r2 += -4\n"                 \
	"call bpf_map_lookup_elem\n" \
	"if r0 == 0 goto +3\n"       \
	"r1 = *(u64 *)(r0 +0)\n"     \
	"r1 += 1\n"                  \
	"*(u64 *)(r0 +0) = r1\n"
/* Let key @n count two. */
#define KEY(n)                       \
	"*(u64 *)(r10 -8) = " n "\n" \
	"*(u64 *)(r10 -16) = 2\n"    \
	"r1 = map[fd:3]\n"           \
	"r2 = r10\n"                 \
	"r2 += -8\n"                 \
	"r3 = r10\n"                 \
	"r3 += -16\n"                \
	"r4 = 0\n"                   \
	"call bpf_map_update_elem\n"
#define DONE "r0 = 0\nexit\n"

struct script {
	const char *begin;
	const char *end; /* or NULL */
};

static const struct bundle_attach begin_at = { .kind = ATTACH_BEGIN, .name = "begin" };
static const struct bundle_attach end_at = { .kind = ATTACH_END, .name = "end" };

static struct bundle_prog prog(struct arena *arena, const char *text,
			       const struct bundle_attach *attach)
{
	struct diag diag = { 0 };
	struct insn *insns;
	size_t count;

	assert_int_equal(
		isa_asm(text, strlen(text), &isa_linux_names, arena, &diag, &insns, &count), 0);
	return (struct bundle_prog){
		.name = attach->name,
		.type = BPF_PROG_TYPE_RAW_TRACEPOINT,
		.insns = insns,
		.insn_count = (uint32_t)count,
		.attaches = attach,
		.attach_count = 1,
	};
}

/* Run @script and compare what it prints and how it ends. */
static void expect(const struct script *script, int status, const char *expected)
{
	struct arena arena = { 0 };
	struct bundle_prog progs[2] = { prog(&arena, script->begin, &begin_at) };
	struct bundle bundle = {
		.maps = maps,
		.map_count = MAP_COUNT,
		.tables = tables,
		.table_count = ARRAY_LEN(tables),
		.progs = progs,
		.prog_count = 1,
		.actions = actions,
		.action_count = ACTION_COUNT,
		.data_ring = DATA,
		.control_ring = CONTROL,
		.counters = BUNDLE_NONE,
		.lost_offset = BUNDLE_NONE,
		.parameters = BUNDLE_NONE,
		.cpid_offset = BUNDLE_NONE,
		.start_offset = BUNDLE_NONE,
		.config = { .print_maps_on_exit = true },
	};
	char *text = NULL;
	size_t len = 0;
	struct session_options options = {
		.sys = &sys_linux,
		.out = { .file = open_memstream(&text, &len), .is_quiet = true },
	};
	struct diag diag = { .name = "test" };
	struct strbuf messages = { 0 };
	int got;

	if (script->end)
		progs[bundle.prog_count++] = prog(&arena, script->end, &end_at);
	got = session_run(&bundle, &options, &diag);
	(void)fclose(options.out.file);
	diag_render(&diag, &messages);
	assert_string_equal(strbuf_text(&messages), "");
	assert_int_equal(got, status);
	assert_string_equal(text, expected);
	strbuf_release(&messages);
	diag_release(&diag);
	arena_release(&arena);
	free(text);
}

static void skip_without_bpf(void)
{
	if (hostbpf_missing())
		skip();
}

static void prints_and_ends(void **state)
{
	const struct script script = { PUT("0", "5") PUT("0", "6") DONE, NULL };

	(void)state;
	skip_without_bpf();
	expect(&script, 0, "n=5\nn=6\n\n\n");
}

/* Nothing behind exit() is shown, but what 'end' prints is. */
static void exits(void **state)
{
	const struct script script = { PUT("0", "5") QUIT("3") PUT("0", "6") DONE,
				       PUT("0", "7") DONE };

	(void)state;
	skip_without_bpf();
	expect(&script, 3, "n=5\nn=7\n\n\n");
}

static void shows_tables(void **state)
{
	const struct script script = { COUNT_UP KEY("4") KEY("3") KEY("9") DONE, COUNT_UP DONE };

	(void)state;
	skip_without_bpf();
	expect(&script, 0, "\n\n@[3]: 2\n@[4]: 2\n@[9]: 2\n@count: 2\n");
}

static void clears_in_order(void **state)
{
	const struct script script = { KEY("4") KEY("3") PUT("2", "0") DONE, KEY("5") DONE };

	(void)state;
	skip_without_bpf();
	expect(&script, 0, "\n\n@[5]: 2\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(prints_and_ends),
		cmocka_unit_test(exits),
		cmocka_unit_test(shows_tables),
		cmocka_unit_test(clears_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
