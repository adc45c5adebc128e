/*
 * dwarf_type.c - types of programs: each is looked into when somebody asks.
 */
#include <dwarf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "probe/dwarf_in.h"

enum {
	MOST_STEPS = 64, /* typedefs and qualifiers, which could go round in circles */
	POINTER_BYTES = 8,
};

static bool unsigned_of(Dwarf_Die *die, unsigned int name, uint64_t *ret_value)
{
	Dwarf_Attribute attribute;
	Dwarf_Word value;

	if (!dwarf_attr_integrate(die, name, &attribute) ||
	    dwarf_formudata(&attribute, &value) != 0)
		return false;
	*ret_value = value;
	return true;
}

static Dwarf_Die *type_of(Dwarf_Die *die, Dwarf_Die *memory)
{
	Dwarf_Attribute attribute;

	return dwarf_attr_integrate(die, DW_AT_type, &attribute) ?
		       dwarf_formref_die(&attribute, memory) :
		       NULL;
}

static bool has_flag(Dwarf_Die *die, unsigned int name)
{
	Dwarf_Attribute attribute;
	bool flag;

	return dwarf_attr(die, name, &attribute) && !dwarf_formflag(&attribute, &flag) && flag;
}

/* --- describing -------------------------------------------------------------------------------- */

/* Behind qualifiers and typedefs of @die; *ret_alias is the name of the last typedef.  NULL: it is void. */
static Dwarf_Die *peel(Dwarf_Die *die, Dwarf_Die *memory, const char **ret_alias)
{
	for (int steps = 0; die && steps < MOST_STEPS; steps++) {
		switch (dwarf_tag(die)) {
		case DW_TAG_typedef: *ret_alias = dwarf_diename(die); break;
		case DW_TAG_const_type:
		case DW_TAG_volatile_type:
		case DW_TAG_restrict_type:
		case DW_TAG_atomic_type: break;
		default: return die;
		}
		die = type_of(die, memory);
	}
	return NULL;
}

static uint32_t count_elements(Dwarf_Die *array)
{
	Dwarf_Die child;
	uint64_t count = 1, value;

	if (dwarf_child(array, &child) != 0)
		return 0;
	do {
		if (dwarf_tag(&child) != DW_TAG_subrange_type)
			continue;
		if (unsigned_of(&child, DW_AT_count, &value))
			count *= value;
		else if (unsigned_of(&child, DW_AT_upper_bound, &value))
			count *= value + 1;
		else
			count = 0;
		if (count > UINT32_MAX)
			return 0;
	} while (dwarf_siblingof(&child, &child) == 0);
	return (uint32_t)count;
}

static void describe_base(Dwarf_Die *die, struct catalog_type *type)
{
	uint64_t encoding = 0;

	type->name = dwarf_diename(die);
	type->kind = CATALOG_INT;
	(void)unsigned_of(die, DW_AT_encoding, &encoding);
	switch (encoding) {
	case DW_ATE_boolean: type->kind = CATALOG_BOOL; break;
	case DW_ATE_float:
		type->kind = CATALOG_FLOAT;
		type->is_real =
			type->size == 4 || type->size == 8 ||
			(type->size == 16 && type->name && !strcmp(type->name, "long double"));
		break;
	case DW_ATE_complex_float:
	case DW_ATE_imaginary_float:
	case DW_ATE_decimal_float: type->kind = CATALOG_FLOAT; break;
	case DW_ATE_signed:
	case DW_ATE_signed_char:
	case DW_ATE_signed_fixed: type->is_signed = true; break;
	default: break;
	}
}

/* "struct point"; of one without a name that of its typedef. */
static int name_type(struct user_catalog *user, Dwarf_Die *die, const char *tag, const char *alias,
		     struct catalog_type *type)
{
	const char *name = dwarf_diename(die);

	type->name = name ? arena_printf(&user->arena, "%s %s", tag, name) : alias;
	return name && !type->name ? -ENOMEM : 0;
}

static int describe_enum(struct user_catalog *user, struct user_file *file, Dwarf_Die *die,
			 const char *alias, struct catalog_type *type)
{
	struct catalog_type of = { 0 };
	int err = dwarf_describe_type_of(user, file, die, &of);

	type->kind = CATALOG_ENUM;
	type->is_signed = of.is_signed;
	return err ? err : name_type(user, die, "enum", alias, type);
}

static int describe_array(struct user_catalog *user, struct user_file *file, Dwarf_Die *die,
			  struct catalog_type *type)
{
	struct catalog_type of;
	int err = dwarf_describe_type_of(user, file, die, &of);

	if (err)
		return err;
	type->kind = CATALOG_ARRAY;
	type->count = count_elements(die);
	if ((uint64_t)type->count * of.size > UINT32_MAX)
		type->count = 0;
	type->size = type->count * of.size;
	return 0;
}

int dwarf_describe(struct user_catalog *user, struct user_file *file, Dwarf_Die *die,
		   struct catalog_type *ret_type)
{
	struct catalog_type type = { .kind = CATALOG_VOID };
	struct dwarf_type *more;
	const char *alias = NULL;
	Dwarf_Die memory;
	int size, err = 0;

	*ret_type = type;
	die = peel(die, &memory, &alias);
	if (!die)
		return 0;
	more = arena_alloc(&user->arena, sizeof *more);
	if (!more)
		return -ENOMEM;
	*more = (struct dwarf_type){ file, *die };
	type.more = more;
	size = dwarf_bytesize(die);
	type.size = size > 0 ? (uint32_t)size : 0;
	switch (dwarf_tag(die)) {
	case DW_TAG_base_type: describe_base(die, &type); break;
	case DW_TAG_enumeration_type: err = describe_enum(user, file, die, alias, &type); break;
	case DW_TAG_array_type: err = describe_array(user, file, die, &type); break;
	case DW_TAG_pointer_type:
	case DW_TAG_reference_type:
	case DW_TAG_rvalue_reference_type:
		type.kind = CATALOG_POINTER;
		type.size = type.size ? type.size : POINTER_BYTES;
		break;
	case DW_TAG_structure_type:
	case DW_TAG_class_type:
		type.kind = CATALOG_STRUCT;
		err = name_type(user, die, "struct", alias, &type);
		break;
	case DW_TAG_union_type:
		type.kind = CATALOG_UNION;
		err = name_type(user, die, "union", alias, &type);
		break;
	default: break;
	}
	*ret_type = type;
	return err;
}

int dwarf_describe_type_of(struct user_catalog *user, struct user_file *file, Dwarf_Die *die,
			   struct catalog_type *ret_type)
{
	Dwarf_Die memory;

	return dwarf_describe(user, file, type_of(die, &memory), ret_type);
}

int catalog_type_of(struct catalog *catalog, const struct catalog_type *type,
		    struct catalog_type *ret_of)
{
	Dwarf_Die die;

	if (!type->more)
		return -ENOENT;
	die = type->more->die;
	return dwarf_describe_type_of(user_catalog_of(catalog), type->more->file, &die, ret_of);
}

/* --- by name ----------------------------------------------------------------------------------- */

static bool is_definition(Dwarf_Die *die, int tag, const char *name)
{
	const int its = dwarf_tag(die);
	const char *its_name;

	if (its != tag && !(its == DW_TAG_class_type && tag == DW_TAG_structure_type))
		return false;
	its_name = dwarf_diename(die);
	return its_name && !strcmp(its_name, name) && !has_flag(die, DW_AT_declaration);
}

/* The type of @tag that is defined somewhere in @file. */
static bool find_definition(struct user_file *file, int tag, const char *name, Dwarf_Die *ret_die)
{
	Dwarf *dwarf = user_dwarf(file);
	Dwarf_Off offset = 0, next;
	size_t header;

	while (dwarf && dwarf_nextcu(dwarf, offset, &next, &header, NULL, NULL, NULL) == 0) {
		Dwarf_Die unit, child;

		if (dwarf_offdie(dwarf, offset + header, &unit) && dwarf_child(&unit, &child) == 0)
			do {
				if (is_definition(&child, tag, name)) {
					*ret_die = child;
					return true;
				}
			} while (dwarf_siblingof(&child, &child) == 0);
		offset = next;
	}
	return false;
}

int catalog_user_type(struct catalog *catalog, const char *path, const char *name, uint32_t pid,
		      struct catalog_type *ret_type)
{
	static const struct {
		const char *word;
		int tag;
	} tags[] = {
		{ "struct ", DW_TAG_structure_type },
		{ "union ", DW_TAG_union_type },
		{ "enum ", DW_TAG_enumeration_type },
		{ "", DW_TAG_typedef },
	};
	struct user_file *file;
	Dwarf_Die die;
	size_t i = 0;
	int err = user_file_find(catalog, path, pid, NULL, &file);

	if (err)
		return err;
	while (strncmp(name, tags[i].word, strlen(tags[i].word)) != 0)
		i++;
	if (!find_definition(file, tags[i].tag, name + strlen(tags[i].word), &die))
		return -ENOENT;
	return dwarf_describe(catalog->user, file, &die, ret_type);
}

/* --- fields ------------------------------------------------------------------------------------ */

/* Where a member's bits are, from the start of the struct. */
static void place_bits(Dwarf_Die *die, struct catalog_type_field *field)
{
	uint64_t value, size = 0;

	if (!unsigned_of(die, DW_AT_bit_size, &size) || !size || size > 64)
		return;
	field->bit_count = (uint32_t)size;
	if (unsigned_of(die, DW_AT_data_bit_offset, &value)) {
		field->bit_offset = (uint32_t)value;
	} else if (unsigned_of(die, DW_AT_bit_offset, &value)) {
		/* until DWARF 3: from the highest bit of a unit, which is that of the type */
		uint64_t unit = field->type.size;

		(void)unsigned_of(die, DW_AT_byte_size, &unit);
		field->bit_offset = (uint32_t)(field->offset * 8 + unit * 8 - value - size);
	} else {
		field->bit_offset = field->offset * 8;
	}
	if (field->type.size)
		field->offset = field->bit_offset / 8 / field->type.size * field->type.size;
}

static int read_field(struct user_catalog *user, struct user_file *file, Dwarf_Die *die,
		      struct catalog_type_field *field)
{
	uint64_t offset = 0;
	int err;

	(void)unsigned_of(die, DW_AT_data_member_location, &offset);
	field->name = dwarf_tag(die) == DW_TAG_member ? dwarf_diename(die) : NULL;
	if (!field->name)
		field->name = "";
	field->offset = (uint32_t)offset;
	err = dwarf_describe_type_of(user, file, die, &field->type);
	place_bits(die, field);
	return err;
}

/* Members of objects, and bases of classes; not what all objects share. */
static bool is_field(Dwarf_Die *die)
{
	const int tag = dwarf_tag(die);

	return tag == DW_TAG_inheritance ||
	       (tag == DW_TAG_member && !has_flag(die, DW_AT_external) &&
		!has_flag(die, DW_AT_declaration));
}

int catalog_type_fields(struct catalog *catalog, const struct catalog_type *type,
			const struct catalog_type_field **ret_fields, uint32_t *ret_count)
{
	struct user_catalog *user = user_catalog_of(catalog);
	struct catalog_type_field *fields;
	struct user_file *file;
	Dwarf_Die die, child;
	uint32_t count = 0;
	int err = 0;

	if (!type->more)
		return -ENOENT;
	die = type->more->die;
	file = type->more->file;
	if (has_flag(&die, DW_AT_declaration) && dwarf_diename(&die) &&
	    !find_definition(file, dwarf_tag(&die), dwarf_diename(&die), &die))
		return -ENOENT;
	if (dwarf_child(&die, &child) == 0)
		do
			count += is_field(&child);
		while (dwarf_siblingof(&child, &child) == 0);
	fields = arena_alloc_array(&user->arena, count ? count : 1, sizeof *fields);
	if (!fields)
		return -ENOMEM;
	count = 0;
	if (dwarf_child(&die, &child) == 0)
		do
			if (is_field(&child))
				err = read_field(user, file, &child, &fields[count++]);
		while (!err && dwarf_siblingof(&child, &child) == 0);
	*ret_fields = fields;
	*ret_count = count;
	return err;
}

void catalog_type_print(struct catalog *catalog, const struct catalog_type *type,
			struct strbuf *out)
{
	struct catalog_type of = *type;
	int stars = 0;

	while (of.kind == CATALOG_POINTER && stars < MOST_STEPS &&
	       !catalog_type_of(catalog, &of, &of))
		stars++;
	if (of.kind == CATALOG_ARRAY) {
		const uint32_t count = of.count;

		if (!catalog_type_of(catalog, &of, &of))
			catalog_type_print(catalog, &of, out);
		strbuf_printf(out, "[%u]", count);
	} else {
		strbuf_puts(out, of.name ? of.name : of.kind == CATALOG_VOID ? "void" : "struct");
	}
	for (int i = 0; i < stars; i++)
		strbuf_puts(out, i ? "*" : " *");
}
