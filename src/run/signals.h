/*
 * signals.h - signals as something to wait for.
 */
#ifndef WAGGLE_RUN_SIGNALS_H
#define WAGGLE_RUN_SIGNALS_H

#include <signal.h>
#include <stdbool.h>

struct run_signals {
	int fd; /* readable when there are some; -1: closed */
	sigset_t old_mask;
	bool wants_stop; /* SIGINT, SIGTERM, SIGHUP came */
	unsigned int usr1_count;
};

/* From here on the signals wait until they are read; SIGUSR1 only if @with_usr1. */
int run_signals_open(struct run_signals *signals, bool with_usr1);
/* Take in what came, without waiting.  After the first that ends the session, another one kills the process as
 * usual: whatever hangs then, hangs no longer. */
void run_signals_read(struct run_signals *signals);
void run_signals_close(struct run_signals *signals);

#endif
