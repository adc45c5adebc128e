/*
 * log.c - the kernel's log: what was looked at, and what was known.
 *
 * Level 1 lists instructions as they are looked at and what is known where paths begin, level 2 what is known
 * after each.
 */
#include <inttypes.h>
#include <stdarg.h>

#include "isa/disasm.h"
#include "kern/verifier/internal.h"

void v_log(struct verifier *v, unsigned int level, const char *format, ...)
{
	va_list args;

	if (v->req->log_level < level)
		return;
	va_start(args, format);
	strbuf_vprintf(&v->out->log, format, args);
	va_end(args);
}

static void log_number(struct strbuf *out, const struct range *r)
{
	const char *separator = "";

	if (range_is_const(r)) {
		strbuf_printf(out, "%" PRId64, (int64_t)r->bits.value);
		return;
	}
	strbuf_puts(out, "scalar(");
#define BOUND(condition, format, value)                            \
	if (condition) {                                           \
		strbuf_printf(out, "%s" format, separator, value); \
		separator = ",";                                   \
	}
	BOUND(r->smin != INT64_MIN, "smin=%" PRId64, r->smin)
	BOUND(r->smax != INT64_MAX, "smax=%" PRId64, r->smax)
	BOUND(r->umin, "umin=%" PRIu64, r->umin)
	BOUND(r->umax != UINT64_MAX, "umax=%" PRIu64, r->umax)
	BOUND(r->smin32 != INT32_MIN, "smin32=%" PRId32, r->smin32)
	BOUND(r->smax32 != INT32_MAX, "smax32=%" PRId32, r->smax32)
	BOUND(r->umin32, "umin32=%" PRIu32, r->umin32)
	BOUND(r->umax32 != UINT32_MAX, "umax32=%" PRIu32, r->umax32)
#undef BOUND
	if (r->bits.mask != UINT64_MAX)
		strbuf_printf(out, "%svar_off=(0x%" PRIx64 "; 0x%" PRIx64 ")", separator,
			      r->bits.value, r->bits.mask);
	strbuf_putc(out, ')');
}

static void log_pointer(struct strbuf *out, const struct reg *reg)
{
	char name[64];

	strbuf_puts(out, reg_type_name(reg, name, sizeof name));
	if (reg->type == REG_STACK && range_is_const(&reg->range)) {
		strbuf_printf(out, "%" PRId64, reg->off + (int64_t)reg->range.bits.value);
		return;
	}
	strbuf_putc(out, '(');
	if (reg->id)
		strbuf_printf(out, "id=%" PRIu32 ",", reg->id);
	if (reg->ref_id)
		strbuf_printf(out, "ref_obj_id=%" PRIu32 ",", reg->ref_id);
	strbuf_printf(out, "off=%" PRId32, reg->off);
	if (reg_is_packet(reg))
		strbuf_printf(out, ",r=%" PRId32, reg->packet_bytes);
	if (reg->type == REG_MEM)
		strbuf_printf(out, ",sz=%" PRIu32, reg->mem_bytes);
	if (reg->map &&
	    (reg->type == REG_CONST_MAP || reg->type == REG_MAP_VALUE || reg->type == REG_MAP_KEY))
		strbuf_printf(out, ",ks=%" PRIu32 ",vs=%" PRIu32, reg->map->key_size,
			      reg->map->value_size);
	if (!range_is_const(&reg->range)) {
		strbuf_putc(out, ',');
		log_number(out, &reg->range);
	}
	strbuf_putc(out, ')');
}

static void log_reg(struct strbuf *out, const struct reg *reg)
{
	if (reg->precise)
		strbuf_putc(out, 'P');
	if (reg->type == REG_SCALAR)
		log_number(out, &reg->range);
	else
		log_pointer(out, reg);
}

static void log_slot(struct strbuf *out, const struct slot *slot, uint32_t i)
{
	static const char kinds[] = "?rm0din";
	bool any = false;

	for (unsigned int k = 0; k < SLOT_BYTES; k++)
		any |= slot->kind[k] != SLOT_INVALID;
	if (!any)
		return;
	strbuf_printf(out, " fp-%" PRIu32 "=", (i + 1) * SLOT_BYTES);
	if (slot_is_spill(slot)) {
		log_reg(out, &slot->reg);
		return;
	}
	for (unsigned int k = SLOT_BYTES; k-- > 0;)
		strbuf_putc(out, kinds[slot->kind[k]]);
}

void v_log_state(struct verifier *v, const struct state *s)
{
	struct strbuf *out = &v->out->log;
	const struct frame *frame = state_frame(s);

	if (frame->index)
		strbuf_printf(out, " frame%u:", frame->index);
	for (unsigned int i = 0; i < ISA_REGS; i++) {
		if (frame->regs[i].type == REG_NONE)
			continue;
		strbuf_printf(out, " R%u=", i);
		log_reg(out, &frame->regs[i]);
	}
	for (uint32_t i = 0; i < frame->slot_count; i++)
		log_slot(out, &frame->slots[i], i);
	for (uint32_t i = 0; i < s->ref_count; i++)
		strbuf_printf(out, "%s%" PRIu32, i ? "," : " refs=", s->refs[i].id);
	strbuf_putc(out, '\n');
}

static void log_source(struct verifier *v)
{
	const struct verifier_request *req = v->req;

	for (size_t i = 0; i < req->line_count && req->btf; i++)
		if (req->lines[i].insn == v->insn)
			v_log(v, 1, "; line %" PRIu32 "\n", req->lines[i].line);
}

void v_log_insn(struct verifier *v)
{
	if (!v->req->log_level)
		return;
	if (v->prev != UINT32_MAX && v->insn != v->prev + 1 && v->entry) {
		strbuf_printf(&v->out->log, "\nfrom %" PRIu32 " to %" PRIu32 ":", v->prev, v->insn);
		v_log_state(v, v->cur);
	} else if (v->req->log_level > 1 || v->prev == UINT32_MAX) {
		strbuf_printf(&v->out->log, "%" PRIu32 ":", v->insn);
		v_log_state(v, v->cur);
	}
	log_source(v);
	strbuf_printf(&v->out->log, "%" PRIu32 ": (%02x) ", v->insn, v_at(v)->code);
	(void)isa_disasm_insn(v->insns, v->count, v->insn, &isa_linux_names, &v->out->log);
	strbuf_putc(&v->out->log, '\n');
}
