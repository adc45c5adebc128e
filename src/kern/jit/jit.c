/*
 * jit.c - compiling a program: the part that is the same on every processor.
 *
 * Code is written into ordinary memory, for the address that codemem reserved for it, and put
 * there in one piece.  What lives in executable memory besides programs is one 'enter' routine,
 * made with the first program and kept.
 */
#include "kern/jit/jit.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "kern/jit/arch.h"
#include "kern/jit/codemem.h"

typedef uint64_t enter_fn(const uint64_t args[5], struct vm_run *run, void *func, uint64_t r10);

static pthread_mutex_t enter_lock = PTHREAD_MUTEX_INITIALIZER;
static enter_fn *enter; /* guarded by enter_lock; NULL until the first program is compiled */
static struct codemem enter_mem;

/* An address in executable memory as a function: not a conversion that ISO C knows. */
static enter_fn *as_enter(void *address)
{
	enter_fn *fn;

	static_assert(sizeof fn == sizeof address, "code and data have addresses of one size");
	memcpy(&fn, &address, sizeof fn);
	return fn;
}

static int make_enter(void)
{
	uint8_t bytes[JIT_ENTER_BYTES];
	struct jit_buf buf = { .bytes = bytes, .size = sizeof bytes };
	int err = codemem_reserve(sizeof bytes, &enter_mem);

	if (err)
		return err;
	buf.address = (uint64_t)(uintptr_t)enter_mem.address;
	err = jit_arch_emit_enter(&buf);
	if (err) {
		codemem_free(&enter_mem);
		return err;
	}
	err = codemem_commit(&enter_mem, bytes, buf.len);
	if (!err)
		enter = as_enter(enter_mem.address);
	return err;
}

static int get_enter(enter_fn **ret_enter)
{
	int err = 0;

	(void)pthread_mutex_lock(&enter_lock);
	if (!enter)
		err = make_enter();
	if (!err)
		*ret_enter = enter;
	(void)pthread_mutex_unlock(&enter_lock);
	return err;
}

static void native_free(struct vm_prog *prog)
{
	codemem_free(prog->native_block);
	free(prog->native_block);
}

/* Write the code of @prog for the memory reserved in @mem, and put it there. */
static int emit(struct vm_prog *prog, struct codemem *mem, struct jit_buf *buf,
		uint32_t *func_entry)
{
	uint8_t *code;
	int err = jit_arch_emit(prog, buf, func_entry);

	if (err) {
		codemem_free(mem);
		return err;
	}
	err = codemem_commit(mem, buf->bytes, buf->len);
	if (err)
		return err;
	code = mem->address;
	for (size_t i = 0; i < prog->func_count; i++)
		prog->funcs[i].native = code + func_entry[i];
	prog->native = prog->funcs[0].native;
	prog->native_bytes = buf->len;
	return 0;
}

static int compile(struct vm_prog *prog)
{
	struct codemem *mem = malloc(sizeof *mem);
	uint32_t *func_entry = malloc(prog->func_count * sizeof *func_entry);
	struct jit_buf buf = { .size = jit_arch_bound(prog) };
	int err = -ENOMEM;

	buf.bytes = malloc(buf.size);
	if (!mem || !func_entry || !buf.bytes)
		goto free_all;
	err = get_enter(&prog->native_enter);
	if (err)
		goto free_all;
	err = codemem_reserve(buf.size, mem);
	if (err)
		goto free_all;
	buf.address = (uint64_t)(uintptr_t)mem->address;
	err = emit(prog, mem, &buf, func_entry);
	if (err)
		goto free_all;
	prog->native_block = mem;
	prog->native_free = native_free;
	mem = NULL; /* the program's now */

free_all:
	free(buf.bytes);
	free(func_entry);
	free(mem);
	return err;
}

int jit_compile(struct vm_prog *prog, struct diag *diag)
{
	int err = prog->native ? 0 : compile(prog);

	switch (err) {
	case 0:
	case -ENOMEM: return err;
	case -EPERM:
	case -EACCES:
		diag_error(diag, SPAN_NONE, "the system refuses memory for machine code");
		diag_hint(diag, "the program still runs, slower, on the interpreter");
		return -ENOTSUP;
	default:
		diag_error(diag, SPAN_NONE, "the program cannot become machine code: %s",
			   strerror(-err));
		diag_hint(diag, "the program still runs, slower, on the interpreter");
		return -ENOTSUP;
	}
}

const void *jit_code(const struct vm_prog *prog, size_t *ret_bytes)
{
	const struct codemem *mem = prog->native_block;

	if (!prog->native)
		return NULL;
	*ret_bytes = prog->native_bytes;
	return mem->address;
}

void *jit_tail_target(struct vm_run *run, uint64_t map, uint32_t index, uint64_t frame)
{
	const struct vm_host *host = run->prog->host;
	const struct vm_prog *target;

	if (run->tail_calls >= ISA_TAIL_CALLS || !host->tail_target)
		return NULL;
	target = host->tail_target(run, map, index);
	if (!target || !target->native || !vm_tail_fits(run, target, frame))
		return NULL;
	run->tail_calls++;
	run->prog = target;
	return target->funcs[0].native;
}

/* Weyl sequence and mixer of SplitMix64 (Steele, Lea and Flood, 2014), from a start that the
 * kernel chose: one system call per thread, not one per constant. */
uint64_t jit_random(void)
{
	static _Thread_local uint64_t state;
	uint64_t z;

	if (!state && getrandom(&state, sizeof state, 0) != sizeof state)
		state = (uint64_t)time(NULL) ^ (uint64_t)(uintptr_t)&state;
	z = state += 0x9e3779b97f4a7c15;
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}
