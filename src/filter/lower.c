/*
 * lower.c - from the tree to the intermediate form: chains, and what tests are made of.
 *
 * A chain is judged from left to right with two open blocks: where those packets are for which it
 * holds so far, and the others.  'and x' judges x in the first, 'or x' in the second.
 *
 * Encapsulations move the places of headers.  As libpcap has it, they do so for everything to
 * their right in the text, so one layout is enough.  With options.scoped each way through the
 * filter has its own: what follows 'and' is lowered once for each layout in which it can be
 * reached, and what follows 'or' begins with the layout of the whole.  So the blocks for which a
 * chain holds are a list of exits, in the first case of a single one.
 */
#include "filter/lower.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "base/bits.h"
#include "base/nearest.h"
#include "isa/cbpf.h"

/* --- values --------------------------------------------------------------------------------- */

void lower_fail(struct lower *c, struct ways w, const char *format, ...)
{
	va_list args;
	struct strbuf text = { 0 };

	va_start(args, format);
	strbuf_vprintf(&text, format, args);
	va_end(args);
	diag_error(c->diag, c->span, "%s", strbuf_text(&text));
	strbuf_release(&text);
	c->failed = true;
	if (c->b.block)
		ir_build_jump(&c->b, w.no);
}

/* What is known of each link type, and of those of which nothing is. */
static const struct link_info links[] = {
#define FILTER_LINK(name, kind, mac, header, type, payload, network, nosnap, words) \
	{ DLT_##name, LINK_##kind, MAC_##mac, header, type, payload, network, nosnap, words },
#include "filter/link.def"
#define LINK(name, dlt, in_file, words) { dlt, LINK_OPAQUE, MAC_NONE, 0, 0, 0, 0, 0, #name },
#include "abi/link.def"
};

const struct link_info *link_info(int dlt)
{
	for (size_t i = 0; i < ARRAY_LEN(links); i++)
		if (links[i].dlt == dlt)
			return &links[i];
	return NULL;
}

struct ir_value *lower_number(struct lower *c, uint32_t number)
{
	return ir_const(c->b.fn, IR_I32, number);
}

struct ir_value *lower_base(struct lower *c, const struct place *place)
{
	return place->has_var ? ir_build_get(&c->b, place->var) : place->base;
}

/* The place that @at stands for, and the constant distance from it. */
static const struct place *place_of(struct lower *c, enum at at, uint32_t *ret_offset)
{
	static const struct place packet;
	const struct layout *layout = &c->layout;

	*ret_offset = 0;
	switch (at) {
	case AT_PACKET: return &packet;
	case AT_HEADER: return &layout->header;
	case AT_TYPE: return &layout->type;
	case AT_LLC: break;
	case AT_NOSNAP: *ret_offset = layout->nosnap; break;
	case AT_NETWORK:
	case AT_TRANSPORT4: *ret_offset = layout->network; break;
	case AT_TRANSPORT6: *ret_offset = layout->network + 40; break;
	}
	lower_wlan_payload(c);
	return &layout->payload;
}

static struct ir_value *add(struct lower *c, struct ir_value *a, struct ir_value *b)
{
	return !a ? b : !b ? a : ir_build_op2(&c->b, IR_ADD, a, b);
}

/* The length of the IPv4 header, from its first byte. */
static struct ir_value *ip4_header_len(struct lower *c)
{
	struct ir_value *first = lower_load(c, AT_NETWORK, 0, 1);
	struct ir_value *words = ir_build_op2(&c->b, IR_AND, first, lower_number(c, 0xf));

	return ir_build_op2(&c->b, IR_SHL, words, lower_number(c, 2));
}

/* Packets of all interfaces together come to a socket without link header; the one that a capture shows is
 * made afterwards (capture/cooked.h), of what the kernel knows beside the packet. */
static bool is_cooked(const struct lower *c)
{
	return c->options->live && c->options->link == DLT_LINUX_SLL2;
}

/* What the kernel knows of the @bytes at @at of the header. */
static struct ir_value *cooked_header(struct lower *c, uint32_t at, unsigned int bytes)
{
	static const struct {
		uint8_t at, bytes;
		enum cbpf_ext ext;
	} fields[] = {
		{ 0, 2, CBPF_EXT_PROTOCOL },
		{ 4, 4, CBPF_EXT_IFINDEX },
		{ 8, 2, CBPF_EXT_HATYPE },
		{ 10, 1, CBPF_EXT_PKTTYPE },
	};

	for (size_t i = 0; i < ARRAY_LEN(fields); i++)
		if (at == fields[i].at && bytes == fields[i].bytes)
			return ir_build_imm(&c->b, IR_EXTENSION, IR_I32, fields[i].ext);
	diag_error(c->diag, c->b.span,
		   "the kernel cannot tell these bytes: it has no such header yet");
	diag_hint(c->diag, "of %s it knows link[0:2], link[4:4], link[8:2] and link[10]",
		  c->layout.link->words);
	c->failed = true;
	return lower_number(c, 0);
}

struct ir_value *lower_bytes(struct lower *c, struct ir_value *base, uint32_t at,
			     unsigned int bytes)
{
	uint32_t header = is_cooked(c) ? link_info(DLT_LINUX_SLL2)->payload : 0;

	if (at >= header)
		return ir_build_packet(&c->b, base, at - header, bytes);
	if (!base)
		return cooked_header(c, at, bytes);
	base = ir_build_op2(&c->b, IR_ADD, base, lower_number(c, -header));
	return ir_build_packet(&c->b, base, at, bytes);
}

static struct ir_value *load(struct lower *c, enum at at, uint32_t offset, struct ir_value *index,
			     unsigned int bytes)
{
	struct ir_value *len = at == AT_TRANSPORT4 ? ip4_header_len(c) : NULL;
	uint32_t distance;
	const struct place *place = place_of(c, at, &distance);
	struct ir_value *base = add(c, add(c, lower_base(c, place), len), index);

	if (is_cooked(c) && index && (at == AT_HEADER || at == AT_PACKET))
		return cooked_header(c, UINT32_MAX, bytes);
	return lower_bytes(c, base, place->at + distance + offset, bytes);
}

struct ir_value *lower_load(struct lower *c, enum at at, uint32_t offset, unsigned int bytes)
{
	return load(c, at, offset, NULL, bytes);
}

struct ir_value *lower_load_index(struct lower *c, enum at at, struct ir_value *index,
				  unsigned int bytes)
{
	if (ir_is_const(index))
		return load(c, at, (uint32_t)index->imm, NULL, bytes);
	return load(c, at, 0, index, bytes);
}

struct ir_value *lower_place(struct lower *c, enum at at)
{
	struct ir_value *len = at == AT_TRANSPORT4 ? ip4_header_len(c) : NULL;
	uint32_t distance;
	const struct place *place = place_of(c, at, &distance);
	struct ir_value *base = add(c, lower_base(c, place), len);

	return add(c, base, lower_number(c, place->at + distance));
}

struct ir_value *lower_length(struct lower *c)
{
	struct ir_value *len = ir_build_imm(&c->b, IR_PACKET_LEN, IR_I32, 0);

	if (!is_cooked(c))
		return len;
	return ir_build_op2(&c->b, IR_ADD, len,
			    lower_number(c, link_info(DLT_LINUX_SLL2)->payload));
}

/* --- simple tests --------------------------------------------------------------------------- */

void lower_compare(struct lower *c, enum ir_cond cond, struct ir_value *a, uint32_t b,
		   struct ways w)
{
	ir_build_branch(&c->b, cond, a, lower_number(c, b), w.yes, w.no);
}

void lower_equal(struct lower *c, enum at at, uint32_t offset, unsigned int bytes, uint32_t value,
		 struct ways w)
{
	lower_compare(c, IR_EQ, lower_load(c, at, offset, bytes), value, w);
}

void lower_masked(struct lower *c, enum at at, uint32_t offset, unsigned int bytes, uint32_t value,
		  uint32_t mask, struct ways w)
{
	struct ir_value *loaded = lower_load(c, at, offset, bytes);

	loaded = ir_build_op2(&c->b, IR_AND, loaded, lower_number(c, mask));
	lower_compare(c, IR_EQ, loaded, value, w);
}

void lower_any_bit(struct lower *c, enum at at, uint32_t offset, unsigned int bytes, uint32_t bits,
		   struct ways w)
{
	lower_compare(c, IR_SET, lower_load(c, at, offset, bytes), bits, w);
}

/* --- nodes ---------------------------------------------------------------------------------- */

/* What a run of nodes must have in common; 0: it does not form runs. */
static unsigned int run_kind(const struct node *node, enum protocol *ret_protocol)
{
	enum layer layer;

	*ret_protocol = node->q.protocol;
	switch (node->kind) {
	case NODE_ADDRESS:
	case NODE_PORT:
	case NODE_MAC: return node->q.direction == DIRECTION_AND ? 0 : 1u + node->kind;
	case NODE_PROTO:
		return node->q.protocol == PROTOCOL_NONE || node->q.protocol == PROTOCOL_IP ||
				       node->q.protocol == PROTOCOL_IP6 ?
			       1u + node->kind :
			       0;
	case NODE_PROTOCOL: /* 'tcp' is 'proto 6', 'icmp' is 'ip proto 1' */
		layer = protocols[node->q.protocol].layer;
		*ret_protocol = layer == LAYER_IP4 ? PROTOCOL_IP :
				layer == LAYER_IP6 ? PROTOCOL_IP6 :
						     PROTOCOL_NONE;
		return layer == LAYER_IP4 || layer == LAYER_IP6 || layer == LAYER_IP46 ?
			       1u + NODE_PROTO :
			       0;
	default: return 0;
	}
}

uint32_t node_run(const struct node *first)
{
	enum joint joint = first->negated ? JOINT_AND : JOINT_OR;
	enum protocol protocol, other;
	unsigned int kind = run_kind(first, &protocol);
	uint32_t count = 1;

	if (!kind || (first->joint != JOINT_NONE && first->joint != joint))
		return 1;
	for (const struct node *node = first->next; node; node = node->next, count++)
		if (node->joint != joint || node->negated != first->negated ||
		    run_kind(node, &other) != kind || other != protocol ||
		    node->q.direction != first->q.direction)
			break;
	return count;
}

void lower_node(struct lower *c, const struct node *node, uint32_t count, struct ways w)
{
	c->span = c->b.span = node->span;
	switch (node->kind) {
	case NODE_CHAIN:
	case NODE_ID: break;
	case NODE_ADDRESS: lower_addresses(c, node, count, w); break;
	case NODE_MAC: lower_mac(c, node, count, w); break;
	case NODE_PORT: lower_ports(c, node, count, w); break;
	case NODE_PROTO: lower_protos(c, node, count, w); break;
	case NODE_PROTOCHAIN: lower_protochain(c, node, w); break;
	case NODE_GATEWAY: lower_gateway(c, node, w); break;
	case NODE_PROTOCOL:
		if (count > 1)
			lower_protos(c, node, count, w);
		else
			lower_protocol(c, node->q.protocol, w);
		break;
	case NODE_RELATION: lower_relation(c, node, w); break;
	case NODE_BROADCAST:
		if (node->q.protocol == PROTOCOL_IP)
			lower_ip_broadcast(c, w);
		else
			lower_mac_broadcast(c, w);
		break;
	case NODE_MULTICAST:
		if (node->q.protocol == PROTOCOL_IP || node->q.protocol == PROTOCOL_IP6)
			lower_ip_multicast(c, node->q.protocol, w);
		else
			lower_mac_multicast(c, w);
		break;
	case NODE_DIRECTION: lower_direction(c, node, w); break;
	case NODE_IFINDEX: lower_ifindex(c, node, w); break;
	case NODE_PPPOED: lower_ethertype(c, 0x8863, w); break;
	case NODE_VLAN:
	case NODE_MPLS:
	case NODE_PPPOES:
	case NODE_GENEVE:
	case NODE_VXLAN: lower_encapsulation(c, node, w); break;
	case NODE_LLC: lower_llc(c, node, w); break;
	case NODE_WLAN_FRAME:
	case NODE_WLAN_DIR: lower_wlan_frame(c, node, w); break;
	}
}

/* --- chains --------------------------------------------------------------------------------- */

enum { MOST_EXITS = 8 };

struct exits {
	struct exit_block {
		struct ir_block *block;
		struct layout layout;
	} list[MOST_EXITS];
	size_t count;
};

static bool same_place(const struct place *a, const struct place *b)
{
	return a->at == b->at && a->base == b->base && a->has_var == b->has_var && a->var == b->var;
}

static bool same_layout(const struct layout *a, const struct layout *b)
{
	return a->link == b->link && same_place(&a->header, &b->header) &&
	       same_place(&a->type, &b->type) && same_place(&a->payload, &b->payload) &&
	       a->network == b->network && a->labels == b->labels && a->tags == b->tags &&
	       a->tunnels == b->tunnels && a->is_geneve == b->is_geneve;
}

static void add_exit(struct lower *c, struct exits *exits, struct ir_block *block,
		     const struct layout *layout)
{
	for (size_t i = 0; i < exits->count; i++) {
		if (c->options->scoped && !same_layout(&exits->list[i].layout, layout))
			continue;
		begin(c, block);
		ir_build_jump(&c->b, exits->list[i].block);
		return;
	}
	if (exits->count == MOST_EXITS) {
		begin(c, block);
		lower_fail(c, (struct ways){ c->reject, c->reject },
			   "more than %d different encapsulations lead to here", MOST_EXITS);
		return;
	}
	exits->list[exits->count].block = block;
	exits->list[exits->count].layout = *layout;
	exits->count++;
}

static void set_layout(struct lower *c, const struct layout *layout)
{
	if (c->options->scoped)
		c->layout = *layout;
}

/* Wherever @exits lead, go to @to. */
static void join_exits(struct lower *c, const struct exits *exits, struct ir_block *to)
{
	for (size_t i = 0; i < exits->count; i++) {
		begin(c, exits->list[i].block);
		ir_build_jump(&c->b, to);
	}
}

static void lower_chain(struct lower *c, const struct node *chain, struct ir_block *no,
			struct exits *ret);

/* Lower @node (a run of @count) at the current block and layout; add to @ret where it holds. */
static void lower_member(struct lower *c, const struct node *node, uint32_t count,
			 struct ir_block *no, struct exits *ret)
{
	struct layout before = c->layout;

	if (node->kind != NODE_CHAIN) {
		struct ways w = need(c, no);

		lower_node(c, node, count, node->negated ? negate(w) : w);
		add_exit(c, ret, w.yes, node->negated && c->options->scoped ? &before : &c->layout);
	} else if (node->negated) {
		struct exits holds = { 0 };
		struct ir_block *fails = ir_build_block(&c->b);

		lower_chain(c, node, fails, &holds);
		join_exits(c, &holds, no);
		set_layout(c, &before);
		add_exit(c, ret, fails, &c->layout);
	} else {
		lower_chain(c, node, no, ret);
	}
}

/* 'and @node': where the chain held so far, it must hold too. */
static void lower_and(struct lower *c, const struct node *node, uint32_t count, struct ir_block *no,
		      struct exits *exits)
{
	struct exits before = *exits;

	exits->count = 0;
	for (size_t i = 0; i < before.count; i++) {
		begin(c, before.list[i].block);
		set_layout(c, &before.list[i].layout);
		lower_member(c, node, count, no, exits);
	}
}

/* Add to @ret the blocks where @chain, not negated, holds; where it does not, go to @no. */
static void lower_chain(struct lower *c, const struct node *chain, struct ir_block *no,
			struct exits *ret)
{
	struct layout entry = c->layout;
	struct exits exits = { 0 };
	struct ir_block *failed = ir_build_block(&c->b);
	uint32_t count;

	for (const struct node *node = chain->first; node;) {
		count = node_run(node);
		if (node->joint == JOINT_AND) {
			lower_and(c, node, count, failed, &exits);
		} else {
			if (node->joint == JOINT_OR) {
				begin(c, failed);
				set_layout(c, &entry);
				failed = ir_build_block(&c->b);
			}
			lower_member(c, node, count, failed, &exits);
		}
		while (count-- > 0)
			node = node->next;
	}
	begin(c, failed);
	ir_build_jump(&c->b, no);
	for (size_t i = 0; i < exits.count; i++)
		add_exit(c, ret, exits.list[i].block, &exits.list[i].layout);
}

/* --- warnings ------------------------------------------------------------------------------- */

/* The last encapsulation within @node, or NULL. */
static const struct node *find_encapsulation(const struct node *node)
{
	const struct node *found = NULL;

	if (node->kind != NODE_CHAIN)
		return node_is_encapsulation(node) ? node : NULL;
	for (const struct node *member = node->first; member; member = member->next) {
		const struct node *inner = find_encapsulation(member);

		found = inner ? inner : found;
	}
	return found;
}

/* Warn once of 'vlan 10 or vlan 20': the second is looked for behind the first, also where the
 * first was not found. */
static bool warn_of_leaks(struct lower *c, const struct node *chain, const struct node **left)
{
	for (const struct node *node = chain->first; node; node = node->next) {
		const struct node *inner;

		if (*left && node->joint == JOINT_OR) {
			diag_warning(
				c->diag, node->span,
				"this is looked for behind the '%.*s' to its left, although 'or' "
				"stands between them",
				(int)(*left)->span.len, c->source->text + (*left)->span.offset);
			diag_hint(c->diag,
				  "with --scoped, an encapsulation counts for its own side "
				  "of 'or' only");
			return true;
		}
		if (node->kind == NODE_CHAIN && warn_of_leaks(c, node, left))
			return true;
		inner = node->kind == NODE_CHAIN ? NULL : find_encapsulation(node);
		*left = inner ? inner : *left;
	}
	return false;
}

/* --- the whole ------------------------------------------------------------------------------ */

static void start_layout(struct lower *c, const struct link_info *link)
{
	c->layout = (struct layout){
		.link = link,
		.header.at = link->header,
		.type.at = link->type,
		.payload.at = link->payload,
		.network = link->network,
		.nosnap = link->nosnap,
	};
}

static void lower_root(struct lower *c, const struct node *root, uint32_t snaplen)
{
	struct exits exits = { 0 };
	const struct node *left = NULL;
	struct ir_block *start = ir_build_block(&c->b);

	c->accept = ir_build_block(&c->b);
	c->reject = ir_build_block(&c->b);
	c->prologue = c->b.block;
	if (c->layout.link->kind == LINK_WLAN)
		lower_wlan_start(c);
	begin(c, start);
	if (root) {
		if (!c->options->scoped && root->kind == NODE_CHAIN)
			(void)warn_of_leaks(c, root, &left);
		lower_member(c, root, 1, c->reject, &exits);
		join_exits(c, &exits, c->accept);
	} else {
		ir_build_jump(&c->b, c->accept);
	}
	c->b.span = SPAN_NONE;
	begin(c, c->prologue);
	ir_build_jump(&c->b, start);
	begin(c, c->accept);
	ir_build_return(&c->b, lower_number(c, snaplen));
	begin(c, c->reject);
	ir_build_return(&c->b, lower_number(c, 0));
}

static int lower(const struct source *source, const struct node *root,
		 const struct filter_options *options, struct arena *arena, struct diag *diag,
		 struct ir_fn **ret_fn)
{
	const struct link_info *link = link_info(options->link);
	struct lower c = { .options = options, .source = source, .arena = arena, .diag = diag };
	struct ir_fn *fn;
	int err;

	if (!link) {
		diag_error(diag, SPAN_NONE, "unknown link type %d", options->link);
		return -EINVAL;
	}
	fn = ir_fn_new(arena, "filter");
	if (!fn)
		return -ENOMEM;
	ir_build_begin(&c.b, fn);
	c.b.span = SPAN_NONE;
	start_layout(&c, link);
	lower_root(&c, root, options->snaplen ? options->snaplen : 262144);
	if (c.failed)
		return -EINVAL;
	if (c.no_memory)
		return -ENOMEM;
	err = ir_build_finish(&c.b, diag);
	if (!err)
		*ret_fn = fn;
	return err;
}

int filter_compile(const struct source *source, const struct filter_options *options,
		   struct arena *arena, struct diag *diag, struct ir_fn **ret_fn)
{
	struct tokens tokens;
	struct node *root;
	int err = lex(source, arena, diag, &tokens);

	if (!err)
		err = parse(source, &tokens, arena, diag, &root);
	if (!err && root)
		err = resolve(root, options, arena, diag);
	if (!err && root)
		err = check(root, options, diag);
	if (!err && root)
		err = contradict(root, source, diag);
	return err ? err : lower(source, root, options, arena, diag, ret_fn);
}

bool filter_can_match(const struct ir_fn *fn)
{
	for (const struct ir_block *block = fn->entry; block; block = block->next)
		if (block->end == IR_END_RETURN &&
		    !(ir_is_const(block->operands[0]) && block->operands[0]->imm == 0))
			return true;
	return false;
}
