/*
 * transport.c - the ends of a transport protocol's packets.
 */
#include "dissect/transport.h"

#include "dissect/proto.h"

bool transport_is_ip4(struct dissect *d)
{
	return get_u8(d, d->network) >> 4 == 4;
}

/* Does @protocol follow the IP header at once?  Else IP has printed the addresses. */
static bool is_next(struct dissect *d, uint8_t protocol)
{
	return get_u8(d, d->network + (transport_is_ip4(d) ? 9 : 6)) == protocol;
}

static void put_source(struct dissect *d)
{
	if (transport_is_ip4(d))
		put_ip4(d, d->network + 12);
	else
		put_ip6(d, d->network + 8);
}

static void put_destination(struct dissect *d)
{
	if (transport_is_ip4(d))
		put_ip4(d, d->network + 16);
	else
		put_ip6(d, d->network + 24);
}

void put_transport_ends(struct dissect *d, uint8_t protocol,
			void (*put_port)(struct dissect *d, uint16_t port))
{
	bool with_addresses = is_next(d, protocol);

	if (with_addresses) {
		put_source(d);
		put_char(d, '.');
	}
	put_port(d, d->source_port);
	put(d, " > ");
	if (with_addresses) {
		put_destination(d);
		put_char(d, '.');
	}
	put_port(d, d->destination_port);
	put(d, ": ");
}

void put_transport_pair(struct dissect *d)
{
	put_source(d);
	put(d, " > ");
	put_destination(d);
	put_char(d, ':');
}

void put_transport_addresses(struct dissect *d, uint8_t protocol)
{
	if (!is_next(d, protocol))
		return;
	put_transport_pair(d);
	put_char(d, ' ');
}
