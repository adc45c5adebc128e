/*
 * resolve.c - from what users write to numbers: addresses, networks, ports, protocols.
 *
 * A name of a host may have many addresses, all of which are meant.  Names of services and
 * protocols come from the system's files, those of hosts from wherever the system looks.
 */
#include "filter/ast.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/ether.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/bits.h"
#include "base/nearest.h"

struct resolving {
	const struct filter_options *options;
	struct arena *arena;
	struct diag *diag;
	bool no_memory;
};

/* --- addresses ------------------------------------------------------------------------------ */

int filter_addresses_add(struct filter_addresses *addresses, const struct filter_address *address)
{
	for (size_t i = 0; i < addresses->count; i++)
		if (memcmp(&addresses->list[i], address, sizeof *address) == 0)
			return 0;
	if (addresses->count == addresses->size) {
		size_t size = addresses->size ? addresses->size * 2 : 4;
		struct filter_address *list =
			arena_alloc_array(addresses->arena, size, sizeof *list);

		if (!list)
			return -ENOMEM;
		if (addresses->count)
			memcpy(list, addresses->list, addresses->count * sizeof *list);
		addresses->list = list;
		addresses->size = size;
	}
	addresses->list[addresses->count++] = *address;
	return 0;
}

static struct filter_address ip6_address(const void *bytes)
{
	struct filter_address address = { .is_ip6 = true };

	for (int i = 0; i < 4; i++)
		address.word[i] = load_be32((const uint8_t *)bytes + i * 4);
	return address;
}

static int system_host(void *data, const char *name, struct filter_addresses *ret)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *list;
	int err = 0;

	(void)data;
	if (getaddrinfo(name, NULL, &hints, &list) != 0)
		return -ENOENT;
	for (const struct addrinfo *i = list; i && !err; i = i->ai_next) {
		struct filter_address address = { 0 };

		if (i->ai_family == AF_INET) {
			struct sockaddr_in in;

			memcpy(&in, i->ai_addr, sizeof in);
			address.word[0] = ntohl(in.sin_addr.s_addr);
		} else if (i->ai_family == AF_INET6) {
			struct sockaddr_in6 in6;

			memcpy(&in6, i->ai_addr, sizeof in6);
			address = ip6_address(&in6.sin6_addr);
		} else {
			continue;
		}
		err = filter_addresses_add(ret, &address);
	}
	freeaddrinfo(list);
	return err;
}

static uint32_t mask_of_bits(unsigned int bits)
{
	return bits ? UINT32_MAX << (32 - bits) : 0;
}

/* An error; false, for its callers to return. */
static bool fail(struct resolving *r, struct span span, const char *format, ...) PRINTF_LIKE(3, 4);
static bool fail(struct resolving *r, struct span span, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	diag_verror(r->diag, span, format, args);
	va_end(args);
	return false;
}

/* Make @node an address test with room for @count nets. */
static bool set_nets(struct resolving *r, struct node *node, size_t count)
{
	node->kind = NODE_ADDRESS;
	node->net_count = count;
	node->nets = arena_alloc_array(r->arena, count, sizeof *node->nets);
	if (!node->nets)
		r->no_memory = true;
	return node->nets != NULL;
}

static struct net net_of(const struct filter_address *address)
{
	return (struct net){ *address, UINT32_MAX, 128 };
}

static bool resolve_host_name(struct resolving *r, struct node *node)
{
	const struct filter_resolver *resolver = r->options->resolver;
	struct filter_addresses found = { .arena = r->arena };
	const char *name = node->id->text;
	size_t count = 0;
	int err;

	err = resolver ? resolver->host(resolver->data, name, &found) :
			 system_host(NULL, name, &found);
	if (err == -ENOMEM)
		r->no_memory = true;
	if (err || found.count == 0) {
		diag_error(r->diag, node->id->span, "unknown host '%s'", name);
		diag_hint(r->diag, "an address works without a name server: host 192.0.2.1");
		return false;
	}
	if (!set_nets(r, node, found.count))
		return false;
	for (size_t i = 0; i < found.count; i++) {
		const struct filter_address *address = &found.list[i];

		if (node->q.protocol == PROTOCOL_NONE ||
		    address->is_ip6 == (node->q.protocol == PROTOCOL_IP6))
			node->nets[count++] = net_of(address);
	}
	node->net_count = count;
	if (count == 0) {
		diag_error(r->diag, node->span, "host '%s' has no IPv%c address", name,
			   node->q.protocol == PROTOCOL_IP6 ? '6' : '4');
		return false;
	}
	return true;
}

static bool resolve_net_name(struct resolving *r, struct node *node)
{
	const struct netent *entry = getnetbyname(node->id->text);
	uint32_t number = entry ? entry->n_net : 0, mask = UINT32_MAX;

	if (number == 0)
		return fail(r, node->id->span, "unknown network '%s'", node->id->text);
	while (number <= 0xffffff) {
		number <<= 8;
		mask <<= 8;
	}
	if (!set_nets(r, node, 1))
		return false;
	node->nets[0] = (struct net){ { false, { number, 0, 0, 0 } }, mask, 0 };
	return true;
}

/* --- IPv4 ----------------------------------------------------------------------------------- */

/* The address and the mask that the parts written imply: 'net 10.1' is 10.1.0.0/16. */
static void ip4_of_token(const struct node *node, const struct token *t, uint32_t *ret_address,
			 uint32_t *ret_mask)
{
	*ret_address = t->number;
	*ret_mask = UINT32_MAX;
	if (t->kind == TOKEN_IP4 && t->parts < 4) {
		*ret_mask = mask_of_bits(8u * t->parts);
	} else if (t->kind == TOKEN_NUMBER && t->number <= 255 &&
		   (node->has_bits || node->mask_token)) {
		*ret_address = t->number << 24;
		*ret_mask = 0xff000000;
	} else if (t->kind == TOKEN_NUMBER && node->q.subject == SUBJECT_NET) {
		while (*ret_address && *ret_address <= 0xffffff) {
			*ret_address <<= 8;
			*ret_mask <<= 8;
		}
	}
}

static const char *ip4_text(struct resolving *r, uint32_t address)
{
	const char *text = arena_printf(r->arena, "%u.%u.%u.%u", address >> 24,
					address >> 16 & 0xff, address >> 8 & 0xff, address & 0xff);

	return text ? text : "";
}

static bool check_is_net(struct resolving *r, const struct node *node)
{
	if (node->q.subject == SUBJECT_NET)
		return true;
	diag_error(r->diag, node->span, "only a 'net' has a prefix length or mask");
	diag_hint(r->diag, "did you mean 'net' and not 'host'?");
	return false;
}

static bool resolve_ip4(struct resolving *r, struct node *node)
{
	uint32_t address, mask, unused;

	ip4_of_token(node, node->id, &address, &mask);
	if (node->has_bits || node->mask_token) {
		if (!check_is_net(r, node))
			return false;
		if (node->has_bits && node->bits > 32) {
			diag_error(r->diag, node->bits_span,
				   "an IPv4 prefix has at most 32 bits, not %u", node->bits);
			return false;
		}
		if (node->has_bits)
			mask = mask_of_bits(node->bits);
		else
			ip4_of_token(node, node->mask_token, &mask, &unused);
		if (address & ~mask) {
			diag_error(r->diag, node->span,
				   "this network has bits set outside of its mask %s",
				   ip4_text(r, mask));
			diag_hint(r->diag, "the network is %s", ip4_text(r, address & mask));
			return false;
		}
	}
	if (!set_nets(r, node, 1))
		return false;
	node->nets[0] = (struct net){ { false, { address, 0, 0, 0 } }, mask, 0 };
	return true;
}

/* --- IPv6 ----------------------------------------------------------------------------------- */

static const char *ip6_text(struct resolving *r, const struct filter_address *address)
{
	uint8_t bytes[16];
	char text[INET6_ADDRSTRLEN];
	const char *copy;

	for (int i = 0; i < 4; i++) {
		uint32_t word = htonl(address->word[i]);

		memcpy(bytes + i * 4, &word, 4);
	}
	copy = inet_ntop(AF_INET6, bytes, text, sizeof text) ?
		       arena_strndup(r->arena, text, strlen(text)) :
		       NULL;
	return copy ? copy : "";
}

static bool resolve_ip6(struct resolving *r, struct node *node)
{
	unsigned int bits = node->has_bits ? node->bits : 128;
	unsigned char bytes[16];
	struct filter_address address, clear;

	if (inet_pton(AF_INET6, node->id->text, bytes) != 1)
		return fail(r, node->span, "'%s' is no IPv6 address", node->id->text);
	if (node->mask_token) {
		diag_error(r->diag, node->mask_token->span, "an IPv6 network has no 'mask'");
		diag_hint(r->diag, "say how many bits are fixed: net %s/64", node->id->text);
		return false;
	}
	if (bits > 128) {
		diag_error(r->diag, node->bits_span, "an IPv6 prefix has at most 128 bits, not %u",
			   bits);
		return false;
	}
	if (bits < 128 && !check_is_net(r, node))
		return false;
	address = clear = ip6_address(bytes);
	for (unsigned int i = 0; i < 4; i++)
		clear.word[i] &= mask_of_bits(bits >= 32 * (i + 1) ? 32 :
					      bits > 32 * i        ? bits - 32 * i :
								     0);
	if (memcmp(&address, &clear, sizeof clear) != 0) {
		diag_error(r->diag, node->span, "this network has bits set behind the first %u",
			   bits);
		diag_hint(r->diag, "the network is %s/%u", ip6_text(r, &clear), bits);
		return false;
	}
	if (!set_nets(r, node, 1))
		return false;
	node->nets[0] = (struct net){ address, 0, bits };
	return true;
}

/* --- MAC addresses -------------------------------------------------------------------------- */

static bool resolve_mac_name(struct resolving *r, struct node *node)
{
	struct ether_addr *mac = arena_alloc(r->arena, sizeof *mac);

	if (!mac) {
		r->no_memory = true;
		return false;
	}
	if (ether_hostton(node->id->text, mac) != 0) {
		diag_error(r->diag, node->id->span, "unknown ether host '%s'", node->id->text);
		diag_hint(r->diag, "names of MAC addresses are those of /etc/ethers");
		return false;
	}
	node->kind = NODE_MAC;
	node->mac = mac->ether_addr_octet;
	return true;
}

static bool resolve_mac(struct resolving *r, struct node *node)
{
	if ((node->q.subject != SUBJECT_NONE && node->q.subject != SUBJECT_HOST) ||
	    (node->q.protocol != PROTOCOL_LINK && node->q.direction < DIRECTION_ADDR1)) {
		diag_error(r->diag, node->span, "a MAC address needs 'ether' before it");
		diag_hint(r->diag, "did you mean 'ether host %s'?", node->id->text);
		return false;
	}
	node->kind = NODE_MAC;
	node->mac = node->id->mac;
	return true;
}

static bool resolve_gateway(struct resolving *r, struct node *node)
{
	if (node->id->kind != TOKEN_NAME) {
		diag_error(r->diag, node->id->span, "'gateway' takes a name");
		diag_hint(r->diag,
			  "it must have a MAC address in /etc/ethers and an IP address of its own");
		return false;
	}
	if (!resolve_mac_name(r, node) || !resolve_host_name(r, node))
		return false;
	node->kind = NODE_GATEWAY;
	return true;
}

/* --- ports ---------------------------------------------------------------------------------- */

static void hint_service(struct resolving *r, const char *name)
{
	struct nearest search = nearest_begin(name);
	const char *best = NULL;
	const struct servent *entry;

	setservent(1);
	while ((entry = getservent())) {
		const char *was = search.best;

		nearest_offer(&search, entry->s_name);
		if (search.best != was) /* the entry's memory is used again */
			best = search.best =
				arena_strndup(r->arena, search.best, strlen(search.best));
	}
	endservent();
	if (best)
		diag_hint(r->diag, "did you mean '%s'?", best);
	else
		diag_hint(r->diag, "a number works as well: port 443");
}

static int service_port(const char *name, const char *protocol)
{
	const struct servent *entry = getservbyname(name, protocol);

	return entry ? ntohs((uint16_t)entry->s_port) : -1;
}

/* The port called @name, and the protocol it is of: NONE if of several.  False if there is none. */
static bool port_of_name(const char *name, uint32_t *ret_port, enum protocol *ret_protocol)
{
	int tcp = service_port(name, "tcp"), udp = service_port(name, "udp");

	if (tcp < 0 && udp < 0)
		return false;
	*ret_port = (uint32_t)(tcp >= 0 ? tcp : udp);
	*ret_protocol = tcp < 0 ? PROTOCOL_UDP : udp == tcp ? PROTOCOL_NONE : PROTOCOL_TCP;
	return true;
}

/* A name of @real's port under the protocol that the user asked for. */
static bool combine_port_protocol(struct resolving *r, struct node *node, enum protocol real)
{
	if (node->q.protocol == PROTOCOL_NONE) {
		node->q.protocol = real;
	} else if (real != PROTOCOL_NONE && node->q.protocol != real &&
		   node->q.protocol != PROTOCOL_SCTP) {
		diag_error(r->diag, node->id->span, "port '%s' is one of %s, not of %s",
			   node->id->text, protocols[real].words,
			   protocols[node->q.protocol].words);
		return false;
	}
	return true;
}

static bool resolve_port(struct resolving *r, struct node *node)
{
	const struct token *t = node->id;
	enum protocol real = PROTOCOL_NONE;

	node->kind = NODE_PORT;
	if (node->has_bits || node->mask_token)
		return fail(r, node->span, "a port has no %s", "mask");
	if (t->kind == TOKEN_NUMBER) {
		node->low = node->high = t->number;
		if (t->number <= 65535)
			return true;
		diag_error(r->diag, node->id->span, "port %u is above 65535", t->number);
		return false;
	}
	if (t->kind != TOKEN_NAME)
		return fail(r, node->id->span, "expected a port, found %s", "an address");
	if (!port_of_name(t->text, &node->low, &real)) {
		diag_error(r->diag, node->id->span, "unknown port '%s'", t->text);
		hint_service(r, t->text);
		return false;
	}
	node->high = node->low;
	return combine_port_protocol(r, node, real);
}

/* One end of a range: a number or a name. */
static bool range_end(const char *text, uint32_t *ret_port, enum protocol *ret_protocol)
{
	char *end;
	unsigned long number = strtoul(text, &end, 0);

	*ret_protocol = PROTOCOL_NONE;
	if (*text >= '0' && *text <= '9' && *end == '\0') {
		*ret_port = number > UINT32_MAX ? UINT32_MAX : (uint32_t)number;
		return true;
	}
	return port_of_name(text, ret_port, ret_protocol);
}

/* 'A-B', where the names may have hyphens too: every hyphen is tried. */
static bool split_range(struct resolving *r, const char *text, struct node *node,
			enum protocol *ret_protocol)
{
	for (const char *hyphen = strchr(text, '-'); hyphen; hyphen = strchr(hyphen + 1, '-')) {
		const char *first = arena_strndup(r->arena, text, (size_t)(hyphen - text));
		enum protocol a, b;

		if (!first) {
			r->no_memory = true;
			return false;
		}
		if (*first && range_end(first, &node->low, &a) &&
		    range_end(hyphen + 1, &node->high, &b)) {
			*ret_protocol = a == b ? a : a ? a : b;
			return true;
		}
	}
	return false;
}

static bool resolve_port_range(struct resolving *r, struct node *node)
{
	const struct token *t = node->id;
	enum protocol real = PROTOCOL_NONE;

	node->kind = NODE_PORT;
	if (t->kind == TOKEN_NUMBER) {
		node->low = node->high = t->number;
	} else if (t->kind != TOKEN_NAME || (!split_range(r, t->text, node, &real) &&
					     !port_of_name(t->text, &node->low, &real))) {
		diag_error(r->diag, node->id->span, "expected a range of ports");
		diag_hint(r->diag, "as in: portrange 6000-6010");
		return false;
	} else if (!strchr(t->text, '-')) {
		node->high = node->low;
	}
	if (node->low > node->high) {
		uint32_t low = node->high;

		node->high = node->low;
		node->low = low;
	}
	if (node->high > 65535) {
		diag_error(r->diag, node->id->span, "port %u is above 65535", node->high);
		return false;
	}
	return combine_port_protocol(r, node, real);
}

/* --- protocols ------------------------------------------------------------------------------ */

struct ethertype {
	const char *text;
	uint32_t number;
};

static const struct ethertype ethertypes[] = {
#define ETHERTYPE(text, number) { text, number },
#include "filter/ethertype.def"
};

static int ether_protocol(const char *name, struct nearest *search)
{
	for (size_t i = 0; i < ARRAY_LEN(ethertypes); i++) {
		if (strcmp(ethertypes[i].text, name) == 0)
			return (int)ethertypes[i].number;
		nearest_offer(search, ethertypes[i].text);
	}
	return -1;
}

/* A protocol of the word table that @layer carries. */
static int word_protocol(const char *name, enum layer layer)
{
	for (int i = PROTOCOL_NONE + 1; i < PROTOCOL_COUNT; i++)
		if (protocols[i].layer == layer && strcmp(protocols[i].text, name) == 0)
			return (int)protocols[i].number;
	return -1;
}

static int ip_protocol(const char *name)
{
	const struct protoent *entry = getprotobyname(name);
	int number = entry ? entry->p_proto : -1;

	for (int layer = LAYER_IP4; number < 0 && layer <= LAYER_IP46; layer++)
		number = word_protocol(name, (enum layer)layer);
	return number;
}

static bool resolve_protocol(struct resolving *r, struct node *node)
{
	const struct token *t = node->id;
	const char *name = t->kind == TOKEN_PROTOCOL ? protocols[t->protocol].text : t->text;
	struct nearest search = { 0 };
	int number = -1;

	node->kind = node->q.subject == SUBJECT_PROTO ? NODE_PROTO : NODE_PROTOCHAIN;
	if (t->kind == TOKEN_NUMBER) {
		node->number = t->number;
		return true;
	}
	if (t->kind != TOKEN_NAME && t->kind != TOKEN_PROTOCOL)
		return fail(r, node->id->span, "expected a protocol, found %s", "an address");
	search = nearest_begin(name);
	switch (node->q.protocol) {
	case PROTOCOL_LINK: number = ether_protocol(name, &search); break;
	case PROTOCOL_ISO: number = word_protocol(name, LAYER_ISO); break;
	default: number = ip_protocol(name); break;
	}
	if (number < 0) {
		diag_error(r->diag, node->id->span, "unknown protocol '%s'", name);
		if (search.best)
			diag_hint(r->diag, "did you mean '%s'?", search.best);
		else
			diag_hint(r->diag, "a number works as well");
		return false;
	}
	node->number = (uint32_t)number;
	return true;
}

/* --- ids ------------------------------------------------------------------------------------ */

static bool resolve_host(struct resolving *r, struct node *node)
{
	switch (node->id->kind) {
	case TOKEN_IP6: return resolve_ip6(r, node);
	case TOKEN_MAC: return resolve_mac(r, node);
	case TOKEN_AID:
		return fail(r, node->span, "'$' is not supported: %s is left out",
			    "filtering by ARCNET's addresses");
	case TOKEN_NAME:
		if (node->has_bits || node->mask_token)
			return fail(r, node->span, "a name has no %s", "mask");
		if (node->q.subject == SUBJECT_NET)
			return resolve_net_name(r, node);
		if (node->q.protocol == PROTOCOL_LINK)
			return resolve_mac_name(r, node);
		return resolve_host_name(r, node);
	default: return resolve_ip4(r, node);
	}
}

static bool resolve_id(struct resolving *r, struct node *node)
{
	switch (node->q.subject) {
	case SUBJECT_NONE:
	case SUBJECT_HOST:
	case SUBJECT_NET: return resolve_host(r, node);
	case SUBJECT_PORT: return resolve_port(r, node);
	case SUBJECT_PORTRANGE: return resolve_port_range(r, node);
	case SUBJECT_PROTO:
	case SUBJECT_PROTOCHAIN: return resolve_protocol(r, node);
	case SUBJECT_GATEWAY: return resolve_gateway(r, node);
	}
	return false;
}

static bool resolve_tree(struct resolving *r, struct node *node)
{
	bool good = true;

	if (node->kind == NODE_ID)
		return resolve_id(r, node);
	if (node->kind == NODE_CHAIN)
		for (struct node *member = node->first; member; member = member->next)
			good &= resolve_tree(r, member);
	return good;
}

int resolve(struct node *root, const struct filter_options *options, struct arena *arena,
	    struct diag *diag)
{
	struct resolving r = { options, arena, diag, false };

	if (resolve_tree(&r, root))
		return 0;
	return r.no_memory ? -ENOMEM : -EINVAL;
}
