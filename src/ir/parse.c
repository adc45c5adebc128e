/*
 * parse.c - the text of print.c as a function.
 *
 * Values and blocks may be named before they are defined, so a name makes the thing and its
 * definition fills it in.  Things keep the numbers of their names.  Phis name blocks; which
 * predecessor is which is known at the end, when all edges are there.
 */
#include "ir/ir.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/chars.h"

enum token_kind {
	TOKEN_END,
	TOKEN_WORD,
	TOKEN_NUMBER,
	TOKEN_SIGN, /* : = , ? .. */
};

struct token {
	enum token_kind kind;
	struct span span;
	const char *text;
	uint64_t number;
	bool begins_line;
};

/* A value or block by its number in the text. */
struct name {
	uint32_t number;
	void *thing;
	bool is_defined;
	struct span span;
};

struct names {
	struct name *list;
	size_t count; /* 1 + the highest number */
	size_t size;
};

/* A phi's operand, until predecessors are known. */
struct joined {
	struct ir_value *phi;
	struct ir_block *from;
	struct ir_value *value;
	bool is_used;
	struct span span;
	struct joined *next;
};

struct parser {
	const struct source *source;
	struct diag *diag;
	struct ir_fn *fn;
	struct arena scratch;
	size_t at;
	struct token token;
	struct names values;
	struct names blocks;
	struct joined *joined;
	struct joined **joined_end;
	bool failed;
};

enum { MOST_NAMES = 10000000 };

/*
 * Tokens
 */

PRINTF_LIKE(2, 3)
static void error(struct parser *p, const char *format, ...)
{
	struct strbuf why = { 0 };
	va_list args;

	if (p->failed)
		return; /* the rest would be echoes */
	p->failed = true;
	va_start(args, format);
	strbuf_vprintf(&why, format, args);
	va_end(args);
	diag_error(p->diag, p->token.span, "%s", strbuf_text(&why));
	strbuf_release(&why);
}

static void skip_blanks(struct parser *p, bool *ret_newline)
{
	const char *text = p->source->text;

	for (; p->at < p->source->len; p->at++) {
		if (text[p->at] == '\n') {
			*ret_newline = true;
		} else if (text[p->at] == '#') {
			while (p->at + 1 < p->source->len && text[p->at + 1] != '\n')
				p->at++;
		} else if (text[p->at] != ' ' && text[p->at] != '\t') {
			return;
		}
	}
}

static size_t number_len(struct parser *p, const char *text, size_t len)
{
	size_t n = text[0] == '-', digits;
	int radix = 10;
	char copy[32];

	if (len > n + 1 && text[n] == '0' && text[n + 1] == 'x') {
		radix = 16;
		n += 2;
	}
	for (digits = n; n < len && n < sizeof copy - 1; n++)
		if (!char_is_digit(text[n]) && !(radix == 16 && strchr("abcdefABCDEF", text[n])))
			break;
	if (n == digits || n == sizeof copy - 1)
		return 0;
	memcpy(copy, text, n);
	copy[n] = '\0';
	p->token.number = text[0] == '-' ? 0 - strtoull(copy + 1, NULL, radix) :
					   strtoull(copy, NULL, radix);
	return n;
}

static void next(struct parser *p)
{
	struct token *t = &p->token;
	const char *text;
	size_t left, len = 1;

	t->begins_line = p->at == 0;
	skip_blanks(p, &t->begins_line);
	text = p->source->text + p->at;
	left = p->source->len - p->at;
	t->kind = left ? TOKEN_SIGN : TOKEN_END;
	if (!left) {
		len = 0;
	} else if (char_is_letter(*text)) {
		t->kind = TOKEN_WORD;
		while (len < left && (char_is_letter(text[len]) || char_is_digit(text[len])))
			len++;
	} else if (char_is_digit(*text) || *text == '-') {
		t->kind = TOKEN_NUMBER;
		len = number_len(p, text, left);
	} else if (left > 1 && text[0] == '.' && text[1] == '.') {
		len = 2;
	}
	t->text = text;
	t->span = (struct span){ (uint32_t)p->at, (uint32_t)len };
	if (t->kind == TOKEN_NUMBER && !len) {
		error(p, "this is no number");
		len = 1;
	}
	p->at += len;
}

static bool is_word(const struct parser *p, const char *word)
{
	return p->token.kind != TOKEN_END && p->token.span.len == strlen(word) &&
	       !memcmp(p->token.text, word, p->token.span.len);
}

static bool take(struct parser *p, const char *word)
{
	if (!is_word(p, word))
		return false;
	next(p);
	return true;
}

static void expect(struct parser *p, const char *word)
{
	if (!take(p, word))
		error(p, "expected '%s'", word);
}

static uint64_t take_number(struct parser *p)
{
	uint64_t number = p->token.number;

	if (p->token.kind != TOKEN_NUMBER) {
		error(p, "expected a number");
		return 0;
	}
	next(p);
	return number;
}

/*
 * Names
 */

/* Is the token a name such as v12, with 'v' for @letter? */
static bool is_name(const struct parser *p, char letter)
{
	if (p->token.kind != TOKEN_WORD || p->token.text[0] != letter || p->token.span.len < 2 ||
	    p->token.span.len > 9)
		return false;
	for (uint32_t i = 1; i < p->token.span.len; i++)
		if (!char_is_digit(p->token.text[i]))
			return false;
	return true;
}

/* The entry of the name that is the token; NULL (and an error) if it is none. */
static struct name *take_name(struct parser *p, struct names *names, char letter)
{
	uint32_t number;
	struct name *name;

	if (!is_name(p, letter)) {
		error(p, "expected a name such as '%c7'", letter);
		return NULL;
	}
	number = (uint32_t)strtoul(p->token.text + 1, NULL, 10);
	if (number >= MOST_NAMES) {
		error(p, "the number of a name must be below %d", MOST_NAMES);
		return NULL;
	}
	if (number >= names->size) {
		size_t size = number * 2 + 64;
		struct name *list = arena_alloc_array(&p->scratch, size, sizeof *list);

		if (!list) {
			p->fn->failed = p->failed = true;
			return NULL;
		}
		if (names->size)
			memcpy(list, names->list, names->size * sizeof *list);
		names->list = list;
		names->size = size;
	}
	if (number >= names->count)
		names->count = number + 1;
	name = &names->list[number];
	if (!name->thing)
		name->span = p->token.span;
	next(p);
	return name;
}

static struct ir_block *block_of(struct parser *p, struct name *name)
{
	if (name && !name->thing)
		name->thing = ir_block_new(p->fn);
	return name ? name->thing : NULL;
}

static struct ir_block *take_block(struct parser *p)
{
	return block_of(p, take_name(p, &p->blocks, 'b'));
}

static struct ir_value *value_of(struct parser *p, struct name *name)
{
	if (name && !name->thing)
		name->thing = ir_value_new(p->fn, &(struct ir_value){ .span = name->span });
	return name ? name->thing : NULL;
}

static bool take_type(struct parser *p, enum ir_type *ret_type)
{
	for (enum ir_type type = IR_VOID; type <= IR_PTR; type++)
		if (take(p, ir_type_name(type))) {
			*ret_type = type;
			return true;
		}
	error(p, "expected a type: i8, i16, i32, i64 or ptr");
	return false;
}

static struct ir_value *take_operand(struct parser *p, enum ir_type expected)
{
	uint64_t number;

	if (p->token.kind != TOKEN_NUMBER)
		return value_of(p, take_name(p, &p->values, 'v'));
	number = take_number(p);
	if (take(p, ":") && !take_type(p, &expected))
		return NULL;
	return ir_const(p->fn, expected, number);
}

/*
 * Values
 */

static void parse_phi(struct parser *p, struct ir_value *v)
{
	do {
		struct joined *j = arena_alloc(&p->scratch, sizeof *j);

		if (!j) {
			p->fn->failed = p->failed = true;
			return;
		}
		j->phi = v;
		j->span = p->token.span;
		j->from = take_block(p);
		j->value = take_operand(p, v->type);
		*p->joined_end = j;
		p->joined_end = &j->next;
	} while (!p->failed && take(p, ","));
}

/* The operands of a call: up to the line's end. */
static void parse_list(struct parser *p, struct ir_value *v)
{
	enum { MOST_ARGS = 5 };

	v->list = arena_alloc_array(p->fn->arena, MOST_ARGS, sizeof *v->list);
	if (!v->list) {
		p->fn->failed = p->failed = true;
		return;
	}
	v->list_size = MOST_ARGS;
	while (!p->failed && !p->token.begins_line && p->token.kind != TOKEN_END) {
		if (v->list_count == MOST_ARGS) {
			error(p, "a call has at most %d operands", MOST_ARGS);
			return;
		}
		v->list[v->list_count] = take_operand(p, ir_operand_type(v, v->list_count));
		v->list_count++;
	}
}

static void parse_place(struct parser *p, struct ir_value *v)
{
	v->imm = (int64_t)take_number(p);
	if (ir_ops[v->op].shape == IR_SHAPE_PAIR)
		v->imm = ir_pair((uint32_t)v->imm, (uint32_t)take_number(p));
	if (ir_ops[v->op].shape == IR_SHAPE_MEM) {
		uint64_t bytes = take_number(p);

		v->bytes = bytes > UINT8_MAX ? 0 : (uint8_t)bytes;
	}
}

static bool take_op(struct parser *p, enum ir_op *ret_op)
{
	for (enum ir_op op = 0; op < IR_OP_COUNT; op++)
		if (op != IR_CONST && take(p, ir_ops[op].text)) {
			*ret_op = op;
			return true;
		}
	error(p, "expected an operation");
	return false;
}

/* What comes after the operation's name, into @v. */
static void parse_operands(struct parser *p, struct ir_value *v)
{
	const struct ir_op_info *info = &ir_ops[v->op];
	uint32_t i = 0;

	if (v->op == IR_PHI) {
		parse_phi(p, v);
		return;
	}
	if (info->shape == IR_SHAPE_MEM && info->args) {
		if (v->op != IR_PACKET || p->token.kind != TOKEN_NUMBER)
			v->args[0] = take_operand(p, ir_operand_type(v, 0));
		i = 1;
	}
	if (info->shape != IR_SHAPE_NONE)
		parse_place(p, v);
	if (info->args == IR_ARGS_LIST)
		parse_list(p, v);
	else
		for (; i < info->args && !p->failed; i++)
			v->args[i] = take_operand(p, ir_operand_type(v, i));
}

static void parse_value(struct parser *p, struct ir_block *block)
{
	struct ir_value *v;
	struct name *name = NULL;
	enum ir_type type = IR_VOID;
	struct span span = p->token.span;

	if (is_name(p, 'v')) {
		name = take_name(p, &p->values, 'v');
		if (name && name->is_defined) {
			p->token.span = span;
			error(p, "this value is defined twice");
		}
		expect(p, ":");
		if (p->failed || !take_type(p, &type))
			return;
		expect(p, "=");
		name->is_defined = true;
		v = value_of(p, name);
	} else {
		v = ir_value_new(p->fn, &(struct ir_value){ 0 });
	}
	if (p->failed || p->fn->failed || !take_op(p, &v->op))
		return;
	v->type = type;
	v->span = span;
	ir_insert(block, NULL, v);
	parse_operands(p, v);
}

/*
 * Ends
 */

static void parse_switch(struct parser *p, struct ir_block *block)
{
	struct ir_value *value = take_operand(p, IR_I32);
	struct ir_range *ranges = NULL;
	uint32_t count = 0, size = 0;

	while (!p->failed && p->token.kind == TOKEN_NUMBER) {
		if (count == size) {
			struct ir_range *more;

			size = size * 2 + 16;
			more = arena_alloc_array(&p->scratch, size, sizeof *more);
			if (!more) {
				p->fn->failed = p->failed = true;
				return;
			}
			if (count)
				memcpy(more, ranges, count * sizeof *more);
			ranges = more;
		}
		ranges[count].low = ranges[count].high = take_number(p);
		if (take(p, ".."))
			ranges[count].high = take_number(p);
		ranges[count++].to = take_block(p);
	}
	if (!p->failed && !count)
		error(p, "expected a range such as 0..5");
	if (!p->failed)
		ir_end_switch(p->fn, block, value, ranges, count);
}

static bool take_cond(struct parser *p, enum ir_cond *ret_cond)
{
	for (enum ir_cond cond = 0; cond < IR_COND_COUNT; cond++)
		if (take(p, ir_conds[cond].text)) {
			*ret_cond = cond;
			return true;
		}
	error(p, "expected a condition such as 'eq'");
	return false;
}

/* The type of constants compared with @value; if that is defined further down, i32. */
static enum ir_type compared_type(const struct ir_value *value)
{
	return value && !ir_is_const(value) && value->type != IR_VOID ? value->type : IR_I32;
}

static void parse_branch(struct parser *p, struct ir_block *block)
{
	struct ir_value *a = take_operand(p, IR_I32), *b;
	struct ir_block *yes, *no;
	enum ir_cond cond;

	if (p->failed || !take_cond(p, &cond))
		return;
	b = take_operand(p, compared_type(a));
	yes = take_block(p);
	no = take_block(p);
	if (!p->failed)
		ir_end_branch(p->fn, block, cond, a, b, yes, no);
}

/* The end of @block, if the token begins one. */
static bool parse_end(struct parser *p, struct ir_block *block)
{
	if (take(p, "jump")) {
		struct ir_block *to = take_block(p);

		if (!p->failed)
			ir_end_jump(p->fn, block, to);
	} else if (take(p, "branch")) {
		parse_branch(p, block);
	} else if (take(p, "switch")) {
		parse_switch(p, block);
	} else if (take(p, "return")) {
		struct ir_value *value = take_operand(p, IR_I32);

		if (!p->failed)
			ir_end_return(p->fn, block, value);
	} else {
		return false;
	}
	return true;
}

static void parse_block(struct parser *p)
{
	struct span span = p->token.span;
	struct name *name = take_name(p, &p->blocks, 'b');
	struct ir_block *block = block_of(p, name);

	if (!block)
		return;
	if (name->is_defined) {
		p->token.span = span;
		error(p, "this block is defined twice");
	}
	name->is_defined = true;
	block->span = span;
	if (block != p->fn->last)
		ir_block_move_after(p->fn, block, p->fn->last);
	expect(p, ":");
	while (!p->failed && !p->fn->failed && !parse_end(p, block))
		parse_value(p, block);
}

/*
 * All of it
 */

static void check_names(struct parser *p, const struct names *names)
{
	for (size_t i = 0; i < names->count && !p->failed; i++)
		if (names->list[i].thing && !names->list[i].is_defined) {
			p->token.span = names->list[i].span;
			error(p, "this is never defined");
		}
}

/* Give the phis their operands, in the order of the predecessors. */
static void join(struct parser *p, struct ir_value *phi, struct joined *first)
{
	struct joined *end = first;

	while (end && end->phi == phi)
		end = end->next;
	phi->list_size = phi->list_count = phi->block->pred_count;
	phi->list = arena_alloc_array(p->fn->arena, phi->list_size + 1, sizeof *phi->list);
	if (!phi->list) {
		p->fn->failed = p->failed = true;
		return;
	}
	for (uint32_t i = 0; i < phi->list_count; i++) {
		struct joined *j = first;

		while (j != end && (j->is_used || j->from != phi->block->preds[i].from))
			j = j->next;
		if (j == end) {
			p->token.span = phi->span;
			error(p, "no operand for one of the ways into this block");
			return;
		}
		j->is_used = true;
		phi->list[i] = j->value;
	}
	for (struct joined *j = first; j != end; j = j->next)
		if (!j->is_used) {
			p->token.span = j->span;
			error(p, "this block does not lead here");
		}
}

/* Blocks and values get the numbers of their names as ids; what has no name, higher ones. */
static void renumber(struct parser *p)
{
	struct ir_fn *fn = p->fn;

	fn->value_count = (uint32_t)p->values.count;
	fn->block_count = (uint32_t)p->blocks.count;
	for (uint32_t i = 0; i < p->blocks.count; i++)
		if (p->blocks.list[i].thing)
			((struct ir_block *)p->blocks.list[i].thing)->id = i;
	for (uint32_t i = 0; i < p->values.count; i++)
		if (p->values.list[i].thing)
			((struct ir_value *)p->values.list[i].thing)->id = i;
	for (struct ir_block *b = fn->entry; b; b = b->next)
		for (struct ir_value *v = b->first; v; v = v->next)
			if (v->type == IR_VOID)
				v->id = fn->value_count++;
	for (uint32_t i = 0; i < fn->constant_buckets; i++)
		for (struct ir_value *v = fn->constants[i]; v; v = v->chain)
			v->id = fn->value_count++;
}

static void parse(struct parser *p)
{
	struct ir_value *last = NULL;

	expect(p, "fn");
	if (p->token.kind != TOKEN_WORD)
		error(p, "expected the function's name");
	if (p->failed)
		return;
	p->fn->name = arena_strndup(p->fn->arena, p->token.text, p->token.span.len);
	if (!p->fn->name) {
		p->fn->failed = true;
		return;
	}
	next(p);
	do
		parse_block(p);
	while (!p->failed && !p->fn->failed && p->token.kind != TOKEN_END);
	if (p->failed)
		return;
	check_names(p, &p->blocks);
	check_names(p, &p->values);
	renumber(p);
	for (struct joined *j = p->joined; j && !p->failed; j = j->next) {
		if (j->phi != last)
			join(p, j->phi, j);
		last = j->phi;
	}
}

int ir_parse(const struct source *source, struct arena *arena, struct diag *diag,
	     struct ir_fn **ret_fn)
{
	struct parser p = { .source = source, .diag = diag };
	int err;

	p.joined_end = &p.joined;
	p.fn = ir_fn_new(arena, "");
	if (!p.fn)
		return -ENOMEM;
	next(&p);
	parse(&p);
	arena_release(&p.scratch);
	if (p.fn->failed)
		return -ENOMEM;
	if (p.failed)
		return -EINVAL;
	err = ir_check(p.fn, diag);
	if (!err)
		*ret_fn = p.fn;
	return err;
}
