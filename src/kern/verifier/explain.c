/*
 * explain.c - from a refusal to what people read: where, what was there, where it came from, what to do.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "isa/disasm.h"
#include "kern/verifier/internal.h"

/* clang-format off */
const struct verifier_rule_info verifier_rules[] = {
	[VERIFIER_ACCEPTED] = { "accepted", 0, "", "" },
#define RULE(id, name, errno_, rule, remedy) \
	[VERIFIER_RULE_##id] = { name, errno_, rule, remedy },
#include "kern/verifier/rules.def"
};
/* clang-format on */

/* ------------------------------------------------------------ recording */

PRINTF_LIKE(4, 0)
static int record(struct verifier *v, enum verifier_rule rule, int reg, const char *format,
		  va_list args)
{
	struct verifier_refusal *r = &v->out->refusal;
	static const struct reg nothing;

	*r = (struct verifier_refusal){
		.rule = rule, .insn = v->insn, .reg = reg, .object_bytes = VERIFIER_NOWHERE
	};
	(void)vsnprintf(r->message, sizeof r->message, format, args);
	if (reg >= 0 && v->cur) {
		const struct reg *state = &v_regs(v)[reg];

		r->value = state->range;
		r->offset = state->off;
		(void)reg_type_name(state, r->reg_type, sizeof r->reg_type);
		v_trace_origin(v);
	} else {
		r->value = nothing.range;
	}
	v_log(v, 1, "%s\n", r->message);
	v->out->err = -verifier_rules[rule].err;
	return v->out->err;
}

int v_refuse(struct verifier *v, enum verifier_rule rule, int reg, const char *format, ...)
{
	va_list args;
	int err;

	va_start(args, format);
	err = record(v, rule, reg, format, args);
	va_end(args);
	return err;
}

int v_refuse_access(struct verifier *v, enum verifier_rule rule, int reg, int64_t offset,
		    int64_t bytes, int64_t object_bytes, const char *format, ...)
{
	struct verifier_refusal *r = &v->out->refusal;
	va_list args;
	int err;

	va_start(args, format);
	err = record(v, rule, reg, format, args);
	va_end(args);
	r->offset = offset;
	r->access_bytes = bytes;
	r->object_bytes = object_bytes;
	return err;
}

/* ------------------------------------------------------------ the way back */

struct trace {
	struct verifier_refusal *to;
	uint8_t reg;
	int slot; /* of the same frame, instead; or VERIFIER_NOWHERE */
	uint32_t depth;
	bool follows_number;
	bool done;
};

static void add_step(struct trace *trace, int64_t insn, enum verifier_step_kind kind)
{
	struct verifier_refusal *to = trace->to;

	if (to->step_count < VERIFIER_MOST_STEPS)
		to->steps[to->step_count++] =
			(struct verifier_step){ (uint32_t)insn, kind, trace->reg };
}

static void trace_write(struct trace *trace, int64_t at, enum isa_op op, const struct insn *insn,
			const struct history *entry)
{
	switch (isa_ops[op].form) {
	case ISA_FORM_ALU_REG:
	case ISA_FORM_MOVSX:
	case ISA_FORM_ALU_IMM:
		if ((isa_ops[op].code & 0xf0) != 0xb0) {
			add_step(trace, at, VERIFIER_STEP_CHANGED);
			/* what was added to an address is what its bounds come from */
			if (isa_ops[op].form == ISA_FORM_ALU_REG && trace->follows_number) {
				trace->reg = insn->src;
				trace->follows_number = false;
			}
		} else if (isa_ops[op].form == ISA_FORM_ALU_IMM) {
			add_step(trace, at, VERIFIER_STEP_MADE);
			trace->done = true;
		} else {
			add_step(trace, at, VERIFIER_STEP_COPIED);
			trace->reg = insn->src;
			trace->done = insn->src == ISA_REG_FP;
		}
		break;
	case ISA_FORM_NEG:
	case ISA_FORM_ENDIAN: add_step(trace, at, VERIFIER_STEP_CHANGED); break;
	case ISA_FORM_LDX:
	case ISA_FORM_LDXS:
	case ISA_FORM_LOAD_ACQ:
		if (entry && entry->on_stack && entry->frame == trace->depth) {
			add_step(trace, at, VERIFIER_STEP_LOADED);
			trace->slot = entry->slot;
			break;
		}
		add_step(trace, at, VERIFIER_STEP_MADE);
		trace->done = true;
		break;
	default:
		add_step(trace, at, VERIFIER_STEP_MADE);
		trace->done = true;
		break;
	}
}

static void trace_over(const struct verifier *v, struct trace *trace, int64_t at,
		       const struct history *entry)
{
	const int op = v->info[at].op;
	const struct insn *insn = &v->insns[at];

	if (op < 0 || v->info[at].is_second)
		return;
	if (op == ISA_EXIT ||
	    op == ISA_CALL_LOCAL) { /* another frame: the way is not followed further */
		trace->done = true;
		return;
	}
	if (trace->slot >= 0) {
		if ((isa_ops[op].form == ISA_FORM_STX || isa_ops[op].form == ISA_FORM_ST) &&
		    entry && entry->on_stack && entry->slot == trace->slot &&
		    entry->frame == trace->depth) {
			trace->slot = VERIFIER_NOWHERE;
			trace->reg = isa_ops[op].form == ISA_FORM_STX ? insn->src : trace->reg;
			add_step(trace, at, VERIFIER_STEP_STORED);
			trace->done = isa_ops[op].form == ISA_FORM_ST;
		}
		return;
	}
	if ((isa_ops[op].form == ISA_FORM_JMP_IMM || isa_ops[op].form == ISA_FORM_JMP_REG) &&
	    (insn->dst == trace->reg ||
	     (isa_ops[op].form == ISA_FORM_JMP_REG && insn->src == trace->reg)))
		add_step(trace, at, VERIFIER_STEP_BOUNDED);
	else if (isa_writes((enum isa_op)op, insn) >> trace->reg & 1)
		trace_write(trace, at, (enum isa_op)op, insn, entry);
}

static void reverse_steps(struct verifier_refusal *r)
{
	for (size_t i = 0; i < r->step_count / 2; i++) {
		const struct verifier_step step = r->steps[i];

		r->steps[i] = r->steps[r->step_count - 1 - i];
		r->steps[r->step_count - 1 - i] = step;
	}
}

/* Follow the offending register back along the path. */
void v_trace_origin(struct verifier *v)
{
	struct verifier_refusal *r = &v->out->refusal;
	struct trace trace = {
		.to = r, .reg = (uint8_t)r->reg, .slot = VERIFIER_NOWHERE, .depth = v->cur->depth
	};
	int64_t at = v->insn;
	bool is_first = true;

	for (const struct state *s = v->cur; s && !trace.done; s = s->parent) {
		uint32_t history = s->history_count;

		do {
			const struct history *entry = history && s->history[history - 1].insn ==
									      at ?
							      &s->history[history - 1] :
							      NULL;

			if (!is_first)
				trace_over(v, &trace, at, entry);
			is_first = false;
		} while (!trace.done && v_step_back(s, &at, &history) && at >= 0);
		at = s->parent ? s->parent->last_insn : -1;
		if (at < 0)
			break;
	}
	reverse_steps(r);
}

/* ------------------------------------------------------------ printing */

const struct verifier_line_info *verifier_line(const struct verifier_request *request,
					       uint32_t insn)
{
	const struct verifier_line_info *found = NULL;

	for (size_t i = 0; i < request->line_count && request->lines[i].insn <= insn; i++)
		found = &request->lines[i];
	return found;
}

static const char *text_at(const struct verifier_request *request, uint32_t offset)
{
	const char *text = request->btf ? btf_string(request->btf, offset) : NULL;

	return text ? text : "";
}

static void print_place(const struct verifier_request *request, uint32_t insn, struct strbuf *out)
{
	const struct verifier_line_info *line = verifier_line(request, insn);
	const char *text;

	if (line) {
		text = text_at(request, line->text);
		while (*text == ' ' || *text == '\t')
			text++;
		strbuf_printf(out, "%5" PRIu32 " | %s\n", line->line, text);
	}
	strbuf_printf(out, "insn %" PRIu32 ": ", insn);
	(void)isa_disasm_insn(request->insns, request->count, insn, &isa_linux_names, out);
	strbuf_putc(out, '\n');
}

static void print_value(const struct verifier_refusal *r, struct strbuf *out)
{
	if (r->reg < 0 || !r->reg_type[0])
		return;
	strbuf_printf(out, "      r%d is %s", r->reg,
		      r->reg_type[0] == '?' ? "not written yet" : r->reg_type);
	if (r->reg_type[0] != '?') {
		if (range_is_const(&r->value))
			strbuf_printf(out, " + %" PRId64, (int64_t)r->value.bits.value);
		else if (range_is_unknown(&r->value))
			strbuf_puts(out, ", any number");
		else
			strbuf_printf(out,
				      ", %" PRId64 " to %" PRId64 " (unsigned %" PRIu64
				      " to %" PRIu64 ")",
				      r->value.smin, r->value.smax, r->value.umin, r->value.umax);
	}
	strbuf_putc(out, '\n');
	if (r->access_bytes && r->object_bytes >= 0)
		strbuf_printf(out,
			      "      %" PRId64 " byte%s at offset %" PRId64 " of %" PRId64 "\n",
			      r->access_bytes, r->access_bytes == 1 ? "" : "s", r->offset,
			      r->object_bytes);
}

static void print_steps(const struct verifier_request *request, const struct verifier_refusal *r,
			struct strbuf *out)
{
	static const char *const words[] = {
		[VERIFIER_STEP_MADE] = "made",       [VERIFIER_STEP_COPIED] = "copied",
		[VERIFIER_STEP_CHANGED] = "changed", [VERIFIER_STEP_BOUNDED] = "compared",
		[VERIFIER_STEP_STORED] = "stored",   [VERIFIER_STEP_LOADED] = "loaded",
	};

	for (size_t i = 0; i < r->step_count; i++) {
		const struct verifier_step *step = &r->steps[i];
		const struct verifier_line_info *line = verifier_line(request, step->insn);

		strbuf_printf(out, "      r%u %s", step->reg, words[step->kind]);
		if (line)
			strbuf_printf(out, " in line %" PRIu32, line->line);
		strbuf_printf(out, " at %" PRIu32 ": ", step->insn);
		(void)isa_disasm_insn(request->insns, request->count, step->insn, &isa_linux_names,
				      out);
		strbuf_putc(out, '\n');
	}
}

static void print_remedy(const struct verifier_request *request, const struct verifier_refusal *r,
			 struct strbuf *out)
{
	const struct verifier_line_info *line =
		r->insn >= 0 ? verifier_line(request, (uint32_t)r->insn) : NULL;

	if (r->rule == VERIFIER_RULE_NULL && line)
		strbuf_printf(out,
			      "      = check the pointer against NULL before line %" PRIu32 "\n",
			      line->line);
	else if (r->rule == VERIFIER_RULE_BOUNDS && r->object_bytes > 0 &&
		 !range_is_const(&r->value))
		strbuf_printf(out, "      = compare the offset with %" PRId64 " before using it\n",
			      r->object_bytes - r->access_bytes + 1);
	else if (verifier_rules[r->rule].remedy[0])
		strbuf_printf(out, "      = %s\n", verifier_rules[r->rule].remedy);
}

void verifier_explain(const struct verifier_request *request,
		      const struct verifier_verdict *verdict, struct strbuf *out)
{
	const struct verifier_refusal *r = &verdict->refusal;

	if (!verdict->err)
		return;
	strbuf_printf(out, "%s\n", r->message);
	if (r->insn >= 0 && (size_t)r->insn < request->count)
		print_place(request, (uint32_t)r->insn, out);
	print_value(r, out);
	print_steps(request, r, out);
	strbuf_printf(out, "      rule '%s': %s\n", verifier_rules[r->rule].name,
		      verifier_rules[r->rule].rule);
	print_remedy(request, r, out);
}
