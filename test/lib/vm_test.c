/* vm_test.c - the machine as a library, through its public header alone. */
#include <waggle/vm.h>

#include <errno.h>
#include <string.h>

#include "../cmocka_all.h"

static const uint64_t no_args[5];

static int load(struct waggle_vm *vm, const char *text)
{
	return waggle_vm_load(vm, text, strlen(text), NULL);
}

static void results(void **state)
{
	static const char text[] = "r0 = r1\nr0 += r5\nexit\n";
	struct waggle_vm *vm = waggle_vm_new();
	const uint64_t args[5] = { 40, 0, 0, 0, 2 };
	uint64_t r0 = 0;

	(void)state;
	assert_int_equal(waggle_vm_run(vm, args, &r0), -ENOENT);
	assert_non_null(strstr(waggle_vm_error(vm), "no program is loaded"));
	assert_int_equal(load(vm, text), 0);
	assert_int_equal(waggle_vm_run(vm, args, &r0), 0);
	assert_int_equal(r0, 42);
	assert_int_equal(waggle_vm_set_guarded(vm, true), -EBUSY);
	waggle_vm_unload(vm);
	assert_int_equal(waggle_vm_set_engine(vm, WAGGLE_VM_INTERPRETER), 0);
	assert_int_equal(load(vm, text), 0);
	assert_false(waggle_vm_is_native(vm));
	assert_int_equal(waggle_vm_run(vm, args, &r0), 0);
	assert_int_equal(r0, 42);
	waggle_vm_free(vm);
	waggle_vm_free(NULL);
}

static void refusals(void **state)
{
	struct waggle_vm *vm = waggle_vm_new();

	(void)state;
	assert_int_equal(load(vm, "r0 = rx\nexit\n"), -EINVAL);
	assert_non_null(strstr(waggle_vm_error(vm), "found 'rx'"));
	assert_int_equal(load(vm, "r0 = 1\n"), -EINVAL);
	assert_non_null(strstr(waggle_vm_error(vm), "run off its end"));
	assert_int_equal(waggle_vm_load(vm, "\177ELF", 4, NULL), -EINVAL);
	assert_int_equal(waggle_vm_load(vm, "", 0, NULL), -EINVAL);
	assert_true(*waggle_vm_error(vm));
	assert_int_equal(load(vm, "r0 = 1\nexit\n"), 0);
	assert_string_equal(waggle_vm_error(vm), "");
	waggle_vm_free(vm);
}

static void memory(void **state)
{
	static const char text[] = "r0 = *(u8 *)(r1 + 3)\n*(u8 *)(r1 + 0) = 9\nexit\n";
	struct waggle_vm *vm = waggle_vm_new();
	unsigned char bytes[4] = { 1, 2, 3, 4 };
	uint64_t args[5] = { (uintptr_t)bytes }, r0 = 0;

	(void)state;
	assert_int_equal(waggle_vm_set_guarded(vm, true), 0);
	assert_int_equal(load(vm, text), 0);
	assert_int_equal(waggle_vm_run(vm, args, &r0), -EFAULT);
	assert_non_null(strstr(waggle_vm_error(vm), "instruction 0"));
	assert_int_equal(waggle_vm_run_on(vm, bytes, 4, &r0), 0);
	assert_int_equal(r0, 4);
	assert_int_equal(bytes[0], 9);
	assert_int_equal(waggle_vm_run(vm, args, &r0), -EFAULT); /* it was lent for one run */
	assert_int_equal(waggle_vm_run_on(vm, bytes, 3, &r0), -EFAULT);
	assert_int_equal(waggle_vm_add_memory(vm, bytes, 4, false), 0);
	assert_int_equal(waggle_vm_run(vm, args, &r0), -EFAULT);
	assert_non_null(strstr(waggle_vm_error(vm), "write of 1 byte"));
	waggle_vm_clear_memory(vm);
	assert_int_equal(waggle_vm_add_memory(vm, bytes, 4, true), 0);
	assert_int_equal(waggle_vm_run(vm, args, &r0), 0);
	waggle_vm_free(vm);
}

static void limits(void **state)
{
	struct waggle_vm *vm = waggle_vm_new();
	uint64_t r0;

	(void)state;
	assert_int_equal(waggle_vm_set_limits(vm, 1000, 0), 0);
	assert_int_equal(load(vm, "goto pc-1\nexit\n"), 0);
	assert_int_equal(waggle_vm_run(vm, no_args, &r0), -ELOOP);
	waggle_vm_unload(vm);
	assert_int_equal(waggle_vm_set_limits(vm, 0, 2000000), 0);
	assert_int_equal(load(vm, "goto pc-1\nexit\n"), 0);
	assert_int_equal(waggle_vm_run(vm, no_args, &r0), -ETIME);
	waggle_vm_free(vm);
}

static uint64_t sum(uint64_t r1, uint64_t r2, uint64_t r3, uint64_t r4, uint64_t r5,
		    struct waggle_vm_call *call)
{
	*(uint64_t *)waggle_vm_user(call) += 1;
	return r1 + r2 + r3 + r4 + r5;
}

static uint64_t first_byte(uint64_t r1, uint64_t r2, uint64_t r3, uint64_t r4, uint64_t r5,
			   struct waggle_vm_call *call)
{
	(void)r2, (void)r3, (void)r4, (void)r5;
	if (!waggle_vm_may_access(call, r1, 1, false))
		return 0;
	return *(const unsigned char *)(uintptr_t)r1;
}

static uint64_t give_up(uint64_t r1, uint64_t r2, uint64_t r3, uint64_t r4, uint64_t r5,
			struct waggle_vm_call *call)
{
	(void)r1, (void)r2, (void)r3, (void)r4, (void)r5;
	waggle_vm_fault(call, "the host gives up");
	return 0;
}

static void helpers(void **state)
{
	struct waggle_vm *vm = waggle_vm_new();
	uint64_t calls = 0, r0;
	unsigned char byte = 77;

	(void)state;
	assert_int_equal(waggle_vm_add_helper(vm, 1000, "sum", sum), 0);
	assert_int_equal(waggle_vm_add_helper(vm, 1001, "first_byte", first_byte), 0);
	assert_int_equal(waggle_vm_add_helper(vm, 5, "give_up", give_up), 0);
	assert_int_equal(waggle_vm_add_helper(vm, WAGGLE_VM_MOST_HELPERS, "x", sum), -EINVAL);
	assert_int_equal(waggle_vm_set_guarded(vm, true), 0);
	waggle_vm_set_user(vm, &calls);
	assert_int_equal(load(vm, "r1 = 1\nr2 = 2\nr3 = 3\nr4 = 4\nr5 = 5\ncall 1000\nexit\n"), 0);
	assert_int_equal(waggle_vm_run(vm, no_args, &r0), 0);
	assert_int_equal(r0, 15);
	assert_int_equal(calls, 1);
	assert_int_equal(load(vm, "call 1001\nexit\n"), 0);
	assert_int_equal(waggle_vm_run_on(vm, &byte, 1, &r0), 0);
	assert_int_equal(r0, 77);
	assert_int_equal(waggle_vm_run(vm, no_args, &r0), -EFAULT);
	assert_int_equal(load(vm, "call 5\nexit\n"), 0);
	assert_int_equal(waggle_vm_run(vm, no_args, &r0), -EFAULT);
	assert_non_null(strstr(waggle_vm_error(vm), "the host gives up"));
	assert_int_equal(load(vm, "call 1002\nexit\n"), -EINVAL);
	waggle_vm_free(vm);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(results), cmocka_unit_test(refusals), cmocka_unit_test(memory),
		cmocka_unit_test(limits),  cmocka_unit_test(helpers),
	};

	return cmocka_run_group_tests_name("lib/vm", tests, NULL, NULL);
}
