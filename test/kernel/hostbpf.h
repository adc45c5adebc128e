/*
 * hostbpf.h - the kernel of this machine as an oracle: the same bytecode, loaded and run there.
 *
 * For tests, fuzzers and measurements.  Bytecode names its maps by ISA_LD_MAP_IDX and
 * ISA_LD_MAP_IDX_VALUE, that is by index into the array of descriptors given to hostbpf_load, so
 * that nothing in it depends on where it runs.
 */
#ifndef WAGGLE_TEST_KERNEL_HOSTBPF_H
#define WAGGLE_TEST_KERNEL_HOSTBPF_H

#include "base/diag.h"
#include "isa/insn.h"
#include "kern/obj/map.h"

/* Why bpf(2) cannot load and run programs here, as words for 'skipped: ...', or NULL when it can.
 * Tries once and remembers. */
const char *hostbpf_missing(void);

/* A map like @like (its type, sizes and flags); arrays with MAP_F_MMAPABLE can be given to hostbpf_map.
 * Returns a descriptor, or a negative errno. */
int hostbpf_map_new(const struct map *like);
int hostbpf_map_update(int map_fd, const void *key, const void *value);
int hostbpf_map_lookup(int map_fd, const void *key, void *ret_value);
int hostbpf_map_remove(int map_fd, const void *key);

/* The values of a mapped array, @bytes of them, or NULL. */
void *hostbpf_map(int map_fd, size_t bytes);

/* How a program is run: which context it gets in r1. */
enum hostbpf_type {
	HOSTBPF_PACKET,  /* BPF_PROG_TYPE_SCHED_CLS: r1 = struct __sk_buff */
	HOSTBPF_XDP,     /* r1 = struct xdp_md */
	HOSTBPF_SYSCALL, /* r1 = a buffer of the caller's; the cheapest to run */
};

/* Load @insns with @map_fds for its map indexes.  Returns a descriptor, or a negative errno; the
 * end of the verifier's log is in @diag, if that is not NULL (it costs a second try). */
int hostbpf_load(enum hostbpf_type type, const struct insn *insns, size_t insn_count,
		 const int *map_fds, struct diag *diag);

/* Run a loaded program @repeat times on @len bytes of @packet (HOSTBPF_PACKET and _XDP; at least 14;
 * else NULL and 0).  Sets *ret_r0 to the low half of r0, and unless NULL *ret_ns to the mean time of a
 * run by the kernel's own clock.  Returns 0 or a negative errno. */
int hostbpf_run(int prog_fd, const void *packet, uint32_t len, uint32_t repeat, uint32_t *ret_r0,
		uint32_t *ret_ns);

#endif
