/*
 * lower.h - what the parts of lowering share: where things are in a packet, and how tests become
 * branches.
 *
 * A test is lowered at the builder's current block, between two blocks: where to go when it holds
 * and where when it does not (struct ways).  Afterwards there is no current block.  (Blocks to which
 * nothing leads in the end are removed.)  A conjunction is written downwards:
 *
 *	struct ways is_ip = need(c, w.no), is_tcp = need(c, w.no);
 *
 *	lower_ethertype(c, 0x0800, is_ip);
 *	begin(c, is_ip.yes);
 *	lower_equal(c, AT_NETWORK, 9, 1, 6, is_tcp);
 *	begin(c, is_tcp.yes);
 *	...
 */
#ifndef WAGGLE_FILTER_LOWER_H
#define WAGGLE_FILTER_LOWER_H

#include "filter/ast.h"
#include "filter/filter.h"
#include "ir/ir_build.h"

/* How a link type says what it carries. */
enum link_kind {
	LINK_OPAQUE,    /* not at all, as far as we know */
	LINK_ETHER,     /* an EtherType, or a length and LLC */
	LINK_LLC,       /* LLC, and SNAP for what has an EtherType */
	LINK_WLAN,      /* LLC, behind a header of variable length */
	LINK_TYPE,      /* an EtherType */
	LINK_SLL,       /* an EtherType, or one of two marks for 802.3 and 802.2 */
	LINK_PPP,       /* PPP's numbers */
	LINK_PPP_BSDOS, /* the same, with more ways to say IP */
	LINK_HDLC,      /* an EtherType, and for ISO a mark */
	LINK_FAMILY,    /* an address family of some system */
	LINK_VERSION,   /* nothing; the version in the IP header tells */
	LINK_IPV4,
	LINK_IPV6,
	LINK_IPNET,
	LINK_LTALK,
	LINK_ARCNET,
	LINK_FRELAY,
};

/* Where MAC addresses are. */
enum mac_kind {
	MAC_NONE,
	MAC_ETHER,
	MAC_FDDI,
	MAC_TOKEN,
	MAC_FC,
	MAC_WLAN,
};

struct link_info {
	int dlt;
	enum link_kind kind;
	enum mac_kind mac;
	uint32_t header, type, payload, network, nosnap;
	const char *words;
};

/* The row of link.def for @dlt, or NULL. */
const struct link_info *link_info(int dlt);

/* A place in the packet: a constant distance from something, which may be known only when the
 * filter runs. */
struct place {
	uint32_t at;
	struct ir_value *base; /* i32, good everywhere; or NULL */
	bool has_var;
	uint32_t var; /* a builder's variable */
};

/* Where the headers are that the next test looks at.  Encapsulations change it. */
struct layout {
	const struct link_info *link;
	struct place header;
	struct place type;
	struct place payload;
	uint32_t network;     /* from the payload to the network header */
	uint32_t nosnap;      /* the same without SNAP */
	unsigned int labels;  /* of MPLS that were passed */
	unsigned int tags;    /* of VLANs */
	unsigned int tunnels; /* Geneve and VXLAN */
	bool is_geneve;       /* the header may be missing: it is if it is where the payload is */
};

/* What a load is relative to. */
enum at {
	AT_PACKET,
	AT_HEADER,
	AT_TYPE,
	AT_LLC, /* the payload of the link header */
	AT_NETWORK,
	AT_NOSNAP,
	AT_TRANSPORT4, /* behind an IPv4 header with its options */
	AT_TRANSPORT6, /* behind an IPv6 header without extensions */
};

struct ways {
	struct ir_block *yes;
	struct ir_block *no;
};

/* Tunnels within each other, and what is remembered of each: where its header, type and payload
 * are. */
enum { MOST_TUNNELS = 4, TUNNEL_VARS = 3 };

struct lower {
	struct ir_builder b;
	const struct filter_options *options;
	const struct source *source;
	struct arena *arena;
	struct diag *diag;
	struct layout layout;
	uint32_t tunnel_vars[MOST_TUNNELS][TUNNEL_VARS];
	unsigned int tunnel_count; /* that have variables */
	uint32_t tag_var;
	bool has_tag_var;
	struct ir_block *accept;
	struct ir_block *reject;
	struct ir_block *prologue;     /* the end of what is computed before all tests */
	struct ir_value *wlan_payload; /* where it is, once something asked */
	struct span span;              /* of the test at work: for messages */
	bool failed;
	bool no_memory;
};

/* --- branches ------------------------------------------------------------------------------- */

/* Continue in @block. */
static inline void begin(struct lower *c, struct ir_block *block)
{
	ir_build_at(&c->b, block);
}

/* The ways of a test that is needed: if it holds, go on in a new block, which is 'yes'. */
static inline struct ways need(struct lower *c, struct ir_block *no)
{
	return (struct ways){ ir_build_block(&c->b), no };
}

/* The ways of a test that suffices: if it fails, go on in a new block, which is 'no'. */
static inline struct ways suffice(struct lower *c, struct ir_block *yes)
{
	return (struct ways){ yes, ir_build_block(&c->b) };
}

static inline struct ways negate(struct ways w)
{
	return (struct ways){ w.no, w.yes };
}

static inline void always(struct lower *c, bool truth, struct ways w)
{
	ir_build_jump(&c->b, truth ? w.yes : w.no);
}

/* An error in the test at work, whose branches are made somehow so that lowering can go on. */
void lower_fail(struct lower *c, struct ways w, const char *format, ...) PRINTF_LIKE(3, 4);

/* --- values --------------------------------------------------------------------------------- */

struct ir_value *lower_number(struct lower *c, uint32_t number);
/* The bytes at @offset from @at. */
struct ir_value *lower_load(struct lower *c, enum at at, uint32_t offset, unsigned int bytes);
/* The same where the offset is a value. */
struct ir_value *lower_load_index(struct lower *c, enum at at, struct ir_value *index,
				  unsigned int bytes);
/* The bytes at @base (a value, or NULL for 0) + @at, counted from the start of the packet as a capture shows
 * it. */
struct ir_value *lower_bytes(struct lower *c, struct ir_value *base, uint32_t at,
			     unsigned int bytes);
/* The packet's length on the wire. */
struct ir_value *lower_length(struct lower *c);
/* Where @at is, as a value. */
struct ir_value *lower_place(struct lower *c, enum at at);
/* The value of the variable part of @place, or NULL. */
struct ir_value *lower_base(struct lower *c, const struct place *place);

/* --- simple tests --------------------------------------------------------------------------- */

void lower_compare(struct lower *c, enum ir_cond cond, struct ir_value *a, uint32_t b,
		   struct ways w);
void lower_equal(struct lower *c, enum at at, uint32_t offset, unsigned int bytes, uint32_t value,
		 struct ways w);
/* Under @mask. */
void lower_masked(struct lower *c, enum at at, uint32_t offset, unsigned int bytes, uint32_t value,
		  uint32_t mask, struct ways w);
/* Is any of the bits set? */
void lower_any_bit(struct lower *c, enum at at, uint32_t offset, unsigned int bytes, uint32_t bits,
		   struct ways w);

/* --- sets: lower_set.c ---------------------------------------------------------------------- */

enum { MOST_WORDS = 4 };

/* A key equals in its first @depth words, and lies in [low, high] in the next. */
struct key {
	uint32_t word[MOST_WORDS];
	uint32_t low, high;
	uint32_t depth;
};

struct key_set {
	struct key *keys;
	size_t count;
	size_t size;
};

/* Where the words of a field are. */
struct field {
	enum at at;
	uint32_t offset[MOST_WORDS];
	uint8_t bytes[MOST_WORDS];
};

void key_add(struct lower *c, struct key_set *set, const struct key *key);
void key_add_range(struct lower *c, struct key_set *set, uint32_t low, uint32_t high);
/* Is @field in @set?  Sorts the set. */
void lower_in_set(struct lower *c, struct key_set *set, const struct field *field, struct ways w);

/* --- parts ---------------------------------------------------------------------------------- */

/* A test of one node, or of the @count nodes of a run: see node_run. */
void lower_node(struct lower *c, const struct node *node, uint32_t count, struct ways w);

/* lower_link.c */
void lower_ethertype(struct lower *c, uint32_t type, struct ways w);
void lower_mac(struct lower *c, const struct node *first, uint32_t count, struct ways w);
void lower_mac_broadcast(struct lower *c, struct ways w);
void lower_mac_multicast(struct lower *c, struct ways w);
void lower_llc(struct lower *c, const struct node *node, struct ways w);
void lower_direction(struct lower *c, const struct node *node, struct ways w);
void lower_ifindex(struct lower *c, const struct node *node, struct ways w);

/* lower_ip.c */
void lower_addresses(struct lower *c, const struct node *first, uint32_t count, struct ways w);
void lower_gateway(struct lower *c, const struct node *node, struct ways w);
void lower_ports(struct lower *c, const struct node *first, uint32_t count, struct ways w);
void lower_protos(struct lower *c, const struct node *first, uint32_t count, struct ways w);
void lower_protocol(struct lower *c, enum protocol protocol, struct ways w);
void lower_protochain(struct lower *c, const struct node *node, struct ways w);
void lower_ip_broadcast(struct lower *c, struct ways w);
void lower_ip_multicast(struct lower *c, enum protocol protocol, struct ways w);
/* UDP to @port, over IPv4 or IPv6 as @is_ip6 says. */
void lower_udp_to(struct lower *c, bool is_ip6, uint32_t port, struct ways w);

/* lower_arith.c */
void lower_relation(struct lower *c, const struct node *node, struct ways w);

/* lower_encap.c */
void lower_encapsulation(struct lower *c, const struct node *node, struct ways w);

/* lower_wlan.c */
void lower_wlan_start(struct lower *c);
/* The header's length was not needed so far; now it is. */
void lower_wlan_payload(struct lower *c);
void lower_wlan_is_data(struct lower *c, struct ways w);
void lower_wlan_mac(struct lower *c, const uint8_t mac[6], enum direction direction, struct ways w);
void lower_wlan_multicast(struct lower *c, struct ways w);
void lower_wlan_frame(struct lower *c, const struct node *node, struct ways w);
/* Six bytes at @offset from the link header; as libpcap, the last four first. */
void lower_mac_at(struct lower *c, uint32_t offset, const uint8_t mac[6], struct ways w);

#endif
