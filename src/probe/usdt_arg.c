/*
 * usdt_arg.c - the arguments of USDT probes: SIZE '@' OPERAND.
 */
#include "probe/usdt_arg.h"

#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "base/chars.h"

enum {
	MOST_NAME = 255, /* of a symbol */
	X86_RIP = 128,   /* offsets in struct pt_regs */
	ARM64_SP = 248,
	NO_REG = UINT16_MAX,
};

struct reader {
	const char *at;
	const char *end; /* of this argument */
	const struct usdt_context *context;
};

static void skip_blanks(struct reader *in)
{
	while (in->at < in->end && char_is_blank(*in->at))
		in->at++;
}

static bool take(struct reader *in, char c)
{
	skip_blanks(in);
	if (in->at == in->end || *in->at != c)
		return false;
	in->at++;
	return true;
}

/* A number in C's spelling, with or without a sign. */
static bool take_number(struct reader *in, int64_t *ret_value)
{
	const char *digits = in->at;
	bool is_negative;
	uint64_t value;
	char *end;

	skip_blanks(in);
	digits = in->at;
	is_negative = digits < in->end && *digits == '-';
	if (digits < in->end && (*digits == '-' || *digits == '+'))
		digits++;
	if (digits == in->end || !char_is_digit(*digits))
		return false;
	value = strtoull(digits, &end, 0);
	if (end > in->end)
		return false;
	in->at = end;
	*ret_value = (int64_t)(is_negative ? 0 - value : value);
	return true;
}

static size_t word_length(const struct reader *in)
{
	const char *p = in->at;

	while (p < in->end && (char_is_letter(*p) || char_is_digit(*p) || *p == '.' || *p == '$'))
		p++;
	return (size_t)(p - in->at);
}

/* 'name', 'name+4', '4+name': its address. */
static bool take_symbol(struct reader *in, int64_t *ret_address)
{
	char name[MOST_NAME + 1];
	const size_t len = word_length(in);
	int64_t offset = 0;
	uint64_t address;

	if (!len || len > MOST_NAME || char_is_digit(*in->at))
		return false;
	memcpy(name, in->at, len);
	name[len] = '\0';
	in->at += len;
	if (in->at < in->end && (*in->at == '+' || *in->at == '-') && !take_number(in, &offset))
		return false;
	if (!in->context->symbol || !in->context->symbol(in->context->data, name, &address))
		return false;
	*ret_address = (int64_t)(address + (uint64_t)offset);
	return true;
}

/* What is relative to the place of the probe: it is not known at which address the file will be. */
static void set_relative(struct reader *in, int64_t address, struct catalog_usdt_arg *arg)
{
	arg->place = USDT_MEMORY;
	arg->reg = X86_RIP;
	arg->value = (int64_t)((uint64_t)address - in->context->pc);
}

/* --- x86-64 ----------------------------------------------------------------------------------- */

static const struct {
	uint16_t offset;
	const char *names[4];
} x86_regs[] = {
#define REG(offset, of64, of32, of16, of8) { offset, { of64, of32, of16, of8 } },
#include "probe/usdt_reg.def"
};

/* '%name': its offset in struct pt_regs, or NO_REG. */
static uint16_t take_x86_reg(struct reader *in)
{
	size_t len;

	if (!take(in, '%'))
		return NO_REG;
	len = word_length(in);
	for (size_t i = 0; i < ARRAY_LEN(x86_regs); i++)
		for (size_t width = 0; width < ARRAY_LEN(x86_regs[i].names); width++) {
			const char *name = x86_regs[i].names[width];

			if (strlen(name) == len && !memcmp(in->at, name, len)) {
				in->at += len;
				return x86_regs[i].offset;
			}
		}
	return NO_REG;
}

/* ',%index,scale)' or ')'. */
static bool take_x86_index(struct reader *in, struct catalog_usdt_arg *arg)
{
	int64_t scale = 1;

	if (take(in, ')'))
		return true;
	if (!take(in, ','))
		return false;
	arg->index = take_x86_reg(in);
	if (arg->index == NO_REG)
		return false;
	if (take(in, ',') && !take_number(in, &scale))
		return false;
	if (scale != 1 && scale != 2 && scale != 4 && scale != 8)
		return false;
	arg->scale = (uint8_t)scale;
	return take(in, ')');
}

/* 'displacement(%base,%index,scale)'; with a symbol it is at an address that only %rip leads to, since the file
 * may be loaded anywhere. */
static bool parse_x86_memory(struct reader *in, struct catalog_usdt_arg *arg)
{
	int64_t address = 0, more;
	bool is_symbol = false;

	while (in->at < in->end && *in->at != '(') { /* "4+name", "name", "-20" */
		(void)take(in, '+');
		if (take_number(in, &more)) {
			address = (int64_t)((uint64_t)address + (uint64_t)more);
			continue;
		}
		if (is_symbol || !take_symbol(in, &more))
			return false;
		is_symbol = true;
		address = (int64_t)((uint64_t)address + (uint64_t)more);
	}
	if (is_symbol && in->at == in->end) {
		set_relative(in, address, arg);
		return true;
	}
	if (!take(in, '('))
		return false;
	arg->place = USDT_MEMORY;
	arg->value = address;
	arg->reg = take_x86_reg(in);
	if (arg->reg == NO_REG)
		return false;
	if (is_symbol) {
		if (arg->reg != X86_RIP)
			return false;
		set_relative(in, address, arg);
	}
	return take_x86_index(in, arg);
}

static bool parse_x86(struct reader *in, struct catalog_usdt_arg *arg)
{
	if (take(in, '$')) {
		arg->place = USDT_CONSTANT;
		return take_number(in, &arg->value);
	}
	if (in->at < in->end && *in->at == '%') {
		arg->place = USDT_REGISTER;
		arg->reg = take_x86_reg(in);
		return arg->reg != NO_REG;
	}
	return parse_x86_memory(in, arg);
}

/* --- arm64 ------------------------------------------------------------------------------------ */

/* 'x0' ... 'x30', 'w0' ..., 'sp': its offset in struct user_pt_regs, or NO_REG. */
static uint16_t take_arm64_reg(struct reader *in)
{
	const char *start;
	int64_t number;
	size_t len;

	skip_blanks(in);
	start = in->at;
	len = word_length(in);
	if ((len == 2 && !memcmp(start, "sp", 2)) || (len == 3 && !memcmp(start, "wsp", 3))) {
		in->at += len;
		return ARM64_SP;
	}
	if (len < 2 || (*start != 'x' && *start != 'w') || !char_is_digit(start[1]))
		return NO_REG;
	in->at++;
	if (!take_number(in, &number) || number > 30 || in->at != start + len) {
		in->at = start;
		return NO_REG;
	}
	return (uint16_t)(number * 8);
}

/* '[base]', '[base, offset]', '[base, index]', '[base, index, lsl n]'. */
static bool parse_arm64_memory(struct reader *in, struct catalog_usdt_arg *arg)
{
	int64_t shift = 0;

	arg->place = USDT_MEMORY;
	arg->reg = take_arm64_reg(in);
	if (arg->reg == NO_REG)
		return false;
	if (take(in, ']'))
		return true;
	if (!take(in, ','))
		return false;
	(void)take(in, '#');
	if (take_number(in, &arg->value))
		return take(in, ']');
	arg->index = take_arm64_reg(in);
	if (arg->index == NO_REG)
		return false;
	if (take(in, ',')) {
		skip_blanks(in);
		if (word_length(in) != 3 || memcmp(in->at, "lsl", 3) != 0)
			return false; /* the low half of a register, extended */
		in->at += 3;
		(void)take(in, '#');
		skip_blanks(in);
		if (!take_number(in, &shift) || shift < 0 || shift > 4)
			return false;
	}
	arg->scale = (uint8_t)(1 << shift);
	return take(in, ']');
}

static bool parse_arm64(struct reader *in, struct catalog_usdt_arg *arg)
{
	if (take(in, '['))
		return parse_arm64_memory(in, arg);
	if (take(in, '#') || (in->at < in->end && (char_is_digit(*in->at) || *in->at == '-'))) {
		arg->place = USDT_CONSTANT;
		return take_number(in, &arg->value);
	}
	arg->place = USDT_REGISTER;
	arg->reg = take_arm64_reg(in);
	return arg->reg != NO_REG;
}

/* --- all -------------------------------------------------------------------------------------- */

static bool parse_operand(struct reader *in, struct catalog_usdt_arg *arg)
{
	if (in->context->machine == EM_X86_64)
		return parse_x86(in, arg);
	return in->context->machine == EM_AARCH64 && parse_arm64(in, arg);
}

static bool parse_arg(struct reader *in, struct catalog_usdt_arg *arg)
{
	int64_t size = 8; /* without SIZE, as early systemtap wrote it: a word */

	if (memchr(in->at, '@', (size_t)(in->end - in->at)) &&
	    (!take_number(in, &size) || !take(in, '@')))
		return false;
	arg->is_signed = size < 0;
	arg->bytes = (uint8_t)(size < 0 ? -size : size);
	if ((size < 0 ? -size : size) > 8 || !arg->bytes || (arg->bytes & (arg->bytes - 1)))
		return false;
	return parse_operand(in, arg) && in->at == in->end;
}

/* Where the argument at @text ends: at a blank that is not within brackets. */
static const char *arg_end(const char *text)
{
	int depth = 0;

	for (; *text && (depth > 0 || !char_is_blank(*text)); text++) {
		depth += *text == '[' || *text == '(';
		depth -= *text == ']' || *text == ')';
	}
	return text;
}

int usdt_parse_args(const char *text, const struct usdt_context *context, struct arena *arena,
		    const struct catalog_usdt_arg **ret_args, uint32_t *ret_count)
{
	static const struct catalog_usdt_arg none = { .index = NO_REG, .scale = 1 };
	struct catalog_usdt_arg args[USDT_MOST_ARGS], *kept;
	uint32_t count = 0;

	for (text += strspn(text, " \t"); *text; text += strspn(text, " \t")) {
		struct reader in = { text, arg_end(text), context };

		if (count == USDT_MOST_ARGS)
			return -E2BIG;
		args[count] = none;
		if (!parse_arg(&in, &args[count]))
			args[count].place = USDT_UNKNOWN;
		args[count].text = arena_strndup(arena, text, (size_t)(in.end - text));
		if (!args[count++].text)
			return -ENOMEM;
		text = in.end;
	}
	kept = arena_alloc_array(arena, count ? count : 1, sizeof *kept);
	if (!kept)
		return -ENOMEM;
	memcpy(kept, args, count * sizeof *kept);
	*ret_args = kept;
	*ret_count = count;
	return 0;
}
