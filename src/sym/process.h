/*
 * process.h - processes by their numbers, and the code that each has mapped.
 *
 * What is known of a process comes from /proc when it is asked for, or from events as they happen
 * (watch.c).  It is kept when the process ends, until there are too many: then those go first of
 * which nothing was heard for longest.
 */
#ifndef WAGGLE_SYM_PROCESS_H
#define WAGGLE_SYM_PROCESS_H

#include "sym/perfmap.h"
#include "sym/space.h"

struct process {
	uint32_t pid;
	struct process *next; /* in its slot of the table */
	struct process *older, *newer;
	struct space *space;  /* NULL: not known */
	struct space *before; /* of the program that ran under this number before; or NULL */
	struct perfmap perfmap;
	uint64_t perfmap_ns; /* when its file was looked at; 0: never */
	uint64_t read_ns;    /* when its mappings were read; 0: never */
	bool has_ended;
};

enum {
	PROCESS_SLOTS = 2048,
	MOST_PROCESSES = 8192,
};

struct processes {
	struct intern *names;
	struct process *slots[PROCESS_SLOTS];
	struct process *oldest, *newest;
	size_t count;
};

void processes_release(struct processes *processes);

/* The process of that number, or NULL: nothing is known of it. */
struct process *process_find(const struct processes *processes, uint32_t pid);
/* The same; one that is not known is added.  NULL when memory is short. */
struct process *process_get(struct processes *processes, uint32_t pid);

/* Read its mappings anew.  0 or a negative errno; what was known stays then. */
int process_read(struct processes *processes, struct process *process);

/* What happened to processes.  When memory is short, it is as if it had not. */
void process_forked(struct processes *processes, uint32_t pid, uint32_t parent);
void process_executed(struct processes *processes, uint32_t pid);
/* Returns where the mapping is now, until the next one; or NULL. */
struct mapping *process_mapped(struct processes *processes, uint32_t pid,
			       const struct mapping *mapping);
void process_ended(struct processes *processes, uint32_t pid);

uint64_t now_ns(void);

#endif
