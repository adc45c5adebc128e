/*
 * send.c - send numbered packets from an interface, at a rate.
 *
 *	send INTERFACE RATE SECONDS BYTES
 *
 * UDP from 10.0.0.1 port 1000 to 10.0.0.2 port 2000, BYTES long from the Ethernet header on, RATE of them a
 * second, or if that is 0 as many as can be sent.  The number of each stands in its last eight bytes.
 * Prints how many were sent, and the rate that came of it.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

enum {
	BATCH = 32,
	LEAST_BYTES = 60,
	MOST_BYTES = 1514,
};

/* clang-format off */
static const uint8_t headers[] = {
	/* Ethernet */ 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x08, 0,
	/* IPv4 */     0x45, 0, 0, 0, 0, 0, 0x40, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2,
	/* UDP */      0x03, 0xe8, 0x07, 0xd0, 0, 0, 0, 0,
};
/* clang-format on */

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static int open_interface(const char *name)
{
	const struct sockaddr_ll address = {
		.sll_family = AF_PACKET,
		.sll_ifindex = (int)if_nametoindex(name),
	};
	const int one = 1;
	int fd = socket(AF_PACKET, SOCK_RAW, 0);

	if (fd < 0 || bind(fd, (const struct sockaddr *)&address, sizeof address) < 0)
		return -1;
	/* Past the queueing discipline, which would drop what comes too fast. */
	(void)setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &one, sizeof one);
	return fd;
}

static uint16_t sum(const uint8_t *p, size_t len)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < len; i += 2)
		sum += (uint32_t)p[i] << 8 | p[i + 1];
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

static void put_be16(uint8_t *p, size_t value)
{
	p[0] = (uint8_t)(value >> 8);
	p[1] = (uint8_t)value;
}

static void make_packet(uint8_t *p, size_t bytes)
{
	memset(p, 0, bytes);
	memcpy(p, headers, sizeof headers);
	put_be16(p + 16, bytes - 14);
	put_be16(p + 24, sum(p + 14, 20));
	put_be16(p + 38, bytes - 34);
}

struct sender {
	int fd;
	size_t bytes;
	uint64_t rate;
	uint64_t sent;
	struct mmsghdr messages[BATCH];
	struct iovec parts[BATCH];
	uint8_t packets[BATCH][MOST_BYTES];
};

static void prepare(struct sender *s)
{
	for (int i = 0; i < BATCH; i++) {
		make_packet(s->packets[i], s->bytes);
		s->parts[i] = (struct iovec){ s->packets[i], s->bytes };
		s->messages[i].msg_hdr =
			(struct msghdr){ .msg_iov = &s->parts[i], .msg_iovlen = 1 };
	}
}

/* Send up to a batch; packets that found no room are sent next time. */
static int send_batch(struct sender *s, unsigned int count)
{
	int n;

	for (unsigned int i = 0; i < count; i++) {
		uint64_t number = htobe64(s->sent + i);

		memcpy(s->packets[i] + s->bytes - sizeof number, &number, sizeof number);
	}
	n = sendmmsg(s->fd, s->messages, count, 0);
	if (n < 0)
		return errno == ENOBUFS || errno == EAGAIN || errno == EINTR ? 0 : -1;
	s->sent += (uint64_t)n;
	return 0;
}

static int send_all(struct sender *s, uint64_t seconds, uint64_t *ret_ns)
{
	uint64_t begin = now_ns(), end = begin + seconds * 1000000000u, now;

	while ((now = now_ns()) < end) {
		uint64_t due = BATCH;

		if (s->rate) {
			uint64_t should = (uint64_t)((double)(now - begin) * (double)s->rate / 1e9);

			due = should > s->sent ? should - s->sent : 0;
		}
		if (due > BATCH)
			due = BATCH;
		if (due > 0 && send_batch(s, (unsigned int)due) < 0)
			return -1;
	}
	*ret_ns = now - begin;
	return 0;
}

int main(int argc, char **argv)
{
	static struct sender sender;
	uint64_t ns;

	if (argc != 5) {
		fprintf(stderr, "usage: send INTERFACE RATE SECONDS BYTES\n");
		return 2;
	}
	sender.rate = strtoull(argv[2], NULL, 10);
	sender.bytes = strtoul(argv[4], NULL, 10);
	if (sender.bytes < LEAST_BYTES || sender.bytes > MOST_BYTES) {
		fprintf(stderr, "send: packets have %d to %d bytes\n", LEAST_BYTES, MOST_BYTES);
		return 2;
	}
	sender.fd = open_interface(argv[1]);
	if (sender.fd < 0) {
		fprintf(stderr, "send: cannot send on '%s': %s\n", argv[1], strerror(errno));
		return 1;
	}
	prepare(&sender);
	if (send_all(&sender, strtoull(argv[3], NULL, 10), &ns) < 0) {
		fprintf(stderr, "send: %s\n", strerror(errno));
		return 1;
	}
	printf("%llu %.0f\n", (unsigned long long)sender.sent,
	       (double)sender.sent * 1e9 / (double)ns);
	return 0;
}
