/*
 * capture_signals.c - what signals ask of a capture.
 *
 * Handlers only note it; the loop that reads packets looks after each batch.
 */
#include <signal.h>

#include "cmd/capture.h"

static volatile sig_atomic_t stop_count, wants_counts, wants_flush;

static void note(int signal)
{
	if (signal == SIGUSR1)
		wants_counts = 1;
	else if (signal == SIGUSR2)
		wants_flush = 1;
	else
		stop_count++;
}

/* Without SA_RESTART, so that a wait ends. */
static void catch_signal(int signal)
{
	struct sigaction action = { .sa_handler = note };
	struct sigaction old;

	(void)sigaction(signal, NULL, &old);
	if (signal == SIGHUP && old.sa_handler == SIG_IGN) /* nohup */
		return;
	(void)sigaction(signal, &action, NULL);
}

void capture_catch_signals(void)
{
	catch_signal(SIGINT);
	catch_signal(SIGTERM);
	catch_signal(SIGHUP);
	catch_signal(SIGUSR1);
	catch_signal(SIGUSR2);
}

unsigned int capture_stop_count(void)
{
	return (unsigned int)stop_count;
}

bool capture_wants_counts(void)
{
	bool wanted = wants_counts;

	wants_counts = 0;
	return wanted;
}

bool capture_wants_flush(void)
{
	bool wanted = wants_flush;

	wants_flush = 0;
	return wanted;
}
