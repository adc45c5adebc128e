/*
 * match.c - filters compiled for the link types that turn up, and asked.
 *
 * The filter is a function of a larger program, whose main function calls it for each packet of an array and
 * notes the numbers of those that match: entering and leaving a program costs as much as
 * most filters do, and a branch on what they say is mispredicted for every second packet.
 */
#include "match/match.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "ir/ir_emit.h"
#include "ir/ir_pass.h"
#include "isa/asm.h"
#include "isa/cbpf.h"
#include "kern/prog/program.h"

enum { DEFAULT_SNAPLEN = 262144 }; /* filter.h's */

/* The filter on one link type. */
struct compiled {
	struct compiled *next;
	int dlt;
	int err;           /* why there is no program */
	bool is_constant;  /* the answer is the same for every packet: */
	uint32_t constant; /* this one */
	struct program *program;
	struct program_run *run;
};

struct matcher {
	const struct source *text;
	struct matcher_options options;
	struct compiled *compiled; /* asked last: first */
	struct arena arena;        /* of match_socket's programs */
};

int matcher_new(const struct source *text, const struct matcher_options *options,
		struct matcher **ret_matcher)
{
	struct matcher *matcher = calloc(1, sizeof *matcher);

	if (!matcher)
		return -ENOMEM;
	matcher->text = text;
	matcher->options = *options;
	*ret_matcher = matcher;
	return 0;
}

static void compiled_free(struct compiled *compiled)
{
	program_run_free(compiled->run);
	program_free(compiled->program);
	free(compiled);
}

void matcher_free(struct matcher *matcher)
{
	struct compiled *next;

	if (!matcher)
		return;
	for (struct compiled *c = matcher->compiled; c; c = next) {
		next = c->next;
		compiled_free(c);
	}
	arena_release(&matcher->arena);
	free(matcher);
}

/*
 * Compiling
 */

/* From the text to a function that is ready for the emitter of @target. */
static int compile_function(const struct matcher *matcher, int dlt, bool live,
			    enum ir_target target, struct arena *arena, struct diag *diag,
			    struct ir_fn **ret_fn)
{
	const struct ir_options passes = {
		.target = target,
		.drop_traps = true,
		.tables = target == IR_TARGET_EBPF,
	};
	struct filter_options options = matcher->options.filter;
	int err;

	options.link = dlt;
	options.live = live;
	err = filter_compile(matcher->text, &options, arena, diag, ret_fn);
	if (err || matcher->options.no_optimize)
		return err;
	err = ir_optimize(*ret_fn, &passes);
	if (err || filter_can_match(*ret_fn))
		return err;
	diag_error(diag, SPAN_NONE, "the filter rejects every packet");
	diag_hint(diag,
		  "'waggle filter --explain' says what it means; with -O it is taken as it is");
	return -EINVAL;
}

static bool find_constant(const struct ir_fn *fn, uint32_t *ret)
{
	const struct ir_block *entry = fn->entry;

	if (entry->first || entry->end != IR_END_RETURN || !ir_is_const(entry->operands[0]))
		return false;
	*ret = (uint32_t)entry->operands[0]->imm;
	return true;
}

/* Maps for the sets of numbers that the function looks up. */
static struct program_map *describe_tables(const struct ir_fn *fn, struct arena *arena)
{
	struct program_map *maps = arena_alloc_array(arena, fn->map_count + 1, sizeof *maps);

	for (const struct ir_table *t = maps ? fn->tables : NULL; t; t = t->next)
		maps[t->map].spec = (struct map_spec){
			.name = "set",
			.type = MAP_TYPE_HASH,
			.key_size = t->key_bytes,
			.value_size = 1,
			.max_entries = (uint32_t)t->count,
		};
	return maps;
}

static int fill_tables(const struct ir_fn *fn, const struct program *program)
{
	const uint8_t value = 1;

	for (const struct ir_table *t = fn->tables; t; t = t->next) {
		struct map *map = program_map(program, t->map);

		for (size_t i = 0; i < t->count; i++) {
			uint32_t narrow = (uint32_t)t->keys[i];
			const void *key = t->key_bytes == sizeof narrow ? (const void *)&narrow :
									  &t->keys[i];
			int err = map->ops->update(map, key, &value, MAP_ANY);

			if (err)
				return err;
		}
	}
	return 0;
}

/* r1: the first packet; r2: behind the last; r3: where the numbers go.  r0: how many. */
static const char loop_text[] = "	r6 = r1\n"
				"	r7 = r2\n"
				"	r8 = r3\n"
				"	r9 = 0\n"
				"	*(u64 *)(r10 - 8) = r3\n"
				"	goto more\n"
				"next:\n"
				"	r1 = *(u64 *)(r6 + 0)\n"  /* data */
				"	r2 = *(u32 *)(r6 + 8)\n"  /* len */
				"	r3 = *(u32 *)(r6 + 12)\n" /* wire_len */
				"	call filter\n"
				"	*(u16 *)(r8 + 0) = r9\n"
				"	r1 = r0\n" /* r8 moves on by 2 unless r0 is 0 */
				"	r1 = -r1\n"
				"	r1 |= r0\n"
				"	r1 >>= 63\n"
				"	r1 <<= 1\n"
				"	r8 += r1\n"
				"	r9 += 1\n"
				"	r6 += 32\n"
				"more:\n"
				"	if r6 != r7 goto next\n"
				"	r0 = r8\n"
				"	r1 = *(u64 *)(r10 - 8)\n"
				"	r0 -= r1\n"
				"	r0 >>= 1\n"
				"	exit\n"
				"filter:\n"
				"	exit\n";
static_assert(offsetof(struct packet, data) == 0, "as in the loop");
static_assert(offsetof(struct packet, len) == 8, "as in the loop");
static_assert(offsetof(struct packet, wire_len) == 12, "as in the loop");
static_assert(sizeof(struct packet) == 32, "as in the loop");

/* The loop with @filter in the place of its last instruction. */
static int put_into_loop(const struct ir_ebpf *filter, struct arena *arena, struct diag *diag,
			 struct program_code *ret)
{
	struct insn *loop, *insns;
	size_t loop_count;
	int err = isa_asm(loop_text, sizeof loop_text - 1, NULL, arena, diag, &loop, &loop_count);

	if (err)
		return err;
	insns = arena_alloc_array(arena, loop_count - 1 + filter->count, sizeof *insns);
	if (!insns)
		return -ENOMEM;
	memcpy(insns, loop, (loop_count - 1) * sizeof *insns);
	memcpy(insns + loop_count - 1, filter->insns, filter->count * sizeof *insns);
	*ret = (struct program_code){ insns, loop_count - 1 + filter->count };
	return 0;
}

static int make_program(const struct matcher *matcher, struct ir_fn *fn, struct diag *diag,
			struct compiled *ret)
{
	const struct ir_ebpf_options emit = { .packet = IR_PACKET_MEMORY, .map_op = ISA_LD_MAP_FD };
	const struct program_options options = {
		.engine = matcher->options.interpret ? PROGRAM_ENGINE_INTERPRETER :
						       PROGRAM_ENGINE_BEST,
	};
	struct program_spec spec = { .map_count = fn->map_count };
	struct ir_ebpf code;
	int err;

	ret->is_constant = find_constant(fn, &ret->constant);
	if (ret->is_constant)
		return 0;
	err = ir_emit_ebpf(fn, &emit, diag, &code);
	if (err)
		return err;
	err = put_into_loop(&code, fn->arena, diag, &spec.code);
	if (err)
		return err;
	spec.maps = describe_tables(fn, fn->arena);
	if (!spec.maps)
		return -ENOMEM;
	err = program_new(&spec, &options, diag, &ret->program);
	if (!err)
		err = fill_tables(fn, ret->program);
	if (!err)
		err = program_run_new(ret->program, diag, &ret->run);
	return err;
}

static struct compiled *find(struct matcher *matcher, int dlt)
{
	struct compiled **link = &matcher->compiled, *found;

	while (*link && (*link)->dlt != dlt)
		link = &(*link)->next;
	found = *link;
	if (found && found != matcher->compiled) { /* next time it is found at once */
		*link = found->next;
		found->next = matcher->compiled;
		matcher->compiled = found;
	}
	return found;
}

int matcher_prepare(struct matcher *matcher, int dlt, struct diag *diag)
{
	struct compiled *compiled = find(matcher, dlt);
	struct arena arena = { 0 };
	struct ir_fn *fn;

	if (compiled)
		return compiled->err;
	compiled = calloc(1, sizeof *compiled);
	if (!compiled)
		return -ENOMEM;
	compiled->dlt = dlt;
	compiled->err = compile_function(matcher, dlt, false, IR_TARGET_EBPF, &arena, diag, &fn);
	if (!compiled->err)
		compiled->err = make_program(matcher, fn, diag, compiled);
	arena_release(&arena);
	if (compiled->err) { /* remembered, so that the packets match nothing */
		compiled->is_constant = true;
		compiled->constant = 0;
	}
	compiled->next = matcher->compiled;
	matcher->compiled = compiled;
	return compiled->err;
}

/*
 * Asking
 */

enum { MOST_ASKED = 256 }; /* in one run */

/* The numbers of those of @count packets that match into @ret: how many. */
static size_t ask(const struct compiled *compiled, const struct packet *packets, size_t count,
		  uint16_t *ret)
{
	const uint64_t args[5] = { (uintptr_t)packets, (uintptr_t)(packets + count),
				   (uintptr_t)ret };
	uint64_t matches;

	return program_run(compiled->run, args, &matches) ? 0 : (size_t)matches;
}

static uint32_t snaplen_of(const struct matcher *matcher)
{
	return matcher->options.filter.snaplen ? matcher->options.filter.snaplen : DEFAULT_SNAPLEN;
}

uint32_t match_packet(struct matcher *matcher, int dlt, const struct packet *packet)
{
	const struct compiled *compiled = find(matcher, dlt);
	uint16_t number;

	if (!compiled || compiled->is_constant)
		return compiled ? compiled->constant : 0;
	return ask(compiled, packet, 1, &number) ? snaplen_of(matcher) : 0;
}

/* The packets of @numbers move from @from to @to, which is not behind it. */
static void collect(struct packet *to, const struct packet *from, const uint16_t *numbers,
		    size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (&to[i] != &from[numbers[i]])
			to[i] = from[numbers[i]];
}

size_t match_packets(struct matcher *matcher, int dlt, struct packet *packets, size_t count)
{
	const struct compiled *compiled = find(matcher, dlt);
	uint16_t numbers[MOST_ASKED];
	size_t kept = 0;

	if (!compiled || compiled->is_constant)
		return compiled && compiled->constant ? count : 0;
	for (size_t i = 0, n; i < count; i += n) {
		size_t matches;

		n = count - i < MOST_ASKED ? count - i : MOST_ASKED;
		matches = ask(compiled, packets + i, n, numbers);
		collect(packets + kept, packets + i, numbers, matches);
		kept += matches;
	}
	return kept;
}

/*
 * For the kernel
 */

/* A socket's classic filter is charged to net.core.optmem_max: as eBPF, which it becomes, of up to eight
 * bytes an instruction and some more of them; twice the size was never refused (Linux 6.18). */
static bool is_too_large(size_t classic_count)
{
	enum { EXPANDED_BYTES = 2 * 8, HEADER_BYTES = 1024 };
	unsigned long most = 20480; /* the kernel's default before 6.7 */
	FILE *file = fopen("/proc/sys/net/core/optmem_max", "re");

	if (file) {
		if (fscanf(file, "%lu", &most) != 1)
			most = 20480;
		(void)fclose(file);
	}
	return classic_count > CBPF_MOST_INSNS ||
	       classic_count * EXPANDED_BYTES + HEADER_BYTES > most;
}

/* The function's tables as arrays of keys: *ret_sets [fn->map_count]. */
static int copy_sets(const struct ir_fn *fn, struct arena *arena,
		     const struct socket_set **ret_sets)
{
	struct socket_set *sets = arena_alloc_array(arena, fn->map_count + 1, sizeof *sets);

	for (const struct ir_table *t = sets ? fn->tables : NULL; t; t = t->next) {
		uint32_t *narrow = arena_alloc_array(arena, t->count, sizeof *narrow);

		if (!narrow)
			return -ENOMEM;
		for (size_t i = 0; i < t->count; i++)
			narrow[i] = (uint32_t)t->keys[i];
		sets[t->map] = (struct socket_set){
			.key_bytes = t->key_bytes,
			.keys = t->key_bytes == sizeof *narrow ? (const void *)narrow : t->keys,
			.count = t->count,
		};
	}
	*ret_sets = sets;
	return sets ? 0 : -ENOMEM;
}

int match_socket(struct matcher *matcher, int dlt, struct diag *diag, struct socket_filter *ret)
{
	const struct ir_ebpf_options emit = { .packet = IR_PACKET_SKB, .map_op = ISA_LD_MAP_FD };
	const bool live = matcher->options.filter.live;
	struct arena *arena = &matcher->arena;
	struct diag unused = { 0 };
	struct ir_cbpf classic = { 0 };
	struct ir_ebpf ebpf = { 0 };
	const struct socket_set *sets = NULL;
	struct ir_fn *fn;
	int err;

	err = compile_function(matcher, dlt, live, IR_TARGET_CBPF, arena, diag, &fn);
	if (err)
		return err;
	err = ir_emit_cbpf(fn, !matcher->options.no_optimize, &unused, &classic);
	diag_release(&unused);
	if (err && err != -ENOTSUP)
		return err;
	err = compile_function(matcher, dlt, live, IR_TARGET_EBPF, arena, NULL, &fn);
	if (!err)
		err = ir_emit_ebpf(fn, &emit, classic.insns ? NULL : diag, &ebpf);
	if (err == -ENOTSUP && classic.insns)
		err = 0;
	else if (!err)
		err = copy_sets(fn, arena, &sets);
	if (err)
		return err;
	*ret = (struct socket_filter){
		.classic = classic.insns,
		.classic_count = classic.count,
		.ebpf = ebpf.insns,
		.ebpf_count = ebpf.count,
		.sets = sets,
		.set_count = ebpf.insns ? fn->map_count : 0,
		.wants_ebpf = ebpf.insns &&
			      (fn->tables || !classic.insns || is_too_large(classic.count)),
	};
	return 0;
}
