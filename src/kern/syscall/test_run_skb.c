/*
 * test_run_skb.c - test runs of programs that see a packet as a struct __sk_buff.
 *
 * The packet is one that came in from the loopback interface (or the one that the context names).  Programs
 * of traffic control see it from its Ethernet header on, all others from behind it.
 */
#include "kern/syscall/test_run.h"

#include <errno.h>
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

#include "base/bits.h"

enum {
	CHECKSUM_COMPLETE = 1 << 2, /* BPF_F_TEST_SKB_CHECKSUM_COMPLETE */
	LOOPBACK = 1,
	PAGE = 4096,
	HEADROOM = 64,  /* the kernel's NET_SKB_PAD */
	TAILROOM = 320, /* of a struct skb_shared_info */
	MOST_WIRE_LEN = 65536,
	MOST_SEGMENTS = 65535,
};

/* The members that a caller may set, one after the other; all between them must be zero. */
struct stretch {
	size_t start, end;
};
#define STRETCH(first, last)                                                                   \
	{                                                                                      \
		offsetof(struct __sk_buff, first),                                             \
			offsetof(struct __sk_buff, last) + sizeof((struct __sk_buff *)0)->last \
	}

static const struct stretch may_set[] = {
	STRETCH(mark, mark),       STRETCH(priority, ifindex),  STRETCH(cb, cb),
	STRETCH(tstamp, gso_segs), STRETCH(gso_size, gso_size), STRETCH(hwtstamp, hwtstamp),
};

static bool only_set_where_allowed(const struct __sk_buff *skb)
{
	const uint8_t *bytes = (const uint8_t *)skb;
	size_t next = 0;

	for (size_t i = 0; i < sizeof *skb; i++) {
		while (next < ARRAY_LEN(may_set) && i >= may_set[next].end)
			next++;
		if (bytes[i] && (next == ARRAY_LEN(may_set) || i < may_set[next].start))
			return false;
	}
	return true;
}

/* How the packet's address on the link is told apart: the loopback interface's is all zero. */
static uint32_t packet_type(const uint8_t *ethernet)
{
	static const uint8_t broadcast[ETH_ALEN] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
	static const uint8_t loopback[ETH_ALEN] = { 0 };

	if (!memcmp(ethernet, loopback, ETH_ALEN))
		return PACKET_HOST;
	if (!memcmp(ethernet, broadcast, ETH_ALEN))
		return PACKET_BROADCAST;
	return ethernet[0] & 1 ? PACKET_MULTICAST : PACKET_OTHERHOST;
}

/* The protocol in the order of the network, as the kernel's eth_type_trans finds it. */
static uint32_t protocol_of(const uint8_t *ethernet, size_t bytes)
{
	uint16_t type = load_be16(ethernet + 2 * ETH_ALEN);

	if (type < ETH_P_802_3_MIN)
		type = bytes >= ETH_HLEN + 2 && load_u16(ethernet + ETH_HLEN) == 0xffff ?
			       ETH_P_802_3 :
			       ETH_P_802_2;
	return htobe16(type);
}

/* The socket that the packet seems to belong to has the addresses of its header, which must be
 * whole. */
static int fill_socket(struct __sk_buff *skb, const uint8_t *network, size_t bytes)
{
	switch (be16toh((uint16_t)skb->protocol)) {
	case ETH_P_IP:
		if (bytes < sizeof(struct iphdr))
			return -EINVAL;
		skb->family = AF_INET;
		memcpy(&skb->local_ip4, network + offsetof(struct iphdr, saddr), 4);
		memcpy(&skb->remote_ip4, network + offsetof(struct iphdr, daddr), 4);
		break;
	case ETH_P_IPV6:
		if (bytes < sizeof(struct ip6_hdr))
			return -EINVAL;
		skb->family = AF_INET6;
		memcpy(skb->local_ip6, network + offsetof(struct ip6_hdr, ip6_src), 16);
		memcpy(skb->remote_ip6, network + offsetof(struct ip6_hdr, ip6_dst), 16);
		break;
	default: break;
	}
	return 0;
}

static bool is_traffic_control(const struct prog_object *prog)
{
	return prog->type == BPF_PROG_TYPE_SCHED_CLS || prog->type == BPF_PROG_TYPE_SCHED_ACT;
}

/* Make of the caller's context (or zeroes) the one that the program sees. */
static int fill_context(struct __sk_buff *skb, const struct packet *packet, bool from_link)
{
	const uint8_t *network = packet->data + ETH_HLEN;
	const size_t network_bytes = packet->bytes - ETH_HLEN;
	const uint8_t *data = from_link ? packet->data : network;
	char name[IF_NAMESIZE];

	if (skb->ifindex > LOOPBACK && !if_indextoname(skb->ifindex, name))
		return -ENODEV;
	if (!only_set_where_allowed(skb))
		return -EINVAL;
	skb->len = (uint32_t)(packet->data + packet->bytes - data);
	if (!skb->ifindex)
		skb->ifindex = LOOPBACK;
	if (!skb->wire_len)
		skb->wire_len = skb->len;
	else if (skb->wire_len < skb->len || skb->wire_len > MOST_WIRE_LEN)
		return -EINVAL;
	if (skb->gso_segs > MOST_SEGMENTS)
		return -EINVAL;
	skb->pkt_type = packet_type(packet->data);
	skb->protocol = protocol_of(packet->data, packet->bytes);
	skb->data = skb->data_meta = packet_address(data);
	skb->data_end = packet_address(packet->data + packet->bytes);
	return fill_socket(skb, network, network_bytes);
}

/* What a caller is shown of the context afterwards: the rest of what it gave stays as it was. */
static void show_context(struct __sk_buff *given, const struct __sk_buff *seen)
{
	given->mark = seen->mark;
	given->priority = seen->priority;
	given->ingress_ifindex = seen->ingress_ifindex;
	given->ifindex = seen->ifindex;
	given->tstamp = seen->tstamp;
	memcpy(given->cb, seen->cb, sizeof given->cb);
	given->wire_len = seen->wire_len;
	given->gso_segs = seen->gso_segs;
	given->hwtstamp = seen->hwtstamp;
}

static int run_on_packet(struct test_run *run, struct __sk_buff *given, bool is_context_given)
{
	const bool from_link = is_traffic_control(run->prog);
	struct __sk_buff skb = *given;
	struct packet *packet = &run->packet;
	int err = fill_context(&skb, packet, from_link);

	if (err)
		return err;
	run->context = &skb;
	run->context_bytes = sizeof skb;
	run->loads = packet->data + (from_link ? 0 : ETH_HLEN);
	run->load_bytes = skb.len;
	err = test_run_repeat(run);
	if (err)
		return err;
	show_context(given, &skb);
	if (!from_link) /* the header is not the program's to see */
		memset(packet->data, 0, ETH_HLEN);
	return test_run_finish(run, packet->data, packet->bytes, is_context_given ? given : NULL,
			       sizeof *given);
}

int test_run_skb(struct call *call, struct prog_object *prog)
{
	const size_t bytes = call->attr.test.data_size_in;
	struct test_run run = { .call = call, .prog = prog };
	struct __sk_buff given = { 0 };
	bool is_context_given;
	int err;

	if (call->attr.test.flags & ~(uint32_t)CHECKSUM_COMPLETE || call->attr.test.cpu ||
	    call->attr.test.batch_size)
		return -EINVAL;
	if (bytes < ETH_HLEN || bytes > PAGE - HEADROOM - TAILROOM)
		return -EINVAL;
	err = packet_init(&run.packet, call, HEADROOM, TAILROOM);
	if (!err)
		err = context_read(call, &given, sizeof given, &is_context_given);
	if (!err)
		err = run_on_packet(&run, &given, is_context_given);
	packet_release(&run.packet);
	return err;
}
