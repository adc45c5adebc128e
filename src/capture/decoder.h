/*
 * decoder.h - what is inside gzip'ed and zstd'ed files.
 */
#ifndef WAGGLE_CAPTURE_DECODER_H
#define WAGGLE_CAPTURE_DECODER_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/diag.h"

struct decoder;

/* More of the file into @out: how many bytes, 0 at its end, or a negative errno. */
struct decoder_from {
	ssize_t (*read)(void *data, uint8_t *out, size_t size);
	void *data;
};

enum { DECODER_MAGIC_BYTES = 4 }; /* by which they are recognised */

/* If the @len bytes at @head (copied), with which the file begins, are those of a compressed file, make what decodes it:
 * *ret_decoder, yours, or NULL for a plain file.  A negative errno with the reason in @diag: among them
 * -ENOTSUP for a kind that this program was built without. */
int decoder_new(const uint8_t *head, size_t len, const struct decoder_from *from, struct diag *diag,
		struct decoder **ret_decoder);
void decoder_free(struct decoder *decoder); /* NULL is fine */

/* Up to @size bytes into @out: how many, 0 at the end, or a negative errno: -EILSEQ if the file is
 * damaged, -ENODATA if it ends too early; what came before was good. */
ssize_t decoder_read(struct decoder *decoder, uint8_t *out, size_t size);

#endif
