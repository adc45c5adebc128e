/*
 * build_test.c - what build.c makes, btf.c reads, and Linux takes.
 */
#include "../cmocka_all.h"

#include <errno.h>
#include <unistd.h>

#include "base/bits.h"
#include "btf/build.h"
#include "sys/bpf.h"

static const struct btf_member members[] = {
	{ .name = "a", .type = 1 },
	{ .name = "b", .type = 1, .bit_offset = 32, .bit_count = 5 },
	{ .name = "next", .type = 4, .bit_offset = 64 },
};

static const struct btf_enumerator values[] = { { "RED", 1 }, { "BLUE", UINT64_MAX } };

/* Ids in the order of the lines. */
static void build(struct btf_build *b)
{
	const struct btf_param param = { "x", 3 };
	struct btf_placed placed = { .size = 4 };

	assert_int_equal(btf_build_int(b, "int", 4, true), 1);
	assert_int_equal(btf_build_struct(b, BTF_STRUCT, "node", 16, members, 3), 2);
	assert_int_equal(btf_build_ref(b, BTF_TYPEDEF, "node_t", 2), 3);
	assert_int_equal(btf_build_ref(b, BTF_PTR, NULL, 3), 4);
	assert_int_equal(btf_build_array(b, 4, 1, 7), 5);
	assert_int_equal(btf_build_enum(b, "colour", 4, true, values, 2), 6);
	assert_int_equal(btf_build_enum(b, "large", 8, false, values, 2), 7);
	assert_int_equal(btf_build_fwd(b, "hidden", true), 8);
	assert_int_equal(btf_build_proto(b, 1, &param, 1), 9);
	assert_int_equal(btf_build_func(b, "walk", 9, BTF_STATIC), 10);
	placed.type = btf_build_var(b, "counter", 1, BTF_GLOBAL);
	assert_int_equal(btf_build_datasec(b, ".data", 4, &placed, 1), 12);
	assert_int_equal(btf_build_callback(b, "each", 4), 16);
	assert_int_equal(btf_build_string(b, "node"), btf_build_string(b, "node"));
	assert_int_equal(btf_build_string(b, ""), 0);
}

static void test_read_back(void **state)
{
	struct strbuf data = { 0 };
	struct btf_build b;
	struct btf_type type;
	struct btf_member member;
	struct btf_array array;
	struct btf *btf;
	uint64_t value;

	(void)state;
	btf_build_init(&b);
	build(&b);
	assert_int_equal(btf_build_finish(&b, &data), 0);
	btf_build_release(&b);
	assert_int_equal(btf_parse(data.data, data.len, NULL, &btf), 0);
	assert_int_equal(btf_last_id(btf), 16);
	assert_true(btf_type(btf, btf_find(btf, BTF_STRUCT, "node"), &type));
	assert_int_equal(type.size, 16);
	assert_true(btf_member(btf, &type, 1, &member));
	assert_string_equal(member.name, "b");
	assert_int_equal(member.bit_offset, 32);
	assert_int_equal(member.bit_count, 5);
	assert_true(btf_type(btf, 5, &type));
	assert_true(btf_array(&type, &array));
	assert_int_equal(array.count, 7);
	assert_int_equal(btf_find_enumerator(btf, "RED", &value), 6);
	assert_true(btf_type(btf, btf_find(btf, BTF_FUNC, "each"), &type));
	assert_true(btf_type(btf, type.type, &type));
	assert_int_equal(type.count, 4);
	btf_free(btf);
	strbuf_release(&data);
}

static void test_kernel_takes_it(void **state)
{
	struct strbuf data = { 0 };
	struct diag diag = { 0 };
	struct btf_build b;
	int fd;

	(void)state;
	btf_build_init(&b);
	build(&b);
	assert_int_equal(btf_build_finish(&b, &data), 0);
	btf_build_release(&b);
	fd = sys_btf_load(&sys_linux, data.data, (uint32_t)data.len, &diag);
	strbuf_release(&data);
	diag_release(&diag);
	if (fd == -EPERM || fd == -ENOSYS)
		skip();
	assert_true(fd >= 0);
	(void)close(fd);
}

/* As a module's types: they name types and strings of the base, and their own behind those. */
static void build_split(const struct btf *base, uint32_t base_strings, struct strbuf *out)
{
	static const char names[] = "\0module\0extra\0NEW";
	const uint32_t own = base_strings, last = btf_last_id(base);
	const struct btf_member member = { .name = "", .type = btf_find(base, BTF_INT, "int") };
	struct btf_build b;

	btf_build_init(&b);
	/* build.h knows no base: names are put in by hand below */
	assert_int_equal(btf_build_struct(&b, BTF_STRUCT, NULL, 4, &member, 1), 1);
	assert_int_equal(btf_build_ref(&b, BTF_PTR, NULL, last + 1), 2);
	assert_int_equal(btf_build_ref(&b, BTF_TYPEDEF, NULL, last + 2), 3);
	assert_int_equal(btf_build_enum(&b, NULL, 4, false, values, 1), 4);
	store_le32((uint8_t *)b.types.data, own + 1);      /* struct module */
	store_le32((uint8_t *)b.types.data + 12, own + 8); /* its field: extra */
	store_le32((uint8_t *)b.types.data + 24 + 12,
		   1); /* the typedef: the base's first name, int */
	store_le32((uint8_t *)b.types.data + 24 + 24 + 12, own + 14); /* enum { NEW } */
	strbuf_reset(&b.strings);
	strbuf_add(&b.strings, names, sizeof names);
	assert_int_equal(btf_build_finish(&b, out), 0);
	btf_build_release(&b);
}

static void test_split(void **state)
{
	struct strbuf data = { 0 }, more = { 0 };
	struct btf *base, *split, *broken;
	struct btf_member member;
	struct btf_build b;
	struct btf_type type;
	uint64_t value;

	(void)state;
	btf_build_init(&b);
	build(&b);
	assert_int_equal(btf_build_finish(&b, &data), 0);
	assert_int_equal(btf_parse(data.data, data.len, NULL, &base), 0);
	build_split(base, (uint32_t)b.strings.len, &more);
	btf_build_release(&b);
	assert_int_equal(btf_parse_split(more.data, more.len, base, NULL, &split), 0);

	assert_int_equal(btf_first_id(base), 1);
	assert_int_equal(btf_first_id(split), 17);
	assert_int_equal(btf_last_id(split), 20);
	assert_int_equal(btf_find(split, BTF_STRUCT, "module"), 17);
	assert_int_equal(btf_find(base, BTF_STRUCT, "module"), 0);
	assert_int_equal(btf_find(split, BTF_STRUCT, "node"), 2);
	assert_int_equal(btf_find(split, BTF_TYPEDEF, "int"), 19);
	assert_int_equal(btf_find_enumerator(split, "NEW", &value), 20);
	assert_int_equal(btf_find_enumerator(split, "RED", &value), 6);
	assert_true(btf_type(split, 17, &type));
	assert_true(btf_member(split, &type, 0, &member));
	assert_string_equal(member.name, "extra");
	assert_int_equal(member.type, 1);
	assert_true(btf_type(split, 2, &type)); /* the base's types by the same questions */
	assert_true(btf_member(split, &type, 2, &member));
	assert_string_equal(member.name, "next");
	assert_int_equal(btf_size(split, btf_strip(split, 19)), 8);
	assert_int_equal(btf_size(split, 17), 4);
	assert_false(btf_type(split, 21, &type));
	for (size_t len = 0; len < more.len; len++)
		if (btf_parse_split(more.data, len, base, NULL, &broken) == 0)
			btf_free(broken);
	btf_free(split);
	btf_free(base);
	strbuf_release(&data);
	strbuf_release(&more);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read_back),
		cmocka_unit_test(test_split),
		cmocka_unit_test(test_kernel_takes_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
