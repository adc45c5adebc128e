/*
 * embed.c - a program that runs eBPF programs: each file named, on the bytes of standard input.
 *
 *	cc -o embed embed.c $(pkg-config --cflags --libs libwaggle)
 *	echo hello | ./embed sum.s
 */
#include <inttypes.h>
#include <stdio.h>
#include <waggle/vm.h>

/* Programs call it as number 1000, or by its name: they say what they think of a byte. */
static uint64_t report(uint64_t byte, uint64_t verdict, uint64_t r3, uint64_t r4, uint64_t r5,
		       struct waggle_vm_call *call)
{
	unsigned long *reports = waggle_vm_user(call);

	(void)r3, (void)r4, (void)r5;
	printf("byte %" PRIu64 ": %s\n", byte, verdict ? "yes" : "no");
	return ++*reports;
}

int main(int argc, char **argv)
{
	static unsigned char program[1 << 20], input[1 << 16];
	size_t input_len = fread(input, 1, sizeof input, stdin);
	struct waggle_vm *vm = waggle_vm_new();
	unsigned long reports = 0;
	int failed = !vm;

	for (int i = 1; i < argc && !failed; i++) {
		FILE *file = fopen(argv[i], "rb");
		size_t len = file ? fread(program, 1, sizeof program, file) : 0;
		uint64_t result;

		if (file)
			fclose(file);
		waggle_vm_unload(vm);
		waggle_vm_set_guarded(vm, true);
		waggle_vm_set_limits(vm, 1000000, 0);
		waggle_vm_add_helper(vm, 1000, "report", report);
		waggle_vm_set_user(vm, &reports);
		failed = waggle_vm_load(vm, program, len, NULL) ||
			 waggle_vm_run_on(vm, input, input_len, &result);
		if (failed)
			fprintf(stderr, "%s: %s", argv[i], waggle_vm_error(vm));
		else
			printf("%s: %" PRIu64 ", %lu reports\n", argv[i], result, reports);
	}
	waggle_vm_free(vm);
	return failed;
}
