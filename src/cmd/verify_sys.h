/*
 * verify_sys.h - a kernel that only judges: maps are made in name, types are kept, programs are verified.
 *
 * It stands behind the same seam as the real one (sys/sys.h), so that what loads objects puts to it exactly the
 * programs that it would put to Linux.
 */
#ifndef WAGGLE_CMD_VERIFY_SYS_H
#define WAGGLE_CMD_VERIFY_SYS_H

#include "kern/verifier/verifier.h"
#include "sys/sys.h"

struct judge; /* opaque */

/* What was put to it, in order. */
struct judged {
	struct verifier_request request;
	struct verifier_verdict verdict;
	int fd; /* that the program's loader got */
};

struct judge_options {
	const struct btf *kernel; /* the target's types, or NULL */
	unsigned int log_level;
	bool kernel_limits;
};

struct judge *judge_new(const struct judge_options *options); /* NULL without memory */
void judge_free(struct judge *judge);

const struct sys *judge_sys(struct judge *judge); /* lives as long as the judge */
size_t judge_count(const struct judge *judge);
const struct judged *judge_at(const struct judge *judge, size_t i);

#endif
