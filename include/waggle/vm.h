/*
 * waggle/vm.h - run eBPF programs in your own process.
 *
 * A machine is made, told what the program may do, given the program, and run as often as one likes:
 *
 *	struct waggle_vm *vm = waggle_vm_new();
 *	uint64_t result;
 *
 *	waggle_vm_set_guarded(vm, true);
 *	if (waggle_vm_load(vm, data, size, NULL) ||
 *	    waggle_vm_run_on(vm, packet, packet_len, &result))
 *		fprintf(stderr, "%s", waggle_vm_error(vm));
 *	waggle_vm_free(vm);
 *
 * Programs come as ELF objects (clang -O2 -g -target bpf -c), with maps and global variables; as
 * raw bytecode, in hexadecimal or as a C array; or as assembler text.
 *
 * Trust.  By default a program is trusted like code of your own: it runs as fast as the machine can,
 * and a wild pointer in it is a wild pointer in your process.  A guarded program is not trusted:
 * each of its accesses is checked against the memory it was given, its stack and the values of its
 * maps.  Limits on instructions and time are a choice of their own; programs that may loop need one.
 *
 * Threads.  Machines share nothing: use each from one thread at a time.
 *
 * Errors.  Functions that can fail return 0 or a negative errno, and waggle_vm_error then says in words
 * what was wrong.  Settings hold for the next waggle_vm_load; -EBUSY when a program is loaded.
 */
#ifndef WAGGLE_VM_H
#define WAGGLE_VM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct waggle_vm;      /* a machine */
struct waggle_vm_call; /* the call that a helper function is in */

/* NULL when memory is short. */
struct waggle_vm *waggle_vm_new(void);
void waggle_vm_free(struct waggle_vm *vm); /* NULL is fine */

/* What the last function that failed had to say: whole lines, "" when none did.  Owned by the machine;
 * good until its next call. */
const char *waggle_vm_error(const struct waggle_vm *vm);

/* --- Settings: before waggle_vm_load --- */

/* Check every access of the program, and every call. */
int waggle_vm_set_guarded(struct waggle_vm *vm, bool guarded);

/* End each run after about @insns instructions (-ELOOP) or @time_ns nanoseconds (-ETIME); 0 is no
 * limit. */
int waggle_vm_set_limits(struct waggle_vm *vm, uint64_t insns, uint64_t time_ns);

enum waggle_vm_engine {
	WAGGLE_VM_BEST,        /* machine code where it can be had, else the interpreter */
	WAGGLE_VM_INTERPRETER, /* slower; makes no executable memory */
	WAGGLE_VM_JIT,         /* machine code; loading fails with -ENOTSUP where there is none */
};
int waggle_vm_set_engine(struct waggle_vm *vm, enum waggle_vm_engine engine);

/* A function that programs can call: it gets r1 to r5, and its result is r0. */
typedef uint64_t waggle_vm_helper(uint64_t r1, uint64_t r2, uint64_t r3, uint64_t r4, uint64_t r5,
				  struct waggle_vm_call *call);

enum { WAGGLE_VM_MOST_HELPERS = 65536 };

/* Let programs call @helper by @id (below WAGGLE_VM_MOST_HELPERS) or, in ELF objects, as the function @name
 * that they declare and do not define.  It takes the place of a helper that has the id already: those of
 * Linux that there are here are present from the beginning.  @name is copied. */
int waggle_vm_add_helper(struct waggle_vm *vm, uint32_t id, const char *name,
			 waggle_vm_helper *helper);

/* What waggle_vm_user gives back to helpers.  May be set at any time. */
void waggle_vm_set_user(struct waggle_vm *vm, void *user);

/* Where lines of bpf_trace_printk go: dropped until set.  May be set at any time. */
void waggle_vm_set_trace(struct waggle_vm *vm,
			 void (*trace)(void *data, const char *text, size_t len), void *data);

/* --- Programs --- */

/* Load the program in the @size bytes at @data, which are copied.  It replaces the one that was loaded,
 * with all its maps.  @entry is a section or function of an ELF object; NULL when it has one
 * program, or is none. */
int waggle_vm_load(struct waggle_vm *vm, const void *data, size_t size, const char *entry);

/* Forget the program, so that settings can be changed. */
void waggle_vm_unload(struct waggle_vm *vm);

/* Let a guarded program use memory of yours, until waggle_vm_clear_memory or the next load. */
int waggle_vm_add_memory(struct waggle_vm *vm, void *start, size_t size, bool writable);
void waggle_vm_clear_memory(struct waggle_vm *vm);

/* Run the program with @args as r1 to r5.  *ret_r0 is set on success.  Otherwise: -EFAULT, it was about
 * to use memory that is not its own, or a helper said so; -ELOOP, too many instructions or nested
 * calls; -ETIME; -ENOENT, no program is loaded. */
int waggle_vm_run(struct waggle_vm *vm, const uint64_t args[5], uint64_t *ret_r0);

/* Run it on the @size bytes at @memory, which it may read and write: r1 is their address, r2 @size. */
int waggle_vm_run_on(struct waggle_vm *vm, void *memory, size_t size, uint64_t *ret_r0);

/* Does it run as machine code? */
bool waggle_vm_is_native(const struct waggle_vm *vm);

/* --- Maps of the loaded program, by name --- */

struct waggle_vm_map {
	uint32_t key_size; /* bytes */
	uint32_t value_size;
	uint32_t max_entries;
};

/* -ENOENT: there is no map @name. */
int waggle_vm_map_info(struct waggle_vm *vm, const char *name, struct waggle_vm_map *ret_info);

/* The value of @key, in place: programs see what you write there.  NULL: no such map or key. */
void *waggle_vm_map_lookup(struct waggle_vm *vm, const char *name, const void *key);

/* Set or delete an element.  @value has info.value_size bytes.  Errors are the kernel's. */
int waggle_vm_map_update(struct waggle_vm *vm, const char *name, const void *key,
			 const void *value);
int waggle_vm_map_delete(struct waggle_vm *vm, const char *name, const void *key);

/* The key after @key (NULL: the first) into @ret_next; -ENOENT after the last. */
int waggle_vm_map_next_key(struct waggle_vm *vm, const char *name, const void *key, void *ret_next);

/* --- For helper functions --- */

/* What was given to waggle_vm_set_user. */
void *waggle_vm_user(const struct waggle_vm_call *call);

/* May the program itself use the @size bytes at @address?  Ask before using a pointer that it gave you;
 * on false, return at once: the run ends with -EFAULT.  True in programs that are not guarded. */
bool waggle_vm_may_access(struct waggle_vm_call *call, uint64_t address, uint64_t size, bool write);

/* End the run with -EFAULT once the helper has returned; @reason (constant) goes into the message. */
void waggle_vm_fault(struct waggle_vm_call *call, const char *reason);

#ifdef __cplusplus
}
#endif

#endif
