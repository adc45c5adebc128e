/*
 * internal.h - what the verifier's files share: the verification that is going on.
 *
 * A function that returns int returns 0, or a negative errno when the program is refused (then v_refuse was
 * called) or memory is short.
 */
#ifndef WAGGLE_KERN_VERIFIER_INTERNAL_H
#define WAGGLE_KERN_VERIFIER_INTERNAL_H

#include "abi/helper.h"
#include "abi/helper_proto.h"
#include "abi/map_type.h"
#include "abi/prog_type.h"
#include "kern/verifier/state.h"
#include "kern/verifier/verifier.h"

enum {
	V_MOST_STEPS = 1000000, /* of all paths together */
	V_MOST_PENDING = 8192,  /* paths that wait */
	V_MOST_HELPER_ARGS = 5,
};

/* What is known of an instruction whatever the path. */
struct v_insn {
	int16_t op;              /* enum isa_op, or a negative enum isa_error */
	uint16_t live;           /* registers that are read before they are written, from here */
	bool is_jump_target : 1; /* may come from elsewhere: goes into the history */
	bool is_meeting     : 1; /* paths may meet: states are kept here */
	bool is_checkpoint  : 1; /* states are kept at every visit */
	bool calls_back     : 1; /* a helper here calls a function of the program */
	bool is_iter_next   : 1;
	bool is_second      : 1; /* of a wide load */
	bool map_is_unclear : 1; /* different paths come with different maps */
	uint16_t func;
	uint8_t pointer_type; /* enum reg_type of what a memory access went through */
	uint16_t pointer_flags;
	const struct verifier_map *map; /* of a helper call */
};

struct v_func {
	uint32_t start, end;
	uint32_t stack_bytes;
	bool is_global; /* verified alone: callers know its types only */
	bool has_tail_call;
	bool has_ld_abs;
	bool changes_packet;
	bool is_callback, is_async;
	bool called; /* a global one that some path calls */
	bool is_verified;
	uint32_t type_id; /* of its BTF_FUNC, or 0 */
};

struct v_pending {
	struct state *s;
	uint32_t insn, prev;
	size_t log_len;
	struct v_pending *next;
};

/* Registers and slots of each frame whose values matter (precise.c). */
struct v_marks {
	uint16_t regs[ISA_FRAMES];
	uint64_t slots[ISA_FRAMES];
	uint32_t frame;
};

struct v_id_map {
	struct {
		uint32_t old, new;
	} pairs[ISA_FRAMES * (ISA_REGS + STATE_SLOTS)];
	uint32_t count, next;
};

struct verifier {
	const struct verifier_request *req;
	struct verifier_verdict *out;
	const struct abi_prog_type *row;
	const struct insn *insns;
	uint32_t count;
	struct v_insn *info;
	struct v_func funcs[VERIFIER_MOST_FUNCS + 1];
	uint32_t func_count;

	struct state *cur;
	uint32_t insn, prev;
	struct v_pending *pending;
	uint32_t pending_count;
	struct state **kept;   /* by instruction */
	struct state *dropped; /* still parents of paths */
	uint64_t kept_count;
	struct history *entry; /* of this instruction in the history of 'cur', or NULL */
	uint32_t ids;
	uint64_t steps, most_steps;
	uint64_t jumps, kept_steps, kept_jumps; /* when a state was kept last */
	struct v_marks marks;
	struct v_id_map id_map;
	bool writes_packet;
	bool uses_arena;
	struct state *failed; /* 'cur' when the program was refused: its path is what is explained */
};

static inline struct reg *v_regs(const struct verifier *v)
{
	return state_frame(v->cur)->regs;
}

static inline const struct insn *v_at(const struct verifier *v)
{
	return &v->insns[v->insn];
}

/* Refuse the program at the present instruction because of register @reg (or VERIFIER_NOWHERE), with the
 * kernel's words.  Returns the rule's negative errno. */
int v_refuse(struct verifier *v, enum verifier_rule rule, int reg, const char *format, ...)
	PRINTF_LIKE(4, 5);
/* The same for an access of @bytes at @offset from where the register pointed at first, in memory of
 * @object_bytes (or VERIFIER_NOWHERE). */
int v_refuse_access(struct verifier *v, enum verifier_rule rule, int reg, int64_t offset,
		    int64_t bytes, int64_t object_bytes, const char *format, ...) PRINTF_LIKE(7, 8);

/* cfg.c: functions, jumps, meeting points, live registers; and at the end the stack that calls need. */
int v_check_flow(struct verifier *v);
int v_check_stack_depth(struct verifier *v);
int v_func_at(const struct verifier *v, uint32_t insn); /* that begins there, or -1 */

/* check.c: all paths from the present one. */
int v_check_paths(struct verifier *v);
struct state *v_push(struct verifier *v, uint32_t insn,
		     uint32_t prev);                             /* a copy to go on with later */
int v_note_jump(struct verifier *v, struct history **ret_entry); /* the history's entry */
int v_need_read(struct verifier *v, unsigned int reg);
int v_need_write(struct verifier *v, unsigned int reg);

/* alu.c, branch.c */
int v_alu(struct verifier *v, enum isa_op op);
int v_branch(struct verifier *v, enum isa_op op, uint32_t *ret_next);
void v_link_before_copy(struct verifier *v, struct reg *reg);
void v_not_null(struct verifier *v, struct reg *reg);

/* mem.c, stack.c */
struct v_access {
	int reg; /* that has the address */
	int32_t off;
	uint32_t bytes;
	bool is_write;
	int value; /* register stored or loaded, or VERIFIER_NOWHERE */
	bool is_signed;
	bool is_aligned; /* it must be */
	bool by_helper;
};
int v_access(struct verifier *v, const struct v_access *access);
int v_memory(struct verifier *v, enum isa_op op);
/* @bytes at the register's address, maybe 0 if @zero_ok: within @object_bytes? */
int v_within(struct verifier *v, int reg, int64_t off, int64_t bytes, int64_t object_bytes,
	     bool zero_ok);
int v_within_packet(struct verifier *v, int reg, int64_t off, int64_t bytes, bool zero_ok);
int v_within_map(struct verifier *v, int reg, int64_t off, int64_t bytes, bool zero_ok,
		 bool is_helper);
int v_unmodified(struct verifier *v, int reg, bool fixed_ok); /* nothing was added to the pointer */
int v_map_allows(struct verifier *v, int reg, int64_t off, int64_t bytes, bool is_write);
int v_stack_read(struct verifier *v, const struct v_access *access);
int v_stack_write(struct verifier *v, const struct v_access *access);
int v_stack_bounds(struct verifier *v, const struct v_access *access);
int v_stack_range(struct verifier *v, int reg, int64_t bytes, bool zero_ok, bool is_write,
		  bool is_raw, int64_t *ret_raw_bytes);
struct frame *v_frame_of(const struct verifier *v, const struct reg *reg);
int v_forget_dynptr(struct verifier *v, struct frame *frame, uint32_t slot);

/* call.c */
int v_call(struct verifier *v, enum isa_op op, uint32_t *ret_next);
int v_return(struct verifier *v, uint32_t *ret_next);
int v_push_frame(struct verifier *v, struct state *s, uint32_t func, int32_t callsite);
int v_release_ref(struct verifier *v, uint32_t id);
int v_check_leaks(struct verifier *v, const char *where);
void v_clear_args(struct verifier *v, struct frame *frame);
void v_clear_packets(struct verifier *v);

/* global.c: functions with external linkage */
int v_global_args(struct verifier *v, uint32_t func); /* are r1 to r5 what it wants? */
bool v_global_is_void(const struct verifier *v, uint32_t func);
int v_global_enter(struct verifier *v, uint32_t func); /* set up its first frame */

/* ret.c */
int v_check_result(struct verifier *v);

/* prune.c: 1 when a path like this was seen before. */
int v_visit(struct verifier *v);
int v_done(struct verifier *v, struct state *s); /* a path ended: whom does that complete? */
void v_mark_read(struct verifier *v, uint32_t frame, uint32_t slot);
void v_mark_written(struct verifier *v, uint32_t frame, uint32_t slot);
bool v_widen(struct verifier *v, struct state *old, struct state *new);
struct state *v_last_visit(struct verifier *v, struct state *from, uint32_t insn);

/* precise.c */
int v_need_precise(struct verifier *v, int reg);
int v_need_precise_slot(struct verifier *v, uint32_t frame, uint32_t slot);
int v_precise_marks(struct verifier *v, struct state *s);
void v_all_precise(struct state *s);
bool v_step_back(const struct state *s, int64_t *insn, uint32_t *history); /* false: the first */

/* log.c */
void v_log(struct verifier *v, unsigned int level, const char *format, ...) PRINTF_LIKE(3, 4);
void v_log_insn(struct verifier *v);
void v_log_state(struct verifier *v, const struct state *s);

/* explain.c */
void v_trace_origin(struct verifier *v);

#endif
