/*
 * savefile.c - opening a file of packets, whatever its format.
 */
#include "capture/savefile.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "abi/link.h"
#include "base/bits.h"
#include "base/file.h"
#include "capture/formats.h"

enum { MAGIC_BYTES = 4 };

static const struct savefile_format *const formats[] = { &savefile_pcap, &savefile_pcapng };

uint32_t savefile_most_bytes(int dlt)
{
	enum { MESSAGE_BYTES = 128 << 20, EBHSCR_BYTES = 8 << 20 };

	switch (dlt) {
	case DLT_DBUS:
	case DLT_USB_LINUX:
	case DLT_USB_LINUX_MMAPPED:
	case DLT_USB_DARWIN:
	case DLT_USBPCAP: return MESSAGE_BYTES;
	case DLT_EBHSCR: return EBHSCR_BYTES;
	default: return SAVEFILE_DEFAULT_SNAPLEN;
	}
}

int savefile_add_interface(struct savefile *file, const struct packet_interface *interface,
			   struct diag *diag)
{
	uint32_t count = file->source.interface_count;

	if (count == SAVEFILE_MOST_INTERFACES) {
		diag_error(diag, SPAN_NONE, "'%s' has more than %d interfaces", file->source.name,
			   SAVEFILE_MOST_INTERFACES);
		return -E2BIG;
	}
	if (count == file->interface_size) {
		size_t size = count ? 2 * (size_t)count : 4;
		struct packet_interface *grown =
			realloc(file->interfaces, size * sizeof *file->interfaces);

		if (!grown)
			return -ENOMEM;
		file->interfaces = grown;
		file->interface_size = size;
	}
	file->interfaces[count] = *interface;
	file->source.interfaces = file->interfaces;
	file->source.interface_count = count + 1;
	return 0;
}

void savefile_say_place(const struct savefile *file, const char *what, struct diag *diag)
{
	diag_hint(diag, "%s begins at byte %llu of '%s'", what,
		  (unsigned long long)input_offset(&file->input), file->source.name);
}

static int savefile_read(struct packet_source *source, struct packet *ret, size_t most,
			 struct diag *diag)
{
	struct savefile *file = (struct savefile *)source;

	return file->format->read(file, ret, most, diag);
}

static bool savefile_progress(const struct packet_source *source, uint64_t *ret_bytes,
			      uint64_t *ret_size)
{
	const struct savefile *file = (const struct savefile *)source;

	*ret_bytes = file->input.file_bytes;
	*ret_size = file->input.file_size;
	return *ret_size > 0;
}

static void savefile_free(struct packet_source *source)
{
	struct savefile *file = (struct savefile *)source;

	if (file->format == &savefile_pcapng)
		free(file->pcapng.clocks);
	input_release(&file->input);
	arena_release(&file->arena);
	free(file->interfaces);
	free(file);
}

static const struct packet_source_ops savefile_ops = {
	.read = savefile_read,
	.progress = savefile_progress,
	.free = savefile_free,
};

static int find_format(struct savefile *file, struct diag *diag)
{
	struct input *input = &file->input;
	int err = input_fill(input, MAGIC_BYTES, diag);

	if (err)
		return err;
	if (input->end - input->start < MAGIC_BYTES) {
		diag_error(diag, SPAN_NONE,
			   "truncated dump file; tried to read %d file header bytes, only got %zu",
			   MAGIC_BYTES, input->end - input->start);
		return -EINVAL;
	}
	for (size_t i = 0; i < ARRAY_LEN(formats); i++)
		if (formats[i]->is_it(input->data + input->start)) {
			file->format = formats[i];
			return 0;
		}
	diag_error(diag, SPAN_NONE, "'%s' is no file of packets", file->source.name);
	diag_hint(diag,
		  "it begins with 0x%08x; files of pcap and pcapng can be read, also "
		  "compressed by gzip or zstd",
		  load_be32(input->data + input->start));
	return -EINVAL;
}

int savefile_begin(const char *path, int fd, struct diag *diag, struct packet_source **ret_source)
{
	struct savefile *file = calloc(1, sizeof *file);
	int err;

	if (!file) {
		if (fd >= 0)
			(void)close(fd);
		return -ENOMEM;
	}
	file->source.ops = &savefile_ops;
	file->source.name = file_name(path);
	err = input_begin(&file->input, path, fd, diag);
	if (!err)
		err = find_format(file, diag);
	if (!err)
		err = file->format->begin(file, diag);
	if (err)
		savefile_free(&file->source);
	else
		*ret_source = &file->source;
	return err;
}

int savefile_open(const char *path, struct diag *diag, struct packet_source **ret_source)
{
	return savefile_begin(path, input_open_file(NULL, path), diag, ret_source);
}
