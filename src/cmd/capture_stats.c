/*
 * capture_stats.c - 'waggle capture --stats': a table of flows in place of packets.
 *
 * A flow is what two ends say to each other, both ways.  On a terminal a live table is drawn anew every second,
 * with what came in that second; elsewhere, and for files, there is one table at the end, with averages.
 * Flows beyond MOST_FLOWS are counted together.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "base/bits.h"
#include "base/hash.h"
#include "cmd/capture.h"
#include "dissect/headers.h"

enum {
	SLOT_BITS = 17,
	SLOTS = 1 << SLOT_BITS,
	MOST_FLOWS = SLOTS / 2, /* so that a slot is found soon */
	FINAL_ROWS = 20,
	FRAME_ROWS = 4, /* of the table on a terminal that are no flows */
};

#define NS_PER_S 1000000000ll

struct flow_end {
	uint8_t address[16];
	uint16_t port;
};

struct flow_key {
	uint16_t ethertype; /* 0 for IP: the version says it */
	uint8_t ip_version;
	uint8_t protocol;
	bool has_ports;
	struct flow_end ends[2]; /* the smaller first */
};

struct tally {
	uint64_t bytes, packets;
};

struct flow {
	struct flow_key key;
	struct tally all;
	struct tally shown; /* as of the last table */
};

struct stats_sink {
	struct sink sink; /* first */
	bool is_terminal; /* and the capture is live */
	uint32_t *slots;  /* [SLOTS]: the number of a flow, from 1 */
	struct flow *flows;
	uint32_t flow_count;
	uint32_t flow_size;
	struct flow others; /* for which there was no room */
	struct flow total;
	int64_t first_ns, last_ns; /* of the packets */
	int64_t drawn_ns;          /* by the clock */
	struct strbuf out;
};

/* --- flows ---------------------------------------------------------------------------------- */

static void make_key(const struct packet *packet, int dlt, struct flow_key *ret)
{
	struct packet_headers h;
	struct flow_end src, dst;
	bool is_ordered;

	(void)packet_headers(packet, dlt, &h); /* of other links: nothing */
	/* All bytes, for they are compared and hashed. */
	memset(ret, 0, sizeof *ret);
	memset(&src, 0, sizeof src);
	dst = src;
	if (!(h.has & HAS_NETWORK)) {
		ret->ethertype = h.has & HAS_ETHERTYPE ? h.ethertype : 0;
		return;
	}
	ret->ip_version = h.ip_version;
	ret->protocol = h.protocol;
	memcpy(src.address, h.src, sizeof src.address);
	memcpy(dst.address, h.dst, sizeof dst.address);
	if (h.has & HAS_PORTS) {
		ret->has_ports = true;
		src.port = h.src_port;
		dst.port = h.dst_port;
	}
	is_ordered = memcmp(&src, &dst, sizeof src) <= 0;
	ret->ends[0] = is_ordered ? src : dst;
	ret->ends[1] = is_ordered ? dst : src;
}

/* Folded. */
static uint32_t hash(const struct flow_key *key)
{
	uint32_t h = hash_bytes(key, sizeof *key);

	return (h ^ h >> SLOT_BITS) % SLOTS;
}

static struct flow *add_flow(struct stats_sink *self, const struct flow_key *key, uint32_t *slot)
{
	if (self->flow_count == self->flow_size) {
		uint32_t size = self->flow_size ? self->flow_size * 2 : 1024;
		struct flow *more = NULL;

		if (size <= MOST_FLOWS)
			more = reallocarray(self->flows, size, sizeof *more);
		if (!more)
			return &self->others;
		self->flows = more;
		self->flow_size = size;
	}
	self->flows[self->flow_count] = (struct flow){ .key = *key };
	*slot = ++self->flow_count;
	return &self->flows[self->flow_count - 1];
}

static struct flow *find_flow(struct stats_sink *self, const struct flow_key *key)
{
	for (uint32_t i = hash(key);; i = (i + 1) % SLOTS) {
		uint32_t number = self->slots[i];

		if (number == 0)
			return add_flow(self, key, &self->slots[i]);
		if (memcmp(&self->flows[number - 1].key, key, sizeof *key) == 0)
			return &self->flows[number - 1];
	}
}

static void count(struct flow *flow, const struct packet *packet)
{
	flow->all.bytes += packet->wire_len;
	flow->all.packets++;
}

/* --- the table ------------------------------------------------------------------------------ */

static void add_end(const struct flow_key *key, const struct flow_end *end, struct strbuf *out)
{
	int family = key->ip_version == 4 ? AF_INET : AF_INET6;
	char text[INET6_ADDRSTRLEN];

	strbuf_puts(out, inet_ntop(family, end->address, text, sizeof text));
	if (key->has_ports)
		strbuf_printf(out, ".%u", end->port);
}

/* clang-format off */
static const struct {
	uint8_t number;
	const char *name;
} protocols[] = {
	{ IPPROTO_ICMP,   "ICMP" },
	{ IPPROTO_IGMP,   "IGMP" },
	{ IPPROTO_TCP,    "TCP" },
	{ IPPROTO_UDP,    "UDP" },
	{ IPPROTO_GRE,    "GRE" },
	{ IPPROTO_ESP,    "ESP" },
	{ IPPROTO_ICMPV6, "ICMP6" },
	{ IPPROTO_SCTP,   "SCTP" },
};
/* clang-format on */

static void add_name(const struct flow_key *key, struct strbuf *out)
{
	if (!key->ip_version) {
		if (key->ethertype)
			strbuf_printf(out, "ethertype 0x%04x", key->ethertype);
		else
			strbuf_puts(out, "of no known protocol");
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(protocols); i++)
		if (protocols[i].number == key->protocol)
			strbuf_puts(out, protocols[i].name);
	if (out->data[out->len - 1] == ' ')
		strbuf_printf(out, "protocol %u", key->protocol);
	strbuf_putc(out, ' ');
	add_end(key, &key->ends[0], out);
	strbuf_puts(out, " - ");
	add_end(key, &key->ends[1], out);
}

static uint64_t per_second(uint64_t count, int64_t ns)
{
	return ns > 0 ? (uint64_t)((double)count * (double)NS_PER_S / (double)ns) : 0;
}

/* What came since the table before, or on average, and then the name is to be added. */
static void add_numbers(struct flow *flow, int64_t ns, struct strbuf *out)
{
	strbuf_printf(out, "%12" PRIu64 " %10" PRIu64 " %11" PRIu64 " %9" PRIu64 "  ",
		      flow->all.bytes, flow->all.packets,
		      per_second(flow->all.bytes - flow->shown.bytes, ns),
		      per_second(flow->all.packets - flow->shown.packets, ns));
}

static int compare_flows(const void *a, const void *b)
{
	const struct flow *x = *(struct flow *const *)a, *y = *(struct flow *const *)b;

	if (x->all.bytes != y->all.bytes)
		return x->all.bytes > y->all.bytes ? -1 : 1;
	return (x > y) - (x < y); /* the earlier one */
}

static void add_rest(struct stats_sink *self, struct flow **flows, uint32_t from, int64_t ns)
{
	struct flow rest = self->others;
	uint32_t number = self->flow_count - from;

	for (uint32_t i = from; i < self->flow_count; i++) {
		rest.all.bytes += flows[i]->all.bytes;
		rest.all.packets += flows[i]->all.packets;
		rest.shown.bytes += flows[i]->shown.bytes;
		rest.shown.packets += flows[i]->shown.packets;
	}
	if (!rest.all.packets)
		return;
	add_numbers(&rest, ns, &self->out);
	if (self->others.all.packets)
		strbuf_printf(&self->out, "more than %" PRIu32 " other flows\n", number);
	else
		strbuf_printf(&self->out, "%" PRIu32 " other flow%s\n", number,
			      number == 1 ? "" : "s");
}

static int add_table(struct stats_sink *self, uint32_t rows, int64_t ns)
{
	struct flow **flows = calloc((size_t)self->flow_count + 1, sizeof(struct flow *));
	uint32_t shown = self->flow_count < rows ? self->flow_count : rows;

	if (!flows)
		return -ENOMEM;
	for (uint32_t i = 0; i < self->flow_count; i++)
		flows[i] = &self->flows[i];
	qsort(flows, self->flow_count, sizeof(struct flow *), compare_flows);
	strbuf_printf(&self->out, "%12s %10s %11s %9s  %s\n", "bytes", "packets", "bytes/s",
		      "packets/s", "flow");
	for (uint32_t i = 0; i < shown; i++) {
		add_numbers(flows[i], ns, &self->out);
		add_name(&flows[i]->key, &self->out);
		strbuf_putc(&self->out, '\n');
	}
	add_rest(self, flows, shown, ns);
	add_numbers(&self->total, ns, &self->out);
	strbuf_puts(&self->out, "all\n");
	free(flows);
	return self->out.failed ? -ENOMEM : 0;
}

static int write_out(struct stats_sink *self)
{
	bool failed = fwrite(strbuf_text(&self->out), 1, self->out.len, stdout) < self->out.len;

	failed |= fflush(stdout) != 0;
	strbuf_reset(&self->out);
	return failed ? -ECANCELED : 0; /* the program's end reports it */
}

static void remember(struct stats_sink *self)
{
	for (uint32_t i = 0; i < self->flow_count; i++)
		self->flows[i].shown = self->flows[i].all;
	self->others.shown = self->others.all;
	self->total.shown = self->total.all;
}

static void forget(struct stats_sink *self)
{
	for (uint32_t i = 0; i < self->flow_count; i++)
		self->flows[i].shown = (struct tally){ 0 };
	self->others.shown = self->total.shown = (struct tally){ 0 };
}

static uint32_t terminal_rows(void)
{
	struct winsize size = { 0 };

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0 || size.ws_row <= FRAME_ROWS)
		return FINAL_ROWS;
	return size.ws_row - FRAME_ROWS;
}

/* --- the sink ------------------------------------------------------------------------------- */

static int64_t clock_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * NS_PER_S + now.tv_nsec;
}

/* On a terminal, when a second has passed. */
static int draw(struct stats_sink *self)
{
	int64_t now, ns;
	int err;

	if (!self->is_terminal)
		return 0;
	now = clock_ns();
	ns = now - self->drawn_ns;
	if (ns < NS_PER_S)
		return 0;
	self->drawn_ns = now;
	strbuf_puts(&self->out, "\033[H\033[J"); /* to the top; clear what is below */
	err = add_table(self, terminal_rows(), ns);
	remember(self);
	return err ? err : write_out(self);
}

static int stats_take(struct sink *sink, const struct packet_source *source,
		      const struct packet *packets, size_t n)
{
	struct stats_sink *self = (struct stats_sink *)sink;
	struct flow_key key;

	for (size_t i = 0; i < n; i++) {
		make_key(&packets[i], source->interfaces[packets[i].interface].dlt, &key);
		count(find_flow(self, &key), &packets[i]);
		count(&self->total, &packets[i]);
		if (self->total.all.packets == 1)
			self->first_ns = packets[i].time_ns;
		self->last_ns = packets[i].time_ns;
	}
	return draw(self);
}

static int stats_flush(struct sink *sink)
{
	return draw((struct stats_sink *)sink);
}

static void stats_free(struct stats_sink *self)
{
	free(self->slots);
	free(self->flows);
	strbuf_release(&self->out);
	free(self);
}

static int stats_finish(struct sink *sink)
{
	struct stats_sink *self = (struct stats_sink *)sink;
	int err;

	if (self->is_terminal)
		strbuf_puts(&self->out, "\033[H\033[J");
	forget(self);
	err = add_table(self, self->is_terminal ? terminal_rows() : FINAL_ROWS,
			self->last_ns - self->first_ns);
	if (!err)
		err = write_out(self);
	stats_free(self);
	return err == -ECANCELED ? 0 : err;
}

static const struct sink_ops stats_ops = {
	.take = stats_take,
	.flush = stats_flush,
	.finish = stats_finish,
};

int sink_stats_new(struct capture *capture, struct sink **ret_sink)
{
	struct stats_sink *self = calloc(1, sizeof *self);

	if (!self)
		return -ENOMEM;
	self->sink = (struct sink){ .ops = &stats_ops, .capture = capture };
	self->is_terminal = capture_is_live(capture) && isatty(STDOUT_FILENO);
	self->drawn_ns = clock_ns();
	self->slots = calloc(SLOTS, sizeof *self->slots);
	if (!self->slots) {
		stats_free(self);
		return -ENOMEM;
	}
	*ret_sink = &self->sink;
	return 0;
}
