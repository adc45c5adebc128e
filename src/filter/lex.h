/*
 * lex.h - the tokens of a filter.
 */
#ifndef WAGGLE_FILTER_LEX_H
#define WAGGLE_FILTER_LEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/diag.h"
#include "filter/protocol.h"

enum word {
	WORD_NONE,
	WORD_AND,
	WORD_OR,
	WORD_NOT,
	WORD_SRC,
	WORD_DST,
	WORD_HOST,
	WORD_NET,
	WORD_MASK,
	WORD_PORT,
	WORD_PORTRANGE,
	WORD_PROTO,
	WORD_PROTOCHAIN,
	WORD_GATEWAY,
	WORD_LEN,
	WORD_LESS,
	WORD_GREATER,
	WORD_BYTE,
	WORD_BROADCAST,
	WORD_MULTICAST,
	WORD_INBOUND,
	WORD_OUTBOUND,
	WORD_IFINDEX,
	WORD_VLAN,
	WORD_MPLS,
	WORD_PPPOED,
	WORD_PPPOES,
	WORD_GENEVE,
	WORD_VXLAN,
	WORD_LLC,
	WORD_TYPE,
	WORD_SUBTYPE,
	WORD_DIR,
	WORD_RA,
	WORD_TA,
	WORD_ADDR1,
	WORD_ADDR2,
	WORD_ADDR3,
	WORD_ADDR4,
};

enum token_kind {
	TOKEN_END,
	TOKEN_NUMBER,   /* number */
	TOKEN_IP4,      /* two to four parts: number, left-justified; parts */
	TOKEN_IP6,      /* text */
	TOKEN_MAC,      /* text; mac */
	TOKEN_AID,      /* $xx: number */
	TOKEN_NAME,     /* text, without the '\' that may precede it */
	TOKEN_WORD,     /* word */
	TOKEN_PROTOCOL, /* protocol */
	TOKEN_MISSING,  /* text: the area of the language that we lack */
	/* Signs.  Those that words stand for too ('&&', '||', '!') are words. */
	TOKEN_OPEN,
	TOKEN_CLOSE,
	TOKEN_LEFT_BRACKET,
	TOKEN_RIGHT_BRACKET,
	TOKEN_COLON,
	TOKEN_ADD,
	TOKEN_SUB,
	TOKEN_MUL,
	TOKEN_DIV,
	TOKEN_MOD,
	TOKEN_BIT_AND,
	TOKEN_BIT_OR,
	TOKEN_BIT_XOR,
	TOKEN_SHL,
	TOKEN_SHR,
	TOKEN_EQ,
	TOKEN_NE,
	TOKEN_LT,
	TOKEN_LE,
	TOKEN_GT,
	TOKEN_GE,
};

struct token {
	enum token_kind kind;
	struct span span;
	uint32_t number;
	uint8_t parts;
	uint8_t mac[6];
	enum word word;
	enum protocol protocol;
	const char *text;
	uint32_t match; /* of '(': the index of its ')', or 0 */
};

struct tokens {
	struct token *list; /* the last is a TOKEN_END */
	size_t count;
};

/* Split @source.  Returns 0 with the tokens in @arena, -EINVAL with the errors in @diag, or
 * -ENOMEM. */
int lex(const struct source *source, struct arena *arena, struct diag *diag,
	struct tokens *ret_tokens);

/* The reserved word nearest to @word among those that @kinds has (bits of enum word_kind), or
 * NULL. */
enum word_kind {
	WORD_KIND_PLAIN = 1,
	WORD_KIND_PROTOCOL = 2,
};
const char *lex_nearest_word(const char *word, unsigned int kinds);

#endif
