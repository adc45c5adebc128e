/*
 * test_run.c - BPF_PROG_TEST_RUN: what it is like for programs of all types, and those without packets.
 *
 * As in net/bpf/test_run.c of Linux 6.18.
 */
#include "kern/syscall/test_run.h"

#include <errno.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "kern/syscall/user.h"

enum {
	ON_CPU = 1 << 0, /* BPF_F_TEST_RUN_ON_CPU */
	MOST_RAW_ARGS = 12,
	MOST_PACKET_BYTES = 16 << 20,
	ASK_NS = 20000000, /* between two questions whether anybody waits */
	RUN_INSNS =
		100000000, /* slots that one run may take while nobody has proven that it ends */
};

/* --- Packets ---------------------------------------------------------------------------------- */

/* @bytes below 4 GiB, or NULL. */
static void *low_memory(size_t bytes)
{
	const uint64_t end = (uint64_t)1 << 32;

	/* The kernel takes a hint unless something is there. */
	for (uint64_t hint = (uint64_t)1 << 29; hint + bytes <= end; hint += (uint64_t)1 << 26) {
		void *memory = mmap((void *)(uintptr_t)hint, bytes, PROT_READ | PROT_WRITE,
				    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (memory == MAP_FAILED)
			return NULL;
		if ((uintptr_t)memory + bytes <= end)
			return memory;
		(void)munmap(memory, bytes);
	}
	return NULL;
}

int packet_init(struct packet *packet, const struct call *call, size_t headroom, size_t tailroom)
{
	const size_t bytes = call->attr.test.data_size_in;

	if (bytes > MOST_PACKET_BYTES)
		return -EINVAL;
	packet->memory_bytes = headroom + bytes + tailroom;
	packet->memory = low_memory(packet->memory_bytes);
	if (!packet->memory)
		return -ENOMEM;
	packet->data = packet->memory + headroom;
	packet->bytes = bytes;
	return user_read(call->caller, packet->data, call->attr.test.data_in, bytes);
}

void packet_release(struct packet *packet)
{
	if (packet->memory)
		(void)munmap(packet->memory, packet->memory_bytes);
}

/* --- Contexts --------------------------------------------------------------------------------- */

int context_read(const struct call *call, void *context, size_t bytes, bool *ret_given)
{
	const uint64_t address = call->attr.test.ctx_in;
	const size_t given = call->attr.test.ctx_size_in;
	const size_t common = given < bytes ? given : bytes;
	int err = 0;

	*ret_given = address || call->attr.test.ctx_out;
	if (!address)
		return 0;
	if (given > (size_t)sysconf(_SC_PAGESIZE))
		return -E2BIG;
	err = user_zero(call->caller, address + common, given - common);
	return err ? err : user_read(call->caller, context, address, common);
}

static int finish_context(const struct call *call, const void *context, size_t bytes)
{
	const uint64_t address = call->attr.test.ctx_out;
	const size_t room = call->attr.test.ctx_size_out;
	uint32_t size = (uint32_t)bytes;
	int err;

	if (!context || !address)
		return 0;
	err = user_write(call->caller, address, context, bytes < room ? bytes : room);
	if (!err)
		err = user_write(call->caller,
				 call->address + offsetof(union attr, test.ctx_size_out), &size,
				 sizeof size);
	return err ? err : bytes > room ? -ENOSPC : 0;
}

int test_run_finish(struct test_run *run, const uint8_t *data, size_t bytes, const void *context,
		    size_t context_bytes)
{
	struct call *call = run->call;
	const size_t room = call->attr.test.data_size_out;
	const bool is_cut = room &&
			    bytes > room; /* without a size, old callers rely on all of it */
	int err = 0;

	if (call->attr.test.data_out)
		err = user_write(call->caller, call->attr.test.data_out, data,
				 is_cut ? room : bytes);
	call->attr.test.data_size_out = (uint32_t)bytes;
	call->attr.test.retval = run->result;
	call->attr.test.duration = run->mean_ns;
	if (!err)
		err = CALL_RETURN(call, test.data_size_out);
	if (!err)
		err = CALL_RETURN(call, test.retval);
	if (!err)
		err = CALL_RETURN(call, test.duration);
	if (!err && is_cut)
		err = -ENOSPC;
	return err ? err : finish_context(call, context, context_bytes);
}

/* --- Running ---------------------------------------------------------------------------------- */

static uint64_t now_ns(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static int lend(struct program_run *place, struct test_run *run)
{
	int err = program_run_add_memory(place, run->context, run->context_bytes,
					 !run->is_context_fixed);

	if (!err && run->packet.memory)
		err = program_run_add_memory(place, run->packet.memory, run->packet.memory_bytes,
					     true);
	vm_run_set_packet(program_run_vm(place), run->loads, run->load_bytes);
	vm_run_set_limits(program_run_vm(place), RUN_INSNS, 0);
	return err;
}

/* Faults end a guarded program as an exception would end one in the kernel: with the result 0. */
static int run_once(struct program_run *place, struct test_run *run)
{
	const uint64_t args[5] = { (uintptr_t)run->context };
	uint64_t result = 0;
	int err = program_run(place, args, &result);

	run->result = err ? 0 : (uint32_t)result;
	return err == -ENOMEM ? err : 0;
}

static bool is_gone(const struct caller *caller, uint64_t *asked)
{
	uint64_t now;

	if (!caller->is_gone)
		return false;
	now = now_ns();
	if (now - *asked < ASK_NS)
		return false;
	*asked = now;
	return caller->is_gone(caller->data);
}

static int run_repeatedly(struct program_run *place, struct test_run *run)
{
	const uint32_t repeat = run->call->attr.test.repeat ? run->call->attr.test.repeat : 1;
	const uint64_t start = now_ns();
	uint64_t took, asked = start;
	int err = 0;

	for (uint32_t i = 0; i < repeat && !err; i++) {
		err = run_once(place, run);
		if (!err && repeat > 1 && is_gone(run->call->caller, &asked))
			err = -EINTR;
	}
	took = now_ns() - start;
	run->mean_ns = took / repeat > UINT32_MAX ? UINT32_MAX : (uint32_t)(took / repeat);
	if (run->call->kernel->stats_users) {
		__atomic_fetch_add(&run->prog->run_count, repeat, __ATOMIC_RELAXED);
		__atomic_fetch_add(&run->prog->run_ns, took, __ATOMIC_RELAXED);
	}
	return err;
}

int test_run_repeat(struct test_run *run)
{
	struct embedded *kernel = run->call->kernel;
	struct program_run *place;
	int err = program_run_new(run->prog->program, NULL, &place);

	if (err)
		return err;
	object_get(&run->prog->object);
	(void)pthread_mutex_unlock(&kernel->lock);
	err = lend(place, run);
	if (!err)
		err = run_repeatedly(place, run);
	program_run_free(place);
	(void)pthread_mutex_lock(&kernel->lock);
	object_put(kernel, &run->prog->object);
	return err;
}

/* --- Programs without packets ------------------------------------------------------------------ */

/* Run @prog on a copy of the caller's context. */
static int run_on_context(struct call *call, struct prog_object *prog, size_t most, bool write_back)
{
	const size_t bytes = call->attr.test.ctx_size_in;
	struct test_run run = { .call = call, .prog = prog, .context_bytes = bytes };
	int err;

	if (bytes > most)
		return -EINVAL;
	err = user_copy(call->caller, call->attr.test.ctx_in, bytes, most, &run.context);
	if (err)
		return err;
	err = test_run_repeat(&run);
	if (!err && write_back)
		err = user_write(call->caller, call->attr.test.ctx_in, run.context, bytes);
	free(run.context);
	call->attr.test.retval = run.result;
	return err ? err : CALL_RETURN(call, test.retval);
}

static bool has_packet_members(const struct call *call)
{
	return call->attr.test.data_in || call->attr.test.data_out || call->attr.test.ctx_out ||
	       call->attr.test.duration || call->attr.test.repeat || call->attr.test.batch_size;
}

static int run_raw_tracepoint(struct call *call, struct prog_object *prog)
{
	const uint32_t flags = call->attr.test.flags, cpu = call->attr.test.cpu;

	if (has_packet_members(call))
		return -EINVAL;
	if (call->attr.test.ctx_size_in > MOST_RAW_ARGS * sizeof(uint64_t))
		return -EINVAL;
	if (flags & ON_CPU ? cpu >= map_cpu_count() : cpu)
		return flags & ON_CPU ? -ENXIO : -EINVAL;
	return run_on_context(call, prog, MOST_RAW_ARGS * sizeof(uint64_t), false);
}

static int run_syscall(struct call *call, struct prog_object *prog)
{
	if (has_packet_members(call) || call->attr.test.flags)
		return -EINVAL;
	return run_on_context(call, prog, UINT16_MAX, true);
}

int call_prog_test_run(struct call *call)
{
	struct prog_object *prog;
	int err;

	if (!call->attr.test.ctx_size_in != !call->attr.test.ctx_in ||
	    !call->attr.test.ctx_size_out != !call->attr.test.ctx_out)
		return -EINVAL;
	err = prog_object_find(call, (int)call->attr.test.prog_fd, &prog);
	if (err)
		return err;
	switch (prog->type) {
	case BPF_PROG_TYPE_SOCKET_FILTER:
	case BPF_PROG_TYPE_SCHED_CLS:
	case BPF_PROG_TYPE_SCHED_ACT:
	case BPF_PROG_TYPE_CGROUP_SKB:
	case BPF_PROG_TYPE_LWT_IN:
	case BPF_PROG_TYPE_LWT_OUT:
	case BPF_PROG_TYPE_LWT_XMIT:
	case BPF_PROG_TYPE_LWT_SEG6LOCAL: return test_run_skb(call, prog);
	case BPF_PROG_TYPE_XDP: return test_run_xdp(call, prog);
	case BPF_PROG_TYPE_RAW_TRACEPOINT:
	case BPF_PROG_TYPE_RAW_TRACEPOINT_WRITABLE: return run_raw_tracepoint(call, prog);
	case BPF_PROG_TYPE_SYSCALL: return run_syscall(call, prog);
	default: return -KERNEL_ENOTSUPP;
	}
}
