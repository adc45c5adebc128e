/*
 * process.c - the table of processes.
 */
#include "sym/process.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

uint64_t now_ns(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

/* --- the table -------------------------------------------------------------------------------- */

static struct process **slot_of(const struct processes *processes, uint32_t pid)
{
	/* a table may be const while a pointer into it is handed out */
	return (struct process **)(uintptr_t)&processes->slots[pid % PROCESS_SLOTS];
}

static void unlink_age(struct processes *processes, struct process *process)
{
	*(process->older ? &process->older->newer : &processes->oldest) = process->newer;
	*(process->newer ? &process->newer->older : &processes->newest) = process->older;
}

static void make_newest(struct processes *processes, struct process *process)
{
	process->older = processes->newest;
	process->newer = NULL;
	*(processes->newest ? &processes->newest->newer : &processes->oldest) = process;
	processes->newest = process;
}

static void forget(struct processes *processes, struct process *process)
{
	struct process **slot = slot_of(processes, process->pid);

	while (*slot != process)
		slot = &(*slot)->next;
	*slot = process->next;
	unlink_age(processes, process);
	processes->count--;
	space_put(process->space);
	space_put(process->before);
	perfmap_release(&process->perfmap);
	free(process);
}

void processes_release(struct processes *processes)
{
	while (processes->oldest)
		forget(processes, processes->oldest);
}

struct process *process_find(const struct processes *processes, uint32_t pid)
{
	struct process *process = *slot_of(processes, pid);

	while (process && process->pid != pid)
		process = process->next;
	return process;
}

struct process *process_get(struct processes *processes, uint32_t pid)
{
	struct process *process = process_find(processes, pid);
	struct process **slot = slot_of(processes, pid);

	if (process) {
		unlink_age(processes, process);
		make_newest(processes, process);
		return process;
	}
	process = calloc(1, sizeof *process);
	if (!process)
		return NULL;
	if (processes->count == MOST_PROCESSES)
		forget(processes, processes->oldest);
	process->pid = pid;
	process->next = *slot;
	*slot = process;
	make_newest(processes, process);
	processes->count++;
	return process;
}

/* --- what happens to them --------------------------------------------------------------------- */

int process_read(struct processes *processes, struct process *process)
{
	struct space *space = space_new();
	int err = space ? space_read(space, processes->names, process->pid) : -ENOMEM;

	process->read_ns = now_ns();
	if (err == -ESRCH)
		process->has_ended = true;
	/* One that is about to end has no mappings any more; what it had is better. */
	if (err || (!space->count && process->space)) {
		space_put(space);
		return err;
	}
	space_put(process->space);
	process->space = space;
	return 0;
}

/* Another program begins: what ran before stays for addresses seen before. */
static void begin_program(struct process *process, struct space *space)
{
	if (process->space && process->space->count) {
		space_put(process->before);
		process->before = process->space;
	} else {
		space_put(process->space);
	}
	process->space = space;
	process->has_ended = false;
	perfmap_release(&process->perfmap);
	process->perfmap_ns = 0;
}

void process_forked(struct processes *processes, uint32_t pid, uint32_t parent)
{
	struct process *from = process_get(processes, parent), *process;

	if (!from)
		return;
	if (!from->space && !from->read_ns)
		(void)process_read(processes, from);
	process = process_get(processes, pid);
	if (process)
		begin_program(process, from->space ? space_get(from->space) : NULL);
}

void process_executed(struct processes *processes, uint32_t pid)
{
	struct process *process = process_get(processes, pid);
	struct space *space = space_new();

	if (process && space)
		begin_program(process, space);
	else
		space_put(space);
}

/* The space of @process, with nobody else using it. */
static struct space *own_space(struct process *process)
{
	struct space *space;

	if (process->space && process->space->users == 1)
		return process->space;
	space = process->space ? space_copy(process->space) : space_new();
	if (!space)
		return NULL;
	space_put(process->space);
	process->space = space;
	return space;
}

struct mapping *process_mapped(struct processes *processes, uint32_t pid,
			       const struct mapping *mapping)
{
	struct process *process = process_get(processes, pid);
	struct space *space;

	if (process && !process->space && !process->read_ns)
		(void)process_read(processes, process);
	space = process ? own_space(process) : NULL;
	if (!space || space_map(space, mapping))
		return NULL;
	return space_at(space, mapping->start);
}

void process_ended(struct processes *processes, uint32_t pid)
{
	struct process *process = process_find(processes, pid);

	if (process)
		process->has_ended = true;
}
