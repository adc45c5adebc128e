/*
 * demangle_rust.c - names of Rust.
 *
 * The newer scheme ("v0", RFC 2603) is a prefix notation with back references: "B<n>_" stands for what is
 * n bytes behind "_R".  It is shown while it is read, so a reference is read again where it leads;
 * how much is shown is limited.  Instances of generic functions show their arguments, crates not their
 * hashes.
 */
#include "sym/demangle.h"

#include <stdint.h>
#include <string.h>

#include "base/bits.h"
#include "base/chars.h"

enum {
	MOST_DEPTH = 128,
	MOST_BYTES = 64 << 10,
	MOST_STEPS = 1 << 16, /* references lead to references */
	MOST_CODE_POINTS = 128,
};

struct reader {
	const char *name; /* behind "_R" */
	size_t at;
	size_t len;
	struct strbuf *out;
	size_t start;
	unsigned int depth;
	unsigned int steps;
	unsigned int lifetimes; /* that "for<...>" has bound */
	bool is_quiet;          /* read, do not show */
	bool failed;
};

static void path(struct reader *in, bool is_value);
static void type(struct reader *in);
static void constant(struct reader *in);

/* --- characters ------------------------------------------------------------------------------- */

static void fail(struct reader *in)
{
	in->failed = true;
	in->at = in->len;
}

static char peek(const struct reader *in)
{
	return in->at < in->len ? in->name[in->at] : '\0';
}

static char next(struct reader *in)
{
	const char c = peek(in);

	if (c)
		in->at++;
	else
		fail(in);
	return c;
}

static bool take(struct reader *in, char c)
{
	if (peek(in) != c || !c)
		return false;
	in->at++;
	return true;
}

static void put(struct reader *in, const char *text)
{
	if (in->is_quiet)
		return;
	strbuf_puts(in->out, text);
	if (in->out->len - in->start > MOST_BYTES)
		fail(in);
}

static void put_number(struct reader *in, uint64_t number)
{
	if (!in->is_quiet)
		strbuf_printf(in->out, "%llu", (unsigned long long)number);
}

static bool enter(struct reader *in)
{
	if (in->depth >= MOST_DEPTH || ++in->steps > MOST_STEPS)
		fail(in);
	in->depth++;
	return !in->failed;
}

/* <base-62-number>: "_" is 0, "0_" is 1 ... */
static uint64_t base_62(struct reader *in)
{
	uint64_t value = 0;

	if (take(in, '_'))
		return 0;
	while (!in->failed && !take(in, '_')) {
		const char c = next(in);
		unsigned int digit = 0;

		if (char_is_digit(c))
			digit = (unsigned int)(c - '0');
		else if (c >= 'a' && c <= 'z')
			digit = 10 + (unsigned int)(c - 'a');
		else if (c >= 'A' && c <= 'Z')
			digit = 36 + (unsigned int)(c - 'A');
		else
			fail(in);
		if (value > (UINT64_MAX - digit) / 62 - 1)
			fail(in);
		else
			value = value * 62 + digit;
	}
	return value + 1;
}

/* A number that is there when @mark is: 0 without it. */
static uint64_t optional(struct reader *in, char mark)
{
	return take(in, mark) ? base_62(in) + 1 : 0;
}

/* Read at a place before instead of here. */
static bool go_back(struct reader *in, size_t *ret_here)
{
	const size_t mark = in->at - 1;
	const uint64_t target = base_62(in);

	if (in->failed || target >= mark) {
		fail(in);
		return false;
	}
	*ret_here = in->at;
	in->at = (size_t)target;
	return true;
}

/* --- identifiers ------------------------------------------------------------------------------ */

static void put_code_point(struct strbuf *out, uint32_t c)
{
	char utf8[4];
	size_t len = 0;

	if (c < 0x80) {
		utf8[len++] = (char)c;
	} else {
		const int more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
		static const unsigned char lead[] = { 0, 0xc0, 0xe0, 0xf0 };

		utf8[len++] = (char)(lead[more] | c >> (6 * more));
		for (int i = more - 1; i >= 0; i--)
			utf8[len++] = (char)(0x80 | (c >> (6 * i) & 0x3f));
	}
	strbuf_add(out, utf8, len);
}

static uint32_t punycode_bias(uint32_t delta, uint32_t points, bool is_first)
{
	uint32_t bias = 0;

	delta /= is_first ? 700 : 2;
	delta += delta / points;
	for (; delta > (36 - 1) * 26 / 2; bias += 36)
		delta /= 36 - 1;
	return bias + (36 - 1 + 1) * delta / (delta + 38);
}

static int punycode_digit(char c)
{
	if (c >= 'a' && c <= 'z')
		return c - 'a';
	return char_is_digit(c) ? c - '0' + 26 : -1;
}

/* Punycode (RFC 3492) whose delimiter is '_': plain characters, then which others stand where. */
static bool punycode(const char *text, size_t len, struct strbuf *out)
{
	uint32_t points[MOST_CODE_POINTS], code = 128, bias = 72, i = 0;
	const char *delimiter = memrchr(text, '_', len);
	size_t plain = delimiter ? (size_t)(delimiter - text) : 0, count = plain;
	const char *p = delimiter ? delimiter + 1 : text, *end = text + len;

	if (plain > MOST_CODE_POINTS)
		return false;
	for (size_t k = 0; k < plain; k++)
		points[k] = (unsigned char)text[k];
	while (p < end) {
		const uint32_t before = i;
		uint32_t weight = 1;

		for (uint32_t k = 36;; k += 36) {
			const uint32_t limit = k <= bias ? 1 : k >= bias + 26 ? 26 : k - bias;
			const int digit = p < end ? punycode_digit(*p++) : -1;

			if (digit < 0 || weight > UINT32_MAX / 36 / 64 ||
			    i > UINT32_MAX - (uint32_t)digit * weight)
				return false;
			i += (uint32_t)digit * weight;
			if ((uint32_t)digit < limit)
				break;
			weight *= 36 - limit;
		}
		if (count == MOST_CODE_POINTS)
			return false;
		count++;
		bias = punycode_bias(i - before, (uint32_t)count, before == 0);
		code += i / (uint32_t)count;
		i %= (uint32_t)count;
		if (code > 0x10ffff)
			return false;
		memmove(points + i + 1, points + i, (count - 1 - i) * sizeof *points);
		points[i++] = code;
	}
	for (size_t k = 0; k < count; k++)
		put_code_point(out, points[k]);
	return true;
}

struct identifier {
	const char *text;
	size_t len;
	bool is_punycode;
};

static struct identifier identifier(struct reader *in)
{
	struct identifier id = { .is_punycode = take(in, 'u') };

	if (!char_is_digit(peek(in)))
		fail(in);
	if (!take(in, '0'))
		while (char_is_digit(peek(in)) && id.len < in->len)
			id.len = id.len * 10 + (size_t)(next(in) - '0');
	(void)take(in, '_');
	if (in->failed || id.len > in->len - in->at) {
		fail(in);
		return (struct identifier){ 0 };
	}
	id.text = in->name + in->at;
	in->at += id.len;
	return id;
}

static void put_identifier(struct reader *in, const struct identifier *id)
{
	if (in->is_quiet || in->failed)
		return;
	if (!id->is_punycode)
		strbuf_add(in->out, id->text, id->len);
	else if (!punycode(id->text, id->len, in->out))
		fail(in);
}

/* --- lifetimes -------------------------------------------------------------------------------- */

static void lifetime(struct reader *in, uint64_t index)
{
	if (index == 0) {
		put(in, "'_");
	} else if (index > in->lifetimes) {
		fail(in);
	} else {
		const uint64_t depth = in->lifetimes - index;
		char text[3] = { '\'', (char)('a' + depth % 26), '\0' };

		put(in, depth < 26 ? text : "'z");
		if (depth >= 26)
			put_number(in, depth - 25);
	}
}

/* "G<n>": what follows is for any n + 1 lifetimes */
static unsigned int binder(struct reader *in)
{
	const unsigned int before = in->lifetimes;
	const uint64_t count = optional(in, 'G');

	if (!count)
		return before;
	if (count > MOST_DEPTH) {
		fail(in);
		return before;
	}
	put(in, "for<");
	for (uint64_t i = 0; i < count; i++) {
		in->lifetimes++;
		put(in, i ? ", " : "");
		lifetime(in, 1);
	}
	put(in, "> ");
	return before;
}

/* --- paths ------------------------------------------------------------------------------------ */

static void generic_arg(struct reader *in)
{
	if (take(in, 'L'))
		lifetime(in, base_62(in));
	else if (take(in, 'K'))
		constant(in);
	else
		type(in);
}

/* What each of a list reads, until 'E', with ", " between; how many there were. */
static unsigned int list(struct reader *in, void (*item)(struct reader *))
{
	unsigned int count = 0;

	for (; !in->failed && !take(in, 'E'); count++) {
		put(in, count ? ", " : "");
		item(in);
	}
	return count;
}

static void crate(struct reader *in)
{
	struct identifier id;

	(void)optional(in, 's');
	id = identifier(in);
	put_identifier(in, &id);
}

/* A path that says where an implementation stands: it is not shown. */
static void impl_path(struct reader *in)
{
	const bool was_quiet = in->is_quiet;

	(void)optional(in, 's');
	in->is_quiet = true;
	path(in, false);
	in->is_quiet = was_quiet;
}

static void nested(struct reader *in, bool is_value)
{
	const char space = next(in);
	struct identifier id;
	uint64_t number;

	path(in, is_value);
	number = optional(in, 's');
	id = identifier(in);
	if (space >= 'A' && space <= 'Z') {
		put(in, "::{");
		if (space == 'C')
			put(in, "closure");
		else if (space == 'S')
			put(in, "shim");
		else
			put(in, (char[2]){ space, '\0' });
		if (id.len) {
			put(in, ":");
			put_identifier(in, &id);
		}
		put(in, "#");
		put_number(in, number);
		put(in, "}");
	} else if (id.len) {
		put(in, "::");
		put_identifier(in, &id);
	}
}

static void path_item(struct reader *in, bool is_value)
{
	size_t here;

	switch (next(in)) {
	case 'C': crate(in); break;
	case 'N': nested(in, is_value); break;
	case 'M':
		impl_path(in);
		put(in, "<");
		type(in);
		put(in, ">");
		break;
	case 'X': impl_path(in); __attribute__((fallthrough));
	case 'Y':
		put(in, "<");
		type(in);
		put(in, " as ");
		path(in, false);
		put(in, ">");
		break;
	case 'I':
		path(in, is_value);
		put(in, is_value ? "::<" : "<");
		(void)list(in, generic_arg);
		put(in, ">");
		break;
	case 'B':
		if (go_back(in, &here)) {
			path(in, is_value);
			in->at = in->failed ? in->len : here;
		}
		break;
	default: fail(in); break;
	}
}

static void path(struct reader *in, bool is_value)
{
	if (enter(in))
		path_item(in, is_value);
	in->depth--;
}

/* --- types ------------------------------------------------------------------------------------ */

static const char *basic_type(char c)
{
	static const char *const names[26] = {
		"i8",    "bool", "char", "f64", "str",  "f32",  NULL,  "u8", "isize",
		"usize", NULL,   "i32",  "u32", "i128", "u128", "_",   NULL, NULL,
		"i16",   "u16",  "()",   "...", NULL,   "i64",  "u64", "!",
	};

	return c >= 'a' && c <= 'z' ? names[c - 'a'] : NULL;
}

static void put_abi(struct reader *in)
{
	struct identifier id;

	put(in, "extern \"");
	if (take(in, 'C')) {
		put(in, "C");
	} else {
		id = identifier(in);
		for (size_t i = 0; i < id.len; i++) /* '-' cannot be in an identifier */
			put(in, (char[2]){ id.text[i] == '_' ? '-' : id.text[i], '\0' });
	}
	put(in, "\" ");
}

static void function_type(struct reader *in)
{
	const unsigned int before = binder(in);

	if (take(in, 'U'))
		put(in, "unsafe ");
	if (take(in, 'K'))
		put_abi(in);
	put(in, "fn(");
	(void)list(in, type);
	put(in, ")");
	if (!take(in, 'u')) { /* () is not said */
		put(in, " -> ");
		type(in);
	}
	in->lifetimes = before;
}

/* A path whose list of arguments, if it ends with one, is left open for more. */
static bool open_path(struct reader *in)
{
	bool is_open = false;
	size_t here;

	if (!enter(in)) {
		in->depth--;
		return false;
	}
	if (take(in, 'B')) {
		if (go_back(in, &here)) {
			is_open = open_path(in);
			in->at = in->failed ? in->len : here;
		}
	} else if (take(in, 'I')) {
		path(in, false);
		put(in, "<");
		(void)list(in, generic_arg);
		is_open = true;
	} else {
		path(in, false);
	}
	in->depth--;
	return is_open;
}

/* A trait of a dyn type, and what its associated types are. */
static void dyn_trait(struct reader *in)
{
	bool is_open = open_path(in);

	while (take(in, 'p')) {
		struct identifier id;

		put(in, is_open ? ", " : "<");
		is_open = true;
		id = identifier(in);
		put_identifier(in, &id);
		put(in, " = ");
		type(in);
	}
	put(in, is_open ? ">" : "");
}

static void dyn_type(struct reader *in)
{
	const unsigned int before = in->lifetimes;
	uint64_t bound;

	put(in, "dyn ");
	(void)binder(in);
	for (unsigned int count = 0; !in->failed && !take(in, 'E'); count++) {
		put(in, count ? " + " : "");
		dyn_trait(in);
	}
	in->lifetimes = before;
	if (!take(in, 'L'))
		fail(in);
	bound = base_62(in);
	if (bound) {
		put(in, " + ");
		lifetime(in, bound);
	}
}

static void reference(struct reader *in, const char *text)
{
	put(in, "&");
	if (take(in, 'L')) {
		const uint64_t bound = base_62(in);

		if (bound) {
			lifetime(in, bound);
			put(in, " ");
		}
	}
	put(in, text);
	type(in);
}

static void type_item(struct reader *in)
{
	const char c = next(in);
	size_t here;

	if (basic_type(c)) {
		put(in, basic_type(c));
		return;
	}
	switch (c) {
	case 'A':
	case 'S':
		put(in, "[");
		type(in);
		if (c == 'A') {
			put(in, "; ");
			constant(in);
		}
		put(in, "]");
		break;
	case 'T':
		put(in, "(");
		if (list(in, type) == 1)
			put(in, ",");
		put(in, ")");
		break;
	case 'R': reference(in, ""); break;
	case 'Q': reference(in, "mut "); break;
	case 'P':
		put(in, "*const ");
		type(in);
		break;
	case 'O':
		put(in, "*mut ");
		type(in);
		break;
	case 'F': function_type(in); break;
	case 'D': dyn_type(in); break;
	case 'B':
		if (go_back(in, &here)) {
			type(in);
			in->at = in->failed ? in->len : here;
		}
		break;
	default:
		in->at -= in->at > 0 && !in->failed;
		path(in, false);
		break;
	}
}

static void type(struct reader *in)
{
	if (enter(in))
		type_item(in);
	in->depth--;
}

/* --- constants -------------------------------------------------------------------------------- */

/* Hexadecimal digits up to '_'; false: more than 64 bits, of which *ret_digits tells. */
static bool hex(struct reader *in, uint64_t *ret_value, const char **ret_digits, size_t *ret_len)
{
	uint64_t value = 0;

	*ret_digits = in->name + in->at;
	*ret_len = 0;
	while (!in->failed && !take(in, '_')) {
		const int digit = char_hex_value(next(in));

		if (digit < 0)
			fail(in);
		value = value << 4 | (uint64_t)(digit & 15);
		++*ret_len;
	}
	*ret_value = value;
	return *ret_len <= 16;
}

static void put_char(struct reader *in, uint64_t c)
{
	put(in, "'");
	if (c == '\n' || c == '\r' || c == '\t' || c == '\'' || c == '\\' || c == 0)
		put(in, c == '\n' ? "\\n" :
			c == '\r' ? "\\r" :
			c == '\t' ? "\\t" :
			c == '\'' ? "\\'" :
			c         ? "\\\\" :
				    "\\0");
	else if (c < 0x20 || c == 0x7f || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
		fail(in);
	else if (!in->is_quiet)
		put_code_point(in->out, (uint32_t)c);
	put(in, "'");
}

static void constant_item(struct reader *in)
{
	const char c = next(in);
	const bool is_negative = strchr("aslxni", c) && c && take(in, 'n');
	const char *digits;
	size_t here, len;
	uint64_t value;

	if (c == 'p') {
		put(in, "_");
	} else if (c == 'B') {
		if (go_back(in, &here)) {
			constant(in);
			in->at = in->failed ? in->len : here;
		}
	} else if (c && strchr("aslxnihtmyojbc", c)) {
		const bool is_small = hex(in, &value, &digits, &len);

		if (in->failed)
			return;
		put(in, is_negative ? "-" : "");
		if (c == 'b')
			put(in, value ? "true" : "false");
		else if (c == 'c')
			put_char(in, value);
		else if (is_small)
			put_number(in, value);
		else if (!in->is_quiet)
			strbuf_printf(in->out, "0x%.*s", (int)len, digits);
	} else {
		fail(in);
	}
}

static void constant(struct reader *in)
{
	if (enter(in))
		constant_item(in);
	in->depth--;
}

bool demangle_rust(const char *name, size_t len, struct strbuf *out)
{
	struct reader in = {
		.name = name + 2,
		.len = len - 2,
		.out = out,
		.start = out->len,
	};

	if (char_is_digit(peek(&in))) /* a later version of the scheme */
		return false;
	path(&in, true);
	if (!in.failed && in.at < in.len) { /* the crate that asked for the instance */
		in.is_quiet = true;
		path(&in, false);
	}
	return !in.failed && in.at == in.len;
}

/* --- the older scheme ------------------------------------------------------------------------- */

/* Characters that an identifier cannot have are written "$LT$", "$u7e$"; "::" is "..". */
static const struct {
	const char *code, *text;
} escapes[] = {
	{ "$SP$", "@" }, { "$BP$", "*" }, { "$RF$", "&" }, { "$LT$", "<" },
	{ "$GT$", ">" }, { "$LP$", "(" }, { "$RP$", ")" }, { "$C$", "," },
};

static size_t put_escape(const char *p, size_t len, struct strbuf *out)
{
	const char *end = memchr(p + 1, '$', len - 1);
	uint32_t code = 0;

	for (size_t i = 0; i < ARRAY_LEN(escapes); i++) {
		const size_t code_len = strlen(escapes[i].code);

		if (len >= code_len && !memcmp(p, escapes[i].code, code_len)) {
			strbuf_puts(out, escapes[i].text);
			return code_len;
		}
	}
	if (!end || p[1] != 'u' || end - p > 8)
		return 0;
	for (const char *digit = p + 2; digit < end; digit++) {
		if (char_hex_value(*digit) < 0)
			return 0;
		code = code << 4 | (uint32_t)char_hex_value(*digit);
	}
	if (code < 0x20 || code > 0x10ffff)
		return 0;
	put_code_point(out, code);
	return (size_t)(end - p) + 1;
}

static void put_legacy(const char *p, size_t len, struct strbuf *out)
{
	const char *end = p + len;

	if (len > 1 && p[0] == '_' && p[1] == '$') /* it may not begin with '$' */
		p++;
	while (p < end) {
		const size_t left = (size_t)(end - p);
		const size_t escape = *p == '$' ? put_escape(p, left, out) : 0;

		if (escape) {
			p += escape;
		} else if (left > 1 && p[0] == '.' && p[1] == '.') {
			strbuf_puts(out, "::");
			p += 2;
		} else {
			strbuf_putc(out, *p++);
		}
	}
}

static bool is_hash(const char *text, size_t len)
{
	if (len != 17 || *text != 'h')
		return false;
	for (size_t i = 1; i < len; i++)
		if (char_hex_value(text[i]) < 0)
			return false;
	return true;
}

/* The next part of a name; false at the end, or when it is damaged. */
static bool next_part(const char **p, const char *end, const char **ret_part, size_t *ret_len)
{
	size_t len = 0;

	while (*p < end && char_is_digit(**p) && len < (size_t)(end - *p))
		len = len * 10 + (size_t)(*(*p)++ - '0');
	if (!len || len > (size_t)(end - *p))
		return false;
	*ret_part = *p;
	*ret_len = len;
	*p += len;
	return true;
}

bool demangle_rust_legacy(const char *name, size_t len, struct strbuf *out)
{
	const char *p = name + 3, *end = name + len, *part = NULL;
	size_t part_len = 0, parts = 0;

	if (len < 24 || memcmp(name, "_ZN", 3) != 0 || end[-1] != 'E')
		return false;
	while (next_part(&p, end - 1, &part, &part_len))
		parts++;
	if (p != end - 1 || parts < 2 || !is_hash(part, part_len))
		return false;
	p = name + 3;
	for (size_t i = 0; i + 1 < parts && next_part(&p, end - 1, &part, &part_len); i++) {
		strbuf_puts(out, i ? "::" : "");
		put_legacy(part, part_len, out);
	}
	return true;
}
