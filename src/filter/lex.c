/*
 * lex.c - from text to tokens.
 *
 * Letters, digits, dots and hyphens run together, so that '20-25' and 'ftp-data' are one token each;
 * what such a run is (a number, a part of an address, a reserved word, a name) is decided when
 * it is complete.  A colon belongs to a run only if the whole is an address: in 'ip[0:2]' it
 * stands for itself.
 */
#include "filter/lex.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "base/bits.h"
#include "base/nearest.h"
#include "filter/filter.h"

struct reserved {
	const char *text;
	enum token_kind kind;
	enum word word;
	enum protocol protocol;
	const char *area;
};

static const char area_ATM[] = "ATM", area_SS7[] = "SS7", area_PF[] = "OpenBSD's pf";

static const struct reserved reserved_words[] = {
#define WORD_PLAIN(word_text, name) \
	{ .text = (word_text), .kind = TOKEN_WORD, .word = WORD_##name },
#define WORD_PROTOCOL(word_text, name) \
	{ .text = (word_text), .kind = TOKEN_PROTOCOL, .protocol = PROTOCOL_##name },
#define WORD_MISSING(word_text, name) \
	{ .text = (word_text), .kind = TOKEN_MISSING, .area = area_##name },
#include "filter/word.def"
};

struct named_value {
	const char *text;
	uint32_t number;
};

static const struct named_value named_values[] = {
#define VALUE(text, number) { text, number },
#include "filter/value.def"
};

const struct protocol_info protocols[PROTOCOL_COUNT] = {
#define PROTOCOL(name, text, layer, number, access, words) \
	[PROTOCOL_##name] = { LAYER_##layer, ACCESS_##access, number, text, words },
#include "filter/protocol.def"
};

struct lexer {
	const struct source *source;
	struct arena *arena;
	struct diag *diag;
	struct tokens tokens;
	size_t size; /* of tokens.list */
	size_t at;
	uint32_t *open; /* indices of '(' that wait for their ')' */
	size_t open_count;
};

/* --- words ---------------------------------------------------------------------------------- */

static const struct reserved *find_reserved(const char *text)
{
	size_t low = 0, high = ARRAY_LEN(reserved_words);

	while (low < high) {
		size_t middle = (low + high) / 2;
		int order = strcmp(text, reserved_words[middle].text);

		if (order == 0)
			return &reserved_words[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

static const struct named_value *find_value(const char *text)
{
	size_t low = 0, high = ARRAY_LEN(named_values);

	while (low < high) {
		size_t middle = (low + high) / 2;
		int order = strcmp(text, named_values[middle].text);

		if (order == 0)
			return &named_values[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

const char *lex_nearest_word(const char *word, unsigned int kinds)
{
	struct nearest search = nearest_begin(word);

	for (size_t i = 0; i < ARRAY_LEN(reserved_words); i++) {
		enum token_kind kind = reserved_words[i].kind;

		if ((kind == TOKEN_WORD && kinds & WORD_KIND_PLAIN) ||
		    (kind == TOKEN_PROTOCOL && kinds & WORD_KIND_PROTOCOL))
			nearest_offer(&search, reserved_words[i].text);
	}
	return search.best;
}

/* --- numbers and addresses ------------------------------------------------------------------ */

static bool is_hex(char c)
{
	return isxdigit((unsigned char)c) != 0;
}

static uint8_t hex_value(char c)
{
	return (uint8_t)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
}

/* The number that @text is, in C's spellings.  -EINVAL: it is none; -ERANGE: it is too large. */
static int read_number(const char *text, uint32_t *ret)
{
	unsigned int base = text[0] != '0' ? 10 : (text[1] | 0x20) == 'x' ? 16 : 8;
	const char *p = base == 16 ? text + 2 : text;
	uint64_t value = 0;

	if (!is_hex(*p))
		return -EINVAL;
	for (; *p; p++) {
		if (!is_hex(*p) || hex_value(*p) >= base)
			return -EINVAL;
		value = value * base + hex_value(*p);
		if (value > UINT32_MAX)
			value = UINT64_C(1) << 32;
	}
	*ret = (uint32_t)value;
	return value > UINT32_MAX ? -ERANGE : 0;
}

/* 'a.b', 'a.b.c' or 'a.b.c.d': how many parts, or 0.  The parts may be larger than 255: who
 * writes such a thing means an address. */
static unsigned int ip4_parts(const char *text, uint32_t *ret, bool *ret_too_large)
{
	unsigned int parts = 0;
	uint32_t address = 0;
	const char *p = text;

	*ret_too_large = false;
	for (;;) {
		uint32_t part = 0;
		unsigned int digits = 0;

		for (; isdigit((unsigned char)*p); p++, digits++)
			part = part > 255 ? part : part * 10 + (uint32_t)(*p - '0');
		if (digits == 0)
			return 0;
		*ret_too_large = *ret_too_large || part > 255;
		address = address << 8 | (part & 0xff);
		parts++;
		if (*p != '.')
			break;
		p++;
	}
	*ret = parts < 4 ? address << 8 * (4 - parts) : address;
	return *p == '\0' && parts > 1 ? parts : 0;
}

/* Six groups of one or two digits, divided by @divider. */
static bool read_mac_groups(const char *p, char divider, uint8_t mac[6])
{
	for (int i = 0; i < 6; i++) {
		if (!is_hex(*p))
			return false;
		mac[i] = (uint8_t)hex_value(*p++);
		if (is_hex(*p))
			mac[i] = (uint8_t)(mac[i] << 4 | hex_value(*p++));
		if (i < 5 && *p++ != divider)
			return false;
	}
	return *p == '\0';
}

/* Twelve digits, in one piece or in three divided by dots. */
static bool read_mac_digits(const char *p, uint8_t mac[6])
{
	size_t len = strlen(p);
	unsigned int n = 0;

	if (len != 12 && len != 14)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (len == 14 && (i == 4 || i == 9)) {
			if (p[i] != '.')
				return false;
			continue;
		}
		if (!is_hex(p[i]))
			return false;
		mac[n / 2] = (uint8_t)(mac[n / 2] << 4 | hex_value(p[i]));
		n++;
	}
	return n == 12;
}

static bool read_mac(const char *text, uint8_t mac[6])
{
	return read_mac_groups(text, ':', mac) || read_mac_groups(text, '-', mac) ||
	       read_mac_groups(text, '.', mac) || read_mac_digits(text, mac);
}

/* --- the lexer ------------------------------------------------------------------------------ */

static struct span span_of(size_t from, size_t to)
{
	return (struct span){ (uint32_t)from, (uint32_t)(to - from) };
}

static char peek(const struct lexer *l, size_t ahead)
{
	return l->at + ahead < l->source->len ? l->source->text[l->at + ahead] : '\0';
}

static struct token *add(struct lexer *l, enum token_kind kind, size_t len)
{
	struct token *token;

	if (l->tokens.count == l->size) {
		size_t size = l->size ? l->size * 2 : 64;
		struct token *list = arena_alloc_array(l->arena, size, sizeof *list);

		if (!list)
			return NULL;
		if (l->size)
			memcpy(list, l->tokens.list, l->size * sizeof *list);
		l->tokens.list = list;
		l->size = size;
	}
	token = &l->tokens.list[l->tokens.count++];
	*token = (struct token){ .kind = kind, .span = span_of(l->at, l->at + len) };
	l->at += len;
	return token;
}

/* How long an address with colons is that begins here, or 0. */
static size_t colon_address_len(const struct lexer *l)
{
	unsigned int colons = 0;
	bool has_double = false;
	size_t len = 0;

	while (is_hex(peek(l, len)) || peek(l, len) == ':' || peek(l, len) == '.') {
		has_double |= peek(l, len) == ':' && peek(l, len + 1) == ':';
		colons += peek(l, len) == ':';
		len++;
	}
	return has_double || colons >= 5 ? len : 0;
}

static int lex_colon_address(struct lexer *l, size_t len)
{
	char *text = arena_strndup(l->arena, l->source->text + l->at, len);
	uint8_t mac[6] = { 0 };
	unsigned char ip6[16];
	bool is_mac, is_ip6;
	struct token *token;

	if (!text)
		return -ENOMEM;
	is_mac = read_mac_groups(text, ':', mac);
	is_ip6 = inet_pton(AF_INET6, text, ip6) == 1;
	if (!is_mac && !is_ip6) {
		diag_error(l->diag, span_of(l->at, l->at + len),
			   "'%s' is neither an IPv6 nor a MAC address", text);
		diag_hint(l->diag, "as in: 2001:db8::1, 02:00:5e:10:00:01");
	}
	token = add(l, is_mac ? TOKEN_MAC : TOKEN_IP6, len);
	if (!token)
		return -ENOMEM;
	token->text = text;
	memcpy(token->mac, mac, sizeof mac);
	return 0;
}

static void check_ip4(struct lexer *l, const struct token *token, bool too_large)
{
	if (token->parts > 4) {
		diag_error(l->diag, token->span, "'%s' has %u parts, an IPv4 address has four",
			   token->text, token->parts);
		diag_hint(l->diag, "as in: host 192.0.2.1; a network: net 192.0.2.0/24");
	} else if (too_large) {
		diag_error(l->diag, token->span, "'%s' is no IPv4 address: a part is above 255",
			   token->text);
	}
}

/* What the complete run @text is. */
static void classify(struct lexer *l, struct token *token, const char *text)
{
	const struct reserved *reserved = find_reserved(text);
	const struct named_value *value = find_value(text);
	bool too_large;
	int err;

	token->text = text;
	if (reserved) {
		token->kind = reserved->kind;
		token->word = reserved->word;
		token->protocol = reserved->protocol;
		if (reserved->area)
			token->text = reserved->area;
	} else if (value) {
		token->kind = TOKEN_NUMBER;
		token->number = value->number;
	} else if (read_mac(text, token->mac)) {
		token->kind = TOKEN_MAC;
	} else if ((err = read_number(text, &token->number)) != -EINVAL) {
		token->kind = TOKEN_NUMBER;
		if (err)
			diag_error(l->diag, token->span, "'%s' is too large: numbers have 32 bits",
				   text);
	} else {
		unsigned int parts = ip4_parts(text, &token->number, &too_large);

		token->kind = parts ? TOKEN_IP4 : TOKEN_NAME;
		token->parts = (uint8_t)(parts > 255 ? 255 : parts);
		if (parts)
			check_ip4(l, token, too_large);
	}
}

static int lex_run(struct lexer *l)
{
	size_t len = colon_address_len(l);
	struct token *token;
	char *text;

	if (len)
		return lex_colon_address(l, len);
	while (isalnum((unsigned char)peek(l, len)) ||
	       (peek(l, len) && strchr("-_.", peek(l, len))))
		len++;
	while (len > 1 && (peek(l, len - 1) == '-' || peek(l, len - 1) == '_'))
		len--;
	text = arena_strndup(l->arena, l->source->text + l->at, len);
	token = add(l, TOKEN_NAME, len);
	if (!text || !token)
		return -ENOMEM;
	classify(l, token, text);
	return 0;
}

/* '\name': a name, even if that is reserved. */
static int lex_escaped(struct lexer *l)
{
	size_t len = 1;
	struct token *token;

	while (peek(l, len) && !strchr(" !()\n\t\r", peek(l, len)))
		len++;
	token = add(l, TOKEN_NAME, len);
	if (!token)
		return -ENOMEM;
	token->text = arena_strndup(l->arena, l->source->text + token->span.offset + 1, len - 1);
	if (len == 1)
		diag_error(l->diag, token->span, "expected a name behind '\\'");
	return token->text ? 0 : -ENOMEM;
}

/* '$xx': an 8-bit link address. */
static int lex_aid(struct lexer *l)
{
	size_t len = 1;
	struct token *token;

	while (len < 3 && is_hex(peek(l, len)))
		len++;
	token = add(l, TOKEN_AID, len);
	if (!token)
		return -ENOMEM;
	for (size_t i = 1; i < len; i++)
		token->number = token->number << 4 |
				hex_value(l->source->text[token->span.offset + i]);
	if (len == 1)
		diag_error(l->diag, token->span,
			   "expected one or two hexadecimal digits behind '$'");
	return 0;
}

struct sign {
	const char *text;
	enum token_kind kind;
	enum word word;
};

/* Longer ones first. */
static const struct sign signs[] = {
	{ "&&", TOKEN_WORD, WORD_AND },         { "||", TOKEN_WORD, WORD_OR },
	{ "!=", TOKEN_NE, WORD_NONE },          { "==", TOKEN_EQ, WORD_NONE },
	{ "<=", TOKEN_LE, WORD_NONE },          { ">=", TOKEN_GE, WORD_NONE },
	{ "<<", TOKEN_SHL, WORD_NONE },         { ">>", TOKEN_SHR, WORD_NONE },
	{ "!", TOKEN_WORD, WORD_NOT },          { "=", TOKEN_EQ, WORD_NONE },
	{ "<", TOKEN_LT, WORD_NONE },           { ">", TOKEN_GT, WORD_NONE },
	{ "(", TOKEN_OPEN, WORD_NONE },         { ")", TOKEN_CLOSE, WORD_NONE },
	{ "[", TOKEN_LEFT_BRACKET, WORD_NONE }, { "]", TOKEN_RIGHT_BRACKET, WORD_NONE },
	{ ":", TOKEN_COLON, WORD_NONE },        { "+", TOKEN_ADD, WORD_NONE },
	{ "-", TOKEN_SUB, WORD_NONE },          { "*", TOKEN_MUL, WORD_NONE },
	{ "/", TOKEN_DIV, WORD_NONE },          { "%", TOKEN_MOD, WORD_NONE },
	{ "&", TOKEN_BIT_AND, WORD_NONE },      { "|", TOKEN_BIT_OR, WORD_NONE },
	{ "^", TOKEN_BIT_XOR, WORD_NONE },
};

static int match_parentheses(struct lexer *l, const struct token *token)
{
	uint32_t index = (uint32_t)(token - l->tokens.list);

	if (token->kind == TOKEN_OPEN) {
		if (l->open_count == FILTER_MOST_NESTING) {
			diag_error(l->diag, token->span, "parentheses are nested more than %d deep",
				   FILTER_MOST_NESTING);
			return -EINVAL;
		}
		l->open[l->open_count++] = index;
	} else if (token->kind == TOKEN_CLOSE && l->open_count > 0) {
		l->tokens.list[l->open[--l->open_count]].match = index;
	}
	return 0;
}

static int lex_sign(struct lexer *l)
{
	for (size_t i = 0; i < ARRAY_LEN(signs); i++) {
		const struct sign *sign = &signs[i];
		struct token *token;

		if (peek(l, 0) != sign->text[0] || (sign->text[1] && peek(l, 1) != sign->text[1]))
			continue;
		token = add(l, sign->kind, strlen(sign->text));
		if (!token)
			return -ENOMEM;
		token->word = sign->word;
		return match_parentheses(l, token);
	}
	diag_error(l->diag, span_of(l->at, l->at + 1), "this character has no meaning in a filter");
	return -EINVAL;
}

static bool starts_run(const struct lexer *l)
{
	char c = peek(l, 0);

	return isalnum((unsigned char)c) || (c == ':' && peek(l, 1) == ':');
}

static int lex_token(struct lexer *l)
{
	if (starts_run(l))
		return lex_run(l);
	if (peek(l, 0) == '\\')
		return lex_escaped(l);
	if (peek(l, 0) == '$')
		return lex_aid(l);
	return lex_sign(l);
}

int lex(const struct source *source, struct arena *arena, struct diag *diag,
	struct tokens *ret_tokens)
{
	struct lexer l = { .source = source, .arena = arena, .diag = diag };
	unsigned int errors = diag ? diag->error_count : 0;
	int err = 0;

	if (source->len > FILTER_MOST_BYTES) {
		diag_error(diag, SPAN_NONE, "the filter has %zu bytes, the most is %d", source->len,
			   FILTER_MOST_BYTES);
		return -EINVAL;
	}
	l.open = arena_alloc_array(arena, FILTER_MOST_NESTING, sizeof *l.open);
	if (!l.open)
		return -ENOMEM;
	while (!err) {
		while (l.at < source->len && strchr(" \t\r\n", peek(&l, 0)) && peek(&l, 0))
			l.at++;
		if (l.at == source->len)
			break;
		err = lex_token(&l);
	}
	if (!err && !add(&l, TOKEN_END, 0))
		err = -ENOMEM;
	*ret_tokens = l.tokens;
	return err ? err : diag && diag->error_count > errors ? -EINVAL : 0;
}
