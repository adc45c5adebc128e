/*
 * bpf_link.h - types of BPF links, by the kernel's numbers, whatever the system's headers know.
 *
 * Source: enum bpf_link_type of include/uapi/linux/bpf.h.
 */
#ifndef WAGGLE_ABI_BPF_LINK_H
#define WAGGLE_ABI_BPF_LINK_H

enum link_type {
	LINK_NONE = 0,
	LINK_RAW_TRACEPOINT = 1,
	LINK_TRACING = 2,
	LINK_CGROUP = 3,
	LINK_ITER = 4,
	LINK_NETNS = 5,
	LINK_XDP = 6,
	LINK_PERF_EVENT = 7,
	LINK_KPROBE_MULTI = 8,
	LINK_NETFILTER = 10,
	LINK_TCX = 11,
	LINK_UPROBE_MULTI = 12,
	LINK_NETKIT = 13,
	LINK_SOCKMAP = 14,
};

#endif
