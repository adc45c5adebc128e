/*
 * prog_type.c - looking up program types, and what their programs may do.
 */
#include "abi/prog_type.h"

#include "abi/helper.h"
#include "abi/kind.h"
#include "base/bits.h"

enum trait {
	PACKET = 1,       /* reads packets through pointers */
	PACKET_WRITE = 2, /* and writes them */
	LEGACY = 4,       /* reads them by LD_ABS and LD_IND */
	MAY_SLEEP = 8,
	MUST_SLEEP = 16,
	GPL_ONLY = 32,
};

enum attach {
	ON_any = -1,
#define ATTACH_TYPE(number, NAME, name, since) ON_##name = (number),
#include "abi/attach_type.def"
};

enum ctx {
#define CTX(name, bytes) CTX_##name,
#include "abi/ctx.def"
};

enum ctx_size {
#define CTX(name, bytes) CTX_SIZE_##name = (bytes),
#include "abi/ctx.def"
};

#define ANYTHING          .ret_checked = false
#define RETURNS(min, max) .ret_checked = true, .ret_min = (min), .ret_max = (max)

static const struct abi_prog_type rows[] = {
#define PROG(number, name_, attach_, since_, ctx_, kinds_, traits, returns) \
	{                                                                   \
		.name = #name_,                                             \
		.variant = ON_##attach_ == ON_any ? NULL : #attach_,        \
		.type = (number),                                           \
		.attach = ON_##attach_,                                     \
		.since = (since_),                                          \
		.kinds = (kinds_),                                          \
		.ctx_size = CTX_SIZE_##ctx_,                                \
		.ctx = CTX_##ctx_,                                          \
		.needs_gpl = ((traits)&GPL_ONLY) != 0,                      \
		.direct_packet = ((traits)&PACKET) != 0,                    \
		.direct_packet_write = ((traits)&PACKET_WRITE) != 0,        \
		.may_sleep = ((traits)&MAY_SLEEP) != 0,                     \
		.must_sleep = ((traits)&MUST_SLEEP) != 0,                   \
		.legacy_packet_loads = ((traits)&LEGACY) != 0,              \
		returns,                                                    \
	},
#include "abi/prog_type.def"
};

/* Which kinds of programs may call each helper. */
static const uint64_t helper_kinds[ABI_HELPER_END] = {
#define HELPER(id, name, since, kinds) [id] = (kinds),
#include "abi/helper.def"
};

const struct abi_prog_type *abi_prog_type(uint32_t type, uint32_t attach)
{
	const struct abi_prog_type *found = NULL;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (rows[i].type != type)
			continue;
		if (rows[i].attach >= 0 && (uint32_t)rows[i].attach == attach)
			return &rows[i];
		if (rows[i].attach == ON_any)
			found = &rows[i];
	}
	if (!found && attach == 0 && type == ABI_PROG_cgroup_sock)
		return abi_prog_type(type, ON_cgroup_inet_sock_create);
	if (!found && attach == 0 && type == ABI_PROG_sk_reuseport)
		return abi_prog_type(type, ON_sk_reuseport_select);
	return found;
}

const char *abi_prog_type_name(uint32_t type)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (rows[i].type == type)
			return rows[i].name;
	return NULL;
}

size_t abi_prog_type_count(void)
{
	return ARRAY_LEN(rows);
}

const struct abi_prog_type *abi_prog_type_row(size_t i)
{
	return &rows[i];
}

bool abi_prog_type_may_have_helper(const struct abi_prog_type *row, uint32_t id)
{
	return id < ABI_HELPER_END && (helper_kinds[id] & row->kinds);
}

bool abi_prog_type_has_helper(const struct abi_prog_type *row, uint32_t id)
{
	return abi_prog_type_may_have_helper(row, id) && !(helper_kinds[id] & OPTIONAL);
}
