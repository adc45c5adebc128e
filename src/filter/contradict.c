/*
 * contradict.c - filters that can never match: 'tcp and udp', 'src port 1 and src port 2'.
 *
 * Of the tests that a packet must pass together, each may say of some fields which values they
 * have; two that share no value contradict each other.  That is what people do by mistake.  It is
 * not all that can be found: the optimiser knows more, and filter_can_match asks it.
 *
 * Where the whole filter can never match for it, that is an error, elsewhere a warning.
 *
 * An encapsulation ends what is known, for the tests behind it look at other headers.
 */
#include "filter/ast.h"

#include <assert.h>
#include <errno.h>

enum field {
	FIELD_NETWORK,  /* EtherTypes */
	FIELD_PROTOCOL, /* of IP */
	FIELD_SRC_PORT,
	FIELD_DST_PORT,
	FIELD_SRC_IP4,
	FIELD_DST_IP4,
	FIELD_LENGTH,
	FIELD_COUNT,
};

enum { MOST_RANGES = 3 };

struct known_range {
	uint32_t low, high;
};

/* What a test says of a field: nothing, if there are no ranges. */
struct known_set {
	struct known_range ranges[MOST_RANGES];
	unsigned int count;
};

struct known {
	struct known_set fields[FIELD_COUNT];
};

static void allow(struct known *k, enum field field, uint32_t low, uint32_t high)
{
	struct known_set *set = &k->fields[field];

	assert(set->count < MOST_RANGES);
	set->ranges[set->count++] = (struct known_range){ low, high };
}

/* Protocol 44 is also the fragment header that tests for other protocols look through. */
static void know_protocol(struct known *k, enum layer layer, uint32_t number)
{
	enum { FRAGMENT = 44 };

	if (layer != LAYER_IP6)
		allow(k, FIELD_NETWORK, 0x0800, 0x0800);
	if (layer != LAYER_IP4)
		allow(k, FIELD_NETWORK, 0x86dd, 0x86dd);
	if (number != FRAGMENT)
		allow(k, FIELD_PROTOCOL, number, number);
}

static void know_port(struct known *k, const struct node *node)
{
	enum direction direction = node->q.direction;

	allow(k, FIELD_NETWORK, 0x0800, 0x0800);
	allow(k, FIELD_NETWORK, 0x86dd, 0x86dd);
	if (node->q.protocol) {
		uint32_t number = protocols[node->q.protocol].number;

		allow(k, FIELD_PROTOCOL, number, number);
	} else {
		allow(k, FIELD_PROTOCOL, 6, 6);
		allow(k, FIELD_PROTOCOL, 17, 17);
		allow(k, FIELD_PROTOCOL, 132, 132);
	}
	if (direction == DIRECTION_SRC || direction == DIRECTION_AND)
		allow(k, FIELD_SRC_PORT, node->low, node->high);
	if (direction == DIRECTION_DST || direction == DIRECTION_AND)
		allow(k, FIELD_DST_PORT, node->low, node->high);
}

static void know_address(struct known *k, const struct node *node)
{
	enum direction direction = node->q.direction;
	const struct net *net = &node->nets[0];
	uint32_t low, rest;

	if (node->net_count != 1)
		return;
	if (node->q.protocol) {
		uint32_t type = protocols[node->q.protocol].number;

		allow(k, FIELD_NETWORK, type, type);
	} else if (net->address.is_ip6) {
		allow(k, FIELD_NETWORK, 0x86dd, 0x86dd);
	} else {
		allow(k, FIELD_NETWORK, 0x0800, 0x0800);
		allow(k, FIELD_NETWORK, 0x0806, 0x0806);
		allow(k, FIELD_NETWORK, 0x8035, 0x8035);
	}
	rest = ~net->mask;
	if (net->address.is_ip6 || rest & (rest + 1))
		return;
	low = net->address.word[0];
	if (direction == DIRECTION_SRC || direction == DIRECTION_AND)
		allow(k, FIELD_SRC_IP4, low, low | rest);
	if (direction == DIRECTION_DST || direction == DIRECTION_AND)
		allow(k, FIELD_DST_IP4, low, low | rest);
}

/* 'len' compared with a number. */
static void know_relation(struct known *k, const struct node *node)
{
	uint32_t n = node->b->number;

	if (node->a->kind != ARITH_LEN || node->b->kind != ARITH_NUMBER)
		return;
	switch (node->compare) {
	case TOKEN_EQ: allow(k, FIELD_LENGTH, n, n); break;
	case TOKEN_LE: allow(k, FIELD_LENGTH, 0, n); break;
	case TOKEN_GE: allow(k, FIELD_LENGTH, n, UINT32_MAX); break;
	case TOKEN_LT:
		if (n > 0)
			allow(k, FIELD_LENGTH, 0, n - 1);
		break;
	case TOKEN_GT:
		if (n < UINT32_MAX)
			allow(k, FIELD_LENGTH, n + 1, UINT32_MAX);
		break;
	default: break;
	}
}

static struct known know(const struct node *node)
{
	struct known k = { 0 };
	const struct protocol_info *info = &protocols[node->q.protocol];

	if (node->negated)
		return k;
	switch (node->kind) {
	case NODE_ADDRESS: know_address(&k, node); break;
	case NODE_PORT: know_port(&k, node); break;
	case NODE_RELATION: know_relation(&k, node); break;
	case NODE_PROTO:
		if (node->q.protocol == PROTOCOL_LINK)
			allow(&k, FIELD_NETWORK, node->number, node->number);
		else if (node->q.protocol == PROTOCOL_NONE)
			know_protocol(&k, LAYER_IP46, node->number);
		else if (node->q.protocol == PROTOCOL_IP)
			know_protocol(&k, LAYER_IP4, node->number);
		else if (node->q.protocol == PROTOCOL_IP6)
			know_protocol(&k, LAYER_IP6, node->number);
		break;
	case NODE_PROTOCOL:
		if (info->layer == LAYER_ETHER)
			allow(&k, FIELD_NETWORK, info->number, info->number);
		else if (info->layer >= LAYER_IP4 && info->layer <= LAYER_IP46)
			know_protocol(&k, info->layer, info->number);
		break;
	default: break;
	}
	return k;
}

/* Does everything that @k says of @field lie outside of what @other says? */
static bool disagree(const struct known *k, const struct known *other, enum field field)
{
	const struct known_set *a = &k->fields[field], *b = &other->fields[field];

	for (unsigned int i = 0; i < a->count; i++)
		for (unsigned int j = 0; j < b->count; j++)
			if (a->ranges[i].low <= b->ranges[j].high &&
			    b->ranges[j].low <= a->ranges[i].high)
				return false;
	return a->count > 0 && b->count > 0;
}

static const char *field_words(enum field field)
{
	switch (field) {
	case FIELD_NETWORK: return "kind of packet";
	case FIELD_PROTOCOL: return "protocol";
	case FIELD_SRC_PORT: return "source port";
	case FIELD_DST_PORT: return "destination port";
	case FIELD_SRC_IP4: return "source address";
	case FIELD_DST_IP4: return "destination address";
	case FIELD_LENGTH: return "length";
	case FIELD_COUNT: break;
	}
	return "";
}

/* How many values @set allows. */
static uint64_t width(const struct known_set *set)
{
	uint64_t sum = 0;

	for (unsigned int i = 0; i < set->count; i++)
		sum += (uint64_t)set->ranges[i].high - set->ranges[i].low + 1;
	return sum;
}

/* The narrowest that was said of each field so far, and by whom. */
struct so_far {
	struct known known[FIELD_COUNT];
	const struct node *by[FIELD_COUNT];
};

struct contradicting {
	const struct source *source;
	struct diag *diag;
};

static void complain(struct contradicting *c, const struct node *node, const struct node *by,
		     enum field field, bool is_fatal)
{
	static const char format[] = "no packet matches this and '%.*s' as well: it has one %s";
	int len = (int)by->span.len;
	const char *text = c->source->text + by->span.offset;

	if (is_fatal)
		diag_error(c->diag, node->span, format, len, text, field_words(field));
	else
		diag_warning(c->diag, node->span, format, len, text, field_words(field));
	diag_hint(c->diag, "did you mean 'or'?");
}

/* @node must hold besides what was said so far.  False, and a message, if it cannot. */
static bool join(struct contradicting *c, struct so_far *s, const struct node *node, bool is_fatal)
{
	struct known k = know(node);

	for (int i = 0; i < FIELD_COUNT; i++) {
		enum field field = (enum field)i;
		const struct node *by = s->by[i];

		if (by && disagree(&k, &s->known[i], field)) {
			complain(c, node, by, field, is_fatal);
			return false;
		}
		if (k.fields[i].count &&
		    (!by || width(&k.fields[i]) < width(&s->known[i].fields[i]))) {
			s->known[i] = k;
			s->by[i] = node;
		}
	}
	return true;
}

/* The last member of @chain that 'or' joins, or NULL: only if all behind it contradict each other, the
 * whole can never match. */
static const struct node *last_or(const struct node *chain)
{
	const struct node *last = NULL;

	for (const struct node *node = chain->first; node; node = node->next)
		if (node->joint == JOINT_OR)
			last = node;
	return last;
}

/* One message a chain is enough. */
static bool check_chain(struct contradicting *c, const struct node *chain, bool is_root)
{
	struct so_far s = { 0 };
	const struct node *last = last_or(chain);
	bool is_behind_or = last == NULL;

	for (const struct node *node = chain->first; node; node = node->next) {
		is_behind_or |= node == last;
		if (node->joint == JOINT_OR || node_is_encapsulation(node) ||
		    node->kind == NODE_CHAIN)
			s = (struct so_far){ 0 };
		else if (!join(c, &s, node, is_root && is_behind_or))
			return !(is_root && is_behind_or);
	}
	return true;
}

static bool check_tree(struct contradicting *c, const struct node *node, bool is_root)
{
	bool good = true;

	if (node->kind != NODE_CHAIN)
		return true;
	for (const struct node *member = node->first; member; member = member->next)
		good &= check_tree(c, member, false);
	return check_chain(c, node, is_root && !node->negated) && good;
}

int contradict(const struct node *root, const struct source *source, struct diag *diag)
{
	struct contradicting c = { source, diag };

	return check_tree(&c, root, true) ? 0 : -EINVAL;
}
