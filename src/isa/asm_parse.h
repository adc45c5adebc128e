/*
 * asm_parse.h - the assembler's parser (private to it).
 *
 *	asm.c            the lines: what stands before an instruction, labels, the two passes
 *	asm_statement.c  directives, and the instructions that begin with a word or a star
 *	asm_assign.c     the instructions that begin with a register
 *	asm_operand.c    what they are made of: registers, numbers, places, targets, errors
 *
 * The parser looks one token ahead: p->token is the next one, not yet taken.  A function that
 * returns bool has, when it returns false, reported an error; the line is then given up.
 */
#ifndef WAGGLE_ISA_ASM_PARSE_H
#define WAGGLE_ISA_ASM_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/diag.h"
#include "base/nearest.h"
#include "base/strbuf.h"
#include "isa/asm_lex.h"
#include "isa/insn.h"
#include "isa/names.h"
#include "isa/symbols.h"

/* A jump to a label whose slot is not known yet. */
struct asm_fixup {
	struct asm_fixup *next;
	const struct isa_symbol *label;
	struct span span;     /* of its mention */
	size_t slot;          /* of the instruction */
	enum isa_field field; /* that receives the distance: OFF or IMM */
};

struct asm_parser {
	const char *text; /* all of it: spans count from here */
	struct asm_lexer lexer;
	struct asm_token token; /* the next */
	struct asm_token taken; /* the last that was taken on this line; len 0 if none */
	const struct isa_names *names;
	struct diag *diag;
	struct arena scratch; /* symbols and fixups */
	struct isa_symbols symbols;
	struct asm_fixup *first_fixup, *last_fixup;
	struct strbuf code; /* the instructions so far */
	int given_code;     /* the '(07)' before the instruction, or -1 */
	bool in_listing;    /* of the verifier's log: see asm.c */
	bool is_full;       /* there are too many instructions: nothing more is read */
	bool number_warned; /* about instruction numbers that do not fit */
	int err;            /* 0, or the first failure: -EINVAL, -ENOMEM */
};

/* A number as written. */
struct asm_value {
	uint64_t magnitude;
	bool negative;
	struct span span;
};

struct asm_reg {
	uint8_t number;
	bool is64; /* written r1, not w1 */
	struct span span;
};

/* A place in memory: '(u32 *)(r1 +4)'. */
struct asm_place {
	struct asm_token type; /* "u32" */
	uint8_t bytes;
	bool is_signed;
	uint8_t reg;
	int16_t off;
};

/* Errors.  Each returns false and makes isa_asm fail. */
bool asm_fail(struct asm_parser *p, struct span span, const char *format, ...) PRINTF_LIKE(3, 4);
/* "expected @what after '+=', found 'rx'", at the next token. */
bool asm_fail_expected(struct asm_parser *p, const char *what);
bool asm_fail_memory(struct asm_parser *p);
/* Hints for the error just reported. */
void asm_hint_nearest(struct asm_parser *p, const struct nearest *search);
/* Is the error just reported kept, so that a costly search for a hint is worth it? */
bool asm_wants_hint(const struct asm_parser *p);
/* The text as a string that is safe to show, cut to a length fit for messages; returns @copy. */
enum { ASM_COPY_BYTES = 64 };
const char *asm_copy_span(const struct asm_parser *p, struct span span, char copy[ASM_COPY_BYTES]);
const char *asm_copy_token(const struct asm_parser *p, const struct asm_token *token,
			   char copy[ASM_COPY_BYTES]);

/* Tokens. */
struct span asm_span(const struct asm_parser *p, const struct asm_token *token);
/* From the first byte of @from to the last token taken. */
struct span asm_span_since(const struct asm_parser *p, struct span from);
void asm_take(struct asm_parser *p);
bool asm_next_is(const struct asm_parser *p, const char *text);
bool asm_take_if(struct asm_parser *p, const char *text);
bool asm_expect(struct asm_parser *p, const char *text);

/* Registers. */
bool asm_token_is_reg(const struct asm_token *token, struct asm_reg *ret_reg);
bool asm_next_is_reg(const struct asm_parser *p);
bool asm_parse_reg(struct asm_parser *p, struct asm_reg *ret_reg);
/* A register as wide as @like. */
bool asm_parse_peer(struct asm_parser *p, const struct asm_reg *like, uint8_t *ret_number);
/* A register for the data of an access to @bytes: clang writes w where it suffices. */
bool asm_parse_data_reg(struct asm_parser *p, unsigned int bytes, uint8_t *ret_number);
char asm_reg_letter(bool is64);
/* A register written r0 to r10, which @what needs whole. */
bool asm_parse_whole_reg(struct asm_parser *p, const char *what, uint8_t *ret_number);

/* Numbers. */
bool asm_next_is_value(const struct asm_parser *p);
bool asm_parse_value(struct asm_parser *p, struct asm_value *ret_value);
/* Is it within @least and @most? */
bool asm_value_within(const struct asm_value *value, int64_t least, uint64_t most);
/* A number of 32 bits, signed or not. */
bool asm_parse_imm32(struct asm_parser *p, int32_t *ret_imm);
/* @value as an immediate of 32 bits, signed or not; else an error. */
bool asm_value_imm32(struct asm_parser *p, const struct asm_value *value, int32_t *ret_imm);
/* @value as an immediate whose sign is extended to 64 bits; else an error. */
bool asm_value_extended(struct asm_parser *p, const struct asm_value *value, int32_t *ret_imm);
/* @value for an operation on @reg: one of 64 bits extends it, one of 32 takes it as it is. */
bool asm_fit_immediate(struct asm_parser *p, const struct asm_reg *reg,
		       const struct asm_value *value, int32_t *ret_imm);
/* "expected a register or a number ..." */
bool asm_fail_operand(struct asm_parser *p);
/* Its 64 bits. */
uint64_t asm_value_bits(const struct asm_value *value);

/* Places: '(u32 *)', and '(r1 +4)'. */
bool asm_parse_type(struct asm_parser *p, struct asm_place *ret_place);
bool asm_parse_address(struct asm_parser *p, struct asm_place *place);
bool asm_parse_place(struct asm_parser *p, struct asm_place *ret_place);

/* Parse a target, 'pc+2', '+2' or a label, for @field (OFF or IMM) of @insn, the next
 * instruction to be emitted. */
bool asm_parse_target(struct asm_parser *p, enum isa_field field, struct insn *insn);
/* A label instead, which was found already. */
bool asm_add_fixup(struct asm_parser *p, const struct isa_symbol *label, struct span span,
		   enum isa_field field);

/* Instructions. */

/* The operation of @form and width whose sign or word in op.def is @token; -1 if none. */
int asm_find_op(enum isa_form form, bool is64, const struct asm_token *token);
/* An instruction of @op, which asm_find_op found; @src only counts where it means a register. */
struct insn asm_encode(int op, uint8_t dst, uint8_t src);
size_t asm_slot(const struct asm_parser *p); /* of the next instruction */
bool asm_emit(struct asm_parser *p, const struct insn *insns, size_t count);
bool asm_emit_one(struct asm_parser *p, struct insn insn);

/* asm_assign.c: an instruction that begins with a register. */
bool asm_parse_assignment(struct asm_parser *p);
/* Does a right-hand side begin with this word? */
bool asm_is_right_side(const struct asm_token *token);

/* asm_statement.c: an instruction or directive. */
bool asm_parse_statement(struct asm_parser *p);
/* Is it a register or a word of the language, so that no symbol may have this name? */
bool asm_is_reserved(const struct asm_token *token);

#endif
