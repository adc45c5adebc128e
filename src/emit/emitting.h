/*
 * emitting.h - the inside of making an object: its state, and what the files share.
 *
 *	emit.c   sections, symbols, relocations
 *	place.c  names of sections: where programs attach
 *	types.c  BTF of maps, of the kernel's structs, and of its functions
 *	ext.c    .BTF.ext: functions, lines, what is to be fitted
 */
#ifndef WAGGLE_EMIT_EMITTING_H
#define WAGGLE_EMIT_EMITTING_H

#include "base/arena.h"
#include "btf/build.h"
#include "emit/emit.h"
#include "object/writer.h"

/* A section of code, and its part of .BTF.ext. */
struct emit_code {
	struct emit_code *next;
	const char *name;
	uint32_t section;
	uint32_t symbol; /* of the section itself; 0: not wanted yet */
	struct strbuf funcs, lines, fits;
};

/* Where a map is: in .maps, or a section of its own. */
struct emit_map {
	const char *name; /* of its symbol */
	uint32_t symbol;
	bool is_data;
};

struct emitting {
	const struct bundle *bundle;
	const struct btf *kernel;
	struct diag *diag;
	struct arena arena;
	struct object_writer w;
	struct emit_code *codes; /* in order */
	struct emit_map *maps;   /* of each of the bundle */
	const char **names;      /* of symbols, which are all different */
	uint32_t name_count;

	struct btf_build types;
	uint32_t int_ids[17][2]; /* by bytes, and whether they are signed; 0: not yet */
	uint32_t *copies;        /* by id of the kernel: its id here; 0: not yet */
	uint32_t *shallow;       /* the same of structs without their members */
	struct btf_placed *externs;
	uint32_t *extern_ids;     /* the kernel's */
	uint32_t *extern_symbols; /* of the object */
	uint32_t extern_count;
	bool failed; /* no memory */
};

/* place.c: the name of the section that tells loaders where @prog attaches. */
const char *emit_place(struct emitting *e, const struct bundle_prog *prog);

/* types.c: ids of e->types. */
uint32_t emit_key_type(struct emitting *e, uint32_t map);   /* 0: nothing is known but its size */
uint32_t emit_value_type(struct emitting *e, uint32_t map); /* the same */
uint32_t emit_map_type(struct emitting *e, uint32_t map, uint32_t *ret_bytes);
uint32_t emit_kernel_type(struct emitting *e, uint32_t id);
uint32_t emit_extern(struct emitting *e, uint32_t id); /* function or variable of the kernel */

/* ext.c: describe instructions [first, end) of @prog, which stand from byte @at of @code on. */
void emit_describe(struct emitting *e, struct emit_code *code, const struct bundle_prog *prog,
		   uint32_t first, uint32_t end, uint64_t at);
void emit_ext(struct emitting *e, struct strbuf *out);

#endif
