/*
 * btf.c - type information of any bytes, cut off anywhere, for libFuzzer.
 *
 * The first two bytes say how many of the rest stand alone; what is behind them goes on there, as a module's types do.
 * Everything that a type can be asked is asked, also what its kind does not have; sums keep the compiler from leaving
 * it out.
 */
#include "btf/btf.h"

#include <stdlib.h>
#include <string.h>

#include "base/bits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool good)
{
	if (!good)
		abort();
}

static size_t visit_parts(const struct btf *btf, const struct btf_type *type)
{
	struct btf_enumerator value;
	struct btf_member member;
	struct btf_placed placed;
	struct btf_array array;
	struct btf_param param;
	size_t sum = btf_int_is_signed(type);

	if (btf_array(type, &array))
		sum += array.type + array.count;
	for (uint32_t i = 0; i < type->count; i++) {
		if (btf_member(btf, type, i, &member))
			sum += strlen(member.name) + member.type + member.bit_offset;
		if (btf_param(btf, type, i, &param))
			sum += strlen(param.name) + param.type;
		if (btf_enumerator(btf, type, i, &value))
			sum += strlen(value.name) + value.value;
		if (btf_placed(type, i, &placed))
			sum += placed.type + placed.offset + placed.size;
	}
	must(!btf_member(btf, type, type->count, &member));
	return sum;
}

static size_t visit(const struct btf *btf)
{
	struct btf_type type, found;
	size_t sum = 0;

	for (uint32_t id = 1; id <= btf_last_id(btf); id++) {
		must(btf_type(btf, id, &type));
		sum += visit_parts(btf, &type) + strlen(type.name);
		sum += btf_strip(btf, id) + (size_t)btf_size(btf, id);
		if (type.name[0]) {
			/* the first of that name, which is another at most by its id */
			must(btf_type(btf, btf_find(btf, type.kind, type.name), &found));
			must(found.kind == type.kind && !strcmp(found.name, type.name));
		}
	}
	must(!btf_type(btf, btf_last_id(btf) + 1, &type) || btf_last_id(btf) == UINT32_MAX);
	return sum;
}

/* A search that begins before anything was gone through finds the same. */
static void compare_searches(const uint8_t *data, size_t size, const struct btf *whole)
{
	struct btf *fresh;
	struct btf_type type;
	uint64_t value, other;
	const uint32_t last = btf_last_id(whole);

	must(btf_parse(data, size, NULL, &fresh) == 0);
	for (uint32_t id = last; id > 0 && id + 8 > last; id--)
		if (btf_type(whole, id, &type))
			must(btf_find(whole, type.kind, type.name) ==
			     btf_find(fresh, type.kind, type.name));
	must(btf_find_enumerator(whole, "E", &value) == btf_find_enumerator(fresh, "E", &other));
	btf_free(fresh);
}

/* A copy of its own, so that what is read behind its end is noticed. */
static uint8_t *copy(const uint8_t *data, size_t size)
{
	uint8_t *bytes = malloc(size ? size : 1);

	must(bytes != NULL);
	memcpy(bytes, data, size);
	return bytes;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct btf *btf = NULL, *split = NULL;
	uint8_t *first, *second;
	size_t first_size;

	if (size < 2)
		return 0;
	first_size = load_le16(data);
	if (first_size > size - 2)
		first_size = size - 2;
	first = copy(data + 2, first_size);
	second = copy(data + 2 + first_size, size - 2 - first_size);
	if (btf_parse(first, first_size, NULL, &btf) == 0) {
		volatile size_t sum = visit(btf);

		(void)sum;
		compare_searches(first, first_size, btf);
		if (btf_parse_split(second, size - 2 - first_size, btf, NULL, &split) == 0) {
			must(btf_first_id(split) == btf_last_id(btf) + 1);
			sum += visit(split);
		}
	}
	btf_free(split);
	btf_free(btf);
	free(first);
	free(second);
	return 0;
}
