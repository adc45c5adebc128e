/*
 * image.h - from the bytes of a file, in any form that programs come in, to a program_spec.
 *
 * This is where the reading half (isa/, object/) meets the running half (kern/): the commands and
 * the library both begin here.
 */
#ifndef WAGGLE_EMBED_IMAGE_H
#define WAGGLE_EMBED_IMAGE_H

#include <stddef.h>

#include "base/diag.h"
#include "kern/prog/program.h"

enum image_form {
	IMAGE_OBJECT,  /* ELF */
	IMAGE_NUMBERS, /* raw, hex, C: isa/bytes.h */
	IMAGE_CLASSIC, /* of those, a program of classic BPF: it becomes one of eBPF that takes the
			* packet in r1 and its length in r2 */
	IMAGE_TEXT,    /* assembler: isa/asm.h */
};

struct image {
	enum image_form form;
	struct program_spec spec; /* points into the image and the bytes it was read from */
	const char *entry;        /* of objects: the function's name */
	const char *section;      /* of objects: that of the entry */
};

/* What the @len bytes at @data look like; only reading tells IMAGE_CLASSIC from IMAGE_NUMBERS. */
enum image_form image_guess(const char *data, size_t len);

struct image_request {
	const char *data; /* must outlive the image; the byte after the last is a NUL */
	size_t len;
	const char *entry;               /* of objects: see object_find_entry; NULL: the only one */
	const struct vm_helper *helpers; /* as in program_options, for helpers called by name */
	uint32_t helper_count;
};

/* Read a program.  Returns 0 and sets *ret_image (yours: image_free), or -EINVAL, -ENOENT (no such
 * entry), -ENOTSUP, -ENOMEM with the reason in @diag, whose spans are of the data. */
int image_read(const struct image_request *request, struct diag *diag, struct image **ret_image);
void image_free(struct image *image); /* NULL is fine */

#endif
