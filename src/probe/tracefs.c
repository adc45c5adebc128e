/*
 * tracefs.c - tracepoints, as the kernel's tracefs lists and describes them.
 *
 * Where it is not mounted, a mount of our own is made that has no place in the tree of files: nobody
 * else sees it, and it goes when the process does.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "abi/syscall.h"
#include "base/bits.h"
#include "base/file.h"
#include "base/glob.h"
#include "base/hash.h"
#include "probe/catalog_in.h"
#include "probe/format.h"

struct format_link {
	struct format_link *next;
	const char *subsystem;
	const char *event;
	struct catalog_format format;
};

void tracefs_release(struct tracefs *tracefs)
{
	free(tracefs->events.list);
	free(tracefs->text);
	if (tracefs->mount_fd >= 0)
		(void)close(tracefs->mount_fd);
}

/* --- where it is ----------------------------------------------------------------------------- */

/* A descriptor of a mount, or a negative errno. */
static int mount_unseen(void)
{
	const int fs_fd = (int)syscall(SYS_fsopen, "tracefs", FSOPEN_CLOEXEC);
	int fd;

	if (fs_fd < 0)
		return -errno;
	fd = syscall(SYS_fsconfig, fs_fd, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0 ?
		     -1 :
		     (int)syscall(SYS_fsmount, fs_fd, FSMOUNT_CLOEXEC, 0);
	if (fd < 0)
		fd = -errno;
	(void)close(fs_fd);
	return fd;
}

/* 0 when @path is a tracefs that can be read. */
static int try_path(struct catalog *catalog, const char *path)
{
	char *events = arena_printf(&catalog->arena, "%s/events", path);

	if (!events)
		return -ENOMEM;
	if (access(events, R_OK | X_OK) < 0)
		return -errno;
	catalog->tracefs.path = path;
	return 0;
}

static int find(struct catalog *catalog)
{
	static const char *const usual[] = { "/sys/kernel/tracing", "/sys/kernel/debug/tracing" };
	struct tracefs *tracefs = &catalog->tracefs;
	const char *path;
	int err;

	if (catalog->options.tracefs)
		return try_path(catalog, catalog->options.tracefs);
	for (size_t i = 0; i < ARRAY_LEN(usual); i++) {
		err = try_path(catalog, usual[i]);
		if (!err || err == -EACCES)
			return err;
	}
	tracefs->mount_fd = mount_unseen();
	if (tracefs->mount_fd < 0)
		return tracefs->mount_fd;
	path = arena_printf(&catalog->arena, "/proc/self/fd/%d", tracefs->mount_fd);
	return path ? try_path(catalog, path) : -ENOMEM;
}

static void explain(const struct catalog *catalog, int err, struct diag *diag)
{
	if (catalog->options.tracefs) {
		diag_error(diag, SPAN_NONE, "cannot read tracepoints from '%s': %s",
			   catalog->options.tracefs, strerror(-err));
	} else if (err == -EACCES) {
		diag_error(diag, SPAN_NONE,
			   "tracefs, which describes tracepoints, may not be read");
		diag_hint(diag, "run this as root, or let it be read: "
				"mount -o remount,mode=755 /sys/kernel/tracing");
	} else if (err == -ENODEV) {
		diag_error(diag, SPAN_NONE, "this kernel has no tracefs and so no tracepoints");
		diag_hint(diag, "it was built without CONFIG_TRACING; raw tracepoints, uprobes, "
				"timers and iterators do not need it");
	} else if (err == -EPERM || err == -ENOSYS) {
		diag_error(diag, SPAN_NONE, "tracefs, which describes tracepoints, is not mounted");
		diag_hint(diag, "as root: mount -t tracefs tracefs /sys/kernel/tracing");
	} else {
		diag_error(diag, SPAN_NONE, "cannot mount tracefs, which describes tracepoints: %s",
			   strerror(-err));
	}
}

int tracefs_find(struct catalog *catalog, struct diag *diag)
{
	struct tracefs *tracefs = &catalog->tracefs;

	if (!tracefs->was_tried) {
		tracefs->was_tried = true;
		tracefs->err = find(catalog);
	}
	if (tracefs->err)
		explain(catalog, tracefs->err, diag);
	return tracefs->err;
}

/* --- lists ----------------------------------------------------------------------------------- */

/* Lines "subsystem:event"; those of one subsystem follow each other, and share its name. */
static int split_events(char *text, struct catalog_names *events)
{
	const char *subsystem = "";
	char *save = NULL;
	int err = 0;

	for (char *line = strtok_r(text, "\n", &save); line && !err;
	     line = strtok_r(NULL, "\n", &save)) {
		char *event = strchr(line, ':');

		if (!event)
			continue;
		*event++ = '\0';
		if (strcmp(subsystem, line) != 0)
			subsystem = line;
		err = catalog_names_add(events, subsystem, event);
	}
	catalog_names_sort(events);
	return err;
}

int tracefs_events(struct catalog *catalog, struct diag *diag,
		   const struct catalog_names **ret_events)
{
	struct tracefs *tracefs = &catalog->tracefs;
	int err = tracefs_find(catalog, diag);
	const char *path;
	size_t len;

	if (!err && !tracefs->text) {
		path = arena_printf(&catalog->arena, "%s/available_events", tracefs->path);
		if (!path)
			return -ENOMEM;
		err = file_read(path, diag, &tracefs->text, &len);
		if (!err)
			err = split_events(tracefs->text, &tracefs->events);
	}
	if (!err)
		*ret_events = &tracefs->events;
	return err;
}

int catalog_tracepoints(struct catalog *catalog, const char *subsystem, const char *event,
			catalog_found_fn *found, void *data, struct diag *diag)
{
	const struct catalog_names *events = NULL;
	int err;

	if (subsystem && event && glob_is_plain(subsystem) && glob_is_plain(event)) {
		char path[512];

		err = tracefs_find(catalog, diag);
		if (err)
			return err;
		if ((size_t)snprintf(path, sizeof path, "%s/events/%s/%s/format",
				     catalog->tracefs.path, subsystem, event) >= sizeof path ||
		    strchr(subsystem, '/') || strchr(event, '/') || access(path, F_OK) < 0)
			return 0;
		(void)found(data, subsystem, NULL, event);
		return 1;
	}
	err = tracefs_events(catalog, diag, &events);
	if (err)
		return err;
	return catalog_names_search(events, subsystem, event, found, data);
}

void catalog_offer_tracepoints(struct catalog *catalog, struct nearest *search)
{
	const struct catalog_names *events = NULL;

	if (tracefs_events(catalog, NULL, &events) != 0)
		return;
	/* A word with a ':' is compared with whole names. */
	for (size_t i = 0; i < events->count; i++) {
		const struct catalog_name *at = &events->list[i];
		const char *whole = at->name;

		if (strchr(search->word, ':'))
			whole = arena_printf(&catalog->arena, "%s:%s", at->target, at->name);
		if (whole)
			nearest_offer(search, whole);
	}
}

/* --- formats --------------------------------------------------------------------------------- */

/* The system call whose entry or exit the tracepoint is. */
static void find_syscall(const char *subsystem, const char *event, struct catalog_format *format)
{
	const struct abi_syscall *call;
	const bool is_exit = !strncmp(event, "sys_exit_", 9);

	if (strcmp(subsystem, "syscalls") != 0 ||
	    (!is_exit && strncmp(event, "sys_enter_", 10) != 0))
		return;
	call = abi_syscall_event(event + (is_exit ? 9 : 10));
	if (!call)
		return;
	format->syscall = call->number;
	format->is_exit = is_exit;
}

static struct format_link *read_format(struct catalog *catalog, const char *subsystem,
				       const char *event, int *ret_err)
{
	const char *path = arena_printf(&catalog->arena, "%s/events/%s/%s/format",
					catalog->tracefs.path, subsystem, event);
	struct format_link *link = arena_alloc(&catalog->arena, sizeof *link);
	char *text;
	size_t len;

	if (!path || !link) {
		*ret_err = -ENOMEM;
		return NULL;
	}
	*ret_err = file_read(path, NULL, &text, &len);
	if (*ret_err)
		return NULL;
	*ret_err = format_parse(text, &catalog->arena, &link->format);
	free(text);
	if (*ret_err)
		return NULL;
	find_syscall(subsystem, event, &link->format);
	link->subsystem = arena_strndup(&catalog->arena, subsystem, strlen(subsystem));
	link->event = arena_strndup(&catalog->arena, event, strlen(event));
	if (!link->subsystem || !link->event)
		*ret_err = -ENOMEM;
	return *ret_err ? NULL : link;
}

int catalog_format(struct catalog *catalog, const char *subsystem, const char *event,
		   const struct catalog_format **ret_format)
{
	const uint32_t hash = hash_bytes(event, strlen(event)) % FORMAT_BUCKETS;
	struct format_link **bucket = &catalog->tracefs.formats[hash];
	struct format_link *link;
	int err = tracefs_find(catalog, NULL);

	if (err)
		return err;
	if (strchr(subsystem, '/') || strchr(event, '/'))
		return -ENOENT;
	for (link = *bucket; link; link = link->next)
		if (!strcmp(link->event, event) && !strcmp(link->subsystem, subsystem))
			break;
	if (!link) {
		link = read_format(catalog, subsystem, event, &err);
		if (!link)
			return err;
		link->next = *bucket;
		*bucket = link;
	}
	*ret_format = &link->format;
	return 0;
}

const char *catalog_tracefs(struct catalog *catalog, struct diag *diag)
{
	return tracefs_find(catalog, diag) ? NULL : catalog->tracefs.path;
}
