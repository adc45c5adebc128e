# System calls by the numbers of 32-bit programs are none of those that the tracepoints name: 20 is getpid there, writev here.
-- needs bpf gcc
-- file calls.c
#include <signal.h>
#include <stdio.h>
#include <sys/uio.h>
#include <unistd.h>
static void none(int signal)
{
	_exit(signal ? 0 : 1); /* the kernel was built without them */
}
int main(void)
{
	struct iovec iov = { "text\n", 5 };

	for (int i = 0; i < 3; i++)
		if (writev(2, &iov, 1) != 5)
			return 1;
	(void)signal(SIGSEGV, none);
	for (int i = 0; i < 5; i++) {
#if defined(__x86_64__)
		int result = 20;

		__asm__ volatile("int $0x80" : "+a"(result) : : "memory");
		if (result != getpid())
			return 1;
#endif
	}
	return 0;
}
-- cmd
gcc -O1 calls.c -o calls
waggle trace -q -e 'tracepoint:syscalls:sys_enter_writev /pid == cpid/ { @enter = count() }
	tracepoint:syscalls:sys_exit_writev /pid == cpid/ { @exit = count() }
	tracepoint:syscalls:sys_enter_write*,tracepoint:syscalls:sys_enter_getpid /pid == cpid/ { @[probe] = 1 }' -c ./calls 2>/dev/null
-- stdout


@[tracepoint:syscalls:sys_enter_getpid]: 1
@[tracepoint:syscalls:sys_enter_writev]: 1
@enter: 3
@exit: 3
-- cmd
# what the kernel could not do before 6.2
waggle trace -q --no-feature rdonly_cast -e 'tracepoint:syscalls:sys_enter_writev /pid == cpid/ { @ = count() }' -c ./calls 2>/dev/null
-- stdout


@: 3
