/*
 * attach.h - attaching the programs of an object to what their sections name.
 */
#ifndef WAGGLE_LOAD_ATTACH_H
#define WAGGLE_LOAD_ATTACH_H

#include "load/load.h"
#include "probe/attach.h"

/* What sections do not say. */
struct load_places {
	unsigned int interface; /* its index; 0: none was given */
	int cgroup_fd;          /* -1: none was given */
	uint64_t frequency;     /* of programs that sample: times a second */
};

struct load_attach_job {
	const struct sys *sys;
	struct catalog *catalog;
	struct attachments *attachments; /* keeps what is attached */
	const struct load_places *places;
};

/* Attach @prog.  Returns at how many places; 0 when its section does not say where, or @job->places lacks it, with what to
 * do as a warning in @diag; or a negative errno with the reason in @diag. */
int load_attach(const struct load_attach_job *job, const struct loaded_prog *prog,
		struct diag *diag);

#endif
