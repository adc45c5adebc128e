/*
 * headers_test.c - packet_headers() on packets made at random, whole and cut short everywhere.
 *
 * Of a packet cut short no more may be known than of all of it, and nothing else.  Each piece has its own
 * memory, so that AddressSanitizer sees a byte read beyond it.
 */
#include "gen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "abi/link.h"
#include "base/bits.h"
#include "dissect/headers.h"

enum { PACKETS = 300 };

/* A field that both have must be the same; the protocol alone is found on the way. */
static const char *compare(const struct packet_headers *part, const struct packet_headers *whole)
{
	struct packet_headers a = *part, b = *whole;

	if (part->has & ~whole->has)
		return "has a field that the whole packet does not have";
	if (a.has & HAS_NETWORK && (a.ip_version != b.ip_version || a.ttl != b.ttl ||
				    memcmp(a.src, b.src, 16) != 0 || memcmp(a.dst, b.dst, 16) != 0))
		return "another network header";
	if (a.has & HAS_PORTS && (a.src_port != b.src_port || a.dst_port != b.dst_port))
		return "other ports";
	if (a.has & HAS_TCP && (a.tcp_seq != b.tcp_seq || a.tcp_flags != b.tcp_flags))
		return "another TCP header";
	if (a.has & HAS_ICMP && (a.icmp_type != b.icmp_type || a.icmp_code != b.icmp_code))
		return "another ICMP header";
	if (a.has & HAS_PAYLOAD && a.payload_len != b.payload_len)
		return "another payload";
	if (a.has & (HAS_PORTS | HAS_ICMP) && !(a.has & HAS_NETWORK))
		return "a transport without a network";
	return NULL;
}

/* What is wrong with the facts of the first @len bytes, or NULL. */
static const char *try_len(const struct gen *g, int dlt, uint32_t len,
			   const struct packet_headers *whole)
{
	uint8_t *data = malloc(len ? len : 1);
	struct packet packet = { .data = data, .len = len, .wire_len = g->len };
	struct packet_headers headers;
	const char *wrong;

	if (!data)
		return "no memory";
	memcpy(data, g->data, len);
	wrong = packet_headers(&packet, dlt, &headers) ? "the link type is refused" :
							 compare(&headers, whole);
	free(data);
	return wrong;
}

static const char *try_packet(struct gen *g, int dlt, uint32_t *ret_len)
{
	struct packet packet = { .data = g->data, .len = g->len, .wire_len = g->len };
	struct packet_headers whole;
	const char *wrong = NULL;

	if (packet_headers(&packet, dlt, &whole))
		return "the link type is refused";
	for (*ret_len = 0; *ret_len <= g->len && !wrong; ++*ret_len)
		wrong = try_len(g, dlt, *ret_len, &whole);
	--*ret_len;
	return wrong;
}

int main(void)
{
	static const int links[] = { DLT_EN10MB, DLT_RAW,  DLT_NULL, DLT_LOOP,       DLT_LINUX_SLL,
				     DLT_PPP,    DLT_IPV4, DLT_IPV6, DLT_LINUX_SLL2, DLT_C_HDLC };
	static struct gen gen;
	struct random_source random = { 1 };
	int passed = 0, failed = 0;

	gen.r = &random;
	for (size_t i = 0; i < ARRAY_LEN(links); i++) {
		const char *wrong = NULL;
		uint32_t len = 0;

		for (int n = 0; n < PACKETS && !wrong; n++) {
			gen_packet(&gen, links[i]);
			if (one_in(&random, 4))
				(void)gen_mutate(&gen);
			wrong = try_packet(&gen, links[i], &len);
		}
		if (!wrong) {
			passed++;
			continue;
		}
		failed++;
		printf("%s, %u of %u bytes: %s\n", dlt_name(links[i]), len, gen.len, wrong);
		for (uint32_t k = 0; k < gen.len; k++)
			printf("%02x", gen.data[k]);
		printf("\n");
	}
	printf("%d passed, %d failed, 0 skipped\n", passed, failed);
	return failed ? 1 : 0;
}
