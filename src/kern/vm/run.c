/*
 * run.c - a run: what it may touch, how long it may take, and how it ended.
 *
 * All of this is off the fast path.  Engines compare with the window (prog.h) or count down the
 * budget themselves and come here when that fails.
 */
#include "kern/vm/prog.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/bits.h"
#include "base/strbuf.h"

enum {
	BUDGET_SLICE = 65536,   /* slots granted between two looks at the clock */
	HINT_DISTANCE = 4096,   /* farther accesses are no slips: no region is named */
	WINDOW_LEAST_BYTES = 8, /* smaller regions are looked up each time: 'last' would wrap */
};

static uint64_t now_ns(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

struct vm_run *vm_run_new(void)
{
	struct vm_run *run = aligned_alloc(64, align_up(sizeof *run, 64));

	if (!run)
		return NULL;
	memset(run, 0, sizeof *run);
	vm_run_clear_regions(run);
	return run;
}

void vm_run_free(struct vm_run *run)
{
	free(run);
}

/* The window onto @region, which has at least WINDOW_LEAST_BYTES. */
static struct vm_window window_of(const struct vm_region *region)
{
	struct vm_window window = { .start = region->start };

	for (unsigned int i = 0; i < ARRAY_LEN(window.last); i++)
		window.last[i] = region->bytes - (1u << i);
	return window;
}

/* There is no empty window: the stack is always a region, so it serves until another is hit. */
static void forget_windows(struct vm_run *run)
{
	run->read = window_of(&run->regions[0]);
	run->write = run->read;
}

void vm_run_clear_regions(struct vm_run *run)
{
	run->regions[0] = (struct vm_region){
		.start = (uint64_t)(uintptr_t)run->stack,
		.bytes = sizeof run->stack,
		.writable = true,
	};
	run->region_count = 1;
	forget_windows(run);
}

int vm_run_add_region(struct vm_run *run, const struct vm_region *region)
{
	if (!region->bytes)
		return 0;
	if (run->region_count == VM_MOST_REGIONS)
		return -ENOSPC;
	run->regions[run->region_count++] = *region;
	forget_windows(run);
	return 0;
}

void vm_run_set_region(struct vm_run *run, size_t i, const struct vm_region *region)
{
	assert(i + 1 < run->region_count);
	run->regions[i + 1] = *region; /* the stack is number 0 */
	forget_windows(run);
}

void vm_run_set_limits(struct vm_run *run, uint64_t insns, uint64_t time_ns)
{
	run->insns_limit = insns;
	run->time_limit_ns = time_ns;
}

void vm_run_set_packet(struct vm_run *run, const void *packet, uint32_t len)
{
	run->packet = packet;
	run->packet_len = len;
}

void vm_run_set_data(struct vm_run *run, void *data)
{
	run->data = data;
}

void *vm_run_data(const struct vm_run *run)
{
	return run->data;
}

const struct vm_fault *vm_run_fault(const struct vm_run *run)
{
	return &run->fault;
}

/* The slots to run until the next question: a slice, or what is left of the limit. */
static int64_t next_grant(const struct vm_run *run)
{
	uint64_t left = run->insns_limit - run->insns_granted;

	if (!run->insns_limit)
		return run->deadline_ns ? BUDGET_SLICE : INT64_MAX;
	if (left > INT64_MAX)
		left = INT64_MAX;
	return run->deadline_ns && left > BUDGET_SLICE ? BUDGET_SLICE : (int64_t)left;
}

static uint64_t deadline_after(uint64_t ns)
{
	const uint64_t now = now_ns();

	return ns < UINT64_MAX - now ? now + ns : UINT64_MAX;
}

void vm_run_begin(struct vm_run *run, const struct vm_prog *prog, bool native)
{
	run->prog = prog;
	run->native = native;
	run->guarded = prog->options.guarded;
	run->unwound = false;
	run->stopped = 0;
	run->fault = (struct vm_fault){ .kind = VM_FAULT_NONE, .pc = VM_PC_UNKNOWN };
	run->tail_calls = 0;
	run->may_gotos = VM_MOST_MAY_GOTOS;
	/* Also when @prog is not limited: one that it tail-calls may be. */
	run->deadline_ns = run->time_limit_ns ? deadline_after(run->time_limit_ns) : 0;
	run->insns_granted = 0;
	run->budget = next_grant(run);
	run->insns_granted = (uint64_t)run->budget;
	if (run->guarded)
		memset(run->stack, 0, sizeof run->stack);
}

static void stop(struct vm_run *run, const struct vm_fault *fault)
{
	if (run->stopped)
		return; /* the first fault is the cause */
	run->fault = *fault;
	run->fault.prog = run->prog;
	run->stopped = 1;
}

int vm_run_result(const struct vm_run *run)
{
	switch (run->fault.kind) {
	case VM_FAULT_NONE: return 0;
	case VM_FAULT_ACCESS:
	case VM_FAULT_ALIGN:
	case VM_FAULT_HELPER: return -EFAULT;
	case VM_FAULT_INSNS:
	case VM_FAULT_FRAMES: return -ELOOP;
	case VM_FAULT_TIME: return -ETIME;
	}
	return -EINVAL;
}

/* The region that holds all of an access, or NULL. */
static const struct vm_region *find_region(const struct vm_run *run, uint64_t address,
					   uint64_t size, bool write)
{
	for (size_t i = 0; i < run->region_count; i++) {
		const struct vm_region *region = &run->regions[i];
		uint64_t at = address - region->start;

		if (at < region->bytes && size <= region->bytes - at &&
		    (region->writable || !write))
			return region;
	}
	return NULL;
}

bool vm_access_slow(struct vm_run *run, uint64_t address, uint32_t size, bool write, uint32_t pc)
{
	const struct vm_region *region = find_region(run, address, size, write);

	if (!region) {
		stop(run, &(struct vm_fault){ .kind = VM_FAULT_ACCESS,
					      .pc = pc,
					      .address = address,
					      .size = size,
					      .write = write });
		return false;
	}
	if (region->bytes >= WINDOW_LEAST_BYTES && write)
		run->write = window_of(region);
	else if (region->bytes >= WINDOW_LEAST_BYTES)
		run->read = window_of(region);
	return true;
}

bool vm_budget_spent(struct vm_run *run, uint32_t pc)
{
	int64_t grant;

	if (run->deadline_ns && now_ns() >= run->deadline_ns) {
		stop(run, &(struct vm_fault){ .kind = VM_FAULT_TIME, .pc = pc });
		return false;
	}
	/* What was overdrawn is paid back out of the next grant. */
	do {
		grant = next_grant(run);
		if (!grant) {
			stop(run, &(struct vm_fault){ .kind = VM_FAULT_INSNS, .pc = pc });
			return false;
		}
		run->insns_granted += (uint64_t)grant;
		run->budget += grant;
	} while (run->budget < 0);
	return true;
}

void vm_unaligned(struct vm_run *run, uint64_t address, uint32_t size, uint32_t pc)
{
	stop(run, &(struct vm_fault){
			  .kind = VM_FAULT_ALIGN, .pc = pc, .address = address, .size = size });
}

void vm_frames_spent(struct vm_run *run, uint32_t pc)
{
	stop(run, &(struct vm_fault){ .kind = VM_FAULT_FRAMES, .pc = pc });
}

bool vm_packet_load(const struct vm_run *run, int64_t offset, uint32_t size, uint64_t *ret_value)
{
	const uint8_t *p;

	if (offset < 0 || offset + size > run->packet_len)
		return false;
	p = run->packet + offset;
	switch (size) {
	case 1: *ret_value = *p; break;
	case 2: *ret_value = load_be16(p); break;
	default: *ret_value = load_be32(p); break;
	}
	return true;
}

/* Helpers do not know where they are called from; engines that want it in messages note it in
 * fault.pc before the call. */
bool vm_check_access(struct vm_run *run, uint64_t address, uint64_t size, bool write)
{
	const struct vm_window *window = write ? &run->write : &run->read;

	if (!run->guarded || !size)
		return true;
	if (size <= 8 && address - window->start <= window->last[3])
		return true; /* most are keys and small values on the stack */
	if (find_region(run, address, size, write))
		return true;
	stop(run, &(struct vm_fault){
			  .kind = VM_FAULT_ACCESS,
			  .pc = run->fault.pc,
			  .address = address,
			  .size = size > UINT32_MAX ? UINT32_MAX : (uint32_t)size,
			  .write = write,
			  .detail = "a helper was asked to use it",
		  });
	return false;
}

void vm_helper_fault(struct vm_run *run, const char *detail)
{
	stop(run,
	     &(struct vm_fault){ .kind = VM_FAULT_HELPER, .pc = run->fault.pc, .detail = detail });
}

bool vm_tail_fits(const struct vm_run *run, const struct vm_prog *target, uint64_t frame)
{
	const struct vm_func *func = &target->funcs[0];

	if (func->frames > ISA_FRAMES)
		return true;
	return frame + (func->frames - 1u) * ISA_STACK_BYTES <= vm_last_frame(run);
}

/* Is @value the address of a function of @prog? */
static const struct vm_func *func_of_value(const struct vm_prog *prog, uint64_t value)
{
	uint64_t at = value - (uint64_t)(uintptr_t)prog->funcs;

	if (at % sizeof(struct vm_func) || at / sizeof(struct vm_func) >= prog->func_count)
		return NULL;
	return &prog->funcs[at / sizeof(struct vm_func)];
}

bool vm_call_back(struct vm_run *run, uint64_t value, const uint64_t args[5], uint64_t *ret_r0)
{
	const struct vm_prog *prog = run->prog;
	const struct vm_func *func = func_of_value(prog, value);
	const uint64_t caller = run->frame, frame = caller + ISA_STACK_BYTES;
	const uint64_t exit_sp = run->exit_sp;
	const bool bounded = func && func->frames <= ISA_FRAMES;

	if (!func) {
		vm_helper_fault(run, "the callback is no function of the program");
		return false;
	}
	if (frame + (bounded ? func->frames - 1u : 0) * ISA_STACK_BYTES > vm_last_frame(run)) {
		vm_frames_spent(run, run->fault.pc);
		return false;
	}
	if (run->native)
		*ret_r0 = prog->native_enter(args, run, func->native, frame);
	else
		*ret_r0 = vm_interpret_func(prog, run, func, args, frame);
	run->unwound = false;
	run->frame = caller;
	run->exit_sp = exit_sp;
	run->prog = prog;
	return !run->stopped;
}

int vm_interpret(const struct vm_prog *prog, struct vm_run *run, const uint64_t args[5],
		 uint64_t *ret_r0)
{
	uint64_t r0;
	int err = vm_interpret_prepare(prog);

	if (err)
		return err;
	vm_run_begin(run, prog, false);
	r0 = vm_interpret_func(prog, run, &prog->funcs[0], args, vm_first_frame(run));
	if (run->stopped)
		return vm_run_result(run);
	*ret_r0 = r0;
	return 0;
}

int vm_native(const struct vm_prog *prog, struct vm_run *run, const uint64_t args[5],
	      uint64_t *ret_r0)
{
	uint64_t r0;

	assert(prog->native);
	vm_run_begin(run, prog, true);
	r0 = prog->native_enter(args, run, prog->funcs[0].native, vm_first_frame(run));
	if (run->stopped)
		return vm_run_result(run);
	*ret_r0 = r0;
	return 0;
}

/* "instruction 5 (r0 = *(u8 *)(r1 +0)): ", or who else found the fault. */
static void put_place(const struct vm_fault *fault, struct strbuf *out)
{
	const struct vm_prog *prog = fault->prog;

	if (fault->pc == VM_PC_UNKNOWN || fault->pc >= prog->insn_count) {
		strbuf_puts(out, "a helper: ");
		return;
	}
	strbuf_printf(out, "instruction %u (", fault->pc);
	vm_prog_disasm(prog, fault->pc, out);
	strbuf_puts(out, "): ");
}

/* Off-by-one errors are the most frequent: say how far the nearest region is. */
static void hint_nearest(const struct vm_run *run, struct diag *diag)
{
	const struct vm_fault *fault = &run->fault;

	for (size_t i = 0; i < run->region_count; i++) {
		const struct vm_region *region = &run->regions[i];
		const uint64_t into = fault->address - region->start;

		if (!region->bytes || into >= region->bytes + HINT_DISTANCE)
			continue;
		diag_hint(diag, "%s %llu of %s of %llu bytes at 0x%llx",
			  into < region->bytes ? "it begins at byte" : "that would be byte",
			  (unsigned long long)into, i ? "a region" : "the stack",
			  (unsigned long long)region->bytes, (unsigned long long)region->start);
		return;
	}
}

static void explain_access(const struct vm_run *run, struct strbuf *out, struct diag *diag)
{
	const struct vm_fault *fault = &run->fault;
	const bool read_only = find_region(run, fault->address, fault->size, false);

	strbuf_printf(out, "%s of %u byte%s at 0x%llx %s", fault->write ? "write" : "read",
		      fault->size, fault->size == 1 ? "" : "s", (unsigned long long)fault->address,
		      read_only ? "is to memory that is only for reading" :
				  "is outside the program's memory");
	diag_error(diag, SPAN_NONE, "%s", strbuf_text(out));
	if (fault->detail)
		diag_hint(diag, "%s", fault->detail);
	if (!read_only)
		hint_nearest(run, diag);
}

static void explain_align(const struct vm_fault *fault, struct strbuf *out, struct diag *diag)
{
	strbuf_printf(out, "atomic operation at 0x%llx, which is not a multiple of its %u bytes",
		      (unsigned long long)fault->address, fault->size);
	diag_error(diag, SPAN_NONE, "%s", strbuf_text(out));
	diag_hint(diag, "align the variable, or do not pack the structure it is in");
}

static void explain_limit(const struct vm_run *run, struct strbuf *out, struct diag *diag)
{
	if (run->fault.kind == VM_FAULT_INSNS)
		strbuf_printf(out, "stopped after %llu instructions",
			      (unsigned long long)run->insns_limit);
	else
		strbuf_printf(out, "stopped after %g ms", (double)run->time_limit_ns / 1e6);
	diag_error(diag, SPAN_NONE, "%s", strbuf_text(out));
	diag_hint(diag, "a loop may be without end; if not, give the program more");
}

void vm_run_explain(const struct vm_run *run, struct diag *diag)
{
	const struct vm_fault *fault = &run->fault;
	struct strbuf text = { 0 };

	if (fault->kind == VM_FAULT_NONE)
		return;
	put_place(fault, &text);
	switch (fault->kind) {
	case VM_FAULT_NONE: break;
	case VM_FAULT_ACCESS: explain_access(run, &text, diag); break;
	case VM_FAULT_ALIGN: explain_align(fault, &text, diag); break;
	case VM_FAULT_INSNS:
	case VM_FAULT_TIME: explain_limit(run, &text, diag); break;
	case VM_FAULT_FRAMES:
		diag_error(diag, SPAN_NONE, "%scalls nest deeper than %d frames",
			   strbuf_text(&text), ISA_FRAMES);
		break;
	case VM_FAULT_HELPER:
		diag_error(diag, SPAN_NONE, "%s%s", strbuf_text(&text), fault->detail);
		break;
	}
	strbuf_release(&text);
}
