/*
 * attach_user.c - uprobes, uretprobes and USDT probes.
 *
 * All are breakpoints at offsets of files, which the kernel puts into every process that maps them, or into one.
 * A program of expected_attach_type BPF_TRACE_UPROBE_MULTI is attached to all places of a file by one link; any
 * other by a perf event for each.
 */
#include <errno.h>
#include <linux/perf_event.h>
#include <stdlib.h>
#include <string.h>

#include "probe/attach_in.h"
#include "probe/user.h"

enum {
	RETURN = 1,           /* BPF_F_UPROBE_MULTI_RETURN */
	SEMAPHORE_SHIFT = 32, /* in perf_event_attr.config: format/ref_ctr_offset of the PMU */
};

/* One breakpoint. */
struct user_site {
	const struct bundle_attach *place;
	const char *path;
	uint64_t offset;
	uint64_t semaphore;
};

struct user_sites {
	struct user_site *list;
	size_t count;
	size_t size;
};

/* --- which breakpoints they are ---------------------------------------------------------------- */

static int add_site(struct user_sites *sites, const struct user_site *site)
{
	if (sites->count == sites->size) {
		const size_t size = sites->size ? sites->size * 2 : 16;
		struct user_site *list = realloc(sites->list, size * sizeof *list);

		if (!list)
			return -ENOMEM;
		sites->list = list;
		sites->size = size;
	}
	sites->list[sites->count++] = *site;
	return 0;
}

/* Of a USDT probe all that 'address' does not rule out. */
static int add_usdt(const struct attach_job *job, const struct bundle_attach *place,
		    struct diag *diag, struct user_sites *sites)
{
	struct user_site site = { .place = place };
	const struct catalog_usdt_site *found;
	struct user_file *file;
	uint32_t count;
	int err = user_file_find(job->options->catalog, place->target, job->options->pid, diag,
				 &file);

	if (!err)
		err = catalog_usdt_sites(job->options->catalog, place->target, place->space,
					 place->event, job->options->pid, &found, &count, diag);
	if (err)
		return err;
	site.path = file->path;
	for (uint32_t i = 0; i < count && !err; i++) {
		if (place->address && place->address != found[i].offset)
			continue;
		site.offset = found[i].offset;
		site.semaphore = found[i].semaphore;
		err = add_site(sites, &site);
	}
	return err;
}

static int add_function(const struct attach_job *job, const struct bundle_attach *place,
			struct diag *diag, struct user_sites *sites)
{
	struct catalog *catalog = job->options->catalog;
	const uint32_t pid = job->options->pid;
	struct catalog_place found;
	int err = place->event ? catalog_user_place(catalog, place->target, place->event,
						    place->offset, pid, diag, &found) :
				 catalog_user_offset(catalog, place->target, place->address, pid,
						     diag, &found);

	if (err)
		return err;
	return add_site(sites, &(struct user_site){ .place = place,
						    .path = found.path,
						    .offset = found.offset });
}

/* What is missing is said at its place in the script, as a warning if it is optional. */
static int find_sites(const struct attach_job *job, struct user_sites *sites)
{
	for (uint32_t i = 0; i < job->count; i++) {
		const struct bundle_attach *place = &job->places[i];
		struct diag diag = { 0 };
		const int err = place->kind == ATTACH_USDT ? add_usdt(job, place, &diag, sites) :
							     add_function(job, place, &diag, sites);

		if (!place->is_optional)
			diag_add_all(job->diag, &diag, place->span);
		else if (!place->is_quiet)
			diag_add_mildly(job->diag, &diag, place->span);
		diag_release(&diag);
		if (err == -ENOMEM || (err && !place->is_optional))
			return err;
	}
	return 0;
}

/* --- refusals ---------------------------------------------------------------------------------- */

static int refuse_site(const struct attach_job *job, const struct user_site *site, int err)
{
	const struct bundle_attach *place = site->place;
	int result;

	switch (err) {
	case -SYS_ENOTSUPP:
		result = attach_refuse(job, place, -ENOTSUP,
				       "the kernel can put no breakpoint at offset 0x%llx of '%s'",
				       (unsigned long long)site->offset, site->path);
		diag_hint(job->diag,
			  "an instruction must begin there, and not be a breakpoint itself: see "
			  "objdump -d");
		return result;
	case -ESRCH:
		return attach_refuse(job, place, err, "there is no process %u", job->options->pid);
	case -EINVAL:
	case -EIO:
		return attach_refuse(job, place, err, "the kernel refuses offset 0x%llx of '%s'%s",
				     (unsigned long long)site->offset, site->path,
				     site->semaphore ?
					     ", or its semaphore" :
					     ": it lies behind the end, or the file system "
					     "has no such files");
	case -ENOENT:
	case -EOPNOTSUPP:
		result = attach_refuse(job, place, err, "this kernel has no uprobes");
		diag_hint(job->diag, "it was built without CONFIG_UPROBES");
		return result;
	default: return attach_refuse_event(job, place, err);
	}
}

/* --- one by one -------------------------------------------------------------------------------- */

static int attach_site(const struct attach_job *job, const struct user_site *site)
{
	const bool is_return = site->place->kind == ATTACH_URETPROBE;
	struct perf_event_attr attr = { .sample_period = 1 };
	const int type = attach_pmu_type("uprobe");
	const int bit = is_return ? attach_pmu_return_bit("uprobe") : 0;
	int fd;

	if (type < 0 || bit < 0)
		return refuse_site(job, site, -ENOENT);
	attr.type = (uint32_t)type;
	attr.config = (is_return ? 1ULL << bit : 0) | site->semaphore << SEMAPHORE_SHIFT;
	attr.uprobe_path = (uint64_t)(uintptr_t)site->path;
	attr.probe_offset = site->offset;
	fd = attach_open(job, site->place, &attr, job->options->pid ? (int)job->options->pid : -1,
			 job->options->pid ? -1 : 0);
	return fd < 0 ? refuse_site(job, site, fd) : attach_join(job, site->place, fd);
}

static int attach_one_by_one(const struct attach_job *job, const struct user_sites *sites)
{
	int count = 0;

	for (size_t i = 0; i < sites->count; i++) {
		const int result = attach_site(job, &sites->list[i]);

		if (result < 0)
			return result;
		count += result;
	}
	return count;
}

/* --- many at once ------------------------------------------------------------------------------ */

struct many {
	uint64_t *offsets;
	uint64_t *semaphores;
	uint64_t *cookies;
};

static int link_many(const struct attach_job *job, const struct user_site *sites,
		     const struct many *many, size_t first, size_t count)
{
	const struct sys_uprobe_multi multi = {
		.attach_type = job->prog->expected_attach_type,
		.flags = sites[first].place->kind == ATTACH_URETPROBE ? RETURN : 0,
		.count = (uint32_t)count,
		.pid = job->options->pid,
		.path = sites[first].path,
		.offsets = many->offsets + first,
		.semaphores = many->semaphores + first,
		.cookies = many->cookies + first,
	};

	return sys_link_uprobe_multi(job->options->sys, job->prog_fd, &multi);
}

/* Places of one file.  The kernel takes all or none, and does not say which it dislikes: that one is found by
 * halving. */
static int attach_range(const struct attach_job *job, const struct user_site *sites,
			const struct many *many, size_t first, size_t count)
{
	const int fd = link_many(job, sites, many, first, count);
	int left, right;

	if (fd >= 0)
		return attach_keep_link(job->attachments, fd) ? -ENOMEM : (int)count;
	if (count == 1 || fd == -EPERM || fd == -EACCES || fd == -ENOMEM || fd == -ESRCH)
		return refuse_site(job, &sites[first], fd);
	left = attach_range(job, sites, many, first, count / 2);
	if (left < 0)
		return left;
	right = attach_range(job, sites, many, first + count / 2, count - count / 2);
	return right < 0 ? right : left + right;
}

static int attach_files(const struct attach_job *job, const struct user_sites *sites,
			const struct many *many)
{
	int attached = 0, result;

	for (size_t i = 0, count; i < sites->count; i += count) {
		for (count = 1; i + count < sites->count; count++)
			if (strcmp(sites->list[i].path, sites->list[i + count].path) != 0)
				break;
		result = attach_range(job, sites->list, many, i, count);
		if (result < 0)
			return result;
		attached += result;
	}
	return attached;
}

static int compare_sites(const void *a, const void *b)
{
	const struct user_site *x = a, *y = b;
	const int order = strcmp(x->path, y->path);

	return order ? order : (x->place > y->place) - (x->place < y->place);
}

static int attach_many(const struct attach_job *job, struct user_sites *sites)
{
	struct many many = {
		.offsets = calloc(sites->count, sizeof *many.offsets),
		.semaphores = calloc(sites->count, sizeof *many.semaphores),
		.cookies = calloc(sites->count, sizeof *many.cookies),
	};
	int result = -ENOMEM;

	if (many.offsets && many.semaphores && many.cookies) {
		qsort(sites->list, sites->count, sizeof *sites->list, compare_sites);
		for (size_t i = 0; i < sites->count; i++) {
			many.offsets[i] = sites->list[i].offset;
			many.semaphores[i] = sites->list[i].semaphore;
			many.cookies[i] = sites->list[i].place->cookie;
		}
		result = attach_files(job, sites, &many);
	}
	free(many.offsets);
	free(many.semaphores);
	free(many.cookies);
	return result;
}

int attach_uprobes(const struct attach_job *job)
{
	struct user_sites sites = { 0 };
	int result = find_sites(job, &sites);

	if (!result && sites.count)
		result = job->prog->expected_attach_type ? attach_many(job, &sites) :
							   attach_one_by_one(job, &sites);
	free(sites.list);
	return result;
}
