/*
 * file.c - reading whole files, pipes included, and finding them.
 */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_FIRST_BYTES = 16 << 10 };

const char *file_name(const char *path)
{
	return strcmp(path, "-") == 0 ? "<stdin>" : path;
}

/* Room for at least one byte more than @len, and a NUL. */
static int grow(char **data, size_t *size, size_t len)
{
	size_t more = *size ? *size * 2 : FILE_FIRST_BYTES;
	char *grown;

	if (len + 1 < *size)
		return 0;
	if (len >= FILE_MOST_BYTES)
		return -EFBIG;
	grown = realloc(*data, more);
	if (!grown)
		return -ENOMEM;
	*data = grown;
	*size = more;
	return 0;
}

int file_read_fd(int fd, char **ret_data, size_t *ret_len)
{
	char *data = NULL;
	size_t size = 0, len = 0;
	ssize_t n;
	int err;

	do {
		err = grow(&data, &size, len);
		if (err)
			goto free_data;
		do
			n = read(fd, data + len, size - len - 1);
		while (n < 0 && errno == EINTR);
		if (n < 0) {
			err = -errno;
			goto free_data;
		}
		len += (size_t)n;
	} while (n > 0);
	data[len] = '\0';
	*ret_data = data;
	*ret_len = len;
	return 0;

free_data:
	free(data);
	return err;
}

int file_read(const char *path, struct diag *diag, char **ret_data, size_t *ret_len)
{
	int fd = strcmp(path, "-") == 0 ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	int err;

	if (fd < 0) {
		err = -errno;
		diag_error(diag, SPAN_NONE, "cannot open '%s': %s", path, strerror(-err));
		return err;
	}
	err = file_read_fd(fd, ret_data, ret_len);
	if (fd != STDIN_FILENO)
		(void)close(fd);
	if (err == -EFBIG)
		diag_error(diag, SPAN_NONE, "'%s' is larger than %d MiB", file_name(path),
			   FILE_MOST_BYTES >> 20);
	else if (err)
		diag_error(diag, SPAN_NONE, "cannot read '%s': %s", file_name(path),
			   strerror(-err));
	return err;
}

static bool find_in(const char *root, const char *dir, int dir_len, const char *name, int mode,
		    struct strbuf *out)
{
	struct strbuf path = { 0 };
	struct stat stat_;
	bool is_there;

	strbuf_printf(&path, "%s%.*s/%s", root, dir_len, dir, name);
	is_there = path.data && !stat(path.data, &stat_) && S_ISREG(stat_.st_mode) &&
		   !access(path.data, mode);
	if (is_there)
		strbuf_puts(out, path.data + strlen(root));
	strbuf_release(&path);
	return is_there;
}

bool file_find(const char *root, const char *dirs, const char *name, int access, struct strbuf *out)
{
	while (*dirs) {
		const int len = (int)strcspn(dirs, ":");

		if (dirs[0] == '/' && find_in(root, dirs, len, name, access, out))
			return true;
		dirs += len;
		dirs += *dirs == ':';
	}
	return false;
}
