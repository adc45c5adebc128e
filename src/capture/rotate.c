/*
 * rotate.c - names of files, and when the next one is due.
 */
#include "capture/rotate.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

struct rotate {
	struct rotate_options options;
	struct writer *writer;
	time_t began;        /* the file at hand, for -G */
	uint32_t time_count; /* files ended by -G */
	uint32_t size_count; /* number of the file at hand, for -C */
	int digits;          /* of numbers in names */
	char path[PATH_MAX]; /* of the file at hand */
};

int rotate_open_file(void *data, const char *path)
{
	int fd;

	(void)data;
	if (strcmp(path, "-") == 0)
		fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0);
	else
		fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	return fd < 0 ? -errno : fd;
}

/* Digits of the last number that there is to be. */
static int number_width(const struct rotate_options *options)
{
	int digits = 0;

	for (uint32_t last = options->most_files ? options->most_files - 1 : 0; last; last /= 10)
		digits++;
	return options->most_bytes ? digits : 0;
}

static int make_path(struct rotate *rotate, struct diag *diag)
{
	/* Behind a pointer, where the compiler does not ask for a literal: the format is the user's. */
	size_t (*format_time)(char *, size_t, const char *, const struct tm *) = strftime;
	const struct rotate_options *options = &rotate->options;
	struct strbuf path = { 0 };
	char name[PATH_MAX];
	struct tm local;
	int err = 0;

	if (!options->seconds) {
		strbuf_puts(&path, options->path);
	} else if (localtime_r(&rotate->began, &local) &&
		   format_time(name, sizeof name, options->path, &local) > 0) {
		strbuf_puts(&path, name);
	} else {
		diag_error(diag, SPAN_NONE, "'%s' does not make a file's name of the time",
			   options->path);
		return -EINVAL;
	}
	if (rotate->digits > 0 || rotate->size_count > 0)
		strbuf_printf(&path, "%0*u", rotate->digits, rotate->size_count);
	if (path.failed) {
		err = -ENOMEM;
	} else if (path.len >= sizeof rotate->path) {
		diag_error(diag, SPAN_NONE, "the name of a file to write is longer than %d bytes",
			   PATH_MAX - 1);
		err = -ENAMETOOLONG;
	} else {
		memcpy(rotate->path, strbuf_text(&path), path.len + 1);
	}
	strbuf_release(&path);
	return err;
}

static int report(const struct rotate *rotate, int err, struct diag *diag)
{
	if (err == -EPROTOTYPE) {
		diag_error(diag, SPAN_NONE,
			   "packets of different link types do not fit in one pcap file");
		diag_hint(diag, "--pcapng, or a name that ends in .pcapng, makes a file for them");
	} else if (err) {
		diag_error(diag, SPAN_NONE, "cannot write '%s': %s",
			   strcmp(rotate->path, "-") == 0 ? "<stdout>" : rotate->path,
			   strerror(-err));
	}
	return err;
}

static int begin_file(struct rotate *rotate, const struct packet_source *source, struct diag *diag)
{
	int err = make_path(rotate, diag);
	int fd;

	if (err)
		return err;
	fd = rotate->options.open(rotate->options.open_data, rotate->path);
	if (fd < 0) {
		diag_error(diag, SPAN_NONE, "cannot open '%s' for writing: %s", rotate->path,
			   strerror(-fd));
		return fd;
	}
	writer_begin(rotate->writer, fd, source);
	return rotate->options.packet_buffered ? rotate_flush(rotate, diag) : 0;
}

/* Start -z's command on the file that was closed, with the least claim on the processor. */
static void run_command(const struct rotate *rotate, struct diag *diag)
{
	char path[PATH_MAX];
	char *command = strdup(rotate->options.command);
	char *const argv[] = { command, path, NULL };
	pid_t pid;
	int err;

	while (waitpid(-1, NULL, WNOHANG) > 0) /* those that are done */
		;
	memcpy(path, rotate->path, sizeof path);
	err = command ? posix_spawnp(&pid, command, NULL, NULL, argv, environ) : ENOMEM;
	if (err)
		diag_warning(diag, SPAN_NONE, "cannot run '%s' on '%s': %s",
			     rotate->options.command, path, strerror(err));
	else
		(void)setpriority(PRIO_PROCESS, (id_t)pid, 19);
	free(command);
}

static int end_file(struct rotate *rotate, struct diag *diag)
{
	int err = report(rotate, writer_end(rotate->writer), diag);

	if (!err && rotate->options.command)
		run_command(rotate, diag);
	return err;
}

static int next_by_time(struct rotate *rotate, const struct packet_source *source, time_t now,
			struct diag *diag)
{
	const struct rotate_options *options = &rotate->options;
	int err = end_file(rotate, diag);

	if (err)
		return err;
	rotate->began = now;
	rotate->time_count++;
	rotate->size_count = 0;
	if (!options->most_bytes && options->most_files &&
	    rotate->time_count >= options->most_files)
		return -ECANCELED;
	return begin_file(rotate, source, diag);
}

static int next_by_size(struct rotate *rotate, const struct packet_source *source,
			struct diag *diag)
{
	int err = end_file(rotate, diag);

	if (err)
		return err;
	rotate->size_count++;
	if (rotate->options.most_files && rotate->size_count >= rotate->options.most_files)
		rotate->size_count = 0;
	return begin_file(rotate, source, diag);
}

int rotate_new(const struct rotate_options *options, struct writer *writer,
	       const struct packet_source *source, struct diag *diag, struct rotate **ret_rotate)
{
	struct rotate *rotate = calloc(1, sizeof *rotate);
	int err;

	if (!rotate)
		return -ENOMEM;
	rotate->options = *options;
	rotate->writer = writer;
	rotate->began = time(NULL);
	rotate->digits = number_width(options);
	err = begin_file(rotate, source, diag);
	if (err)
		rotate_free(rotate);
	else
		*ret_rotate = rotate;
	return err;
}

void rotate_free(struct rotate *rotate)
{
	free(rotate);
}

/* Begin another file if it is time. */
static int check_due(struct rotate *rotate, const struct packet_source *source, struct diag *diag)
{
	const struct rotate_options *options = &rotate->options;
	time_t now = options->seconds ? time(NULL) : 0;

	if (options->seconds && now - rotate->began >= (time_t)options->seconds) {
		int err = next_by_time(rotate, source, now, diag);

		if (err)
			return err;
	}
	if (options->most_bytes && writer_bytes(rotate->writer) > options->most_bytes)
		return next_by_size(rotate, source, diag);
	return 0;
}

int rotate_write(struct rotate *rotate, const struct packet_source *source,
		 const struct packet *packets, size_t count, struct diag *diag)
{
	const struct rotate_options *options = &rotate->options;
	size_t step = options->most_bytes || options->seconds ? 1 : count;

	for (size_t i = 0; i < count; i += step) {
		int err = check_due(rotate, source, diag);

		if (err)
			return err;
		err = writer_write(rotate->writer, source, packets + i, step);
		if (err)
			return report(rotate, err, diag);
	}
	return options->packet_buffered ? rotate_flush(rotate, diag) : 0;
}

int rotate_flush(struct rotate *rotate, struct diag *diag)
{
	return report(rotate, writer_flush(rotate->writer), diag);
}

int rotate_end(struct rotate *rotate, struct diag *diag)
{
	return report(rotate, writer_end(rotate->writer), diag);
}
