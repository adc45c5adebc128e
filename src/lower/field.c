/*
 * field.c - fields, elements and pointers: reading what is somewhere in memory.
 *
 * The kernel's memory is read by plain loads where the verifier knows the type of what it is read
 * from: from typed arguments and what they point at; and, where there is the kernel function
 * bpf_rdonly_cast, from any address once it was given the type.  All else is read by bpf_probe_read_kernel and
 * _user, into memory of the program.
 */
#include "lower/lowering.h"

#include <linux/bpf.h>
#include <string.h>

#include "probe/features.h"

enum { MOST_PLAIN_BYTES = 64 }; /* that are copied by plain loads */

/* --- reading --------------------------------------------------------------------------------- */

void lower_probe_read(struct lowering *l, enum space space, struct place to, uint32_t bytes,
		      struct ir_value *address)
{
	int64_t helper = space == SPACE_USER ? HELPER_PROBE_READ_USER : HELPER_PROBE_READ_KERNEL;

	struct ir_value *result = lower_call(l, IR_I64, helper, lower_place_address(l, to),
					     lower_const(l, IR_I64, bytes), address, NULL, NULL);

	lower_check_result(l, result,
			   space == SPACE_USER ? "probe_read_user" : "probe_read_kernel");
}

void lower_read_string(struct lowering *l, enum space space, struct place to, uint32_t bytes,
		       struct ir_value *address)
{
	int64_t helper = space == SPACE_USER ? HELPER_PROBE_READ_USER_STR :
					       HELPER_PROBE_READ_KERNEL_STR;

	struct ir_value *result;

	if (to.is_padded)
		lower_zero(l, to, bytes);
	result = lower_call(l, IR_I64, helper, lower_place_address(l, to),
			    lower_const(l, IR_I64, bytes), address, NULL, NULL);
	lower_check_result(l, result,
			   space == SPACE_USER ? "probe_read_user_str" : "probe_read_kernel_str");
}

struct ir_value *lower_read(struct lowering *l, enum space space, const struct type *type,
			    struct ir_value *address)
{
	uint32_t bytes = lower_size(l, type);
	struct place place = lower_memory(l, bytes, false);

	lower_probe_read(l, space, place, bytes, address);
	return ir_build_load(&l->b, lower_ir_type(type), place.base, place.offset, bytes);
}

/* The verifier does not let a load reach from one member into the next. */
static bool reads_plainly(const struct value *value, uint32_t bytes)
{
	const struct type *type = value->type;

	if (!value->is_typed || bytes > MOST_PLAIN_BYTES)
		return false;
	return lower_is_scalar(type) || type->kind == TYPE_STRING ||
	       (type->kind == TYPE_ARRAY && type_is_int(type->of));
}

static struct ir_value *address_of(struct lowering *l, struct value value)
{
	struct ir_value *base = value.ir;

	if (value.is_typed && value.offset)
		base = ir_build_op1(&l->b, IR_CAST, IR_I64, base);
	return lower_address(l, base, value.offset);
}

/* The context lets itself be read by aligned loads only. */
static uint32_t alignment(int32_t offset)
{
	uint32_t align = 8;

	while (offset % (int32_t)align)
		align /= 2;
	return align;
}

void lower_fetch(struct lowering *l, struct value value, struct place to, uint32_t bytes)
{
	if (value.is_ended)
		lower_read_string(l, value.space, to, bytes, address_of(l, value));
	else if (reads_plainly(&value, bytes))
		lower_copy(l, to, value.ir, value.offset, bytes,
			   value.ir->op == IR_PARAM ? alignment(value.offset) : 8);
	else
		lower_probe_read(l, value.space, to, bytes, address_of(l, value));
}

/* --- pointers -------------------------------------------------------------------------------- */

static enum space space_of(const struct lowering *l, const struct type *pointer)
{
	if (pointer->space == SPACE_BPF) /* the kernel's memory too */
		return SPACE_KERNEL;
	return pointer->space == SPACE_NONE ? lower_default_space(l) : pointer->space;
}

/* Let the verifier take @address for a pointer to a struct of the kernel. */
static struct ir_value *cast_address(struct lowering *l, struct ir_value *address,
				     const struct type *type)
{
	uint32_t id = lower_kfunc(l, "bpf_rdonly_cast");
	struct ir_value *args[2] = { address, lower_const(l, IR_I64, type->btf_id) };

	return ir_build_kfunc(&l->b, IR_PTR, id, args, 2);
}

struct value lower_pointed(struct lowering *l, struct value pointer, const struct type *type,
			   int32_t offset)
{
	struct value value = { .type = type, .at = AT_POINTED, .offset = offset };
	const struct type *of = pointer.type->of;

	value.space = space_of(l, pointer.type);
	if (pointer.at == AT_REG && pointer.is_typed) {
		value.ir = pointer.ir;
		value.is_typed = true;
		value.space = SPACE_KERNEL;
		return value;
	}
	value.ir = lower_scalar(l, pointer);
	if (value.space == SPACE_KERNEL && of && type_is_compound(of) && of->btf_id &&
	    lower_has(l, FEATURE_RDONLY_CAST) && lower_kfunc(l, "bpf_rdonly_cast")) {
		value.ir = cast_address(l, value.ir, of);
		value.is_typed = true;
	}
	return value;
}

/* A pointer that is read from memory whose type the verifier knows is one that it knows too, if it points
 * at a struct. */
static struct value load_pointer(struct lowering *l, struct value value)
{
	value.ir = ir_build_load(&l->b, IR_PTR, value.ir, value.offset, 8);
	value.at = AT_REG;
	value.offset = 0;
	return value;
}

static bool points_at_struct(const struct type *type)
{
	return type->kind == TYPE_POINTER && type->of && type_is_compound(type->of) &&
	       type->of->btf_id && !type->of->is_incomplete;
}

/* --- fields ---------------------------------------------------------------------------------- */

/*
 * Structs of the kernel differ between kernels.  In a program for an object, the way from a pointer to what
 * is read is kept as a path of members and elements, and becomes one number that the loader knows.  The
 * functions below pass the path along; it never leaves this file.
 */
struct way {
	struct value value; /* its offset is that of the path, as the types at hand have it */
	uint32_t type_id;   /* of the struct that the path begins with; 0: it has no path */
	const char *path;
	int32_t start; /* the offset in front of the path */
};

/* The numbers of the members that lead from type @id, @bits into which @path has come, to @field. */
static bool find_members(const struct btf *btf, uint32_t id, const struct field *field,
			 uint32_t bits, struct strbuf *path)
{
	uint32_t wanted = field->bit_count ? field->bit_offset : 8 * field->offset;
	struct btf_member m;
	struct btf_type type;
	size_t len = path->len;

	if (!btf_type(btf, btf_strip(btf, id), &type))
		return false;
	for (uint32_t i = 0; i < type.count && btf_member(btf, &type, i, &m); i++) {
		strbuf_printf(path, ":%u", i);
		if (!strcmp(m.name, field->name) && bits + m.bit_offset == wanted)
			return true;
		if (!m.name[0] && find_members(btf, m.type, field, bits + m.bit_offset, path))
			return true;
		path->len = len;
	}
	return false;
}

/* Go on to @field of @of, where @way leads.  A way that cannot be described is one of this kernel's. */
static void extend(struct lowering *l, struct way *way, const struct type *of,
		   const struct field *field)
{
	const struct value *value = &way->value;
	struct strbuf path = { 0 };

	if (!l->options->for_object || value->at != AT_POINTED || value->ir->op == IR_PARAM ||
	    !of->btf_id || (!way->type_id && !of->name[0])) {
		way->type_id = 0;
		return;
	}
	if (!way->type_id) {
		way->type_id = of->btf_id;
		way->path = "0";
		way->start = value->offset;
	}
	strbuf_puts(&path, way->path);
	if (find_members(kernel_btf(l->types->kernel), of->btf_id, field, 0, &path))
		way->path = arena_strndup(l->arena, strbuf_text(&path), path.len);
	else
		way->type_id = 0;
	l->no_memory |= path.failed || !way->path;
	strbuf_release(&path);
}

/* What the loader finds out about the end of @way; it is @value here. */
static struct ir_value *fitted(struct lowering *l, const struct way *way, uint32_t kind,
			       uint32_t value)
{
	struct bundle_fit *fits;
	uint32_t i = 0;

	while (i < l->fit_count && (l->fits[i].kind != kind || l->fits[i].type_id != way->type_id ||
				    strcmp(l->fits[i].path, way->path) != 0))
		i++;
	if (i == l->fit_count) {
		fits = lower_grow(l, l->fits, l->fit_count, &l->fit_size, sizeof *l->fits);
		if (!fits)
			return lower_const(l, IR_I64, value);
		l->fits = fits;
		l->fits[l->fit_count++] = (struct bundle_fit){ .kind = kind,
							       .type_id = way->type_id,
							       .path = way->path };
	}
	return ir_build_imm(&l->b, IR_RELOC, IR_I64, ir_pair(i, value));
}

/* Where @way leads, as a value like others. */
static struct value arrive(struct lowering *l, struct way way)
{
	struct value value = way.value;
	struct ir_value *offset;

	if (!way.type_id || !way.path)
		return value;
	offset = fitted(l, &way, BPF_CORE_FIELD_BYTE_OFFSET, (uint32_t)(value.offset - way.start));
	value.ir = ir_build_op2(&l->b, value.ir->type == IR_PTR ? IR_PTR_ADD : IR_ADD, value.ir,
				offset);
	value.offset = way.start;
	return value;
}

/* Some bits of the bytes around them. */
static struct value bitfield(struct lowering *l, struct way way, const struct field *field)
{
	uint32_t unit = field->type->size ? field->type->size : 4;
	uint32_t start = field->bit_offset / 8 / unit * unit;
	uint32_t shift = field->bit_offset - 8 * start;
	struct ir_value *x, *left, *right;

	if (shift + field->bit_count >
	    8 * unit) { /* packed across units: loaders do not know these */
		unit = 8, start = field->bit_offset / 8, shift = field->bit_offset % 8;
		way.type_id = 0;
	}
	way.value.type = type_int(unit, false);
	way.value.offset += (int32_t)start;
	x = lower_scalar_as(l, arrive(l, way), type_int(8, false));
	left = lower_const(l, IR_I64, 64 - shift - field->bit_count);
	right = lower_const(l, IR_I64, 64 - field->bit_count);
	if (way.type_id) {
		left = fitted(l, &way, BPF_CORE_FIELD_LSHIFT_U64, (uint32_t)left->imm);
		right = fitted(l, &way, BPF_CORE_FIELD_RSHIFT_U64, (uint32_t)right->imm);
	}
	x = ir_build_op2(&l->b, IR_SHL, x, left);
	x = ir_build_op2(&l->b, field->type->is_signed ? IR_SAR : IR_SHR, x, right);
	return value_reg(field->type, lower_convert(l, x, type_int(8, false), field->type));
}

static struct way way_of(struct value value)
{
	return (struct way){ .value = value };
}

static struct way field_of(struct lowering *l, struct way way, const struct type *of,
			   const struct expr *e)
{
	const struct field *field = e->field;
	struct value *value = &way.value;

	extend(l, &way, of, field);
	if (field->bit_count)
		return way_of(bitfield(l, way, field));
	value->offset += (int32_t)field->offset;
	value->type = e->type;
	if (value->at == AT_POINTED && value->is_typed && points_at_struct(e->type))
		return way_of(load_pointer(l, arrive(l, way)));
	value->is_typed &= value->at == AT_POINTED;
	return way;
}

static struct value record_field(struct lowering *l, const struct expr *e)
{
	struct value value = lower_expr(l, e->a, NULL);
	const struct shape *shape = lower_shape(l, value.type, NULL);

	for (uint32_t i = 0; i < shape->count; i++)
		if (!strcmp(shape->fields[i].name, e->name))
			value.offset += (int32_t)shape->fields[i].offset;
	value.type = e->type;
	return value;
}

static bool is_context(const struct expr *e)
{
	return e->builtin && (e->builtin->id == BUILTIN_ARGS || e->builtin->id == BUILTIN_CTX);
}

/* A field of a struct that is itself a field or an element: the way goes on. */
static struct way go(struct lowering *l, const struct expr *e);

static struct way go_to_field(struct lowering *l, const struct expr *e)
{
	bool is_pointer = e->a->type->kind == TYPE_POINTER;
	const struct type *of = is_pointer ? e->a->type->of : e->a->type;
	struct way way;

	if (is_context(e->a))
		return way_of(lower_args_field(l, e));
	if (of->kind == TYPE_RECORD)
		return way_of(record_field(l, e));
	if (!is_pointer)
		return field_of(l, go(l, e->a), of, e);
	way = way_of(lower_expr(l, e->a, NULL));
	if (way.value.type->kind == TYPE_POINTER)
		way.value = lower_pointed(l, way.value, of, 0);
	return field_of(l, way, of, e);
}

/* --- elements -------------------------------------------------------------------------------- */

struct value lower_element(struct lowering *l, const struct expr *e, const struct place *want)
{
	struct value value = lower_expr(l, e->a, NULL);
	const struct shape *shape = lower_shape(l, value.type, NULL);

	(void)want;
	if (e->number < shape->count)
		value.offset += (int32_t)shape->fields[e->number].offset;
	value.type = value.type->fields[e->number].type;
	return value;
}

/* The element at a place that is known when the program runs only. */
static struct value computed_element(struct lowering *l, struct value value, const struct expr *e,
				     uint32_t count, uint32_t size)
{
	struct ir_value *index = lower_expr_as(l, e->args, type_int(8, false)), *address;

	if (value.at == AT_POINTED) {
		address = address_of(l, value);
		if (address->type == IR_PTR)
			address = ir_build_op1(&l->b, IR_CAST, IR_I64, address);
		index = ir_build_op2(&l->b, IR_MUL, index, lower_const(l, IR_I64, size));
		value.ir = ir_build_op2(&l->b, IR_ADD, address, index);
		value.offset = 0;
		value.is_typed = false;
		value.type = e->type;
		return value;
	}
	/* our own memory: the verifier must see that it stays inside */
	value = lower_in_memory(l, value, value.type);
	{
		struct ir_block *in = ir_build_block(&l->b), *done = ir_build_block(&l->b);
		uint32_t var = ir_build_var(&l->b, IR_I64);

		index = ir_build_op1(&l->b, IR_HIDE, IR_I64, lower_aside(l, index));
		ir_build_set(&l->b, var, lower_const(l, IR_I64, 0));
		ir_build_branch(&l->b, IR_LT, index, lower_const(l, IR_I64, count), in, done);
		ir_build_at(&l->b, in);
		ir_build_set(&l->b, var, index);
		ir_build_jump(&l->b, done);
		ir_build_at(&l->b, done);
		index = ir_build_op2(&l->b, IR_MUL, ir_build_get(&l->b, var),
				     lower_const(l, IR_I64, size));
		value.ir = ir_build_op2(&l->b, IR_PTR_ADD, value.ir, index);
	}
	value.type = e->type;
	return value;
}

/* Element @index of an array of the kernel is one more step. */
static void step(struct lowering *l, struct way *way, const struct type *of, uint64_t index)
{
	if (!way->type_id)
		return;
	if (of->kind == TYPE_ARRAY && of->of && type_is_int(of->of))
		way->path = arena_printf(l->arena, "%s:%llu", way->path, (unsigned long long)index);
	else
		way->value = arrive(l, *way), way->type_id = 0;
	l->no_memory |= !way->path;
}

static struct way go_to_element(struct lowering *l, const struct expr *e)
{
	bool is_array = e->a->type->kind == TYPE_ARRAY;
	struct way way = is_array ? go(l, e->a) : way_of(lower_expr(l, e->a, NULL));
	const struct type *type = way.value.type;
	uint32_t size = lower_size(l, e->type), count = type->count;

	switch (type->kind) {
	case TYPE_POINTER: way.value = lower_pointed(l, way.value, type->of, 0); break;
	case TYPE_STRING: count = lower_size(l, type); break;
	case TYPE_BUFFER:
		count = lower_size(l, type) - 4;
		way.value.offset += 4;
		break;
	case TYPE_TUPLE: {
		struct expr element = *e;

		element.number = e->args->value;
		return way_of(lower_element(l, &element, NULL));
	}
	default: break;
	}
	if (way.value.at == AT_TEXT)
		way.value = lower_in_memory(l, way.value, type);
	if (!e->args->is_constant)
		return way_of(computed_element(l, arrive(l, way), e, count, size));
	step(l, &way, type, e->args->value);
	way.value.offset += (int32_t)(e->args->value * size);
	way.value.type = e->type;
	if (way.value.at == AT_POINTED && way.value.is_typed && points_at_struct(e->type))
		return way_of(load_pointer(l, arrive(l, way)));
	return way;
}

static struct way go(struct lowering *l, const struct expr *e)
{
	bool is_element = e->kind == EXPR_INDEX && e->a->kind != EXPR_MAP;
	struct span span = l->b.span;
	struct way way;

	if (!l->options->for_object || e->is_constant || (e->kind != EXPR_FIELD && !is_element))
		return way_of(lower_expr(l, e, NULL));
	l->b.span = e->span;
	way = e->kind == EXPR_FIELD ? go_to_field(l, e) : go_to_element(l, e);
	l->b.span = span;
	return way;
}

struct value lower_field(struct lowering *l, const struct expr *e, const struct place *want)
{
	(void)want;
	return arrive(l, go_to_field(l, e));
}

struct value lower_index(struct lowering *l, const struct expr *e, const struct place *want)
{
	(void)want;
	return arrive(l, go_to_element(l, e));
}

struct value lower_dereference(struct lowering *l, const struct expr *e)
{
	struct value value = lower_expr(l, e->a, NULL);

	if (value.type->kind == TYPE_POINTER)
		return lower_pointed(l, value, e->type, 0);
	return (struct value){ .type = e->type,
			       .at = AT_POINTED,
			       .ir = lower_scalar_as(l, value, type_int(8, false)),
			       .space = lower_default_space(l) };
}
