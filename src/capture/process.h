/*
 * process.h - whose packet is it: the processes at the ends of a connection that are on this machine.
 *
 * The kernel is asked for the socket with the packet's addresses and ports (sock_diag(7)), and /proc for the
 * process that has it open.  A packet does not wait for that: a process that ends at once may be gone
 * before it is asked for, and then nobody knows.  Of a socket that several have open, the one with the
 * lowest number is named.
 *
 * Other users' processes are told with CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH alone.
 */
#ifndef WAGGLE_CAPTURE_PROCESS_H
#define WAGGLE_CAPTURE_PROCESS_H

#include <stdint.h>

/* The ends of a packet, all of it in the order of the network but for the ports. */
struct process_flow {
	uint8_t ip_version; /* 4, or 6 */
	uint8_t protocol;   /* TCP (6) or UDP (17): of others nothing is known */
	uint16_t src_port;
	uint16_t dst_port;
	uint8_t src[16]; /* of IPv4: the first four */
	uint8_t dst[16];
};

struct process {
	int pid;          /* 0: not known, or not here */
	char command[16]; /* as in /proc/PID/comm */
};

struct processes; /* who was found; for one thread */

/* 0 or -ENOMEM, or what the kernel says; yours: processes_free. */
int processes_new(struct processes **ret_processes);
void processes_free(struct processes *processes); /* NULL is fine */

/* Who sends and who receives. */
void processes_find(struct processes *processes, const struct process_flow *flow,
		    struct process *ret_src, struct process *ret_dst);

#endif
