/*
 * test_run_xdp.c - test runs of programs that see a packet as a struct xdp_md.
 *
 * 'data' in the caller's context is the length of the metadata that its packet begins with, and 'data_end'
 * that of both; what is beyond it, or does not fit in a page, lies behind the end that the program sees.
 */
#include "kern/syscall/test_run.h"

#include <errno.h>
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <net/if.h>
#include <string.h>

enum {
	LIVE_FRAMES = 1 << 1, /* BPF_F_TEST_XDP_LIVE_FRAMES */
	LOOPBACK = 1,
	PAGE = 4096,
	HEADROOM = 256, /* XDP_PACKET_HEADROOM */
	TAILROOM = 320, /* of a struct skb_shared_info */
	MOST_META = 252,
	ATTACH_DEVMAP = 33,
	ATTACH_CPUMAP = 35,
};

static int check_context(const struct xdp_md *given, size_t bytes)
{
	char name[IF_NAMESIZE];

	/* Nothing stands before the metadata, which is whole words. */
	if (given->data_meta || given->data_end > bytes || given->data > given->data_end ||
	    given->data % 4 || given->data > MOST_META)
		return -EINVAL;
	if (given->egress_ifindex || (!given->ingress_ifindex && given->rx_queue_index))
		return -EINVAL;
	if (!given->ingress_ifindex)
		return 0;
	if (!if_indextoname(given->ingress_ifindex, name))
		return -ENODEV;
	return given->rx_queue_index ? -EINVAL : 0;
}

/* Of the packet's @bytes, metadata included, those before the end that the program sees. */
static size_t linear_bytes(size_t bytes, const struct xdp_md *given)
{
	const size_t most = PAGE - HEADROOM - TAILROOM + (given ? given->data : 0);
	const size_t wanted = given ? given->data_end : bytes;

	return wanted < most ? wanted : most;
}

static int run_on_packet(struct test_run *run, struct xdp_md *given, bool is_context_given)
{
	struct packet *packet = &run->packet;
	const size_t linear = linear_bytes(packet->bytes, is_context_given ? given : NULL);
	struct xdp_md md = {
		.data = packet_address(packet->data + given->data),
		.data_end = packet_address(packet->data + linear),
		.data_meta = packet_address(packet->data),
		.ingress_ifindex = given->ingress_ifindex ? given->ingress_ifindex : LOOPBACK,
		.rx_queue_index = given->rx_queue_index,
	};
	const uint32_t start = packet_address(packet->memory);
	const uint8_t *shown;
	int err;

	run->context = &md;
	run->context_bytes = sizeof md;
	run->is_context_fixed = true;
	err = test_run_repeat(run);
	if (err)
		return err;
	shown = packet->memory + (md.data_meta - start);
	given->data = md.data - md.data_meta;
	given->data_end = md.data_end - md.data_meta;
	return test_run_finish(run, shown,
			       (size_t)(md.data_end - md.data_meta) + packet->bytes - linear,
			       is_context_given ? given : NULL, sizeof *given);
}

int test_run_xdp(struct call *call, struct prog_object *prog)
{
	struct test_run run = { .call = call, .prog = prog };
	struct xdp_md given = { 0 };
	bool is_context_given;
	int err;

	if (prog->attach_type == ATTACH_DEVMAP || prog->attach_type == ATTACH_CPUMAP)
		return -EINVAL;
	if (call->attr.test.flags & ~(uint32_t)LIVE_FRAMES || call->attr.test.cpu)
		return -EINVAL;
	if (call->attr.test.flags & LIVE_FRAMES)
		return -EOPNOTSUPP; /* there is no interface here that frames could go to */
	if (call->attr.test.batch_size || call->attr.test.data_size_in < ETH_HLEN)
		return -EINVAL;
	err = context_read(call, &given, sizeof given, &is_context_given);
	if (!err && is_context_given)
		err = check_context(&given, call->attr.test.data_size_in);
	if (!err)
		err = packet_init(&run.packet, call, HEADROOM, TAILROOM);
	if (!err)
		err = run_on_packet(&run, &given, is_context_given);
	packet_release(&run.packet);
	return err;
}
