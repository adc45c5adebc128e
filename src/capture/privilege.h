/*
 * privilege.h - becoming nobody in particular.
 *
 * Opening interfaces takes privileges, and root may read and write any file; understanding packets takes none
 * of that, and packets come from anybody.  So after everything is open:
 *
 *  - root becomes another user: the one of -Z, else 'tcpdump', else 'nobody'; without other groups;
 *  - all capabilities go, but for those of @keep: also those that a file's capabilities gave to somebody else;
 *  - no program that is started can get any back (no_new_privs).
 *
 * What needs privileges afterwards goes through opener.h.
 */
#ifndef WAGGLE_CAPTURE_PRIVILEGE_H
#define WAGGLE_CAPTURE_PRIVILEGE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/diag.h"

struct privilege_user {
	uid_t uid;
	gid_t gid;
	bool is_chosen; /* somebody named it; else it may turn out that we cannot become it */
};

/* Is there anything to give up: are we root, or do we have capabilities? */
bool privilege_is_any(void);

/* The user to become: @name, or if that is NULL the usual one.  Returns 0, or -ENOENT with the reason in
 * @diag. */
int privilege_find_user(const char *name, struct diag *diag, struct privilege_user *ret_user);

/* Give up all privileges but the capabilities whose bits (1 << CAP_...) are in @keep.  Who is not root stays
 * who he is.  Within a user namespace that does not have the usual user, so does root, who is nobody outside.
 * Returns 0, or a negative errno with the reason in @diag; then the process should end. */
int privilege_drop(const struct privilege_user *user, uint64_t keep, struct diag *diag);

#endif
