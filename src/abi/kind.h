/*
 * kind.h - the kinds of programs that the kernel tells apart, as sets: how the tables say "who".
 *
 * A row of prog_type.def is of one or more kinds.  Helpers, context fields and kernel functions name the
 * kinds that may use them; a program may when the two sets meet.  Only files of this folder include this:
 * the short names are for its tables.
 */
#ifndef WAGGLE_ABI_KIND_H
#define WAGGLE_ABI_KIND_H

#include <stdint.h>

#include "abi/version.h"

#define KIND(bit) (UINT64_C(1) << (bit))

/* clang-format off */
#define FILTER        KIND(0)
#define KPROBE        KIND(1)
#define KPROBE_MULTI  KIND(48) /* of KPROBE: many functions at once */
#define CLS           KIND(2)  /* sched_cls and sched_act */
#define TP            KIND(3)
#define XDP           KIND(4)
#define XDP_DEVMAP    KIND(5)
#define PERF          KIND(6)
#define CG_SKB        KIND(7)
#define CG_SOCK       KIND(8)
#define SOCK_CREATE   KIND(9)  /* these three are of CG_SOCK: a socket made or closed, */
#define SOCK_POST4    KIND(10) /* bound to an address */
#define SOCK_POST6    KIND(11)
#define LWT           KIND(12)
#define LWT_IN        KIND(13) /* these three are of LWT */
#define LWT_XMIT      KIND(14)
#define LWT_SEG6      KIND(15)
#define SOCK_OPS      KIND(16)
#define SK_SKB        KIND(17)
#define CG_DEVICE     KIND(18)
#define SK_MSG        KIND(19)
#define RAW_TP        KIND(20)
#define RAW_TP_PLAIN  KIND(21) /* these two are of RAW_TP: all of its arguments are numbers; */
#define RAW_TP_BUFFER KIND(47) /* the first is a buffer that may be written */
#define ADDR          KIND(22)
#define ADDR_RETVAL   KIND(23) /* the rest are of ADDR: may set the errno of the system call, */
#define ADDR_CONNECT  KIND(24) /* bind before they connect */
#define ADDR_4        KIND(25)
#define ADDR_6        KIND(26)
#define ADDR_SEND4    KIND(27)
#define ADDR_SEND6    KIND(28)
#define LIRC          KIND(29)
#define REUSEPORT     KIND(30)
#define FLOW          KIND(31)
#define CG_SYSCTL     KIND(32)
#define SOCKOPT       KIND(33)
#define GETSOCKOPT    KIND(34) /* of SOCKOPT */
#define SETSOCKOPT    KIND(35)
#define TRACING       KIND(36) /* typed raw tracepoints, functions, iterators */
#define TRAMPOLINE    KIND(37) /* of TRACING or LSM: fentry, fexit, modify_return, lsm_mac */
#define TRACE_RAW     KIND(38) /* these two are of TRACING */
#define ITER          KIND(39)
#define STRUCT_OPS    KIND(40)
#define EXT           KIND(41)
#define LSM           KIND(42)
#define LSM_CGROUP    KIND(43) /* of LSM */
#define SK_LOOKUP     KIND(44)
#define SYSCALL       KIND(45)
#define NETFILTER     KIND(46)

/* Beside the kinds of a helper: a kernel may be built, or locked down, so that it lacks it. */
#define OPTIONAL      KIND(63)

#define TYPED   (TRACING | LSM | SYSCALL) /* what they are given has types of the kernel */
#define PROBES  (KPROBE | TP | PERF | RAW_TP)
#define TRACERS (PROBES | TYPED)
#define CGROUPS (CG_SKB | CG_SOCK | SOCK_OPS | CG_DEVICE | ADDR | CG_SYSCTL | SOCKOPT)
/* What may cast between types of sockets. */
#define SOCKETS (LWT | ADDR | SK_MSG | SK_LOOKUP | XDP | CG_SKB | FLOW | CLS | SOCK_OPS | FILTER | SK_SKB)
/* All but lirc_mode2, whose list is its own. */
#define BASE    (TRACERS | CGROUPS | FILTER | CLS | XDP | LWT | SK_SKB | SK_MSG | REUSEPORT | FLOW | \
		 STRUCT_OPS | EXT | SK_LOOKUP | NETFILTER)
/* clang-format on */

#define V ABI_KERNEL

#endif
