/*
 * names.c - names of numbers, and addresses of networks.
 *
 * Names are rows of one width in an array that cannot be written; a program that wants one takes the
 * row's address.  The last row is for numbers that have no name.
 */
#include "lower/bytes.h"

#include <arpa/inet.h>
#include <linux/bpf.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "abi/syscall.h"
#include "base/bits.h"

enum { INET_BYTES = 16, ERRORS = 134, SIGNALS = 65, ROW_TEXT = 64 };

/* --- names ----------------------------------------------------------------------------------- */

/* A table of names; text(number) writes one, or nothing. */
struct name_table {
	const char *map_name;
	uint32_t count;
	const char *unknown;
	void (*text)(uint32_t number, char name[ROW_TEXT]);
};

static void error_text(uint32_t number, char name[ROW_TEXT])
{
	const char *text = strerrordesc_np((int)number);

	if (text)
		(void)snprintf(name, ROW_TEXT, "%s", text);
}

static void signal_text(uint32_t number, char name[ROW_TEXT])
{
	const char *text = sigabbrev_np((int)number);

	if (number >= (uint32_t)SIGRTMIN && number <= (uint32_t)SIGRTMAX)
		(void)snprintf(name, ROW_TEXT, "SIGRT%u", number - (uint32_t)SIGRTMIN);
	else if (text)
		(void)snprintf(name, ROW_TEXT, "SIG%s", text);
}

static void syscall_text(uint32_t number, char name[ROW_TEXT])
{
	const struct abi_syscall *found = abi_syscall_numbered((int)number);

	if (found)
		(void)snprintf(name, ROW_TEXT, "%s", found->name);
}

/* Each row as wide as the longest, with its NUL. */
static uint8_t *make_rows(struct lowering *l, const struct name_table *table, uint32_t *ret_width)
{
	char name[ROW_TEXT];
	size_t longest = strlen(table->unknown);
	uint8_t *rows;

	for (uint32_t i = 0; i < table->count; i++) {
		*name = '\0';
		table->text(i, name);
		if (strlen(name) > longest)
			longest = strlen(name);
	}
	*ret_width = (uint32_t)align_up((uint32_t)longest + 1, 8);
	rows = lower_alloc(l, table->count + 1, *ret_width);
	for (uint32_t i = 0; rows && i <= table->count; i++) {
		*name = '\0';
		if (i < table->count)
			table->text(i, name);
		memcpy(rows + (size_t)i * *ret_width, *name ? name : table->unknown,
		       strlen(*name ? name : table->unknown));
	}
	return rows;
}

/* The number of the table's map; it is made when it is first wanted. */
static uint32_t map_of(struct lowering *l, const struct name_table *table, uint32_t *ret_width)
{
	struct bundle_map map = { .name = table->map_name,
				  .type = BPF_MAP_TYPE_ARRAY,
				  .key_size = 4,
				  .max_entries = 1,
				  .flags = BPF_F_RDONLY_PROG,
				  .is_frozen = true };

	for (uint32_t i = 0; i < l->map_count; i++)
		if (!strcmp(l->maps[i].name, table->map_name)) {
			*ret_width = l->maps[i].value_size / (table->count + 1);
			return i;
		}
	map.data = make_rows(l, table, ret_width);
	map.data_len = map.value_size = (table->count + 1) * *ret_width;
	return lower_add_map(l, map);
}

static struct value name_of(struct lowering *l, const struct expr *e,
			    const struct name_table *table)
{
	struct ir_value *number = lower_expr_as(l, e->args, type_int(8, true));
	struct ir_block *unknown = ir_build_block(&l->b), *join = ir_build_block(&l->b);
	uint32_t width, map = map_of(l, table, &width), row = ir_build_var(&l->b, IR_I64);
	struct ir_value *by;

	ir_build_set(&l->b, row, lower_bounded(l, number, table->count - 1, unknown));
	ir_build_jump(&l->b, join);
	ir_build_at(&l->b, unknown);
	ir_build_set(&l->b, row, lower_const(l, IR_I64, table->count));
	ir_build_jump(&l->b, join);
	ir_build_at(&l->b, join);
	by = ir_build_op2(&l->b, IR_MUL, ir_build_get(&l->b, row), lower_const(l, IR_I64, width));
	return (struct value){
		.type = type_string(l->types, width),
		.at = AT_MEMORY,
		.ir = ir_build_op2(&l->b, IR_PTR_ADD, lower_map_value(l, map, 0), by),
	};
}

/* --- addresses ------------------------------------------------------------------------------- */

/* The bytes of an address: an integer's, or those of an array, where they are. */
static void store_address(struct lowering *l, struct value value, struct place to, uint32_t bytes)
{
	if (lower_is_scalar(value.type))
		ir_build_store(&l->b, to.base, to.offset, 4,
			       lower_scalar_as(l, value, type_int(4, false)));
	else
		lower_store(l, value, type_array(l->types, type_int(1, false), bytes), to);
}

static bool is_long(const struct lowering *l, struct value value)
{
	(void)l;
	return !lower_is_scalar(value.type) && value.type->size == INET_BYTES;
}

static struct value ntop(struct lowering *l, const struct expr *e, const struct place *want)
{
	const struct expr *address = e->args->next ? e->args->next : e->args;
	struct place to = want ? *want : lower_memory(l, lower_size(l, e->type), false);
	struct ir_value *family;
	struct value value;

	lower_zero(l, to, lower_size(l, e->type));
	value = lower_expr(l, address, NULL);
	family = e->args->next ? lower_expr_as(l, e->args, type_int(4, false)) :
				 lower_const(l, IR_I32, is_long(l, value) ? AF_INET6 : AF_INET);
	ir_build_store(&l->b, to.base, to.offset, 4, family);
	store_address(l, value, place_at(to, 4), is_long(l, value) ? INET_BYTES : 4);
	return value_memory(e->type, to);
}

static struct value pton(struct lowering *l, const struct expr *e, const struct place *want)
{
	struct place to = want ? *want : lower_memory(l, lower_size(l, e->type), false);
	uint8_t bytes[INET_BYTES] = { 0 };
	bool is_long = e->type->count == INET_BYTES;

	if (inet_pton(is_long ? AF_INET6 : AF_INET, e->args->text, bytes) != 1) {
		lower_refuse(l, e->args->span,
			     "'%s' is no address: '192.0.2.1' and '2001:db8::1' "
			     "are such",
			     e->args->text);
		return lower_nothing(l, e->type);
	}
	for (uint32_t at = 0; at < e->type->count; at += 4) {
		uint32_t part;

		memcpy(&part, bytes + at, sizeof part);
		ir_build_store(&l->b, to.base, to.offset + (int32_t)at, 4,
			       lower_const(l, IR_I32, part));
	}
	return value_memory(e->type, to);
}

bool lower_name_call(struct lowering *l, const struct expr *e, const struct place *want,
		     struct value *ret_value)
{
	static const struct name_table errors = { "errors", ERRORS, "Unknown error", error_text };
	static const struct name_table signals = { "signals", SIGNALS, "unknown", signal_text };
	const struct name_table syscalls = { "syscalls", (uint32_t)abi_syscall_count(), "unknown",
					     syscall_text };

	switch (e->func->id) {
	case FUNC_STRERROR: *ret_value = name_of(l, e, &errors); return true;
	case FUNC_SIGNAL_NAME: *ret_value = name_of(l, e, &signals); return true;
	case FUNC_SYSCALL_NAME: *ret_value = name_of(l, e, &syscalls); return true;
	case FUNC_NTOP: *ret_value = ntop(l, e, want); return true;
	case FUNC_PTON: *ret_value = pton(l, e, want); return true;
	default: return false;
	}
}
