/*
 * sym.h - names of addresses: the kernel's by kallsyms, users' by the ELF files that they mapped.
 *
 *	struct sym *sym = sym_new(&options);
 *	sym_user(sym, pid, address, &frame);
 *
 * Files are read when an address in them is asked for.  A process that has ended can still be
 * resolved when its mappings were seen before: sym_watch notes those of every process that starts
 * programs or maps code from then on.
 */
#ifndef WAGGLE_SYM_SYM_H
#define WAGGLE_SYM_SYM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/diag.h"
#include "sys/sys.h"

struct sym;

enum sym_cache {
	SYM_PER_PID,
	SYM_PER_PROGRAM,
	SYM_NONE,
};

struct sym_options {
	const struct sys *sys;
	bool demangle; /* C++ and Rust */
	bool lines;    /* file:line from debug information, where there is some */
	enum sym_cache cache;
	const char *
		debug_dirs; /* where separate debug files are, separated by ':'; NULL: the usual places */
};

struct sym_frame {
	const char *name; /* NULL: not known */
	uint64_t offset;  /* from the start of the function */
	const char *
		module; /* kernel module, or path of the file; NULL: the kernel itself, or unknown */
	const char *file; /* source; NULL: not known */
	uint32_t line;
	bool is_inlined; /* into the frame behind it */
};

struct sym *sym_new(const struct sym_options *options); /* NULL when memory is short */
void sym_free(struct sym *sym);                         /* NULL is fine */

/* Read the kernel's symbols now.  0, or a negative errno with a warning in @diag that says why kernel
 * functions will be shown as numbers: -EPERM when the kernel hides addresses (kernel.kptr_restrict). */
int sym_need_kernel(struct sym *sym, struct diag *diag);

/* Strings of frames live as long as @sym.  False when nothing is known; *ret_frame is then empty.  Of a
 * user address whose function is not known, 'module' and 'offset', the address as the file's
 * symbols count, still may be. */
bool sym_kernel(struct sym *sym, uint64_t address, struct sym_frame *ret_frame);
bool sym_user(struct sym *sym, uint32_t pid, uint64_t address, struct sym_frame *ret_frame);
/* The same with the functions that were inlined there, innermost first: how many of @most.  An address
 * that a call returns to (@is_return) stands behind the call, which can be the last of its line and of
 * its function: it is the call that is looked up. */
unsigned int sym_user_inlined(struct sym *sym, uint32_t pid, uint64_t address, bool is_return,
			      struct sym_frame *ret_frames, unsigned int most);

/* The address of a symbol of the kernel, 0 when unknown. */
uint64_t sym_kernel_address(struct sym *sym, const char *name);

/* The registers of a process in user mode, and what its caller needs of them. */
struct sym_registers {
	uint64_t ip;
	uint64_t sp;
	uint64_t fp; /* rbp; x29 */
	uint64_t lr; /* arm64: x30 */
};

/* Who called whom, by the tables that compilers leave for exceptions (.eh_frame), where there are
 * none by the frame pointer.  @stack is a copy of @bytes from 'sp' up.  Returns how many of @most addresses
 * there are, innermost first; at least the 'ip'. */
unsigned int sym_unwind(struct sym *sym, uint32_t pid, const struct sym_registers *registers,
			const void *stack, size_t bytes, uint64_t *ret_addresses,
			unsigned int most);

/* Build id and offset in the file of a user address; false when unknown. */
bool sym_user_build_id(struct sym *sym, uint32_t pid, uint64_t address, uint8_t ret_id[20],
		       uint64_t *ret_offset);

/* Note the mappings of processes from now on, and those of the ones that are there.  0 or a negative
 * errno with the reason in @diag: without it only living processes are resolved.  sym_poll takes in what was
 * noted; call it several times a second, and before stacks are shown.  sym_fd is readable when there is
 * much to take in; -1 when nothing is watched. */
int sym_watch(struct sym *sym, struct diag *diag);
int sym_fd(const struct sym *sym);
void sym_poll(struct sym *sym);
/* Read the mappings of @pid now, while it is there. */
void sym_note(struct sym *sym, uint32_t pid);

#endif
