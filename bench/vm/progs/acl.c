/* acl.c - what packet filters do: parse Ethernet, IPv4 and TCP or UDP, find the first rule. */
#include "bench.h"

enum {
	PACKETS = 32,
	RULES = 16,
	ETHERTYPE_IPV4 = 0x0800,
	PROTOCOL_TCP = 6,
	PROTOCOL_UDP = 17,
};

struct rule {
	u32 source, source_mask; /* in network order */
	u32 target, target_mask;
	u16 port_low, port_high;
	u8 protocol; /* 0: any */
	u8 verdict;
};

struct data {
	u8 packets[PACKETS][128];
	struct rule rules[RULES];
	u32 verdicts[4];
};
BENCH_DATA;

static inline u32 verdict_of(u32 source, u32 target, u32 protocol, u32 port)
{
	for (u32 r = 0; r < RULES; r++) {
		const struct rule *rule = &data.rules[r];

		if ((source & rule->source_mask) == rule->source &&
		    (target & rule->target_mask) == rule->target &&
		    (!rule->protocol || rule->protocol == protocol) && port >= rule->port_low &&
		    port <= rule->port_high)
			return rule->verdict & 3;
	}
	return 0;
}

BENCH_PROGRAM
{
	u32 sum = 0;

	for (u32 p = 0; p < PACKETS; p++) {
		const u8 *packet = data.packets[p], *ip = packet + 14, *transport;
		u32 port = 0, protocol, verdict;

		if (*(const u16 *)(packet + 12) != __builtin_bswap16(ETHERTYPE_IPV4) ||
		    ip[0] >> 4 != 4)
			continue;
		transport = ip + (ip[0] & 15) * 4;
		protocol = ip[9];
		if (protocol == PROTOCOL_TCP || protocol == PROTOCOL_UDP)
			port = __builtin_bswap16(*(const u16 *)(transport + 2));
		verdict = verdict_of(*(const u32 *)(ip + 12), *(const u32 *)(ip + 16), protocol,
				     port);
		data.verdicts[verdict]++;
		sum = sum * 5 + verdict;
	}
	return sum;
}

BENCH_SETUP
{
	u64 seed = 9;

	for (u32 p = 0; p < PACKETS; p++) {
		u8 *packet = data.packets[p];

		packet[12] = p % 16 ? 0x08 : 0x86;
		packet[14] = p % 8 ? 0x45 : 0x46;
		packet[23] = p % 5 ? PROTOCOL_TCP : PROTOCOL_UDP;
		packet[26] = 10;
		packet[29] = (u8)p;
		packet[30] = 192;
		packet[31] = 168;
		packet[33] = (u8)bench_random(&seed);
		packet[14 + (packet[14] & 15) * 4 + 2] = (u8)(bench_random(&seed) % 4);
	}
	for (u32 r = 0; r < RULES; r++)
		data.rules[r] = (struct rule){
			.source = 10,
			.source_mask = 0xff,
			.target = r < RULES - 1 ? 192 | (r & 3) << 29 : 0,
			.target_mask = r < RULES - 1 ? 0xe00000ff : 0,
			.port_low = (u16)(r < RULES - 1 ? r * 64 : 0),
			.port_high = (u16)(r < RULES - 1 ? r * 64 + 63 : 0xffff),
			.protocol = r < RULES - 1 ? PROTOCOL_TCP : 0,
			.verdict = (u8)(r % 3 + 1),
		};
}
