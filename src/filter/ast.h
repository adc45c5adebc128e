/*
 * ast.h - a filter as a tree.
 *
 * Since 'and' and 'or' bind alike and to the left, what stands between parentheses is not a
 * tree but a chain: its members are judged in a row, and each says by which word it was
 * joined to what precedes it.
 */
#ifndef WAGGLE_FILTER_AST_H
#define WAGGLE_FILTER_AST_H

#include "filter/filter.h"
#include "filter/lex.h"
#include "filter/protocol.h"

enum direction {
	DIRECTION_NONE, /* none was said: as OR */
	DIRECTION_SRC,
	DIRECTION_DST,
	DIRECTION_OR,
	DIRECTION_AND,
	DIRECTION_ADDR1, /* 802.11 from here on */
	DIRECTION_ADDR2,
	DIRECTION_ADDR3,
	DIRECTION_ADDR4,
	DIRECTION_RA,
	DIRECTION_TA,
};

/* What an address, number or name is said to be. */
enum subject {
	SUBJECT_NONE, /* nothing was said: a host */
	SUBJECT_HOST,
	SUBJECT_NET,
	SUBJECT_PORT,
	SUBJECT_PORTRANGE,
	SUBJECT_PROTO,
	SUBJECT_PROTOCHAIN,
	SUBJECT_GATEWAY,
};

struct qualifiers {
	enum protocol protocol;
	enum direction direction;
	enum subject subject;
};

/* --- arithmetic ----------------------------------------------------------------------------- */

enum arith_kind {
	ARITH_NUMBER,
	ARITH_LEN,
	ARITH_LOAD,
	ARITH_NEG,
	ARITH_BINARY,
};

struct arith {
	enum arith_kind kind;
	struct span span;
	uint32_t number;        /* NUMBER */
	enum protocol protocol; /* LOAD */
	uint32_t bytes;         /* LOAD: 1, 2, 4 */
	enum token_kind op;     /* BINARY: TOKEN_ADD ... TOKEN_SHR */
	unsigned int depth;
	struct arith *a; /* LOAD: the index */
	struct arith *b;
};

/* --- tests ---------------------------------------------------------------------------------- */

enum node_kind {
	NODE_CHAIN,
	NODE_ID,      /* qualifiers with a token; resolve.c makes one of the next six of it */
	NODE_ADDRESS, /* IP addresses and networks */
	NODE_MAC,     /* MAC addresses */
	NODE_PORT,
	NODE_PROTO, /* the number of a protocol of the layer q.protocol */
	NODE_PROTOCHAIN,
	NODE_GATEWAY,
	NODE_PROTOCOL, /* a protocol's word alone: q.protocol */
	NODE_RELATION,
	NODE_BROADCAST,
	NODE_MULTICAST,
	NODE_DIRECTION, /* 'inbound' (number 0), 'outbound' (1) */
	NODE_IFINDEX,
	NODE_VLAN,
	NODE_MPLS,
	NODE_PPPOED,
	NODE_PPPOES,
	NODE_GENEVE,
	NODE_VXLAN,
	NODE_LLC,        /* number: value, mask; mask 0: any */
	NODE_WLAN_FRAME, /* 'type', 'subtype': number, mask of the first byte */
	NODE_WLAN_DIR,   /* number */
};

/* An IPv4 address under a mask, or the first @bits of an IPv6 address. */
struct net {
	struct filter_address address;
	uint32_t mask;
	unsigned int bits;
};

/* What a word or sign before a member of a chain joins it by. */
enum joint {
	JOINT_NONE, /* the first */
	JOINT_AND,
	JOINT_OR,
};

struct node {
	enum node_kind kind;
	struct span span;
	struct node *next; /* in its chain */
	enum joint joint;
	bool negated;
	bool is_elided; /* its qualifiers were taken over from the one before */
	struct qualifiers q;

	struct node *first; /* CHAIN */
	uint32_t count;     /* CHAIN: members */

	const struct token *id;         /* ID */
	const struct token *mask_token; /* ID: 'net A mask M' */
	bool has_bits;                  /* ID: '/bits' followed */
	uint32_t bits;
	struct span bits_span;

	struct net *nets; /* ADDRESS, GATEWAY */
	size_t net_count;
	const uint8_t *mac; /* MAC, GATEWAY: six bytes */

	uint32_t low, high; /* PORT */

	bool has_number; /* encapsulations: of 'vlan 10' */
	uint32_t number;
	uint32_t mask;
	struct span number_span;

	struct arith *a, *b;     /* RELATION */
	enum token_kind compare; /* RELATION: TOKEN_EQ ... TOKEN_GE */
};

/* Parse tokens: 0 with *ret_root (NULL for an empty filter), -EINVAL with the error in @diag, or
 * -ENOMEM. */
int parse(const struct source *source, const struct tokens *tokens, struct arena *arena,
	  struct diag *diag, struct node **ret_root);

/* Turn every NODE_ID below @root into what it stands for.  0, -EINVAL, -ENOMEM. */
int resolve(struct node *root, const struct filter_options *options, struct arena *arena,
	    struct diag *diag);

/* Fold constant arithmetic and refuse what makes no sense for any link type.  0 or -EINVAL. */
int check(struct node *root, const struct filter_options *options, struct diag *diag);

/* Refuse tests that no packet can pass together.  0 or -EINVAL. */
int contradict(const struct node *root, const struct source *source, struct diag *diag);

/* How many members of its chain, from @first on, ask the same of other values and can be judged by
 * one look at the field.  At least 1. */
uint32_t node_run(const struct node *first);

bool node_is_encapsulation(const struct node *node);

#endif
