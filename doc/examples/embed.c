/*
 * embed.c - a program that runs eBPF: the file named, on the bytes of standard input.
 *
 *	cc -o embed embed.c $(pkg-config --cflags --libs libwaggle)
 *	echo hello | ./embed sum.s
 */
#include <stdio.h>
#include <waggle/vm.h>

/* Programs call it as number 1000: they say what they think of a byte. */
static uint64_t report(uint64_t byte, uint64_t verdict, uint64_t r3, uint64_t r4, uint64_t r5,
		       struct waggle_vm_call *call)
{
	(void)r3, (void)r4, (void)r5, (void)call;
	return (uint64_t)printf("byte %d: %s\n", (int)byte, verdict ? "yes" : "no");
}

int main(int argc, char **argv)
{
	static unsigned char program[1 << 20], input[1 << 16];
	FILE *file = argc == 2 ? fopen(argv[1], "rb") : NULL;
	size_t len = file ? fread(program, 1, sizeof program, file) : 0;
	size_t input_len = fread(input, 1, sizeof input, stdin);
	struct waggle_vm *vm = waggle_vm_new();
	uint64_t result = 0;
	int err = !vm || waggle_vm_set_guarded(vm, true) || waggle_vm_set_limits(vm, 1000000, 0) ||
		  waggle_vm_add_helper(vm, 1000, "report", report) ||
		  waggle_vm_load(vm, program, len, NULL) ||
		  waggle_vm_run_on(vm, input, input_len, &result);

	if (err)
		fprintf(stderr, "%s: %s", argv[argc - 1], vm ? waggle_vm_error(vm) : "");
	else
		printf("%s: %llu\n", argv[1], (unsigned long long)result);
	waggle_vm_free(vm);
	return err;
}
