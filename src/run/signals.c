/*
 * signals.c - signals as something to wait for.
 */
#include "run/signals.h"

#include <errno.h>
#include <stddef.h>
#include <sys/signalfd.h>
#include <unistd.h>

static const int ending[] = { SIGINT, SIGTERM, SIGHUP };

static bool is_ignored(int number)
{
	struct sigaction action;

	return sigaction(number, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

int run_signals_open(struct run_signals *signals, bool with_usr1)
{
	sigset_t set;

	*signals = (struct run_signals){ .fd = -1 };
	(void)sigemptyset(&set);
	for (size_t i = 0; i < sizeof ending / sizeof ending[0]; i++)
		if (!is_ignored(ending[i])) /* nohup, or in the background of a shell */
			(void)sigaddset(&set, ending[i]);
	if (with_usr1)
		(void)sigaddset(&set, SIGUSR1);
	if (sigprocmask(SIG_BLOCK, &set, &signals->old_mask) < 0)
		return -errno;
	signals->fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	return signals->fd < 0 ? -errno : 0;
}

static void let_kill(void)
{
	sigset_t set;

	(void)sigemptyset(&set);
	for (size_t i = 0; i < sizeof ending / sizeof ending[0]; i++)
		(void)sigaddset(&set, ending[i]);
	(void)sigprocmask(SIG_UNBLOCK, &set, NULL);
}

void run_signals_read(struct run_signals *signals)
{
	struct signalfd_siginfo info;

	while (read(signals->fd, &info, sizeof info) == sizeof info) {
		if (info.ssi_signo == SIGUSR1) {
			signals->usr1_count++;
			continue;
		}
		if (!signals->wants_stop)
			let_kill();
		signals->wants_stop = true;
	}
}

void run_signals_close(struct run_signals *signals)
{
	if (signals->fd < 0)
		return;
	(void)close(signals->fd);
	(void)sigprocmask(SIG_SETMASK, &signals->old_mask, NULL);
	signals->fd = -1;
}
