/*
 * value.c - values: reading, converting and writing them; memory of the program.
 */
#include "lower/lowering.h"

#include <linux/bpf.h>
#include <string.h>

#include "base/bits.h"

enum {
	MOST_FRAME_BYTES = 320, /* of slots; the rest of the 512 is for what the emitter spills */
	MOST_LARGE_SLOT = 128, /* what is larger does not go on the stack, whatever is free there */
	MOST_CHUNKS = 16,      /* of a copy that is done by loads and stores */
	MOST_PERCPU_BYTES = 32768, /* of an element of a per-CPU array */
};

struct value value_reg(const struct type *type, struct ir_value *ir)
{
	return (struct value){ .type = type, .at = AT_REG, .ir = ir };
}

struct value value_memory(const struct type *type, struct place place)
{
	return (struct value){
		.type = type, .at = AT_MEMORY, .ir = place.base, .offset = place.offset
	};
}

struct ir_value *lower_const(struct lowering *l, enum ir_type type, uint64_t value)
{
	return ir_const(l->b.fn, type, value);
}

struct ir_value *lower_call(struct lowering *l, enum ir_type type, int64_t helper,
			    struct ir_value *a, struct ir_value *b, struct ir_value *c,
			    struct ir_value *d, struct ir_value *e)
{
	struct ir_value *args[] = { a, b, c, d, e };
	uint32_t count = 0;

	while (count < ARRAY_LEN(args) && args[count])
		count++;
	return ir_build_call(&l->b, type, helper, args, count);
}

/* --- memory ---------------------------------------------------------------------------------- */

/* A value that goes to the prelude, whatever is being built. */
static struct ir_value *in_prelude(struct lowering *l, struct ir_value what)
{
	what.span = l->b.span;
	return ir_append(l->b.fn, l->f->prelude, &what);
}

static struct ir_value *new_slot(struct lowering *l, uint32_t bytes)
{
	struct ir_value *slot = ir_value_new(
		l->b.fn, &(struct ir_value){
				 .op = IR_SLOT, .type = IR_PTR, .imm = bytes, .span = l->b.span });

	if (!l->b.fn->failed)
		ir_insert(l->b.fn->entry, l->b.fn->entry->first, slot);
	l->f->frame_bytes += (bytes + 7) & ~7u;
	return slot;
}

/* The scratch of this program: looked up in the prelude, key 0 for now. */
static void make_scratch(struct lowering *l)
{
	struct scratch *s = &l->f->scratch;
	struct ir_value *slot, *map, *args[2];

	if (s->pointer)
		return;
	s->map = lower_add_map(l, (struct bundle_map){ .name = "scratch",
						       .type = BPF_MAP_TYPE_PERCPU_ARRAY,
						       .key_size = 4,
						       .max_entries = 1 });
	slot = new_slot(l, 4);
	s->key = in_prelude(l, (struct ir_value){ .op = IR_STORE,
						  .bytes = 4,
						  .args = { slot, lower_const(l, IR_I32, 0) } });
	map = in_prelude(l, (struct ir_value){ .op = IR_MAP, .type = IR_PTR, .imm = s->map });
	args[0] = map;
	args[1] = slot;
	s->pointer = in_prelude(l, (struct ir_value){ .op = IR_CALL,
						      .type = IR_PTR,
						      .imm = HELPER_MAP_LOOKUP,
						      .list = args,
						      .list_count = 2 });
}

struct ir_value *lower_scratch(struct lowering *l)
{
	make_scratch(l);
	return l->f->scratch.pointer;
}

/* Too large for a per-CPU array: an array with an element for each CPU. */
static void enlarge_scratch(struct lowering *l)
{
	struct scratch *s = &l->f->scratch;
	struct bundle_map *map = &l->maps[s->map];
	struct ir_value call = {
		.op = IR_CALL, .type = IR_I32, .imm = HELPER_CPU, .span = l->b.span
	};
	struct ir_value *no_args[1] = { NULL }, *cpu;

	map->type = BPF_MAP_TYPE_ARRAY;
	map->max_entries = l->options->cpus;
	call.list = no_args;
	cpu = ir_value_new(l->b.fn, &call);
	if (l->b.fn->failed)
		return;
	ir_insert(s->key->block, s->key, cpu);
	s->key->args[1] = cpu;
}

void lower_finish_prelude(struct lowering *l)
{
	struct scratch *s = &l->f->scratch;
	struct ir_fn *fn = l->b.fn;
	struct ir_block *missing;

	if (!s->pointer || s->is_borrowed || fn->failed) {
		ir_end_jump(fn, l->f->prelude, l->f->prelude_next);
		return;
	}
	if (s->pointer->block == l->f->prelude) {
		missing = ir_block_new(fn);
		ir_end_return(fn, missing, lower_const(l, IR_I32, 0));
		ir_end_branch(fn, l->f->prelude, IR_EQ, s->pointer, lower_const(l, IR_PTR, 0),
			      missing, l->f->prelude_next);
	} else {
		ir_end_jump(fn, l->f->prelude, l->f->prelude_next);
	}
	l->maps[s->map].value_size = (s->bytes + 7) & ~7u;
	if (s->bytes > MOST_PERCPU_BYTES && l->maps[s->map].type != BPF_MAP_TYPE_ARRAY)
		enlarge_scratch(l);
}

static struct place new_memory(struct lowering *l, uint32_t bytes)
{
	struct place place = { .align = 8, .is_padded = true };

	if (bytes <= MOST_LARGE_SLOT && l->f->frame_bytes + bytes <= MOST_FRAME_BYTES) {
		place.base = new_slot(l, bytes);
		return place;
	}
	make_scratch(l);
	place.base = l->f->scratch.pointer;
	place.offset = (int32_t)l->f->scratch.bytes;
	l->f->scratch.bytes += (bytes + 7) & ~7u;
	return place;
}

/* The free one that fits best. */
static struct temporary *find_free(const struct lowering *l, uint32_t bytes)
{
	struct temporary *best = NULL;

	for (struct temporary *t = l->f->temporaries; t; t = t->next)
		if (!t->used_at && t->bytes >= bytes && (!best || t->bytes < best->bytes))
			best = t;
	return best;
}

struct place lower_memory(struct lowering *l, uint32_t bytes, bool lasting)
{
	struct temporary *t;

	bytes = bytes ? (bytes + 7) & ~7u : 8;
	if (lasting)
		return new_memory(l, bytes);
	t = find_free(l, bytes);
	if (!t) {
		struct place place = new_memory(l, bytes);

		t = lower_alloc(l, 1, sizeof *t);
		if (!t)
			return place;
		t->place = place;
		t->bytes = bytes;
		t->next = l->f->temporaries;
		l->f->temporaries = t;
	}
	t->used_at = ++l->f->uses;
	return t->place;
}

uint32_t lower_mark(const struct lowering *l)
{
	return l->f->uses;
}

void lower_release(struct lowering *l, uint32_t mark)
{
	for (struct temporary *t = l->f->temporaries; t; t = t->next)
		if (t->used_at > mark)
			t->used_at = 0;
}

struct ir_value *lower_address(struct lowering *l, struct ir_value *base, int64_t offset)
{
	if (!offset)
		return base;
	if (base->type == IR_PTR)
		return ir_build_op2(&l->b, IR_PTR_ADD, base,
				    lower_const(l, IR_I64, (uint64_t)offset));
	return ir_build_op2(&l->b, IR_ADD, base, lower_const(l, IR_I64, (uint64_t)offset));
}

/* --- bytes ----------------------------------------------------------------------------------- */

static enum ir_type chunk_type(uint32_t bytes)
{
	return bytes == 8 ? IR_I64 : bytes == 4 ? IR_I32 : bytes == 2 ? IR_I16 : IR_I8;
}

/* The largest of 8, 4, 2 and 1 bytes at @at of @bytes that @align allows. */
static uint32_t chunk_at(uint32_t at, uint32_t bytes, uint32_t align)
{
	uint32_t chunk = 8;

	while (chunk > 1 && (chunk > bytes - at || chunk > align || at % chunk))
		chunk /= 2;
	return chunk;
}

static uint32_t count_chunks(uint32_t bytes, uint32_t align)
{
	uint32_t count = 0;

	for (uint32_t at = 0; at < bytes; at += chunk_at(at, bytes, align))
		count++;
	return count;
}

static uint32_t least(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

void lower_zero(struct lowering *l, struct place to, uint32_t bytes)
{
	uint32_t chunk;

	if (!bytes)
		return;
	if (bytes > 8 * MOST_CHUNKS || count_chunks(bytes, to.align) > MOST_CHUNKS) {
		lower_call(l, IR_I64, HELPER_PROBE_READ_KERNEL, lower_place_address(l, to),
			   lower_const(l, IR_I32, bytes), lower_zeroes(l, bytes), NULL, NULL);
		return;
	}
	for (uint32_t at = 0; at < bytes; at += chunk) {
		chunk = chunk_at(at, bytes, to.align);
		ir_build_store(&l->b, to.base, to.offset + (int32_t)at, chunk,
			       lower_const(l, chunk_type(chunk), 0));
	}
}

void lower_copy(struct lowering *l, struct place to, struct ir_value *from, int32_t offset,
		uint32_t bytes, uint32_t align)
{
	uint32_t chunk;

	align = least(align, to.align);
	if (bytes > 8 * MOST_CHUNKS || count_chunks(bytes, align) > MOST_CHUNKS) {
		lower_call(l, IR_I64, HELPER_PROBE_READ_KERNEL, lower_place_address(l, to),
			   lower_const(l, IR_I32, bytes), lower_address(l, from, offset), NULL,
			   NULL);
		return;
	}
	for (uint32_t at = 0; at < bytes; at += chunk) {
		struct ir_value *part;

		chunk = chunk_at(at, bytes, align);
		part = ir_build_load(&l->b, chunk_type(chunk), from, offset + (int32_t)at, chunk);
		ir_build_store(&l->b, to.base, to.offset + (int32_t)at, chunk, part);
	}
}

static uint32_t align_of(int32_t offset)
{
	return offset % 8 == 0 ? 8 : offset % 4 == 0 ? 4 : offset % 2 == 0 ? 2 : 1;
}

/* --- scalars --------------------------------------------------------------------------------- */

struct ir_value *lower_scalar(struct lowering *l, struct value value)
{
	enum ir_type type = lower_ir_type(value.type);
	uint32_t bytes = ir_type_bits(type) / 8;
	struct place place;

	switch (value.at) {
	case AT_REG:
		return value.ir->type == IR_PTR ? ir_build_op1(&l->b, IR_CAST, IR_I64, value.ir) :
						  value.ir;
	case AT_MEMORY: return ir_build_load(&l->b, type, value.ir, value.offset, bytes);
	case AT_POINTED:
		if (value.is_typed)
			return ir_build_load(&l->b, type, value.ir, value.offset, bytes);
		place = lower_memory(l, bytes, false);
		lower_fetch(l, value, place, bytes);
		return ir_build_load(&l->b, type, place.base, place.offset, bytes);
	default: return lower_const(l, type, 0);
	}
}

static bool is_signed(const struct type *type)
{
	return type->is_signed;
}

/* x != 0 */
static struct ir_value *truth(struct lowering *l, struct ir_value *x)
{
	return ir_build_select(&l->b, x, lower_const(l, IR_I8, 1), lower_const(l, IR_I8, 0));
}

struct ir_value *lower_convert(struct lowering *l, struct ir_value *ir, const struct type *from,
			       const struct type *to)
{
	enum ir_type type = lower_ir_type(to);
	unsigned int have = ir_type_bits(ir->type), want = ir_type_bits(type);

	if (to->kind == TYPE_BOOL && from->kind != TYPE_BOOL)
		return ir_is_const(ir) ? lower_const(l, IR_I8, ir->imm != 0) : truth(l, ir);
	if (have == want)
		return ir;
	if (ir_is_const(ir))
		return lower_const(l, type,
				   is_signed(from) && have < want ?
					   ir_fold_cast(IR_SEXT, type, ir->type,
							(uint64_t)ir->imm) :
					   (uint64_t)ir->imm);
	if (have > want)
		return ir_build_op1(&l->b, IR_TRUNC, type, ir);
	return ir_build_op1(&l->b, is_signed(from) ? IR_SEXT : IR_ZEXT, type, ir);
}

struct ir_value *lower_scalar_as(struct lowering *l, struct value value, const struct type *type)
{
	return lower_convert(l, lower_scalar(l, value), value.type, type);
}

/* --- writing --------------------------------------------------------------------------------- */

/* Text, NUL, and zeroes up to @bytes. */
static void store_text(struct lowering *l, struct value value, uint32_t bytes, struct place to)
{
	uint32_t len = least((uint32_t)value.text_len, bytes), chunk;
	uint32_t end = to.is_padded ? bytes : least(len + 1, bytes);

	if (bytes > len + 1 && end < bytes)
		end = least((uint32_t)align_up(end, 8), bytes); /* fewer, larger stores */
	if (end - len > 8 * MOST_CHUNKS) {
		lower_zero(l, to, bytes);
		end = len;
	}
	for (uint32_t at = 0; at < end; at += chunk) {
		uint8_t data[8] = { 0 };

		chunk = chunk_at(at, end, to.align);
		for (uint32_t i = 0; i < chunk && at + i < len; i++)
			data[i] = (uint8_t)value.text[at + i];
		ir_build_store(&l->b, to.base, to.offset + (int32_t)at, chunk,
			       lower_const(l, chunk_type(chunk), load_u64(data)));
	}
}

static bool is_there(struct value value, struct place to)
{
	return value.at == AT_MEMORY && value.ir == to.base && value.offset == to.offset;
}

/* Bytes of @value as they are, to @to. */
static void store_bytes(struct lowering *l, struct value value, uint32_t bytes, struct place to)
{
	if (is_there(value, to))
		return;
	if (value.at == AT_POINTED)
		lower_fetch(l, value, to, bytes);
	else
		lower_copy(l, to, value.ir, value.offset, bytes, align_of(value.offset));
}

static void store_string(struct lowering *l, struct value value, uint32_t bytes, struct place to)
{
	uint32_t have = lower_size(l, value.type);

	if (value.at == AT_TEXT) {
		store_text(l, value, bytes, to);
		return;
	}
	store_bytes(l, value, least(have, bytes), to);
	if (bytes > have)
		lower_zero(l, place_at(to, have), to.is_padded ? bytes - have : 1);
}

/* Parts by their numbers, those of records by their names. */
static void store_parts(struct lowering *l, struct value value, const struct type *type,
			struct place to)
{
	const struct shape *from = lower_shape(l, value.type, NULL);
	const struct shape *shape = lower_shape(l, type, NULL);

	for (uint32_t i = 0; i < type->field_count; i++) {
		struct value part = value;
		uint32_t other = i;

		if (type->kind == TYPE_RECORD)
			for (uint32_t k = 0; k < value.type->field_count; k++)
				if (!strcmp(value.type->fields[k].name, type->fields[i].name))
					other = k;
		if (other >= value.type->field_count)
			continue;
		part.type = value.type->fields[other].type;
		part.offset += (int32_t)from->fields[other].offset;
		lower_store(l, part, type->fields[i].type, place_at(to, shape->fields[i].offset));
	}
}

void lower_store(struct lowering *l, struct value value, const struct type *type, struct place to)
{
	uint32_t bytes = lower_size(l, type);

	if (value.at == AT_NOWHERE)
		return;
	if (lower_is_scalar(type)) {
		ir_build_store(&l->b, to.base, to.offset, bytes, lower_scalar_as(l, value, type));
		return;
	}
	switch (type->kind) {
	case TYPE_STRING: store_string(l, value, bytes, to); break;
	case TYPE_TUPLE:
	case TYPE_RECORD:
		if (is_there(value, to))
			break;
		if (type_equal(value.type, type)) {
			store_bytes(l, value, bytes, to);
			break;
		}
		if (to.is_padded)
			lower_zero(l, to, bytes);
		store_parts(l, value, type, to);
		break;
	default: {
		uint32_t have = lower_size(l, value.type);

		store_bytes(l, value, least(have, bytes), to);
		if (bytes > have)
			lower_zero(l, place_at(to, have), bytes - have);
		break;
	}
	}
}

struct value lower_in_memory(struct lowering *l, struct value value, const struct type *type)
{
	struct place place;

	/* Loads of words want them aligned; strings in tuples may not be. */
	if (value.at == AT_MEMORY && type_equal(value.type, type) &&
	    (value.offset % 8 == 0 || lower_size(l, type) < 8))
		return value;
	place = lower_memory(l, lower_size(l, type), false);
	lower_store(l, value, type, place);
	return value_memory(type, place);
}
