/*
 * live.c - packet sockets of Linux.
 *
 * Packets of several interfaces are given in the order of their times.  A block reaches us up to a
 * timeout after its first packet, so a packet is held back until nothing older can come any more; unless a
 * ring gets full, for order is worth less than packets.
 */
#include "capture/live.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <linux/bpf.h>
#include <linux/filter.h>
#include <linux/if_arp.h>
#include <linux/if_ether.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "abi/link.h"
#include "base/bits.h"
#include "capture/attach.h"
#include "capture/cooked.h"
#include "capture/device.h"
#include "capture/ring.h"

enum {
	BLOCK_TIMEOUT_MS = 100,
	IMMEDIATE_TIMEOUT_MS = 1,
	TIMER_SLACK_MS = 20, /* by which the kernel may hand over a block too late */
	MOMENT_MS = 250,     /* without packets, until the caller gets a turn */
};

static_assert((int)COOKED_ROOM_BYTES <= (int)RING_ROOM_BYTES, "headers are put before packets");

enum port_state {
	PORT_UP,
	PORT_DOWN,   /* just now: it may be on its way out */
	PORT_ASLEEP, /* it is there, and down */
	PORT_GONE,
};

struct port {
	int fd;
	struct ring ring;
	struct device_kind kind;
	enum port_state state;
	uint64_t received;
	uint64_t dropped;
	uint64_t drops_before; /* of the interface, when we began */
};

struct live {
	struct packet_source source;
	struct port *ports;
	struct packet_interface *interfaces;
	uint32_t count;
	enum live_direction direction;
	bool is_finishing;
	int64_t finish_ns;  /* when all that came has reached us */
	int64_t timeout_ns; /* from a packet's coming until it must have reached us */
	struct arena arena;
};

static int64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec * 1000000000ll + now.tv_nsec;
}

static const char *port_name(const struct live *live, size_t i)
{
	return live->interfaces[i].name;
}

/* --- packets -------------------------------------------------------------------------------- */

/* It stands behind the header. */
static const struct sockaddr_ll *sender_of(const struct tpacket3_hdr *header)
{
	return (const void *)((const uint8_t *)header +
			      align_up(sizeof *header, TPACKET_ALIGNMENT));
}

static bool is_wanted(const struct live *live, const struct port *port,
		      const struct sockaddr_ll *from)
{
	bool is_outgoing = from->sll_pkttype == PACKET_OUTGOING;

	switch (live->direction) {
	case LIVE_IN: return !is_outgoing;
	case LIVE_OUT: return is_outgoing;
	case LIVE_BOTH: break;
	}
	/* On "any", only the address family that 'lo' has tells it from others. */
	return !is_outgoing || !(port->kind.is_loopback ||
				 (port->kind.index == 0 && from->sll_hatype == ARPHRD_LOOPBACK));
}

static struct cooked_tag tag_of(const struct tpacket3_hdr *header)
{
	if (!(header->tp_status & TP_STATUS_VLAN_VALID))
		return (struct cooked_tag){ 0 };
	return (struct cooked_tag){
		.protocol = header->tp_status & TP_STATUS_VLAN_TPID_VALID ?
				    header->hv1.tp_vlan_tpid :
				    ETH_P_8021Q,
		.tci = (uint16_t)header->hv1.tp_vlan_tci,
	};
}

/* Make a packet of the next one of @port's ring; false: nobody wants it. */
static bool take(const struct live *live, struct port *port, struct tpacket3_hdr *header,
		 struct packet *ret)
{
	const struct sockaddr_ll *from = sender_of(header);
	uint8_t *data = (uint8_t *)header + header->tp_mac;
	struct cooked_tag tag = tag_of(header);
	uint32_t snaplen = live->source.snaplen;

	if (!is_wanted(live, port, from))
		return false;
	*ret = (struct packet){
		.data = data,
		.len = header->tp_snaplen,
		.wire_len = header->tp_len,
		.time_ns = header->tp_sec * 1000000000ll + header->tp_nsec,
		.interface = (uint32_t)(port - live->ports),
		.direction = from->sll_pkttype == PACKET_OUTGOING ? PACKET_OUT : PACKET_IN,
	};
	if (port->kind.is_cooked)
		cooked_put_header(ret, data, from, &tag);
	else if (tag.protocol && port->kind.dlt == DLT_EN10MB)
		cooked_put_tag(ret, data, &tag);
	if (ret->len > snaplen)
		ret->len = snaplen;
	return true;
}

/* --- order ---------------------------------------------------------------------------------- */

static int64_t time_of(const struct tpacket3_hdr *header)
{
	return header->tp_sec * 1000000000ll + header->tp_nsec;
}

/* The port whose next packet is the oldest, or NULL.  *ret_wait_ns is how long to wait before it may be
 * given: as long as another port may still come with an older one. */
static struct port *oldest(struct live *live, int64_t now, int64_t *ret_wait_ns)
{
	struct port *best = NULL;
	int64_t best_ns = INT64_MAX;
	bool is_any_empty = false;

	for (struct port *port = live->ports; port < live->ports + live->count; port++) {
		const struct tpacket3_hdr *header = ring_peek(&port->ring);

		if (!header) {
			is_any_empty |= port->state == PORT_UP;
			continue;
		}
		if (time_of(header) < best_ns) {
			best = port;
			best_ns = time_of(header);
		}
	}
	*ret_wait_ns = 0;
	if (best && is_any_empty && !live->is_finishing && !ring_is_crowded(&best->ring))
		*ret_wait_ns = best_ns + live->timeout_ns - now;
	return best;
}

/* One interface needs no order. */
static int read_one(struct live *live, struct packet *ret, size_t most)
{
	struct port *port = live->ports;
	struct tpacket3_hdr *header;
	size_t n = 0;

	while (n < most && (header = ring_peek(&port->ring))) {
		n += take(live, port, header, &ret[n]);
		ring_advance(&port->ring);
	}
	return (int)n;
}

static int read_ordered(struct live *live, struct packet *ret, size_t most, int64_t *ret_wait_ns)
{
	int64_t now = now_ns();
	struct port *port;
	size_t n = 0;

	while (n < most && (port = oldest(live, now, ret_wait_ns)) && *ret_wait_ns <= 0) {
		n += take(live, port, ring_peek(&port->ring), &ret[n]);
		ring_advance(&port->ring);
	}
	return (int)n;
}

/* --- interfaces that go away ---------------------------------------------------------------- */

/* The kernel said so, or nothing has come for a moment.  An interface that is removed goes down
 * first, so what to say of one that went down is decided a moment later. */
static void look_after(struct live *live, size_t i, struct diag *diag)
{
	struct port *port = &live->ports[i];
	struct device_kind kind;

	if (port->state == PORT_UP || port->state == PORT_GONE)
		return;
	if (!device_exists(port->kind.index)) {
		port->state = PORT_GONE;
		if (live->count > 1)
			diag_warning(diag, SPAN_NONE, "the interface '%s' disappeared",
				     port_name(live, i));
		return;
	}
	if (device_kind(port_name(live, i), &kind) == 0 && kind.is_up) {
		port->state = PORT_UP;
	} else if (port->state == PORT_DOWN) {
		port->state = PORT_ASLEEP;
		diag_warning(diag, SPAN_NONE, "the interface '%s' went down", port_name(live, i));
		diag_hint(diag, "packets come again when it is up");
	}
}

static int look_after_all(struct live *live, struct diag *diag)
{
	uint32_t gone = 0;

	for (size_t i = 0; i < live->count; i++) {
		look_after(live, i, diag);
		gone += live->ports[i].state == PORT_GONE;
	}
	if (gone < live->count)
		return -EAGAIN;
	if (live->count == 1)
		diag_error(diag, SPAN_NONE, "the interface '%s' disappeared", port_name(live, 0));
	else
		diag_error(diag, SPAN_NONE, "all interfaces disappeared");
	return -ENODEV;
}

/* What a socket's error means: ENETDOWN is said once, when the interface goes down. */
static int take_error(struct live *live, size_t i, struct diag *diag)
{
	int err = 0;
	socklen_t size = sizeof err;

	if (getsockopt(live->ports[i].fd, SOL_SOCKET, SO_ERROR, &err, &size) < 0)
		err = errno;
	if (err == ENETDOWN) {
		live->ports[i].state = PORT_DOWN;
		return 0;
	}
	if (err)
		diag_error(diag, SPAN_NONE, "reading from '%s' failed: %s", port_name(live, i),
			   strerror(err));
	return -err;
}

/* --- reading -------------------------------------------------------------------------------- */

/* Wait until there may be something to read.  1 if so, -EAGAIN after a moment without, -EINTR, or
 * what went wrong. */
static int wait_for_packets(struct live *live, struct diag *diag)
{
	struct pollfd fds[LIVE_MOST_INTERFACES];
	int n;

	for (size_t i = 0; i < live->count; i++)
		fds[i] = (struct pollfd){ .fd = live->ports[i].fd, .events = POLLIN };
	n = poll(fds, live->count, MOMENT_MS);
	if (n < 0)
		return -errno;
	if (n == 0)
		return look_after_all(live, diag);
	for (size_t i = 0; i < live->count; i++) {
		int err = fds[i].revents & POLLERR ? take_error(live, i, diag) : 0;

		if (err)
			return err;
	}
	return 1;
}

/* Sleep, when what is there must wait for what may be older.  (poll would say that there is something.) */
static int sleep_ns(int64_t ns)
{
	const struct timespec time = { .tv_nsec = (long)ns };

	return nanosleep(&time, NULL) < 0 ? -errno : 1;
}

/* After live_finish: 1 until the last block can have come, then 0, the end. */
static int wait_for_end(const struct live *live)
{
	int64_t left_ns = live->finish_ns - now_ns();

	if (left_ns <= 0)
		return 0;
	(void)sleep_ns(left_ns < 10000000 ? left_ns : 10000000);
	return 1;
}

static int live_read(struct packet_source *source, struct packet *ret, size_t most,
		     struct diag *diag)
{
	struct live *live = (struct live *)source;
	int64_t wait_ns = 0;
	int n;

	for (size_t i = 0; i < live->count; i++)
		ring_hand_back(&live->ports[i].ring);
	do {
		/* Asked before looking, so that what came last is seen. */
		int more = live->is_finishing ? wait_for_end(live) : 1;

		n = live->count == 1 ? read_one(live, ret, most) :
				       read_ordered(live, ret, most, &wait_ns);
		if (n > 0)
			return n;
		for (size_t i = 0; i < live->count; i++)
			ring_hand_back(&live->ports[i].ring);
		if (live->is_finishing)
			n = more;
		else if (wait_ns > 0)
			n = sleep_ns(wait_ns);
		else
			n = wait_for_packets(live, diag);
	} while (n > 0);
	return n;
}

/* --- counting ------------------------------------------------------------------------------- */

static void count_port(struct live *live, size_t i, struct packet_counts *ret)
{
	struct port *port = &live->ports[i];
	struct tpacket_stats_v3 stats;
	socklen_t size = sizeof stats;

	/* Reading sets the kernel's to zero. */
	if (getsockopt(port->fd, SOL_PACKET, PACKET_STATISTICS, &stats, &size) == 0) {
		port->received += stats.tp_packets;
		port->dropped += stats.tp_drops;
	}
	*ret = (struct packet_counts){ .received = port->received, .dropped = port->dropped };
	if (port->state != PORT_GONE && port->kind.index != 0)
		ret->dropped_by_interface = device_drops(port->kind.index) - port->drops_before;
}

static int live_counts(struct packet_source *source, uint32_t interface, struct packet_counts *ret)
{
	struct live *live = (struct live *)source;
	struct packet_counts one;

	*ret = (struct packet_counts){ 0 };
	for (uint32_t i = 0; i < live->count; i++) {
		if (interface != PACKET_ALL_INTERFACES && interface != i)
			continue;
		count_port(live, i, &one);
		ret->received += one.received;
		ret->dropped += one.dropped;
		ret->dropped_by_interface += one.dropped_by_interface;
	}
	return 0;
}

/* --- the end ---------------------------------------------------------------------------------- */

/* One after the other; what passed before is in a block that comes within the timeout. */
static void live_finish(struct packet_source *source)
{
	struct live *live = (struct live *)source;

	for (size_t i = 0; i < live->count; i++)
		(void)socket_attach_verdict(live->ports[i].fd, false);
	live->is_finishing = true;
	live->finish_ns = now_ns() + live->timeout_ns;
}

/* --- opening -------------------------------------------------------------------------------- */

static void live_free(struct packet_source *source)
{
	struct live *live = (struct live *)source;

	if (!live)
		return;
	for (size_t i = 0; live->ports && i < live->count; i++) {
		ring_release(&live->ports[i].ring);
		if (live->ports[i].fd >= 0)
			(void)close(live->ports[i].fd);
	}
	arena_release(&live->arena);
	free(live);
}

static const struct packet_source_ops live_ops = {
	.read = live_read,
	.counts = live_counts,
	.finish = live_finish,
	.free = live_free,
};

static int explain(struct diag *diag, const char *name, int err)
{
	switch (err) {
	case -EPERM:
	case -EACCES:
		diag_error(diag, SPAN_NONE, "you may not capture on '%s'", name);
		diag_hint(diag, "that takes root, or the capability CAP_NET_RAW: "
				"setcap cap_net_raw=ep waggle");
		break;
	case -EAFNOSUPPORT:
		diag_error(diag, SPAN_NONE, "this kernel has no packet sockets");
		diag_hint(diag, "they are a module: modprobe af_packet");
		break;
	case -ENOPROTOOPT:
		diag_error(diag, SPAN_NONE, "this kernel cannot share a ring of packets");
		diag_hint(diag, "Linux can since 3.2; emulators of its calls often cannot");
		break;
	case -ENODEV: diag_error(diag, SPAN_NONE, "there is no interface '%s'", name); break;
	case -ENETDOWN:
		diag_error(diag, SPAN_NONE, "the interface '%s' is not up", name);
		diag_hint(diag, "ip link set %s up", name);
		break;
	case -ENOMEM:
		diag_error(diag, SPAN_NONE, "no memory for the buffer of '%s'", name);
		diag_hint(diag, "-B makes it smaller");
		break;
	default:
		diag_error(diag, SPAN_NONE, "cannot capture on '%s': %s", name, strerror(-err));
		break;
	}
	return err;
}

static int set_flag(int fd, int option)
{
	const int one = 1;

	return setsockopt(fd, SOL_PACKET, option, &one, sizeof one) < 0 ? -errno : 0;
}

static int open_socket(struct live *live, struct port *port, const struct live_options *options)
{
	const struct ring_options ring = {
		.bytes =
			(size_t)(options->buffer_kib ? options->buffer_kib : LIVE_DEFAULT_BUFFER_KIB)
			<< 10,
		.snaplen = live->source.snaplen,
		.timeout_ms = options->immediate ? IMMEDIATE_TIMEOUT_MS : BLOCK_TIMEOUT_MS,
	};
	const struct packet_mreq promiscuous = {
		.mr_ifindex = port->kind.index,
		.mr_type = PACKET_MR_PROMISC,
	};
	int type = port->kind.is_cooked ? SOCK_DGRAM : SOCK_RAW, err;

	/* Protocol 0: nothing comes until bind_port. */
	port->fd = socket(AF_PACKET, type | SOCK_CLOEXEC, 0);
	if (port->fd < 0)
		return -errno;
	/* What is not wanted need not take room.  Before Linux 4.20 it does. */
	if (live->direction == LIVE_IN || (live->direction == LIVE_BOTH && port->kind.is_loopback))
		(void)set_flag(port->fd, PACKET_IGNORE_OUTGOING);
	err = ring_init(&port->ring, port->fd, &ring);
	if (!err && port->kind.index != 0 && !options->no_promiscuous &&
	    setsockopt(port->fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &promiscuous,
		       sizeof promiscuous) < 0)
		err = -errno;
	port->drops_before = device_drops(port->kind.index);
	return err;
}

static int open_port(struct live *live, size_t i, const struct live_options *options,
		     struct diag *diag)
{
	const char *name = options->names[i];
	struct port *port = &live->ports[i];
	char *copy = arena_strndup(&live->arena, name, strlen(name));
	int err = copy ? device_kind(name, &port->kind) : -ENOMEM;

	if (!err && !port->kind.is_up)
		err = -ENETDOWN;
	if (!err)
		err = open_socket(live, port, options);
	if (err)
		return explain(diag, name, err);
	live->interfaces[i] = (struct packet_interface){
		.name = copy,
		.dlt = port->kind.dlt,
		.snaplen = live->source.snaplen,
		.time_digits = 9,
	};
	return 0;
}

/* "any" sees what all others see; the same name twice would show each packet twice. */
static int check_names(const struct live_options *options, struct diag *diag)
{
	for (size_t i = 0; i < options->count; i++) {
		if (options->count > 1 && strcmp(options->names[i], "any") == 0) {
			diag_error(diag, SPAN_NONE,
				   "'any' stands for all interfaces, so it "
				   "cannot be given with others");
			return -EINVAL;
		}
		for (size_t j = 0; j < i; j++) {
			if (strcmp(options->names[i], options->names[j]) != 0)
				continue;
			diag_error(diag, SPAN_NONE, "the interface '%s' was given twice",
				   options->names[i]);
			return -EINVAL;
		}
	}
	if (options->count <= LIVE_MOST_INTERFACES)
		return 0;
	diag_error(diag, SPAN_NONE, "%zu interfaces are more than %d", options->count,
		   LIVE_MOST_INTERFACES);
	diag_hint(diag, "'any' stands for all");
	return -EINVAL;
}

static const char *join_names(struct live *live)
{
	struct strbuf text = { 0 };
	const char *joined = NULL;

	for (size_t i = 0; i < live->count; i++)
		strbuf_printf(&text, "%s%s", i ? ", " : "", port_name(live, i));
	if (!text.failed)
		joined = arena_strndup(&live->arena, strbuf_text(&text), text.len);
	strbuf_release(&text);
	return joined;
}

static int open_all(struct live *live, const struct live_options *options, struct diag *diag)
{
	live->ports = arena_alloc_array(&live->arena, options->count, sizeof *live->ports);
	live->interfaces =
		arena_alloc_array(&live->arena, options->count, sizeof *live->interfaces);
	if (!live->ports || !live->interfaces)
		return -ENOMEM;
	for (size_t i = 0; i < options->count; i++)
		live->ports[i].fd = -1;
	for (size_t i = 0; i < options->count; i++) {
		int err = open_port(live, i, options, diag);

		if (err)
			return err;
		live->count++;
	}
	live->source.name = join_names(live);
	live->source.interfaces = live->interfaces;
	live->source.interface_count = live->count;
	return live->source.name ? 0 : -ENOMEM;
}

int live_open(const struct live_options *options, struct diag *diag,
	      struct packet_source **ret_source)
{
	int timeout_ms = options->immediate ? IMMEDIATE_TIMEOUT_MS : BLOCK_TIMEOUT_MS;
	struct live *live;
	int err = check_names(options, diag);

	if (err)
		return err;
	live = calloc(1, sizeof *live);
	if (!live)
		return -ENOMEM;
	live->source.ops = &live_ops;
	live->source.snaplen = options->snaplen ? options->snaplen : LIVE_DEFAULT_SNAPLEN;
	live->source.is_filtered = true;
	live->direction = options->direction;
	live->timeout_ns = (timeout_ms + TIMER_SLACK_MS) * 1000000ll;
	err = open_all(live, options, diag);
	if (err) {
		/* The port at work may be half open. */
		live->count = live->ports && live->count < options->count ? live->count + 1 :
									    live->count;
		live_free(&live->source);
		return err;
	}
	*ret_source = &live->source;
	return 0;
}

/* --- filters -------------------------------------------------------------------------------- */

int live_attach(struct packet_source *source, size_t i, const struct socket_filter *filter,
		struct diag *diag, enum live_place *ret_place)
{
	struct live *live = (struct live *)source;
	int fd = live->ports[i].fd;
	bool is_ebpf = false;
	int err;

	if (!filter) {
		err = socket_attach_verdict(fd, true);
		*ret_place = LIVE_IN_KERNEL;
		return err ? explain(diag, port_name(live, i), err) : 0;
	}
	err = socket_attach(fd, filter, &is_ebpf);
	if (!err) {
		*ret_place = is_ebpf ? LIVE_IN_KERNEL_EBPF : LIVE_IN_KERNEL;
		return 0;
	}
	diag_warning(diag, SPAN_NONE, "the kernel does not take the filter for '%s' (%s)",
		     port_name(live, i), strerror(-err));
	diag_hint(diag, "all packets are read, and judged here: that costs more");
	live->source.is_filtered = false;
	*ret_place = LIVE_IN_USER_SPACE;
	return 0;
}

/* --- beginning ------------------------------------------------------------------------------ */

static int bind_port(const struct port *port)
{
	const struct sockaddr_ll address = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_ALL),
		.sll_ifindex = port->kind.index,
	};
	int err = 0;
	socklen_t size = sizeof err;

	if (bind(port->fd, (const struct sockaddr *)&address, sizeof address) < 0)
		return -errno;
	if (getsockopt(port->fd, SOL_SOCKET, SO_ERROR, &err, &size) < 0)
		return -errno;
	return -err;
}

int live_start(struct packet_source *source, struct diag *diag)
{
	struct live *live = (struct live *)source;

	for (size_t i = 0; i < live->count; i++) {
		int err = bind_port(&live->ports[i]);

		if (err)
			return explain(diag, port_name(live, i), err);
	}
	return 0;
}
