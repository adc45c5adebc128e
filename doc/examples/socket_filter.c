/*
 * socket_filter.c - a packet filter on a socket: print the packets from and to port 53.
 *
 *	cc -o socket_filter socket_filter.c
 *	sudo ./socket_filter INTERFACE [COUNT]
 *
 * The program is classic BPF as 'tcpdump -dd port 53' prints it, an instruction a line: its code, how far to
 * jump if a test holds and if it does not, and a number.  ('waggle filter -dd port 53' prints a shorter
 * one.)  The kernel runs it on each packet, and hands us those for which it returns more than 0.
 */
#include <arpa/inet.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* clang-format off */
static struct sock_filter instructions[] = {
	{ 0x28, 0, 0, 0x0000000c },
	{ 0x15, 0, 8, 0x000086dd },
	{ 0x30, 0, 0, 0x00000014 },
	{ 0x15, 2, 0, 0x00000084 },
	{ 0x15, 1, 0, 0x00000006 },
	{ 0x15, 0, 17, 0x00000011 },
	{ 0x28, 0, 0, 0x00000036 },
	{ 0x15, 14, 0, 0x00000035 },
	{ 0x28, 0, 0, 0x00000038 },
	{ 0x15, 12, 13, 0x00000035 },
	{ 0x15, 0, 12, 0x00000800 },
	{ 0x30, 0, 0, 0x00000017 },
	{ 0x15, 2, 0, 0x00000084 },
	{ 0x15, 1, 0, 0x00000006 },
	{ 0x15, 0, 8, 0x00000011 },
	{ 0x28, 0, 0, 0x00000014 },
	{ 0x45, 6, 0, 0x00001fff },
	{ 0xb1, 0, 0, 0x0000000e },
	{ 0x48, 0, 0, 0x0000000e },
	{ 0x15, 2, 0, 0x00000035 },
	{ 0x48, 0, 0, 0x00000010 },
	{ 0x15, 0, 1, 0x00000035 },
	{ 0x6, 0, 0, 0x00040000 },
	{ 0x6, 0, 0, 0x00000000 },
};
/* clang-format on */

int main(int argc, char **argv)
{
	struct sock_fprog program = {
		.len = sizeof instructions / sizeof instructions[0],
		.filter = instructions,
	};
	struct sockaddr_ll address = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_ALL),
	};
	unsigned char packet[65536];
	int fd, count;

	if (argc < 2) {
		fprintf(stderr, "usage: socket_filter INTERFACE [COUNT]\n");
		return 2;
	}
	count = argc > 2 ? atoi(argv[2]) : -1;
	address.sll_ifindex = (int)if_nametoindex(argv[1]);

	/* For no protocol: nothing comes before the filter is attached. */
	fd = socket(AF_PACKET, SOCK_RAW, 0);
	if (fd < 0) {
		perror("socket");
		return 1;
	}
	if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) < 0) {
		perror("SO_ATTACH_FILTER");
		return 1;
	}
	if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0) {
		perror(argv[1]);
		return 1;
	}
	fprintf(stderr, "listening on %s\n", argv[1]);
	while (count-- != 0) {
		ssize_t len = recv(fd, packet, sizeof packet, 0);

		if (len < 0) {
			perror("recv");
			return 1;
		}
		printf("%zd bytes:", len);
		for (ssize_t i = 0; i < len; i++)
			printf(" %02x", packet[i]);
		printf("\n");
		fflush(stdout);
	}
	close(fd);
	return 0;
}
