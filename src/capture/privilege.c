/*
 * privilege.c - giving up privileges, by the kernel's own calls.
 */
#include "capture/privilege.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/bits.h"

enum { NOBODY = 65534 }; /* where there are no users at all: the kernel's number for it */

/* Version 3 has 64 capabilities in two words. */
struct capabilities {
	struct __user_cap_header_struct header;
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];
};

static int get_capabilities(struct capabilities *ret)
{
	*ret = (struct capabilities){ .header.version = _LINUX_CAPABILITY_VERSION_3 };
	return syscall(SYS_capget, &ret->header, ret->data) < 0 ? -errno : 0;
}

/* Have exactly @keep, and hand none on. */
static int set_capabilities(uint64_t keep)
{
	struct capabilities set = { .header.version = _LINUX_CAPABILITY_VERSION_3 };

	for (int i = 0; i < _LINUX_CAPABILITY_U32S_3; i++)
		set.data[i].effective = set.data[i].permitted = (uint32_t)(keep >> 32 * i);
	return syscall(SYS_capset, &set.header, set.data) < 0 ? -errno : 0;
}

static uint64_t permitted(void)
{
	struct capabilities set;

	if (get_capabilities(&set))
		return 0;
	return (uint64_t)set.data[1].permitted << 32 | set.data[0].permitted;
}

bool privilege_is_any(void)
{
	return geteuid() == 0 || permitted() != 0;
}

int privilege_find_user(const char *name, struct diag *diag, struct privilege_user *ret_user)
{
	static const char *const usual[] = { "tcpdump", "nobody" };
	const struct passwd *user = name ? getpwnam(name) : NULL;

	for (size_t i = 0; !name && !user && i < ARRAY_LEN(usual); i++)
		user = getpwnam(usual[i]);
	if (!user && name) {
		diag_error(diag, SPAN_NONE, "there is no user '%s'", name);
		diag_hint(diag, "-Z names the user to go on as");
		return -ENOENT;
	}
	*ret_user = (struct privilege_user){
		.uid = user ? user->pw_uid : NOBODY,
		.gid = user ? user->pw_gid : NOBODY,
		.is_chosen = name != NULL,
	};
	return 0;
}

/* Programs that we start cannot have what is not in the bounding set, whatever their files say. */
static void empty_bounding_set(void)
{
	for (unsigned long cap = 0; prctl(PR_CAPBSET_READ, cap) >= 0; cap++)
		(void)prctl(PR_CAPBSET_DROP, cap);
	(void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
}

/* The groups first: afterwards we may not. */
static int become(const struct privilege_user *user)
{
	if (setgroups(0, NULL) < 0 || setresgid(user->gid, user->gid, user->gid) < 0 ||
	    setresuid(user->uid, user->uid, user->uid) < 0)
		return -errno;
	return 0;
}

int privilege_drop(const struct privilege_user *user, uint64_t keep, struct diag *diag)
{
	int err = 0;

	keep &= permitted();
	empty_bounding_set();
	if (geteuid() == 0) {
		(void)prctl(PR_SET_KEEPCAPS, 1);
		err = become(user);
		/* setgroups is denied in a user namespace; what is not mapped there does not exist. */
		if (!user->is_chosen && (err == -EPERM || err == -EINVAL))
			err = 0;
	}
	if (!err)
		err = set_capabilities(keep);
	if (!err && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		err = -errno;
	if (!err && keep == 0 && geteuid() != 0 && setuid(0) == 0)
		err = -ENOTRECOVERABLE;
	if (err) {
		diag_error(diag, SPAN_NONE, "the privileges of root cannot be given up: %s",
			   strerror(-err));
		diag_hint(diag, "-Z names the user to go on as");
	}
	return err;
}
