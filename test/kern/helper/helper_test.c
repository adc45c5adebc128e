/* helper_test.c - helpers, called as engines call them. */
#include "kern/helper/helper.h"

#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../../cmocka_all.h"

static uint64_t address(const void *p)
{
	return (uintptr_t)p;
}

static void strtol_reads(void **state)
{
	static const struct {
		const char *text;
		uint64_t flags;
		int64_t used, value;
	} rows[] = {
		/* clang-format off */
		{ "42",                   10, 2,       42        },
		{ "  -42x",               0,  5,       -42       },
		{ "\t0x1F",               0,  5,       31        },
		{ "0x1f",                 16, 4,       31        },
		{ "1f",                   16, 2,       31        },
		{ "0x",                   0,  1,       0         }, /* an octal 0, then rubbish */
		{ "017",                  0,  3,       15        },
		{ "08",                   0,  1,       0         },
		{ "9223372036854775807",  10, 19,      INT64_MAX },
		{ "-9223372036854775808", 10, 20,      INT64_MIN },
		{ "9223372036854775808",  10, -ERANGE, 0         },
		{ "-9223372036854775809", 10, -ERANGE, 0         },
		{ "99999999999999999999", 10, -ERANGE, 0         },
		{ "",                     10, -EINVAL, 0         },
		{ "   ",                  10, -EINVAL, 0         },
		{ "-",                    10, -EINVAL, 0         },
		{ "x",                    10, -EINVAL, 0         },
		{ "--1",                  10, -EINVAL, 0         },
		{ "1",                    2,  -EINVAL, 0         },
		{ "1",                    32, -EINVAL, 0         },
		/* clang-format on */
	};
	struct vm_run *run = vm_run_new();

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		int64_t value = 0;

		assert_int_equal(helper_strtol(address(rows[i].text), strlen(rows[i].text),
					       rows[i].flags, address(&value), 0, run),
				 rows[i].used);
		assert_int_equal(value, rows[i].value);
	}
	vm_run_free(run);
}

static void strtoul_reads(void **state)
{
	struct vm_run *run = vm_run_new();
	uint64_t value = 5;

	(void)state;
	assert_int_equal(helper_strtoul(address("18446744073709551615"), 20, 10, address(&value), 0,
					run),
			 20);
	assert_int_equal(value, UINT64_MAX);
	assert_int_equal(helper_strtoul(address("-1"), 2, 10, address(&value), 0, run), -EINVAL);
	/* Only the bytes of the buffer are looked at. */
	assert_int_equal(helper_strtoul(address("1234"), 2, 10, address(&value), 0, run), 2);
	assert_int_equal(value, 12);
	vm_run_free(run);
}

static void strncmp_orders(void **state)
{
	struct vm_run *run = vm_run_new();

	(void)state;
	assert_int_equal(helper_strncmp(address("abc"), 3, address("abc"), 0, 0, run), 0);
	assert_int_equal(helper_strncmp(address("abc"), 2, address("abd"), 0, 0, run), 0);
	assert_int_equal(helper_strncmp(address("abc"), 3, address("abd"), 0, 0, run), -1);
	assert_int_equal(helper_strncmp(address("abd"), 3, address("abc"), 0, 0, run), 1);
	assert_int_equal(helper_strncmp(address("ab\0x"), 4, address("ab"), 0, 0, run), 0);
	vm_run_free(run);
}

static void formats(void **state)
{
	static const struct {
		const char *format;
		uint64_t args[3];
		const char *text; /* NULL: refused */
	} rows[] = {
		{ "plain\n", { 0 }, "plain\n" },
		{ "%d %u %x", { (uint64_t)-1, (uint64_t)-1, 0xabcdef }, "-1 4294967295 abcdef" },
		{ "%lld %llu %lX",
		  { (uint64_t)-1, (uint64_t)-1, 0xabcdef012345 },
		  "-1 18446744073709551615 ABCDEF012345" },
		{ "%d", { 0x1ffffffff }, "-1" },
		{ "[%5d|%-5d|%05d]", { 42, 42, (uint64_t)-42 }, "[   42|42   |-0042]" },
		{ "%+d% d", { 1, 2 }, "+1 2" },
		{ "%c%%", { 'x' }, "x%" },
		{ "%p", { 0xabc }, "0000000000000abc" },
		{ "%px %pK", { 1, 2 }, "0000000000000001 0000000000000002" },
		{ "%d %d %d %d", { 0 }, NULL },
		{ "%f", { 0 }, NULL },
		{ "%hd", { 0 }, NULL },
		{ "%llld", { 0 }, NULL },
		{ "%", { 0 }, NULL },
		{ "\x80", { 0 }, NULL },
	};
	struct vm_run *run = vm_run_new();

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char out[100] = "";
		int len = helper_format(run, rows[i].format, strlen(rows[i].format) + 1,
					rows[i].args, out, sizeof out);

		assert_int_equal(len, rows[i].text ? (int)strlen(rows[i].text) : -EINVAL);
		if (rows[i].text)
			assert_string_equal(out, rows[i].text);
	}
	vm_run_free(run);
}

static void format_edges(void **state)
{
	const uint64_t args[3] = { address("text"), address("more") };
	struct vm_run *run = vm_run_new();
	char out[8];

	(void)state;
	assert_int_equal(helper_format(run, "%s", 2, args, out, sizeof out), -EINVAL); /* no NUL */
	assert_int_equal(helper_format(run, "%s-%s", 6, args, out, sizeof out), 7);
	assert_string_equal(out, "text-mo");
	assert_int_equal(helper_format(run, "%pks", 5, args, out, sizeof out), 4);
	assert_string_equal(out, "text");
	vm_run_free(run);
}

static void clocks(void **state)
{
	struct vm_run *run = vm_run_new();
	struct timespec before, after;
	uint64_t ns;

	(void)state;
	clock_gettime(CLOCK_MONOTONIC, &before);
	ns = helper_ktime_get_ns(0, 0, 0, 0, 0, run);
	clock_gettime(CLOCK_MONOTONIC, &after);
	assert_in_range(ns, (uint64_t)before.tv_sec * 1000000000 + (uint64_t)before.tv_nsec,
			(uint64_t)after.tv_sec * 1000000000 + (uint64_t)after.tv_nsec);
	assert_true(helper_ktime_get_boot_ns(0, 0, 0, 0, 0, run) >= ns);
	assert_true(helper_ktime_get_coarse_ns(0, 0, 0, 0, 0, run) > 0);
	vm_run_free(run);
}

static void process(void **state)
{
	struct vm_run *run = vm_run_new();
	char comm[20];

	(void)state;
	assert_int_equal(helper_get_current_pid_tgid(0, 0, 0, 0, 0, run) >> 32, getpid());
	assert_int_equal(helper_get_current_uid_gid(0, 0, 0, 0, 0, run) & UINT32_MAX, getuid());
	memset(comm, 'x', sizeof comm);
	assert_int_equal(helper_get_current_comm(address(comm), sizeof comm, 0, 0, 0, run), 0);
	assert_int_equal(comm[sizeof comm - 1], 0);
	assert_int_equal(strncmp(comm, "test-kern", 9), 0);
	memset(comm, 'x', sizeof comm);
	assert_int_equal(helper_get_current_comm(address(comm), 5, 0, 0, 0, run), 0);
	assert_string_equal(comm, "test");
	assert_int_equal(helper_get_current_comm(address(comm), 0, 0, 0, 0, run), -EINVAL);
	vm_run_free(run);
}

static void random_numbers(void **state)
{
	struct vm_run *run = vm_run_new();
	uint64_t all = 0, ones = 0;

	(void)state;
	for (int i = 0; i < 1000; i++) {
		uint64_t n = helper_get_prandom_u32(0, 0, 0, 0, 0, run);

		all |= n;
		ones += (uint64_t)__builtin_popcountll(n);
	}
	assert_int_equal(all, UINT32_MAX);
	assert_in_range(ones, 15000, 17000);
	vm_run_free(run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(strtol_reads),   cmocka_unit_test(strtoul_reads),
		cmocka_unit_test(strncmp_orders), cmocka_unit_test(formats),
		cmocka_unit_test(format_edges),   cmocka_unit_test(clocks),
		cmocka_unit_test(process),        cmocka_unit_test(random_numbers),
	};

	return cmocka_run_group_tests_name("kern/helper", tests, NULL, NULL);
}
