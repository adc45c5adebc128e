/*
 * call.h - what the files about calls share: the call of a helper that is being checked.
 */
#ifndef WAGGLE_KERN_VERIFIER_CALL_H
#define WAGGLE_KERN_VERIFIER_CALL_H

#include "kern/verifier/internal.h"

struct v_helper_call {
	uint32_t id;
	const struct abi_helper_proto *proto;
	const struct verifier_map *map; /* of its map argument */
	uint32_t map_uid;
	int64_t const_key;  /* of an array, or -1 */
	uint32_t mem_bytes; /* of memory it returns */
	uint64_t size_most; /* of memory it writes */
	int raw_reg; /* memory that it writes and that need not be initialised; or VERIFIER_NOWHERE */
	int64_t raw_bytes;
	int release_reg; /* argument that gives up its reference, or VERIFIER_NOWHERE */
	uint32_t ref_id; /* of the argument that holds one */
	int func;        /* callback, or VERIFIER_NOWHERE */
	uint32_t btf_id;
};

/* helper_args.c: is each argument what the helper takes? */
int v_check_args(struct verifier *v, struct v_helper_call *call);
/* Memory of @bytes bytes at register @reg, for a helper to read or write. */
int v_helper_memory(struct verifier *v, struct v_helper_call *call, int reg, int64_t bytes,
		    bool is_write, bool zero_ok, bool is_raw);

/* callback.c: paths through the function that the helper calls; and its return. */
int v_call_back(struct verifier *v, const struct v_helper_call *call);
int v_callback_return(struct verifier *v, uint32_t *ret_next);

/* kfunc.c */
int v_kfunc(struct verifier *v, uint32_t *ret_next);

#endif
