/*
 * load_in.h - what the files that load an object share.
 *
 *	load.c       the order of things
 *	load_map.c   maps
 *	load_prog.c  programs
 *	extern.c     what the object only declares
 */
#ifndef WAGGLE_LOAD_LOAD_IN_H
#define WAGGLE_LOAD_LOAD_IN_H

#include "base/arena.h"
#include "load/ext.h"
#include "load/load.h"
#include "load/types.h"

struct loading {
	struct loaded out; /* what others see of it */
	struct load_options options;
	struct object *object;
	struct diag *diag;
	struct arena arena;
	struct types types;   /* as the kernel gets them */
	struct btf *declared; /* as the compiler left them; NULL: there are none */
	struct ext ext;
	int btf_fd; /* 0: the kernel has not got them */
	const char *license;
	uint32_t config_map; /* number of .kconfig's map; UINT32_MAX: there is none */
};

/* Make all maps, fill in what they begin with (but programs), and freeze what is constant. */
int load_maps(struct loading *loading);
/* Put programs into the prog arrays that want them. */
int load_fill_slots(struct loading *loading);

/* Load all programs that are wanted. */
int load_progs(struct loading *loading);

/* For linking: loads and calls of what is only declared. */
int extern_load(void *loading, const struct object_extern *symbol, struct insn *insn);
int extern_call(void *loading, const struct object_extern *symbol, struct insn *insn);
/* May variable @name of .kconfig be missing? */
bool extern_is_weak(void *loading, const char *name);

#endif
