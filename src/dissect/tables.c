/*
 * tables.c - who prints what: the tables' readers.
 */
#include "dissect/names.h"
#include "dissect/proto.h"

/* clang-format off */
#define CASE(number, result) case number: return result;
/* clang-format on */

const char *ethertype_name(uint16_t type)
{
	switch (type) {
#define ETHERTYPE(number, name, function) CASE(number, name)
#define ETHERTYPE_NAME(number, name)      CASE(number, name)
#include "dissect/ethertype.def"
	default: return NULL;
	}
}

static print_fn *ethertype_printer(uint16_t type)
{
	switch (type) {
#define ETHERTYPE(number, name, function) CASE(number, function)
#include "dissect/ethertype.def"
	default: return NULL;
	}
}

bool print_ethertype(struct dissect *d, uint16_t type, const uint8_t *p, uint32_t len)
{
	print_fn *print = ethertype_printer(type);

	if (!print)
		return false;
	dissect_enter(d);
	print(d, p, len);
	d->depth--;
	return true;
}

const char *ip_proto_name(uint8_t protocol)
{
	switch (protocol) {
#define IP_PROTO(number, name, function) CASE(number, name)
#define IP_PROTO_NAME(number, name)      CASE(number, name)
#include "dissect/ip_proto.def"
	default: return NULL;
	}
}

static print_fn *ip_proto_printer(uint8_t protocol)
{
	switch (protocol) {
#define IP_PROTO(number, name, function) CASE(number, function)
#include "dissect/ip_proto.def"
	default: return NULL;
	}
}

void put_unknown_protocol(struct dissect *d, uint8_t protocol)
{
	const char *name = d->o->numeric ? NULL : names_protocol(protocol);

	put(d, name ? " " : " ip-proto-");
	if (name)
		put(d, name);
	else
		put_dec(d, protocol);
}

void print_ip_protocol(struct dissect *d, uint8_t protocol, const uint8_t *p, uint32_t len)
{
	print_fn *print = ip_proto_printer(protocol);

	if (!print) {
		put_unknown_protocol(d, protocol);
		put_char(d, ' ');
		put_dec(d, len);
		return;
	}
	dissect_enter(d);
	print(d, p, len);
	d->depth--;
}

bool require_ip(struct dissect *d, int version, uint8_t protocol)
{
	if (get_u8(d, d->network) >> 4 == version)
		return true;
	putf(d, "[%s requires IPv%d]", ip_proto_name(protocol), version);
	put_invalid(d);
	return false;
}

/*
 * A port's row; the number of rows where there is none.  Either port may have one: the first counts.
 */

#define TO_EITHER(number, row) CASE(number, row)
#define TO_TO(number, row)     CASE(number, row)
#define TO_FROM(number, row)

#define FROM_EITHER(number, row) CASE(number, row)
#define FROM_TO(number, row)
#define FROM_FROM(number, row) CASE(number, row)

enum udp_row {
#define UDP_PORT(number, side, function) UDP_##number##_##side,
#include "dissect/udp_port.def"
	UDP_ROWS,
};

static unsigned int udp_row_to(uint16_t port)
{
	switch (port) {
#define UDP_PORT(number, side, function) TO_##side(number, UDP_##number##_##side)
#include "dissect/udp_port.def"
	default: return UDP_ROWS;
	}
}

static unsigned int udp_row_from(uint16_t port)
{
	switch (port) {
#define UDP_PORT(number, side, function) FROM_##side(number, UDP_##number##_##side)
#include "dissect/udp_port.def"
	default: return UDP_ROWS;
	}
}

print_fn *udp_port_printer(uint16_t source, uint16_t destination)
{
	static print_fn *const printers[UDP_ROWS + 1] = {
#define UDP_PORT(number, side, function) function,
#include "dissect/udp_port.def"
	};
	unsigned int from = udp_row_from(source);
	unsigned int to = udp_row_to(destination);

	return printers[from < to ? from : to];
}

enum tcp_row {
#define TCP_PORT(number, side, function) TCP_##number##_##side,
#include "dissect/tcp_port.def"
	TCP_ROWS,
};

static unsigned int tcp_row_to(uint16_t port)
{
	switch (port) {
#define TCP_PORT(number, side, function) TO_##side(number, TCP_##number##_##side)
#include "dissect/tcp_port.def"
	default: return TCP_ROWS;
	}
}

static unsigned int tcp_row_from(uint16_t port)
{
	switch (port) {
#define TCP_PORT(number, side, function) FROM_##side(number, TCP_##number##_##side)
#include "dissect/tcp_port.def"
	default: return TCP_ROWS;
	}
}

print_fn *tcp_port_printer(uint16_t source, uint16_t destination)
{
	static print_fn *const printers[TCP_ROWS + 1] = {
#define TCP_PORT(number, side, function) function,
#include "dissect/tcp_port.def"
	};
	unsigned int from = tcp_row_from(source);
	unsigned int to = tcp_row_to(destination);

	return printers[from < to ? from : to];
}
