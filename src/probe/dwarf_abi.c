/*
 * dwarf_abi.c - where arguments are when a function is called, and its result when it returns.
 *
 * x86-64 (System V ABI 3.2.3): integers and pointers take the registers rdi, rsi, rdx, rcx, r8, r9; structs of at
 * most 16 bytes are looked at by words: one that has anything but floating point in it takes such a
 * register, if there are enough for all of it.  What is larger, what is not aligned, and what finds no register,
 * is on the stack.  Results are in rax and rdx by the same rules; one that is none for registers is
 * written where rdi points on entry, and rax has that address in the end.
 *
 * arm64 (AAPCS64 6.8): the same with x0 to x7, but structs of more than 16 bytes are passed by address, a
 * struct of one to four floats in the registers of those, and once one argument is on the stack none that follows
 * gets a register.  Large results are where x8 points on entry, which nobody has to keep.
 *
 * Objects of C++ that must not be copied byte by byte are passed and returned by address on both.
 */
#include <dwarf.h>
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
	MOST_FLOATS = 8,  /* on both */
	BY_REFERENCE = 4, /* DW_CC_pass_by_reference, which older headers do not have */
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
	bool in_memory;  /* none of the others */
	bool by_address; /* a register for that: 'ints' is 1 */
	uint32_t ints;
	uint32_t floats;
};

/* What the words of a struct hold. */
struct words {
	struct catalog *catalog;
	bool has_int[MOST_WORDS]; /* something else than floating point */
	bool is_odd; /* something that is not aligned, or a float that is larger than a word */
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
	case CATALOG_FLOAT:
		words->floats++;
		words->is_odd |= type->size > WORD || offset % type->size;
		return 0;
	case CATALOG_VOID:
	case CATALOG_INT:
	case CATALOG_BOOL:
	case CATALOG_ENUM:
	case CATALOG_POINTER:
		for (uint64_t at = offset / WORD;
		     at < MOST_WORDS && at * WORD < offset + type->size; at++)
			words->has_int[at] = true;
		words->is_odd |= type->size && offset % type->size;
		return 0;
	}
	return 0;
}

/* The largest alignment that the parts of @type ask for: on the stack that counts from 16 on. */
static uint32_t alignment(struct catalog *catalog, const struct catalog_type *type, int depth)
{
	const struct catalog_type_field *fields;
	struct catalog_type of;
	uint32_t count, most = WORD;

	if (depth > MOST_DEPTH)
		return WORD;
	switch (type->kind) {
	case CATALOG_STRUCT:
	case CATALOG_UNION:
		if (catalog_type_fields(catalog, type, &fields, &count) != 0)
			return WORD;
		for (uint32_t i = 0; i < count; i++)
			if (alignment(catalog, &fields[i].type, depth + 1) > most)
				most = 2 * WORD;
		return most;
	case CATALOG_ARRAY:
		return catalog_type_of(catalog, type, &of) ? WORD :
							     alignment(catalog, &of, depth + 1);
	case CATALOG_VOID:
	case CATALOG_INT:
	case CATALOG_BOOL:
	case CATALOG_ENUM:
	case CATALOG_POINTER:
	case CATALOG_FLOAT: return type->size > WORD ? 2 * WORD : WORD;
	}
	return WORD;
}

static bool is_by_reference(const struct catalog_type *type)
{
	Dwarf_Attribute attribute;
	Dwarf_Word value;
	Dwarf_Die die;

	if (!type->more)
		return false;
	die = type->more->die;
	return dwarf_attr(&die, DW_AT_calling_convention, &attribute) &&
	       !dwarf_formudata(&attribute, &value) && value == BY_REFERENCE;
}

static int need_of_struct(struct catalog *catalog, bool is_arm64, const struct catalog_type *type,
			  struct need *ret_need)
{
	struct words words = { .catalog = catalog };
	const uint32_t count = (type->size + WORD - 1) / WORD;
	int err;

	*ret_need = (struct need){ 0 };
	if (is_by_reference(type) || (count > MOST_WORDS && is_arm64)) {
		ret_need->by_address = true;
		ret_need->ints = 1;
		return 0;
	}
	if (count > MOST_WORDS) {
		ret_need->in_memory = true;
		return 0;
	}
	err = look_into(&words, type, 0, 0);
	if (words.is_odd && !is_arm64) {
		ret_need->in_memory = true;
		return err;
	}
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

/* What is free yet when a function is called. */
struct room {
	bool is_arm64;
	uint32_t ints, floats; /* registers that are taken */
	uint32_t stack;        /* where the next argument begins, from the stack pointer */
};

static bool fits_registers(struct room *room, const struct need *need)
{
	return !need->in_memory &&
	       room->ints + need->ints <= (room->is_arm64 ? ARM64_INTS : X86_INTS) &&
	       room->floats + need->floats <= MOST_FLOATS;
}

static void place_on_stack(struct room *room, const struct need *need, uint32_t align,
			   struct catalog_param *param)
{
	const uint32_t base = room->is_arm64 ? 0 : WORD; /* the return address */
	uint32_t bytes = need->by_address || !param->type.size ? WORD : param->type.size;

	if (!need->by_address)
		room->stack = base + (uint32_t)align_up(room->stack - base, align);
	param->stack = room->stack;
	room->stack += (uint32_t)align_up(bytes, WORD);
	if (room->is_arm64 && need->ints)
		room->ints = ARM64_INTS;
	if (room->is_arm64 && need->floats)
		room->floats = MOST_FLOATS;
}

static int place_param(struct catalog *catalog, struct room *room, struct catalog_param *param)
{
	const uint32_t align = alignment(catalog, &param->type, 0);
	struct need need;
	int err = need_of(catalog, room->is_arm64, &param->type, &need);

	param->arg = param->stack = UINT32_MAX;
	param->is_address = need.by_address;
	if (room->is_arm64 && align > WORD && need.ints > 1) /* pairs begin with an even one */
		room->ints = (uint32_t)align_up(room->ints, 2);
	if (!fits_registers(room, &need)) {
		place_on_stack(room, &need, align, param);
		return err;
	}
	param->is_float = need.floats > 0;
	if (need.ints && !need.floats)
		param->arg = room->ints;
	room->ints += need.ints;
	room->floats += need.floats;
	return err;
}

/* *ret_is_hidden: the function is given the address of where its result shall be, as if it were an argument. */
static int place_result(struct catalog *catalog, bool is_arm64, struct catalog_param *result,
			bool *ret_is_hidden)
{
	struct need need;
	int err = need_of(catalog, is_arm64, &result->type, &need);

	result->name = "";
	result->arg = result->stack = UINT32_MAX;
	result->is_float = need.floats || result->type.kind == CATALOG_FLOAT;
	result->is_address = !result->is_float && (need.in_memory || need.by_address);
	*ret_is_hidden = result->is_address && !is_arm64;
	if (!result->is_float && !(result->is_address && is_arm64))
		result->arg = 0;
	return err;
}

int dwarf_place_signature(struct catalog *catalog, const struct user_file *file,
			  struct catalog_param *result, struct catalog_param *params,
			  uint32_t count)
{
	const bool is_arm64 = elf_file_machine(file->elf) == EM_AARCH64;
	struct room room = { .is_arm64 = is_arm64, .stack = is_arm64 ? 0 : WORD };
	bool is_hidden;
	int err = place_result(catalog, is_arm64, result, &is_hidden);

	room.ints = is_hidden;
	for (uint32_t i = 0; !err && i < count; i++)
		err = place_param(catalog, &room, &params[i]);
	return err;
}
