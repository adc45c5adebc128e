/*
 * prog_type_test.c - program types, contexts and who may call what: do the tables agree with the kernel?
 *
 * Everything is asked: each helper, each place of each context with each size, read and written, and
 * which numbers may be returned.
 */
#include <stdio.h>
#include <string.h>

#include "abi/helper.h"
#include "abi/version.h"
#include "ask.h"
#include "base/bits.h"

static const char *name_of(const struct abi_prog_type *row)
{
	static char text[96];

	(void)snprintf(text, sizeof text, "%s%s%s", row->name, row->variant ? "/" : "",
		       row->variant ? row->variant : "");
	return text;
}

/* On a later kernel more may be allowed than the tables know, but not less. */
static bool agrees(bool table, bool kernel)
{
	return table == kernel || (kernel && !ask_is_same_kernel());
}

/* --- helpers ---------------------------------------------------------------------------------- */

static void check_helpers(const struct ask *begun)
{
	for (uint32_t id = 1; id < ABI_HELPER_END; id++) {
		const bool may = abi_prog_type_may_have_helper(begun->row, id);
		const bool has = abi_prog_type_has_helper(begun->row, id);
		struct ask ask = *begun;
		int err;

		if (may != has)
			continue; /* it depends on this kernel's configuration */
		ask_op(&ask, ISA_CALL, 0, 0, 0, (int32_t)id);
		ask_end(&ask);
		err = ask_load(&ask);
		ask_check(agrees(has, !err || !(ask_log_has("cannot use helper") ||
						ask_log_has("unknown func") ||
						ask_log_has("invalid func"))),
			  "%s: %s: the table says %s, the kernel: %s", name_of(begun->row),
			  abi_helper_name(id), has ? "yes" : "no", ask_log());
	}
}

/* --- contexts --------------------------------------------------------------------------------- */

/* How the verifier's log writes what a register has become. */
static const struct {
	enum abi_ctx_value value;
	const char *texts[3];
} words[] = {
	/* clang-format off */
	{ ABI_CTX_SCALAR,              { "scalar(", "0", NULL } },
	{ ABI_CTX_PACKET,              { "pkt(", NULL } },
	{ ABI_CTX_PACKET_META,         { "pkt_meta(", NULL } },
	{ ABI_CTX_PACKET_END,          { "pkt_end(", NULL } },
	{ ABI_CTX_FLOW_KEYS,           { "flow_keys(", NULL } },
	{ ABI_CTX_SOCK_COMMON_OR_NULL, { "sock_common_or_null(", NULL } },
	{ ABI_CTX_SOCKET_OR_NULL,      { "sock_or_null(", NULL } },
	{ ABI_CTX_SOCKET,              { "sock(", NULL } },
	{ ABI_CTX_BTF,                 { "trusted_ptr_", "ptr_", NULL } },
	{ ABI_CTX_BUFFER,              { "tp_buffer(", NULL } },
	/* clang-format on */
};

/* What the log says that r0 is after the first instruction. */
static bool is_r0(enum abi_ctx_value value)
{
	const char *text = strstr(ask_log(), "R0=");

	for (size_t i = 0; text && i < ARRAY_LEN(words); i++)
		for (const char *const *word = words[i].texts; *word; word++)
			if (words[i].value == value && !strncmp(text + 3, *word, strlen(*word)))
				return true;
	return false;
}

static void check_access(const struct ask *begun, uint32_t offset, uint32_t size, bool write)
{
	static const enum isa_op loads[] = {
		[1] = ISA_LDX_B, [2] = ISA_LDX_H, [4] = ISA_LDX_W, [8] = ISA_LDX_DW
	};
	static const enum isa_op stores[] = {
		[1] = ISA_STX_B, [2] = ISA_STX_H, [4] = ISA_STX_W, [8] = ISA_STX_DW
	};
	const char *field;
	const enum abi_ctx_value value = abi_ctx_access(begun->row, offset, size, write, &field);
	struct ask ask = *begun;
	bool kernel;

	if (write) {
		ask_number(&ask, 0, 0);
		ask_op(&ask, stores[size], 1, 0, (int)offset, 0);
	} else {
		ask_op(&ask, loads[size], 0, 1, (int)offset, 0);
	}
	ask_end(&ask);
	ask.log_level = 2;
	kernel = ask_load(&ask) == 0;
	ask_check(agrees(value != ABI_CTX_NONE, kernel),
		  "%s: %s of %u bytes at %u (%s): the table says %s, the kernel: %s",
		  name_of(begun->row), write ? "write" : "read", size, offset,
		  field ? field : "no field", value != ABI_CTX_NONE ? "yes" : "no", ask_log());
	if (kernel && !write && value != ABI_CTX_NONE)
		ask_check(is_r0(value), "%s: %u bytes at %u (%s) give something else: %s",
			  name_of(begun->row), size, offset, field, ask_log());
}

static void check_accesses(const struct ask *begun, uint32_t from, uint32_t to)
{
	for (uint32_t size = 1; size <= 8; size *= 2) {
		for (uint32_t offset = from; offset < to; offset++) {
			/* not at a multiple of the size: once in a while */
			if (offset % size && offset % 16 != 1)
				continue;
			check_access(begun, offset, size, false);
			check_access(begun, offset, size, true);
		}
	}
}

static void check_context(const struct ask *begun)
{
	enum { MOST = 256, BEYOND = 16 };
	const uint32_t size = begun->row->ctx_size;

	if (size == 0)
		return; /* as BTF says */
	check_accesses(begun, 0, size < MOST ? size + BEYOND : MOST);
	/* of large ones, both ends: an offset is a signed 16-bit number */
	if (size > MOST && size <= INT16_MAX)
		check_accesses(begun, size - BEYOND, size + BEYOND);
}

/* --- return values ---------------------------------------------------------------------------- */

static void check_returns(const struct ask *begun)
{
	static const int32_t values[] = { INT32_MIN, -4096, -4095, -5,  -4,  -3,   -2,
					  -1,        0,     1,     2,   3,   4,    5,
					  7,         10,    11,    255, 256, 4095, INT32_MAX };
	const struct abi_prog_type *row = begun->row;
	struct ask ask = *begun;

	for (size_t i = 0; i < ARRAY_LEN(values); i++) {
		const bool table = !row->ret_checked ||
				   (values[i] >= row->ret_min && values[i] <= row->ret_max);

		ask = *begun;
		ask_number(&ask, 0, values[i]);
		ask_op(&ask, ISA_EXIT, 0, 0, 0, 0);
		ask_check(agrees(table, ask_load(&ask) == 0), "%s returns %d: the kernel: %s",
			  name_of(row), values[i], ask_log());
	}
	ask = *begun;
	ask_op(&ask, ISA_CALL, 0, 0, 0, ABI_HELPER_get_prandom_u32);
	ask_op(&ask, ISA_EXIT, 0, 0, 0, 0);
	ask_check(agrees(!row->ret_checked, ask_load(&ask) == 0),
		  "%s returns any number: the kernel: %s", name_of(row), ask_log());
}

/* --- licenses, sleeping ----------------------------------------------------------------------- */

static void check_license(const struct ask *begun)
{
	struct ask ask = *begun;

	ask.license = "MIT";
	ask_end(&ask);
	ask_check((ask_load(&ask) == 0) == !begun->row->needs_gpl, "%s, not under the GPL: %s",
		  name_of(begun->row), ask_log());
}

static void check_sleeping(const struct ask *begun)
{
	struct abi_prog_type row = *begun->row;
	struct ask ask = *begun;

	row.must_sleep = !row.must_sleep;
	ask.row = &row;
	ask_end(&ask);
	ask_check((ask_load(&ask) == 0) == (begun->row->may_sleep && !begun->row->must_sleep),
		  "%s, %s: %s", name_of(begun->row), row.must_sleep ? "sleepable" : "not sleepable",
		  ask_log());
}

int main(void)
{
	const char *why = ask_missing();

	if (why) {
		ask_skip("%s", why);
		return ask_summary();
	}
	for (size_t i = 0; i < abi_prog_type_count(); i++) {
		struct ask ask;

		if (!ask_begin(abi_prog_type_row(i), &ask, &why)) {
			ask_skip("%s: %s", name_of(abi_prog_type_row(i)), why);
			continue;
		}
		check_helpers(&ask);
		check_context(&ask);
		check_returns(&ask);
		check_license(&ask);
		check_sleeping(&ask);
	}
	return ask_summary();
}
