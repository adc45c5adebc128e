/*
 * state.h - what is known at one point of one path: registers, stacks, what is held.
 *
 * A state has a frame for each function that is running.  A frame has its registers and the part of its
 * stack that was touched, in slots of 8 bytes: a slot holds a register that was spilled, or bytes of which
 * only the kind is known.
 */
#ifndef WAGGLE_KERN_VERIFIER_STATE_H
#define WAGGLE_KERN_VERIFIER_STATE_H

#include "kern/verifier/range.h"
#include "kern/verifier/verifier.h"

enum reg_type {
	REG_NONE, /* not written yet */
	REG_SCALAR,
	REG_CTX,
	REG_CONST_MAP,
	REG_MAP_VALUE,
	REG_MAP_KEY,
	REG_STACK,
	REG_PACKET_META,
	REG_PACKET,
	REG_PACKET_END,
	REG_FLOW_KEYS,
	REG_SOCKET,
	REG_SOCK_COMMON,
	REG_TCP_SOCK,
	REG_XDP_SOCK,
	REG_TP_BUFFER,
	REG_BTF_ID,
	REG_MEM,
	REG_BUF,
	REG_FUNC,
	REG_DYNPTR, /* the slots of a dynptr on the stack, or a pointer to one that the kernel keeps */
	REG_ITER, /* the slots of an iterator */
};

enum reg_flag {
	REG_MAYBE_NULL = 1,
	REG_RDONLY = 2,
	REG_RINGBUF = 4, /* of a ring buffer: submitted or discarded */
	REG_PERCPU = 8,
	REG_ALLOC = 16, /* made by the program (bpf_obj_new) */
	REG_UNTRUSTED = 32,
	REG_TRUSTED = 64,
	REG_RCU = 128, /* valid until the RCU section ends */
	REG_NON_OWNING = 256,
	REG_DYNPTR_PACKET = 512, /* a slice of one: gone when the packet changes */
	REG_UNINIT = 1024,
};

/* A number of at least this, added to an address, is refused everywhere. */
enum { REG_MOST_OFFSET = 1 << 29, REG_MOST_PACKET = 0xffff };

/* Packet pointers that are known to be at data_end or beyond it, in 'packet_bytes'. */
enum { REG_AT_END = -1, REG_BEYOND_END = -2 };

struct reg {
	struct range range; /* the number; of an address, what was added to it and is not known */
	uint8_t type;       /* enum reg_type */
	uint8_t frame;      /* of REG_STACK */
	bool precise;       /* a decision depends on its value: see precise.c */
	bool is_shifted;    /* scalars of one 'id': 'off' was added to this one */
	uint16_t flags;     /* set of enum reg_flag */
	int32_t off;        /* of an address: what was added to it and is known */
	uint32_t id;     /* registers with the same one are the same address or number; 0: none */
	uint32_t ref_id; /* of what must be released; 0: nothing */
	union {
		const struct verifier_map *map;
		uint64_t raw[2]; /* to compare them all */
		struct {
			const struct verifier_map *of;
			uint32_t uid; /* of an inner map: which lookup gave it */
		} m;
		uint32_t mem_bytes;
		int32_t packet_bytes; /* that may be accessed */
		uint32_t func;
		struct {
			uint32_t id;
			bool is_program; /* of the program's BTF, not the kernel's */
		} btf;
		struct {
			uint32_t kind; /* enum dynptr_kind */
			uint32_t is_first;
			uint32_t id;
			uint32_t is_rdonly;
		} dynptr;
		struct {
			uint32_t btf_id;
			uint32_t state; /* enum iter_state */
			uint32_t depth;
			uint32_t kind;
		} iter;
	};
};

enum slot_kind {
	SLOT_INVALID, /* never written */
	SLOT_SPILL,
	SLOT_MISC,
	SLOT_ZERO,
	SLOT_DYNPTR,
	SLOT_ITER,
	SLOT_IRQ,
};

enum { SLOT_BYTES = 8, STATE_SLOTS = ISA_STACK_BYTES / SLOT_BYTES };

/* Slot i is the bytes from -(i + 1) * 8 below the frame pointer; kind[0] is the lowest byte. */
struct slot {
	struct reg reg; /* if kind[0] is SLOT_SPILL or that of a dynptr or iterator */
	uint8_t kind[SLOT_BYTES];
};

struct frame {
	struct reg regs[ISA_REGS];
	int32_t callsite; /* slot of the call, or -1 in the first */
	uint32_t func;
	uint8_t index;    /* of this frame */
	bool in_callback; /* called by a helper, which calls it again or goes on */
	bool in_async;    /* called by a timer: a path of its own */
	int32_t callback_min, callback_max; /* what it may return */
	uint32_t callback_depth;
	uint32_t slot_count, slot_room;
	uint64_t read, written; /* slots: read by what follows; written before (see prune.c) */
	struct slot *slots;
};

enum ref_kind { REF_POINTER, REF_LOCK, REF_IRQ };

struct ref {
	uint32_t id;
	uint8_t kind;
	uint32_t insn;
	const void *of; /* of a lock: the map or type */
};

/* A jump that was not to the next slot, or something precise.c must know of an instruction. */
struct history {
	uint32_t insn, prev;
	bool on_stack; /* it accessed slot 'slot' of frame 'frame' */
	uint8_t frame, slot;
	bool dst_is_stack, src_is_stack; /* operands of a comparison that are no numbers */
	uint8_t link_count;              /* registers that learnt a range together */
	struct history_link {
		uint8_t frame;
		bool is_slot;
		uint8_t index;
	} links[6];
};

struct state {
	struct frame *frames[ISA_FRAMES];
	uint32_t depth;       /* of the running frame */
	struct state *parent; /* kept one that this path went through */
	uint32_t branches;    /* paths from here that are not done */
	int64_t insn;         /* of a kept state */
	int64_t first_insn, last_insn;
	struct history *history;
	uint32_t history_count, history_room;
	struct ref *refs;
	uint32_t ref_count, ref_room;
	uint32_t lock_count, rcu_count, preempt_count;
	bool in_sleepable;   /* and not in an atomic section */
	uint32_t goto_depth; /* rounds of may_goto */
	uint32_t callback_depth;
	/* of a kept state: */
	struct state *next; /* at the same instruction */
	uint32_t hits, misses;
	bool is_cleaned;
	bool is_dropped; /* not looked at any more; freed when its branches are done */
	bool in_loop;    /* ends of loops led to it: compared as it is */
};

static inline struct frame *state_frame(const struct state *s)
{
	return s->frames[s->depth];
}

static inline bool slot_is_spill(const struct slot *slot)
{
	return slot->kind[0] == SLOT_SPILL;
}

static inline bool slot_is_scalar(const struct slot *slot)
{
	return slot_is_spill(slot) && slot->reg.type == REG_SCALAR;
}

/* A register holding any number, a known one, or nothing. */
void reg_set_unknown(struct reg *reg);
void reg_set_const(struct reg *reg, uint64_t value);
void reg_set_none(struct reg *reg);
/* A pointer of @type with nothing added to it. */
void reg_set_pointer(struct reg *reg, enum reg_type type, uint16_t flags);

static inline bool reg_is_packet(const struct reg *reg)
{
	return reg->type == REG_PACKET || reg->type == REG_PACKET_META;
}

static inline bool reg_is_scalar(const struct reg *reg)
{
	return reg->type == REG_SCALAR;
}

static inline bool reg_is_null(const struct reg *reg)
{
	return reg->type == REG_SCALAR && range_is(&reg->range, 0);
}

static inline bool reg_maybe_null(const struct reg *reg)
{
	return reg->flags & REG_MAYBE_NULL;
}

/* The kernel's name of its type: "map_value_or_null".  Of @out as long as that is not changed. */
const char *reg_type_name(const struct reg *reg, char *out, size_t room);

/* Frames: @count slots are there afterwards; false without memory. */
struct frame *frame_new(uint32_t func, int32_t callsite, uint8_t index);
void frame_free(struct frame *frame);
bool frame_grow(struct frame *frame, uint32_t slot_count);

struct state *state_new(void); /* without frames */
void state_free(struct state *s);
/* A copy of everything but what says where it is kept; or NULL. */
struct state *state_copy(const struct state *s);

/* Call @visit for each register and each spilled one of all frames. */
#define STATE_EACH_REG(s, reg)                                                             \
	for (uint32_t each_frame_ = 0; each_frame_ <= (s)->depth; each_frame_++)           \
		for (uint32_t each_i_ = 0;                                                 \
		     each_i_ < ISA_REGS + (s)->frames[each_frame_]->slot_count; each_i_++) \
			if (((reg) = state_reg_at((s)->frames[each_frame_], each_i_)))

static inline struct reg *state_reg_at(struct frame *frame, uint32_t i)
{
	if (i < ISA_REGS)
		return &frame->regs[i];
	return slot_is_spill(&frame->slots[i - ISA_REGS]) ? &frame->slots[i - ISA_REGS].reg : NULL;
}

/* References: a new one with @id; whether one is held; giving it up. */
bool state_hold(struct state *s, uint32_t id, enum ref_kind kind, uint32_t insn, const void *of);
bool state_holds(const struct state *s, uint32_t id);
bool state_give_up(struct state *s, uint32_t id);

#endif
