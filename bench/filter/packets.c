/*
 * packets.c - files of packets to measure filters on, always the same.
 *
 *	filter_packets small|mixed COUNT [BYTES] >FILE
 *
 * 'small' are TCP, UDP and ICMP with little or no data, as from a busy server's acknowledgements;
 * 'mixed' have the sizes of a line with downloads, and IPv6, VLAN tags, ARP, DNS and fragments among them.
 * With BYTES, the file goes on, the same packets over and over, until it has as many.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "test/random.h"

enum {
	MOST_BYTES = 1514,
	HEADER_BYTES = 16,
	HOSTS = 4096,  /* 10.20.0.0/20 */
	SERVERS = 100, /* 192.0.2.1 and so on */
};

struct generator {
	struct random_source random;
	uint64_t time_us;
	uint32_t len;
	uint8_t packet[MOST_BYTES];
};

static uint8_t *add(struct generator *g, uint32_t bytes)
{
	uint8_t *p = g->packet + g->len;

	memset(p, 0, bytes);
	g->len += bytes;
	return p;
}

static void add_ether(struct generator *g, uint16_t type)
{
	uint8_t *p = add(g, 14);

	memcpy(p, "\x02\x00\x5e\x10\x00\x01\x02\x00\x5e\x10", 10);
	store_be16(p + 10, (uint16_t)pick(&g->random, HOSTS));
	store_be16(p + 12, type);
}

static void add_vlan(struct generator *g, uint16_t type)
{
	uint8_t *p = add(g, 4);

	store_be16(g->packet + 12, 0x8100);
	store_be16(p, (uint16_t)(10 + pick(&g->random, 4) * 10));
	store_be16(p + 2, type);
}

static uint32_t host(struct generator *g)
{
	return 0x0a140000 + pick(&g->random, HOSTS);
}

static uint32_t server(struct generator *g)
{
	return 0xc0000201 + pick(&g->random, SERVERS);
}

/* An IPv4 header for @payload bytes, in one direction or the other. */
static void add_ip4(struct generator *g, uint8_t protocol, uint32_t payload, bool is_out)
{
	uint32_t a = host(g), b = server(g);
	uint8_t *p = add(g, 20);

	p[0] = 0x45;
	store_be16(p + 2, (uint16_t)(20 + payload));
	store_be16(p + 4, (uint16_t)pick(&g->random, 65536));
	p[6] = 0x40;
	p[8] = 64;
	p[9] = protocol;
	store_be32(p + 12, is_out ? a : b);
	store_be32(p + 16, is_out ? b : a);
}

static void add_ip6(struct generator *g, uint8_t protocol, uint32_t payload, bool is_out)
{
	uint8_t *p = add(g, 40);

	p[0] = 0x60;
	store_be16(p + 4, (uint16_t)payload);
	p[6] = protocol;
	p[7] = 64;
	store_be32(p + 8, 0x20010db8);
	store_be32(p + 20, is_out ? host(g) : server(g));
	store_be32(p + 24, 0x20010db8);
	store_be32(p + 36, is_out ? server(g) : host(g));
}

static uint16_t service(struct generator *g)
{
	static const uint16_t ports[] = { 443, 443, 443, 443, 80, 80, 22, 8080, 993, 5432 };

	return ports[pick(&g->random, ARRAY_LEN(ports))];
}

static void add_ports(struct generator *g, uint8_t *p, uint16_t port, bool is_out)
{
	uint16_t client = (uint16_t)(1024 + pick(&g->random, 64000));

	store_be16(p, is_out ? client : port);
	store_be16(p + 2, is_out ? port : client);
}

static void add_tcp(struct generator *g, uint32_t payload, bool is_out)
{
	uint8_t *p = add(g, 20);

	add_ports(g, p, service(g), is_out);
	store_be32(p + 4, pick(&g->random, UINT32_MAX));
	store_be32(p + 8, pick(&g->random, UINT32_MAX));
	p[12] = 0x50;
	p[13] = one_in(&g->random, 20) ? 0x02 : payload ? 0x18 : 0x10;
	store_be16(p + 14, 502);
	add(g, payload);
}

static void add_udp(struct generator *g, uint32_t payload, bool is_out)
{
	uint8_t *p = add(g, 8);

	add_ports(g, p, 443, is_out);
	store_be16(p + 4, (uint16_t)(8 + payload));
	add(g, payload);
}

static void add_dns(struct generator *g, bool is_out)
{
	static const uint8_t question[] = "\x03www\x07"
					  "example\x03net\x00\x00\x01\x00";
	uint8_t *p = add(g, 8);

	add_ports(g, p, 53, is_out);
	store_be16(p + 4, 8 + 12 + sizeof question);
	p = add(g, 12);
	store_be16(p, (uint16_t)pick(&g->random, 65536));
	store_be16(p + 2, is_out ? 0x0100 : 0x8180);
	store_be16(p + 4, 1);
	memcpy(add(g, sizeof question), question, sizeof question);
}

static void add_echo(struct generator *g)
{
	uint8_t *p = add(g, 32);

	p[0] = 8;
	store_be16(p + 4, (uint16_t)pick(&g->random, 65536));
}

static void add_arp(struct generator *g)
{
	uint8_t *p = add(g, 46);

	memcpy(p, "\x00\x01\x08\x00\x06\x04\x00\x01", 8);
	store_be32(p + 14, host(g));
	store_be32(p + 24, host(g));
}

static void make_small(struct generator *g)
{
	bool is_out = one_in(&g->random, 2);
	uint32_t kind = pick(&g->random, 100), payload = pick(&g->random, 32);

	add_ether(g, 0x0800);
	if (kind < 75) {
		add_ip4(g, 6, 20 + payload, is_out);
		add_tcp(g, payload, is_out);
	} else if (kind < 95) {
		add_ip4(g, 17, 8 + payload, is_out);
		add_udp(g, payload, is_out);
	} else {
		add_ip4(g, 1, 32, is_out);
		add_echo(g);
	}
}

/* A transport header and data; @ip puts the header before it. */
static void add_rest(struct generator *g, void (*ip)(struct generator *, uint8_t, uint32_t, bool))
{
	bool is_out = one_in(&g->random, 2);
	uint32_t kind = pick(&g->random, 100);
	uint32_t payload = pick(&g->random, 5) < 2 ? 1400 : pick(&g->random, 200);

	if (kind < 78) {
		ip(g, 6, 20 + payload, is_out);
		add_tcp(g, payload, is_out);
	} else if (kind < 90) {
		ip(g, 17, 8 + payload, is_out);
		add_udp(g, payload, is_out);
	} else if (kind < 97) {
		ip(g, 17, 8 + 12 + 22, is_out);
		add_dns(g, is_out);
	} else {
		ip(g, 1, 32, is_out);
		add_echo(g);
	}
}

static void make_mixed(struct generator *g)
{
	uint32_t kind = pick(&g->random, 100);

	add_ether(g, kind < 12 ? 0x86dd : kind < 14 ? 0x0806 : 0x0800);
	if (kind < 12) {
		add_rest(g, add_ip6);
	} else if (kind < 14) {
		add_arp(g);
	} else {
		if (kind < 20)
			add_vlan(g, 0x0800);
		add_rest(g, add_ip4);
		if (kind == 20) /* a later fragment */
			store_be16(g->packet + 20, 0x00b9);
	}
}

static bool put_packet(struct generator *g)
{
	uint32_t header[4] = {
		(uint32_t)(g->time_us / 1000000),
		(uint32_t)(g->time_us % 1000000),
		g->len,
		g->len,
	};

	g->time_us += pick(&g->random, 20);
	return fwrite(header, sizeof header, 1, stdout) == 1 &&
	       fwrite(g->packet, g->len, 1, stdout) == 1;
}

int main(int argc, char **argv)
{
	static const uint32_t file_header[] = { 0xa1b2c3d4, 0x00040002, 0, 0, 262144, 1 };
	bool is_small = argc > 1 && strcmp(argv[1], "small") == 0;
	unsigned long count = argc > 2 ? strtoul(argv[2], NULL, 10) : 0;
	unsigned long long bytes = argc > 3 ? strtoull(argv[3], NULL, 10) : 0, done;
	bool ok;

	if (!count || (!is_small && strcmp(argv[1], "mixed") != 0)) {
		(void)fprintf(stderr, "usage: filter_packets small|mixed COUNT [BYTES] >FILE\n");
		return 2;
	}
	ok = fwrite(file_header, sizeof file_header, 1, stdout) == 1;
	done = sizeof file_header;
	do {
		struct generator g = { .random = { 0x6b8b4567 }, .time_us = 1600000000000000 };

		for (unsigned long i = 0; i < count && ok; i++) {
			g.len = 0;
			if (is_small)
				make_small(&g);
			else
				make_mixed(&g);
			ok = put_packet(&g);
			done += HEADER_BYTES + g.len;
		}
	} while (ok && done < bytes);
	return ok && fflush(stdout) == 0 ? 0 : 1;
}
