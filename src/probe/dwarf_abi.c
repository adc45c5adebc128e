/*
 * dwarf_abi.c - where arguments are when a function is called.
 *
 * x86-64 (System V ABI 3.2.3): integers and pointers take the registers rdi, rsi, rdx, rcx, r8, r9; structs of at
 * most 16 bytes are looked at by words: one that has anything but floating point in it takes such a
 * register, if there are enough for all of it.  What is larger, and what finds no register, is on the
 * stack.  If the result is so large too, rdi has its address.
 *
 * arm64 (AAPCS64 6.8): the same with x0 to x7, but structs of more than 16 bytes are passed by address, a
 * struct of one to four floats in the registers of those, and results are not in the way.
 */
#include <elf.h>
#include <string.h>

#include "base/bits.h"
#include "probe/dwarf_in.h"

enum {
	WORD = 8,
	MOST_WORDS = 2,
	MOST_DEPTH = 8,
	X86_INTS = 6,
	ARM64_INTS = 8,
	MOST_FLOATS = 8, /* on both */
};

/* By DWARF's numbers: rdi, rsi, rdx, rcx, r8, r9. */
static const uint8_t x86_arg_regs[X86_INTS] = { 5, 4, 1, 2, 8, 9 };

uint32_t dwarf_arg_of_reg(uint16_t machine, uint64_t reg)
{
	if (machine == EM_AARCH64)
		return reg < ARM64_INTS ? (uint32_t)reg : UINT32_MAX;
	for (uint32_t i = 0; machine == EM_X86_64 && i < X86_INTS; i++)
		if (x86_arg_regs[i] == reg)
			return i;
	return UINT32_MAX;
}

/* What a value needs. */
struct need {
	bool in_memory; /* none of: */
	uint32_t ints;
	uint32_t floats;
};

/* Which words of a struct have something else than floating point in them; and how many floats there are. */
struct words {
	struct catalog *catalog;
	bool has_int[MOST_WORDS];
	uint32_t floats;
};

static int look_into(struct words *words, const struct catalog_type *type, uint64_t offset,
		     int depth)
{
	const struct catalog_type_field *fields;
	struct catalog_type of;
	uint32_t count;
	int err;

	if (depth > MOST_DEPTH || offset >= MOST_WORDS * WORD)
		return 0;
	switch (type->kind) {
	case CATALOG_STRUCT:
	case CATALOG_UNION:
		err = catalog_type_fields(words->catalog, type, &fields, &count);
		for (uint32_t i = 0; !err && i < count; i++)
			err = look_into(words, &fields[i].type, offset + fields[i].offset,
					depth + 1);
		return err;
	case CATALOG_ARRAY:
		err = catalog_type_of(words->catalog, type, &of);
		for (uint32_t i = 0; !err && of.size && i < type->count &&
				     offset + (uint64_t)i * of.size < MOST_WORDS * WORD;
		     i++)
			err = look_into(words, &of, offset + (uint64_t)i * of.size, depth + 1);
		return err;
	case CATALOG_FLOAT: words->floats++; return 0;
	case CATALOG_VOID:
	case CATALOG_INT:
	case CATALOG_BOOL:
	case CATALOG_ENUM:
	case CATALOG_POINTER: words->has_int[offset / WORD] = true; return 0;
	}
	return 0;
}

static int need_of_struct(struct catalog *catalog, bool is_arm64, const struct catalog_type *type,
			  struct need *ret_need)
{
	struct words words = { .catalog = catalog };
	const uint32_t count = (type->size + WORD - 1) / WORD;
	int err;

	*ret_need = (struct need){ 0 };
	if (count > MOST_WORDS) {
		ret_need->in_memory = !is_arm64;
		ret_need->ints = is_arm64; /* its address */
		return 0;
	}
	err = look_into(&words, type, 0, 0);
	for (uint32_t i = 0; i < count; i++) {
		ret_need->ints += words.has_int[i];
		ret_need->floats += !words.has_int[i];
	}
	if (is_arm64 && ret_need->ints)
		*ret_need = (struct need){ .ints = count };
	else if (is_arm64)
		*ret_need = (struct need){ .floats = words.floats };
	return err;
}

static int need_of(struct catalog *catalog, bool is_arm64, const struct catalog_type *type,
		   struct need *ret_need)
{
	*ret_need = (struct need){ 0 };
	switch (type->kind) {
	case CATALOG_STRUCT:
	case CATALOG_UNION: return need_of_struct(catalog, is_arm64, type, ret_need);
	case CATALOG_FLOAT:
		ret_need->in_memory = !is_arm64 && type->size > WORD; /* long double */
		ret_need->floats = !ret_need->in_memory;
		return 0;
	case CATALOG_VOID:
	case CATALOG_ARRAY:
	case CATALOG_INT:
	case CATALOG_BOOL:
	case CATALOG_ENUM:
	case CATALOG_POINTER: ret_need->ints = type->size > WORD ? 2 : 1; return 0;
	}
	return 0;
}

int dwarf_place_params(struct catalog *catalog, const struct user_file *file,
		       const struct catalog_type *result, struct catalog_param *params,
		       uint32_t count)
{
	const bool is_arm64 = elf_file_machine(file->elf) == EM_AARCH64;
	const uint32_t most_ints = is_arm64 ? ARM64_INTS : X86_INTS;
	uint32_t ints = 0, floats = 0, stack = is_arm64 ? 0 : WORD; /* the return address */
	struct need need;
	int err = need_of(catalog, is_arm64, result, &need);

	if (!err && need.in_memory && result->kind != CATALOG_FLOAT)
		ints = 1;
	for (uint32_t i = 0; !err && i < count; i++) {
		struct catalog_param *param = &params[i];

		param->arg = param->stack = UINT32_MAX;
		err = need_of(catalog, is_arm64, &param->type, &need);
		if (need.in_memory || ints + need.ints > most_ints ||
		    floats + need.floats > MOST_FLOATS) {
			param->stack = stack;
			stack += (uint32_t)align_up(param->type.size ? param->type.size : WORD,
						    WORD);
			continue;
		}
		if (need.ints && !need.floats && !(is_arm64 && param->type.size > 2 * WORD))
			param->arg = ints;
		ints += need.ints;
		floats += need.floats;
	}
	return err;
}
