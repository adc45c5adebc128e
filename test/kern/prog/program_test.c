/* program_test.c - programs with maps, and what a guarded one may do with them. */
#include "kern/prog/program.h"

#include <errno.h>
#include <string.h>

#include "base/arena.h"
#include "base/bits.h"
#include "isa/asm.h"

#include "../../cmocka_all.h"

static const struct program_map maps[] = {
	{ .spec = { .name = "hash",
		    .type = MAP_TYPE_HASH,
		    .key_size = 4,
		    .value_size = 8,
		    .max_entries = 2,
		    .flags = 0 } },
	{ .spec = { .name = "array",
		    .type = MAP_TYPE_ARRAY,
		    .key_size = 4,
		    .value_size = 8,
		    .max_entries = 4,
		    .flags = 0 } },
	{ .spec = { .name = ".rodata",
		    .type = MAP_TYPE_ARRAY,
		    .key_size = 4,
		    .value_size = 16,
		    .max_entries = 1,
		    .flags = MAP_F_RDONLY_PROG },
	  .data = (const uint8_t *)"read only data.",
	  .data_len = 16 },
	{ .spec = { .name = "jumps",
		    .type = MAP_TYPE_PROG_ARRAY,
		    .key_size = 4,
		    .value_size = 4,
		    .max_entries = 2,
		    .flags = 0 } },
	{ .spec = { .name = "percpu",
		    .type = MAP_TYPE_PERCPU_ARRAY,
		    .key_size = 4,
		    .value_size = 12,
		    .max_entries = 4 } },
};

static struct program_code assemble(struct arena *arena, const char *text)
{
	struct program_code code = { 0 };
	struct insn *insns;

	assert_int_equal(isa_asm(text, strlen(text), &isa_linux_names, arena, NULL, &insns,
				 &code.insn_count),
			 0);
	code.insns = insns;
	return code;
}

/* Make a program of @text, with all maps, and run it; returns program_run's answer. */
static int run_with(const char *text, const struct program_options *options, uint64_t *ret_r0)
{
	static const struct program_slot slot = { 3, 1, 0 };
	struct arena arena = { 0 };
	const struct program_code target = assemble(&arena, "r0 = 77\nexit\n");
	const struct program_spec spec = {
		.code = assemble(&arena, text),
		.maps = maps,
		.map_count = ARRAY_LEN(maps),
		.targets = &target,
		.target_count = 1,
		.slots = &slot,
		.slot_count = 1,
	};
	const uint64_t args[5] = { 0 };
	struct program *program;
	struct program_run *run;
	int err;

	assert_int_equal(program_new(&spec, options, NULL, &program), 0);
	assert_int_equal(program_run_new(program, NULL, &run), 0);
	err = program_run(run, args, ret_r0);
	program_run_free(run);
	program_free(program);
	arena_release(&arena);
	return err;
}

/* In every mode and engine, @text gives @result. */
static void gives(const char *text, uint64_t result)
{
	for (int i = 0; i < 4; i++) {
		const struct program_options options = {
			.vm.guarded = i & 1,
			.engine = i & 2 ? PROGRAM_ENGINE_INTERPRETER : PROGRAM_ENGINE_BEST,
		};
		uint64_t r0 = 0;

		assert_int_equal(run_with(text, &options, &r0), 0);
		assert_int_equal(r0, result);
	}
}

/* In guarded mode, @text ends with -EFAULT. */
static void faults(const char *text)
{
	for (int i = 0; i < 2; i++) {
		const struct program_options options = {
			.vm.guarded = true,
			.engine = i ? PROGRAM_ENGINE_INTERPRETER : PROGRAM_ENGINE_BEST,
		};
		uint64_t r0;

		assert_int_equal(run_with(text, &options, &r0), -EFAULT);
	}
}

#define KEY(n)   "*(u32 *)(r10 - 4) = " #n "\nr2 = r10\nr2 += -4\n"
#define VALUE(n) "*(u64 *)(r10 - 16) = " #n "\nr3 = r10\nr3 += -16\n"
#define UPDATE(map, key, value, flags) \
	KEY(key) VALUE(value) "r1 = map[idx:" #map "]\nr4 = " #flags "\ncall bpf_map_update_elem\n"
#define LOOKUP(map, key) KEY(key) "r1 = map[idx:" #map "]\ncall bpf_map_lookup_elem\n"

static void maps_work(void **state)
{
	(void)state;
	gives(UPDATE(0, 5, 42, 0) LOOKUP(0, 5) "r0 = *(u64 *)(r0 + 0)\nexit\n", 42);
	gives(LOOKUP(0, 5) "exit\n", 0);
	gives(UPDATE(1, 3, 42, 0) LOOKUP(1, 3) "r0 = *(u64 *)(r0 + 0)\nexit\n", 42);
	gives(LOOKUP(1, 4) "exit\n", 0);
	gives(LOOKUP(4, 4) "exit\n", 0);
	gives(LOOKUP(4, 3) "if r0 == 0 goto out\n*(u32 *)(r0 + 8) = 5\nr0 = *(u64 *)(r0 + 8)\n"
			   "out:\nexit\n",
	      5);
	gives(UPDATE(0, 1, 1, 2) "exit\n", (uint64_t)-ENOENT);
	gives(UPDATE(0, 1, 1, 0) UPDATE(0, 2, 1, 0) UPDATE(0, 3, 1, 0) "exit\n", (uint64_t)-E2BIG);
	gives(UPDATE(0, 1, 1, 0) KEY(1) "r1 = map[idx:0]\ncall bpf_map_delete_elem\nexit\n", 0);
	gives("r1 = map[idx:2][0]+5\nr0 = *(u8 *)(r1 + 0)\nexit\n", 'o');
}

static void tail_calls(void **state)
{
	(void)state;
	gives("r2 = map[idx:3]\nr3 = 1\ncall bpf_tail_call\nr0 = 1\nexit\n", 77);
	gives("r2 = map[idx:3]\nr3 = 0\ncall bpf_tail_call\nr0 = 1\nexit\n", 1);
	gives("r2 = map[idx:3]\nr3 = 2\ncall bpf_tail_call\nr0 = 1\nexit\n", 1);
	gives("r2 = map[idx:0]\nr3 = 1\ncall bpf_tail_call\nr0 = 1\nexit\n", 1);
}

static void tail_call_of_nothing(void **state)
{
	const struct program_options options = { .vm.guarded = true };
	uint64_t r0;

	(void)state;
	assert_int_equal(
		run_with("r2 = 4\nr3 = 1\ncall bpf_tail_call\nr0 = 1\nexit\n", &options, &r0), 0);
	assert_int_equal(r0, 1);
}

static void callbacks(void **state)
{
	(void)state;
	gives("r1 = 10\nr2 = subprog[each]\nr3 = r10\nr3 += -8\n*(u64 *)(r10 - 8) = 0\nr4 = 0\n"
	      "call bpf_loop\nr0 = *(u64 *)(r10 - 8)\nexit\n"
	      "each:\nr3 = *(u64 *)(r2 + 0)\nr3 += r1\n*(u64 *)(r2 + 0) = r3\nr0 = 0\nexit\n",
	      45);
	gives("r1 = 10\nr2 = subprog[each]\nr3 = 0\nr4 = 0\ncall bpf_loop\nexit\n"
	      "each:\nr0 = 0\nif r1 != 3 goto +1\nr0 = 1\nexit\n",
	      4);
	gives("r1 = 10\nr2 = subprog[each]\nr3 = 0\nr4 = 1\ncall bpf_loop\nexit\n"
	      "each:\nr0 = 0\nexit\n",
	      (uint64_t)-EINVAL);
	gives("r1 = 0x800001\nr2 = subprog[each]\nr3 = 0\nr4 = 0\ncall bpf_loop\nexit\n"
	      "each:\nr0 = 0\nexit\n",
	      (uint64_t)-E2BIG);
	/* The key is readable, wherever the map keeps it. */
	gives(UPDATE(0, 5, 40, 0) "*(u64 *)(r10 - 8) = 0\nr1 = map[idx:0]\nr2 = subprog[each]\n"
				  "r3 = r10\nr3 += -8\nr4 = 0\ncall bpf_for_each_map_elem\n"
				  "r0 = *(u64 *)(r10 - 8)\nexit\n"
				  "each:\nr5 = *(u32 *)(r2 + 0)\nr1 = *(u64 *)(r3 + 0)\nr5 += r1\n"
				  "*(u64 *)(r4 + 0) = r5\nr0 = 0\nexit\n",
	      45);
}

static void guarded_faults(void **state)
{
	(void)state;
	faults("r1 = 0\nr2 = r10\ncall bpf_map_lookup_elem\nexit\n");
	faults("r1 = map[idx:0]\nr2 = 0\ncall bpf_map_lookup_elem\nexit\n");
	faults("r1 = map[idx:0]\nr2 = r10\nr2 += -2\nr3 = 0\nr4 = 0\ncall bpf_map_update_elem\n"
	       "exit\n");
	faults("r1 = map[idx:1]\n" KEY(0) "r3 = 0\nr4 = 0\ncall bpf_map_update_elem\nexit\n");
	faults(UPDATE(2, 0, 1, 0) "exit\n"); /* a read-only map */
	faults("r1 = map[idx:2][0]+0\n*(u8 *)(r1 + 0) = 1\nexit\n");
	faults("r1 = map[idx:1]\nr0 = *(u64 *)(r1 + 0)\nexit\n"); /* the map itself */
	faults(UPDATE(0, 5, 42, 0) LOOKUP(0, 5) "r0 = *(u64 *)(r0 - 4096)\nexit\n");
	faults("r1 = 10\nr2 = 1234\nr3 = 0\nr4 = 0\ncall bpf_loop\nexit\n");
	faults("r1 = 0\nr2 = 8\nr3 = 1\ncall bpf_trace_printk\nexit\n");
	faults("r1 = 0\nr2 = 8\ncall bpf_get_current_comm\nexit\n");
	faults("r1 = r10\nr1 += -8\nr2 = 8\nr3 = 10\nr4 = 0\ncall bpf_strtol\nexit\n");
	faults("r1 = r10\nr1 += -8\nr2 = 8\nr3 = 0\ncall bpf_strncmp\nexit\n");
}

static void pointers(void **state)
{
	static const struct program_map two[] = {
		{ .spec = { .name = ".data",
			    .type = MAP_TYPE_ARRAY,
			    .key_size = 4,
			    .value_size = 16,
			    .max_entries = 1,
			    .flags = 0 } },
		{ .spec = { .name = ".rodata",
			    .type = MAP_TYPE_ARRAY,
			    .key_size = 4,
			    .value_size = 8,
			    .max_entries = 1,
			    .flags = 0 },
		  .data = (const uint8_t *)"abcdefg",
		  .data_len = 8 },
	};
	static const struct program_pointer pointer = { 0, 1, 8, 2 };
	struct arena arena = { 0 };
	const struct program_spec spec = {
		.code = assemble(&arena, "r1 = map[idx:0][0]+8\nr1 = *(u64 *)(r1 + 0)\n"
					 "r0 = *(u8 *)(r1 + 0)\nexit\n"),
		.maps = two,
		.map_count = 2,
		.pointers = &pointer,
		.pointer_count = 1,
	};
	const struct program_options options = { .vm.guarded = true };
	const uint64_t args[5] = { 0 };
	struct program *program;
	struct program_run *run;
	uint64_t r0 = 0;

	(void)state;
	assert_int_equal(program_new(&spec, &options, NULL, &program), 0);
	assert_int_equal(program_run_new(program, NULL, &run), 0);
	assert_int_equal(program_run(run, args, &r0), 0);
	assert_int_equal(r0, 'c');
	program_run_free(run);
	program_free(program);
	arena_release(&arena);
}

static void refusals(void **state)
{
	static const char *const texts[] = {
		"r1 = map[idx:9]\nr0 = 0\nexit\n",
		"r1 = map[idx:1][0]+0\nr0 = 0\nexit\n",
		"r1 = map[idx:2][0]+16\nr0 = 0\nexit\n",
		"r1 = btf_id[7]\nr0 = 0\nexit\n",
		"call 4\nexit\n",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct arena arena = { 0 };
		const struct program_spec spec = {
			.code = assemble(&arena, texts[i]),
			.maps = maps,
			.map_count = ARRAY_LEN(maps),
		};
		const struct program_options options = { 0 };
		struct diag diag = { 0 };
		struct program *program;

		assert_int_equal(program_new(&spec, &options, &diag, &program), -EINVAL);
		assert_int_equal(diag.error_count, 1);
		diag_release(&diag);
		arena_release(&arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(maps_work),      cmocka_unit_test(tail_calls),
		cmocka_unit_test(callbacks),      cmocka_unit_test(tail_call_of_nothing),
		cmocka_unit_test(guarded_faults), cmocka_unit_test(pointers),
		cmocka_unit_test(refusals),
	};

	return cmocka_run_group_tests_name("kern/prog", tests, NULL, NULL);
}
