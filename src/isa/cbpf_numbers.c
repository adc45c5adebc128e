/*
 * cbpf_numbers.c - reading classic programs given as numbers.
 *
 * Two shapes are told apart by their first row: '{ 0x28, 0, 0, 0xc },' is C's, and a bare number
 * is the count that the decimal shape begins with.
 */
#include "isa/cbpf.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "isa/cbpf_lex.h"

struct reader {
	struct cbpf_lexer lexer;
	struct cbpf_token token;
	struct cbpf_insn insns[CBPF_MOST_INSNS];
	struct span spans[CBPF_MOST_INSNS];
	size_t count;
};

static void advance(struct reader *r)
{
	r->token = cbpf_lex(&r->lexer);
}

static bool at_sign(const struct reader *r, char sign)
{
	return r->token.kind == CBPF_TOKEN_SIGN && r->token.sign == sign;
}

static bool skip_sign(struct reader *r, char sign)
{
	bool is = at_sign(r, sign);

	if (is)
		advance(r);
	return is;
}

/* A number up to @most, which is what @field holds. */
static bool read_field(struct reader *r, const char *field, uint32_t most, uint32_t *ret_value)
{
	if (r->token.kind != CBPF_TOKEN_NUMBER) {
		cbpf_lex_expected(&r->lexer, r->token, field);
		return false;
	}
	if (r->token.number > most) {
		diag_error(r->lexer.diag, r->token.span, "%s is at most %u", field, most);
		r->lexer.failed = true;
		return false;
	}
	*ret_value = r->token.number;
	advance(r);
	return true;
}

/* Four numbers, separated by commas if @commas. */
static bool read_insn(struct reader *r, bool commas)
{
	static const struct {
		const char *name;
		uint32_t most;
	} fields[4] = {
		{"the opcode", UINT16_MAX},
		{ "jt",        UINT8_MAX },
		{ "jf",        UINT8_MAX },
		{ "k",         UINT32_MAX}
	};
	uint32_t start = r->token.span.offset, values[4];

	for (size_t i = 0; i < 4; i++) {
		if (i && commas && !skip_sign(r, ',')) {
			cbpf_lex_expected(&r->lexer, r->token, "','");
			return false;
		}
		if (i == 3) /* the last may not be there, so take its end now */
			r->spans[r->count % CBPF_MOST_INSNS] =
				(struct span){ start, r->lexer.at - start };
		if (!read_field(r, fields[i].name, fields[i].most, &values[i]))
			return false;
	}
	if (r->count == CBPF_MOST_INSNS) {
		diag_error(r->lexer.diag, (struct span){ start, 1 },
			   "the program has more than %d instructions", CBPF_MOST_INSNS);
		r->lexer.failed = true;
		return false;
	}
	r->insns[r->count++] = (struct cbpf_insn){
		.code = (uint16_t)values[0],
		.jt = (uint8_t)values[1],
		.jf = (uint8_t)values[2],
		.k = values[3],
	};
	return true;
}

/* Past 'struct sock_filter code[] = {', to the '{' that a number follows. */
static bool find_first_row(struct reader *r)
{
	for (;;) {
		while (!at_sign(r, '{')) {
			if (r->token.kind == CBPF_TOKEN_END || r->token.kind == CBPF_TOKEN_BAD) {
				cbpf_lex_expected(&r->lexer, r->token,
						  "a row '{ code, jt, jf, k }'");
				return false;
			}
			advance(r);
		}
		advance(r);
		if (r->token.kind == CBPF_TOKEN_NUMBER)
			return true;
	}
}

static bool read_rows(struct reader *r)
{
	if (!find_first_row(r))
		return false;
	for (;;) {
		if (!read_insn(r, true))
			return false;
		(void)skip_sign(r, ',');
		if (!skip_sign(r, '}')) {
			cbpf_lex_expected(&r->lexer, r->token, "'}'");
			return false;
		}
		(void)skip_sign(r, ',');
		if (r->token.kind == CBPF_TOKEN_END)
			return true;
		if (skip_sign(r, '}')) /* the array's own; its ';' is a comment to the lexer */
			break;
		if (!skip_sign(r, '{')) {
			cbpf_lex_expected(&r->lexer, r->token, "'{' or the end");
			return false;
		}
	}
	if (r->token.kind == CBPF_TOKEN_END)
		return true;
	cbpf_lex_expected(&r->lexer, r->token, "nothing after the array");
	return false;
}

static bool read_decimal(struct reader *r)
{
	struct span count_span = r->token.span;
	uint32_t count;

	if (!read_field(r, "the count of instructions", CBPF_MOST_INSNS, &count))
		return false;
	(void)skip_sign(r, ',');
	while (r->token.kind != CBPF_TOKEN_END) {
		if (!read_insn(r, false))
			return false;
		(void)skip_sign(r, ',');
	}
	if (r->count == count)
		return true;
	diag_error(r->lexer.diag, count_span, "the count is %u, but the instructions are %zu",
		   count, r->count);
	return false;
}

static int copy_program(const struct reader *r, struct arena *arena, struct cbpf_prog *ret_prog)
{
	struct cbpf_insn *insns = arena_alloc_array(arena, r->count, sizeof *insns);
	struct span *spans = arena_alloc_array(arena, r->count, sizeof *spans);

	if (!insns || !spans)
		return -ENOMEM;
	memcpy(insns, r->insns, r->count * sizeof *insns);
	memcpy(spans, r->spans, r->count * sizeof *spans);
	*ret_prog = (struct cbpf_prog){ insns, r->count, spans };
	return 0;
}

int cbpf_read_numbers(const struct source *source, struct arena *arena, struct diag *diag,
		      struct cbpf_prog *ret_prog)
{
	struct reader *r = calloc(1, sizeof *r);
	int err = -EINVAL;
	bool good;

	if (!r)
		return -ENOMEM;
	r->lexer = (struct cbpf_lexer){ .source = source, .diag = diag };
	advance(r);
	good = r->token.kind == CBPF_TOKEN_NUMBER ? read_decimal(r) : read_rows(r);
	if (good && !r->lexer.failed)
		err = copy_program(r, arena, ret_prog);
	free(r);
	return err;
}
