/*
 * protocol.h - the protocols that have words of their own: protocol.def.
 */
#ifndef WAGGLE_FILTER_PROTOCOL_H
#define WAGGLE_FILTER_PROTOCOL_H

#include <stdint.h>

enum protocol {
	PROTOCOL_NONE, /* no protocol was said */
#define PROTOCOL(name, ...) PROTOCOL_##name,
#include "filter/protocol.def"
	PROTOCOL_COUNT,
};

/* Who carries a protocol. */
enum layer {
	LAYER_LINK,
	LAYER_RADIO,
	LAYER_ETHER, /* the link, by EtherType or LLC SAP */
	LAYER_IP4,
	LAYER_IP6,
	LAYER_IP46,
	LAYER_ISO,
	LAYER_ISIS, /* IS-IS: the number is a set of kinds of packets */
};

/* What NAME[...] reads. */
enum access {
	ACCESS_NONE,
	ACCESS_HEADER,    /* the link header */
	ACCESS_RADIO,     /* the packet from its first byte, if that is a radio header */
	ACCESS_NETWORK,   /* the network header */
	ACCESS_TRANSPORT, /* what is behind the IPv4 header, and not in a later fragment */
	ACCESS_ICMP6,     /* what is behind an IPv6 header without extensions */
};

struct protocol_info {
	enum layer layer;
	enum access access;
	uint32_t number;
	const char *text;  /* its first word in the language, in lower case */
	const char *words; /* for people */
};
extern const struct protocol_info protocols[PROTOCOL_COUNT];

#endif
