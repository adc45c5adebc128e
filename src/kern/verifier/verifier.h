/*
 * verifier.h - will a program only ever do what it may?
 *
 * The verifier follows every path through a program, keeping for each register and each word of the stack
 * what is known of it, and refuses the program at the first instruction that might do what it may not: read
 * what was not written, leave its memory, keep what it must release, not come to an end.  Its verdicts are
 * those of Linux 6.18; where they differ (doc/verifier-differences.md) it refuses more, never less.
 *
 *	request -> cfg.c            functions, jumps, where paths may meet
 *	        -> check.c          one path after the other:
 *	             alu.c  branch.c  mem.c  stack.c  call.c  ret.c
 *	        -> prune.c precise.c  a path that goes on like one seen before ends there
 *	        -> verdict
 *
 * A refusal is data: explain.c makes of it what people read, log.c keeps the kernel's log.
 */
#ifndef WAGGLE_KERN_VERIFIER_VERIFIER_H
#define WAGGLE_KERN_VERIFIER_VERIFIER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/strbuf.h"
#include "btf/btf.h"
#include "isa/insn.h"
#include "kern/verifier/range.h"

enum { VERIFIER_NOWHERE = -1 }; /* no offset, no descriptor */

/* What a map's value holds besides bytes: at most one of each, found by BTF. */
struct verifier_map {
	const char *name; /* or NULL */
	int fd;           /* what ISA_LD_MAP_FD names it by, or VERIFIER_NOWHERE */
	uint32_t type;    /* BPF_MAP_TYPE_* */
	uint32_t key_size, value_size, max_entries;
	uint32_t flags;                   /* BPF_F_* */
	const uint8_t *constant;          /* contents of a frozen read-only array; or NULL */
	const struct verifier_map *inner; /* of maps of maps: what they hold is like this */
	bool has_special; /* locks, timers, kptrs in its value: those in 'special' */
	struct verifier_special {
		enum verifier_special_kind {
			VERIFIER_SPIN_LOCK,
			VERIFIER_TIMER,
			VERIFIER_WORKQUEUE,
			VERIFIER_KPTR_UNTRUSTED,
			VERIFIER_KPTR,
			VERIFIER_KPTR_PERCPU,
			VERIFIER_OTHER, /* lists, trees, reference counts */
		} kind;
		uint32_t offset, size;
		uint32_t btf_id; /* of a kptr's target, in the kernel's BTF */
	} special[16];
	size_t special_count;
};

struct verifier_func_info {
	uint32_t insn;
	uint32_t type_id; /* of a BTF_FUNC */
};

struct verifier_line_info {
	uint32_t insn;
	uint32_t file, text; /* offsets in the strings of the BTF */
	uint32_t line, column;
};

/* Everything in it must stay as long as the verdict is used. */
struct verifier_request {
	const struct insn *insns;
	size_t count;
	uint32_t type;                   /* BPF_PROG_TYPE_* */
	uint32_t attach;                 /* expected_attach_type */
	const struct verifier_map *maps; /* by the index in ISA_LD_MAP_IDX */
	size_t map_count;
	const struct btf *btf;        /* the program's; or NULL */
	const struct btf *kernel_btf; /* or NULL */
	uint32_t attach_btf_id;       /* of what it attaches to, in kernel_btf; or 0 */
	const struct verifier_func_info *funcs;
	size_t func_count;
	const struct verifier_line_info *lines;
	size_t line_count;
	bool is_gpl;
	bool is_sleepable;
	bool strict_alignment;
	bool any_alignment;
	bool kernel_limits;     /* Linux's limits and its way of counting: no joining of paths */
	uint32_t most_steps;    /* 0: 1,000,000, as Linux has it */
	uint32_t most_states;   /* kept at a time; 0: a number that needs some hundred megabytes */
	unsigned int log_level; /* 0 to 2, as in bpf(2) */
};

enum verifier_rule {
	VERIFIER_ACCEPTED,
#define RULE(id, ...) VERIFIER_RULE_##id,
#include "kern/verifier/rules.def"
};

struct verifier_rule_info {
	const char *name; /* "null" */
	int err;          /* positive */
	const char *rule;
	const char *remedy; /* "" if there is none to give */
};
extern const struct verifier_rule_info verifier_rules[];

/* A step on the way of the offending value to where it offends. */
struct verifier_step {
	uint32_t insn;
	enum verifier_step_kind {
		VERIFIER_STEP_MADE,    /* it came into being: a constant, a load, a result */
		VERIFIER_STEP_COPIED,  /* from another register */
		VERIFIER_STEP_CHANGED, /* by arithmetic */
		VERIFIER_STEP_BOUNDED, /* by a comparison */
		VERIFIER_STEP_STORED,  /* to the stack */
		VERIFIER_STEP_LOADED,  /* from there */
	} kind;
	uint8_t reg; /* that held it afterwards */
};

enum {
	VERIFIER_MOST_STEPS = 24,
	VERIFIER_MOST_FUNCS = 256,
};

struct verifier_refusal {
	enum verifier_rule rule;
	int64_t insn;      /* VERIFIER_NOWHERE when it is about the whole program */
	char message[256]; /* what the kernel says of it, one line */
	int reg;           /* that offends, or VERIFIER_NOWHERE */
	char reg_type[64]; /* "map_value_or_null", as the kernel says it; "?": not written */
	struct range
		value; /* of the offending register: the number, or what was added to the address */
	int64_t offset;       /* of the access, from where the address pointed at first */
	int64_t access_bytes; /* how many it is; 0: it is no access */
	int64_t object_bytes; /* of the memory accessed; or VERIFIER_NOWHERE */
	struct verifier_step steps[VERIFIER_MOST_STEPS]; /* oldest first */
	size_t step_count;
};

struct verifier_func {
	uint32_t start;
	uint32_t stack_bytes;
	bool is_global;
};

/* What is known of each instruction, for whoever runs the program. */
enum verifier_fact {
	VERIFIER_SEEN = 1,   /* some run may come here */
	VERIFIER_SAFE = 2,   /* its memory access needs no guard */
	VERIFIER_ALWAYS = 4, /* a jump that is always taken ... */
	VERIFIER_NEVER = 8,  /* ... never */
};

struct verifier_verdict {
	int err; /* 0: accepted; else a negative errno, as BPF_PROG_LOAD gives it */
	struct verifier_refusal refusal;
	uint64_t steps; /* instructions processed */
	uint64_t states_total, states_peak,
		states_most; /* made; kept at a time; at one instruction */
	uint64_t joins;      /* paths that were joined where Linux would follow both */
	uint64_t time_ns;
	struct verifier_func funcs[VERIFIER_MOST_FUNCS];
	size_t func_count;
	uint8_t *facts; /* one set of enum verifier_fact for each slot */
	struct strbuf log;
};

/* Judge the program of @request.  Returns 0 with *ret_verdict (yours: verifier_release) whatever the verdict
 * is, or -ENOMEM. */
int verifier_run(const struct verifier_request *request, struct verifier_verdict *ret_verdict)
	MUST_USE;
void verifier_release(struct verifier_verdict *verdict);

/* Append what people read of a refusal to @out: the line of C if BTF tells it, the value, where it came from,
 * the rule, what to do. */
void verifier_explain(const struct verifier_request *request,
		      const struct verifier_verdict *verdict, struct strbuf *out);

/* The line info of slot @insn, or NULL. */
const struct verifier_line_info *verifier_line(const struct verifier_request *request,
					       uint32_t insn);

#endif
