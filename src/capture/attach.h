/*
 * attach.h - filters of sockets, in the kernel.
 *
 * As classic BPF, which anybody may attach, or as eBPF, which takes CAP_BPF or root and can look
 * numbers up in hash maps.  Programs return how many bytes of a packet to keep.
 */
#ifndef WAGGLE_CAPTURE_ATTACH_H
#define WAGGLE_CAPTURE_ATTACH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A hash map with these keys and values of one byte. */
struct socket_set {
	uint32_t key_bytes;
	const void *keys; /* [count] */
	size_t count;
};

/* What there is of a filter: the one form, the other, or both. */
struct socket_filter {
	const void *classic; /* struct sock_filter [classic_count]; NULL: there is none */
	size_t classic_count;
	const void *ebpf; /* struct bpf_insn [ebpf_count]; NULL: there is none */
	size_t ebpf_count;
	const struct socket_set *sets; /* the program names map i as the descriptor i */
	size_t set_count;
	bool wants_ebpf; /* try it first */
};

/* Returns 0, with *ret_is_ebpf for the form that the kernel took, or the negative errno of the form that it
 * refused last.  The socket is left with the filter that it had then. */
int socket_attach(int fd, const struct socket_filter *filter, bool *ret_is_ebpf);

/* Let all packets through, or none.  0 or a negative errno. */
int socket_attach_verdict(int fd, bool keep);

#endif
