/*
 * capture_privilege.c - what a capture still needs when it gives its privileges up.
 */
#include <errno.h>
#include <linux/capability.h>
#include <string.h>

#include "capture/opener.h"
#include "capture/privilege.h"
#include "cmd/capture.h"

static bool is_file(const char *path)
{
	return path && strcmp(path, "-") != 0;
}

static int start_opener(struct capture *capture, const char *const *read_paths,
			const struct privilege_user *user)
{
	const struct opener_rules rules = {
		.write_path = is_file(capture->write_path) ? capture->write_path : NULL,
		.read_paths = read_paths,
		.gives_away = user->is_chosen,
		.uid = user->uid,
		.gid = user->gid,
	};
	struct opener *opener;
	int err;

	if (!rules.write_path && !read_paths)
		return 0;
	err = opener_new(&rules, &opener);
	if (err) {
		diag_error(capture->diag, SPAN_NONE,
			   "no process could be started that opens files: %s", strerror(-err));
		return err;
	}
	capture->open_output = opener_write;
	capture->open_input = opener_read;
	capture->open_data = opener;
	return 0;
}

/* To see whose sockets are whose. */
static uint64_t kept(const struct capture *capture)
{
	return capture->processes ? 1ull << CAP_SYS_PTRACE | 1ull << CAP_DAC_READ_SEARCH : 0;
}

int capture_drop_privileges(struct capture *capture, const char *const *read_paths)
{
	struct privilege_user user;
	int err;

	if (!privilege_is_any())
		return 0;
	err = privilege_find_user(args_value(capture->args, "relinquish-privileges"), capture->diag,
				  &user);
	if (!err)
		err = start_opener(capture, read_paths, &user);
	if (!err)
		err = privilege_drop(&user, kept(capture), capture->diag);
	return err;
}

void capture_release_privileges(struct capture *capture)
{
	opener_free(capture->open_data);
	processes_free(capture->processes);
}
