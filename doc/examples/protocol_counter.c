/*
 * protocol_counter.c - an eBPF program on a socket: count the TCP, UDP and ICMP packets of the loopback.
 *
 *	cc -o protocol_counter protocol_counter.c
 *	sudo ./protocol_counter [SECONDS]
 *
 * The program is written in instructions, as the kernel's samples/bpf/sock_example.c is.  It counts in an
 * array, which we read meanwhile: the index is the number of a protocol in IPv4's header.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/in.h>
#include <net/if.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* clang-format off */
#define INSN(CODE, DST, SRC, OFF, IMM) \
	((struct bpf_insn){ .code = (CODE), .dst_reg = (DST), .src_reg = (SRC), .off = (OFF), .imm = (IMM) })

#define MOV64_REG(DST, SRC)          INSN(BPF_ALU64 | BPF_MOV | BPF_X, DST, SRC, 0, 0)
#define MOV64_IMM(DST, IMM)          INSN(BPF_ALU64 | BPF_MOV | BPF_K, DST, 0, 0, IMM)
#define ADD64_IMM(DST, IMM)          INSN(BPF_ALU64 | BPF_ADD | BPF_K, DST, 0, 0, IMM)
#define LOAD_PACKET_BYTE(OFF)        INSN(BPF_LD | BPF_ABS | BPF_B, 0, 0, 0, OFF) /* into r0 */
#define STORE_WORD(DST, OFF, SRC)    INSN(BPF_STX | BPF_MEM | BPF_W, DST, SRC, OFF, 0)
#define ATOMIC_ADD64(DST, OFF, SRC)  INSN(BPF_STX | BPF_ATOMIC | BPF_DW, DST, SRC, OFF, BPF_ADD)
#define LOAD_MAP(DST, FD)            INSN(BPF_LD | BPF_DW | BPF_IMM, DST, BPF_PSEUDO_MAP_FD, 0, FD), \
                                     INSN(0, 0, 0, 0, 0) /* the upper half of the number */
#define JUMP_EQ(DST, IMM, OFF)       INSN(BPF_JMP | BPF_JEQ | BPF_K, DST, 0, OFF, IMM)
#define CALL(FUNCTION)               INSN(BPF_JMP | BPF_CALL, 0, 0, 0, FUNCTION)
#define EXIT()                       INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0)
/* clang-format on */

enum { PROTOCOL_OFFSET = ETH_HLEN + 9 }; /* of the protocol in an IPv4 header behind Ethernet's */

static long bpf(int command, union bpf_attr *attr)
{
	return syscall(SYS_bpf, command, attr, sizeof *attr);
}

static int create_map(void)
{
	union bpf_attr attr = {
		.map_type = BPF_MAP_TYPE_ARRAY,
		.key_size = sizeof(uint32_t),
		.value_size = sizeof(uint64_t),
		.max_entries = 256,
	};

	return (int)bpf(BPF_MAP_CREATE, &attr);
}

static int load_program(int map_fd)
{
	static char log[65536];
	struct bpf_insn insns[] = {
		MOV64_REG(BPF_REG_6, BPF_REG_1), /* LD_ABS wants the packet in r6 */
		LOAD_PACKET_BYTE(PROTOCOL_OFFSET),
		STORE_WORD(BPF_REG_10, -4, BPF_REG_0), /* the key, on the stack */
		MOV64_REG(BPF_REG_2, BPF_REG_10),
		ADD64_IMM(BPF_REG_2, -4),
		LOAD_MAP(BPF_REG_1, map_fd),
		CALL(BPF_FUNC_map_lookup_elem),
		JUMP_EQ(BPF_REG_0, 0, 2), /* the verifier insists: not found */
		MOV64_IMM(BPF_REG_1, 1),
		ATOMIC_ADD64(BPF_REG_0, 0, BPF_REG_1),
		MOV64_IMM(BPF_REG_0, 0), /* keep nothing of the packet */
		EXIT(),
	};
	union bpf_attr attr = {
		.prog_type = BPF_PROG_TYPE_SOCKET_FILTER,
		.insns = (uintptr_t)insns,
		.insn_cnt = sizeof insns / sizeof insns[0],
		.license = (uintptr_t) "GPL",
		.log_buf = (uintptr_t)log,
		.log_size = sizeof log,
		.log_level = 1,
	};
	int fd = (int)bpf(BPF_PROG_LOAD, &attr);

	if (fd < 0)
		fprintf(stderr, "BPF_PROG_LOAD: %s\n%s", strerror(errno), log);
	return fd;
}

static unsigned long long read_count(int map_fd, uint32_t protocol)
{
	uint64_t count = 0;
	union bpf_attr attr = {
		.map_fd = (uint32_t)map_fd,
		.key = (uintptr_t)&protocol,
		.value = (uintptr_t)&count,
	};

	if (bpf(BPF_MAP_LOOKUP_ELEM, &attr) < 0)
		perror("BPF_MAP_LOOKUP_ELEM");
	return count;
}

/* A socket that sees all packets of @interface, with the program on it. */
static int open_socket(const char *interface, int prog_fd)
{
	struct sockaddr_ll address = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_ALL),
		.sll_ifindex = (int)if_nametoindex(interface),
	};
	int fd = socket(AF_PACKET, SOCK_RAW, 0);

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_ATTACH_BPF, &prog_fd, sizeof prog_fd) < 0 ||
	    bind(fd, (struct sockaddr *)&address, sizeof address) < 0)
		return -1;
	return fd;
}

int main(int argc, char **argv)
{
	int seconds = argc > 1 ? atoi(argv[1]) : 5;
	int map_fd = create_map(), prog_fd, fd;

	if (map_fd < 0) {
		perror("BPF_MAP_CREATE");
		return 1;
	}
	prog_fd = load_program(map_fd);
	if (prog_fd < 0)
		return 1;
	fd = open_socket("lo", prog_fd);
	if (fd < 0) {
		perror("socket");
		return 1;
	}
	fprintf(stderr, "counting on lo\n");
	for (int i = 0; i < seconds; i++) {
		sleep(1);
		printf("TCP %llu UDP %llu ICMP %llu packets\n", read_count(map_fd, IPPROTO_TCP),
		       read_count(map_fd, IPPROTO_UDP), read_count(map_fd, IPPROTO_ICMP));
		fflush(stdout);
	}
	close(fd);
	return 0;
}
