/*
 * state.c - making, copying and freeing states.
 */
#include "kern/verifier/state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void reg_set_unknown(struct reg *reg)
{
	memset(reg, 0, sizeof *reg);
	reg->type = REG_SCALAR;
	reg->range = range_unknown();
}

void reg_set_const(struct reg *reg, uint64_t value)
{
	memset(reg, 0, sizeof *reg);
	reg->type = REG_SCALAR;
	reg->range = range_const(value);
}

void reg_set_none(struct reg *reg)
{
	reg_set_unknown(reg);
	reg->type = REG_NONE;
}

void reg_set_pointer(struct reg *reg, enum reg_type type, uint16_t flags)
{
	reg_set_const(reg, 0);
	reg->type = (uint8_t)type;
	reg->flags = flags;
}

const char *reg_type_name(const struct reg *reg, char *out, size_t room)
{
	static const char *const names[] = {
		[REG_NONE] = "?",
		[REG_SCALAR] = "scalar",
		[REG_CTX] = "ctx",
		[REG_CONST_MAP] = "map_ptr",
		[REG_MAP_VALUE] = "map_value",
		[REG_MAP_KEY] = "map_key",
		[REG_STACK] = "fp",
		[REG_PACKET_META] = "pkt_meta",
		[REG_PACKET] = "pkt",
		[REG_PACKET_END] = "pkt_end",
		[REG_FLOW_KEYS] = "flow_keys",
		[REG_SOCKET] = "sock",
		[REG_SOCK_COMMON] = "sock_common",
		[REG_TCP_SOCK] = "tcp_sock",
		[REG_XDP_SOCK] = "xdp_sock",
		[REG_TP_BUFFER] = "tp_buffer",
		[REG_BTF_ID] = "ptr_",
		[REG_MEM] = "mem",
		[REG_BUF] = "buf",
		[REG_FUNC] = "func",
		[REG_DYNPTR] = "dynptr_ptr",
		[REG_ITER] = "iter",
	};

	(void)snprintf(out, room, "%s%s%s%s%s%s%s%s", reg->flags & REG_RDONLY ? "rdonly_" : "",
		       reg->flags & REG_RINGBUF ? "ringbuf_" : "",
		       reg->flags & REG_PERCPU ? "percpu_" : "",
		       reg->flags & REG_UNTRUSTED ? "untrusted_" : "",
		       reg->flags & REG_TRUSTED ? "trusted_" : "",
		       reg->flags & REG_RCU ? "rcu_" : "", names[reg->type],
		       reg->flags & REG_MAYBE_NULL ?
			       (reg->type == REG_BTF_ID ? "or_null_" : "_or_null") :
			       "");
	return out;
}

struct frame *frame_new(uint32_t func, int32_t callsite, uint8_t index)
{
	struct frame *frame = calloc(1, sizeof *frame);

	if (!frame)
		return NULL;
	frame->func = func;
	frame->callsite = callsite;
	frame->index = index;
	for (size_t i = 0; i < ISA_REGS; i++)
		reg_set_none(&frame->regs[i]);
	reg_set_pointer(&frame->regs[ISA_REG_FP], REG_STACK, 0);
	frame->regs[ISA_REG_FP].frame = index;
	return frame;
}

void frame_free(struct frame *frame)
{
	if (!frame)
		return;
	free(frame->slots);
	free(frame);
}

bool frame_grow(struct frame *frame, uint32_t slot_count)
{
	struct slot *slots;

	if (slot_count <= frame->slot_count)
		return true;
	if (slot_count > frame->slot_room) {
		slots = realloc(frame->slots, slot_count * sizeof *slots);
		if (!slots)
			return false;
		frame->slots = slots;
		frame->slot_room = slot_count;
	}
	for (uint32_t i = frame->slot_count; i < slot_count; i++) {
		memset(&frame->slots[i], 0, sizeof frame->slots[i]);
		reg_set_none(&frame->slots[i].reg);
	}
	frame->slot_count = slot_count;
	return true;
}

static struct frame *frame_copy(const struct frame *from)
{
	struct frame *to = malloc(sizeof *to);

	if (!to)
		return NULL;
	*to = *from;
	to->slot_room = from->slot_count;
	to->slots = NULL;
	if (!from->slot_count)
		return to;
	to->slots = malloc(from->slot_count * sizeof *to->slots);
	if (!to->slots) {
		free(to);
		return NULL;
	}
	memcpy(to->slots, from->slots, from->slot_count * sizeof *to->slots);
	return to;
}

struct state *state_new(void)
{
	struct state *s = calloc(1, sizeof *s);

	if (s) {
		s->branches = 1;
		s->insn = s->first_insn = s->last_insn = -1;
	}
	return s;
}

void state_free(struct state *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < ISA_FRAMES; i++)
		frame_free(s->frames[i]);
	free(s->history);
	free(s->refs);
	free(s);
}

struct state *state_copy(const struct state *from)
{
	struct state *to = malloc(sizeof *to);

	if (!to)
		return NULL;
	*to = *from;
	memset(to->frames, 0, sizeof to->frames);
	to->history = NULL;
	to->refs = NULL;
	to->next = NULL;
	to->hits = to->misses = 0;
	to->is_cleaned = to->is_dropped = to->in_loop = false;
	to->history_room = from->history_count;
	to->ref_room = from->ref_count;
	for (uint32_t i = 0; i <= from->depth; i++) {
		to->frames[i] = frame_copy(from->frames[i]);
		if (!to->frames[i])
			goto no_memory;
	}
	if (from->history_count) {
		to->history = malloc(from->history_count * sizeof *to->history);
		if (!to->history)
			goto no_memory;
		memcpy(to->history, from->history, from->history_count * sizeof *to->history);
	}
	if (from->ref_count) {
		to->refs = malloc(from->ref_count * sizeof *to->refs);
		if (!to->refs)
			goto no_memory;
		memcpy(to->refs, from->refs, from->ref_count * sizeof *to->refs);
	}
	return to;

no_memory:
	state_free(to);
	return NULL;
}

bool state_hold(struct state *s, uint32_t id, enum ref_kind kind, uint32_t insn, const void *of)
{
	if (s->ref_count == s->ref_room) {
		const uint32_t room = s->ref_room ? s->ref_room * 2 : 4;
		struct ref *refs = realloc(s->refs, room * sizeof *refs);

		if (!refs)
			return false;
		s->refs = refs;
		s->ref_room = room;
	}
	s->refs[s->ref_count++] =
		(struct ref){ .id = id, .kind = (uint8_t)kind, .insn = insn, .of = of };
	return true;
}

bool state_holds(const struct state *s, uint32_t id)
{
	for (uint32_t i = 0; i < s->ref_count; i++)
		if (s->refs[i].kind == REF_POINTER && s->refs[i].id == id)
			return true;
	return false;
}

/* In order: the last one taken is the first to be given back where that matters. */
bool state_give_up(struct state *s, uint32_t id)
{
	for (uint32_t i = 0; i < s->ref_count; i++) {
		if (s->refs[i].id != id)
			continue;
		memmove(&s->refs[i], &s->refs[i + 1], (s->ref_count - i - 1) * sizeof *s->refs);
		s->ref_count--;
		return true;
	}
	return false;
}
