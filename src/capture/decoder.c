/*
 * decoder.c - gzip by zlib, zstd by libzstd; either may be missing from a build.
 *
 * Both kinds of files may be several one after the other, as 'cat' makes them.
 */
#include "capture/decoder.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "config.h"
#if WAGGLE_HAVE_ZLIB
#include <zlib.h>
#endif
#if WAGGLE_HAVE_ZSTD
#include <zstd.h>
#endif

enum { LEAST_IN_BYTES = 64 << 10 };

struct decoder_ops {
	const char *name;
	uint8_t magic[DECODER_MAGIC_BYTES];
	size_t magic_len;
	int (*begin)(struct decoder *decoder); /* NULL: this build cannot */
	/* One step from in[in_start..in_end) to @out: the bytes made.  Sets 'is_whole' when a
	 * file, perhaps the last, is complete. */
	ssize_t (*step)(struct decoder *decoder, uint8_t *out, size_t size);
	void (*end)(struct decoder *decoder);
};

struct decoder {
	const struct decoder_ops *ops;
	struct decoder_from from;
	void *state;
	bool is_whole;
	bool at_end; /* of the input */
	size_t in_start, in_end;
	size_t in_size;
	uint8_t in[];
};

#if WAGGLE_HAVE_ZLIB
static int begin_gzip(struct decoder *decoder)
{
	enum { WINDOW_GZIP = 15 + 16 };
	z_stream *z = calloc(1, sizeof *z);

	decoder->state = z;
	return z && inflateInit2(z, WINDOW_GZIP) == Z_OK ? 0 : -ENOMEM;
}

static ssize_t step_gzip(struct decoder *decoder, uint8_t *out, size_t size)
{
	z_stream *z = decoder->state;
	int status;

	if (decoder->is_whole)
		(void)inflateReset(z);
	z->next_in = decoder->in + decoder->in_start;
	z->avail_in = (uInt)(decoder->in_end - decoder->in_start);
	z->next_out = out;
	z->avail_out = size > INT32_MAX ? INT32_MAX : (uInt)size;
	status = inflate(z, Z_NO_FLUSH);
	decoder->in_start = decoder->in_end - z->avail_in;
	decoder->is_whole = status == Z_STREAM_END;
	if (status == Z_MEM_ERROR)
		return -ENOMEM;
	if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR)
		return -EILSEQ;
	return z->next_out - out;
}

static void end_gzip(struct decoder *decoder)
{
	if (decoder->state)
		(void)inflateEnd(decoder->state);
	free(decoder->state);
}
#endif

#if WAGGLE_HAVE_ZSTD
static int begin_zstd(struct decoder *decoder)
{
	decoder->state = ZSTD_createDStream();
	return decoder->state ? 0 : -ENOMEM;
}

static ssize_t step_zstd(struct decoder *decoder, uint8_t *out, size_t size)
{
	ZSTD_inBuffer in = { decoder->in, decoder->in_end, decoder->in_start };
	ZSTD_outBuffer to = { out, size, 0 };
	size_t status = ZSTD_decompressStream(decoder->state, &to, &in);

	decoder->in_start = in.pos;
	if (ZSTD_isError(status))
		return -EILSEQ;
	decoder->is_whole = status == 0;
	return (ssize_t)to.pos;
}

static void end_zstd(struct decoder *decoder)
{
	(void)ZSTD_freeDStream(decoder->state);
}
#endif

static const struct decoder_ops kinds[] = {
	{
		.name = "gzip",
		.magic = { 0x1f, 0x8b },
		.magic_len = 2,
#if WAGGLE_HAVE_ZLIB
		.begin = begin_gzip,
		.step = step_gzip,
		.end = end_gzip,
#endif
	},
	{
		.name = "zstd",
		.magic = { 0x28, 0xb5, 0x2f, 0xfd },
		.magic_len = 4,
#if WAGGLE_HAVE_ZSTD
		.begin = begin_zstd,
		.step = step_zstd,
		.end = end_zstd,
#endif
	},
};

int decoder_new(const uint8_t *head, size_t len, const struct decoder_from *from, struct diag *diag,
		struct decoder **ret_decoder)
{
	const struct decoder_ops *ops = NULL;
	struct decoder *decoder;
	size_t size = len > LEAST_IN_BYTES ? len : LEAST_IN_BYTES;
	int err;

	*ret_decoder = NULL;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (len >= kinds[i].magic_len && !memcmp(head, kinds[i].magic, kinds[i].magic_len))
			ops = &kinds[i];
	if (!ops)
		return 0;
	if (!ops->begin) {
		diag_error(diag, SPAN_NONE,
			   "the file is compressed with %s, and this program was built without it",
			   ops->name);
		diag_hint(diag, "give it what '%s -dc' makes of the file", ops->name);
		return -ENOTSUP;
	}
	decoder = malloc(sizeof *decoder + size);
	if (!decoder)
		return -ENOMEM;
	*decoder = (struct decoder){ .ops = ops, .from = *from, .in_size = size };
	memcpy(decoder->in, head, len);
	decoder->in_end = len;
	err = ops->begin(decoder);
	if (err)
		decoder_free(decoder);
	else
		*ret_decoder = decoder;
	return err;
}

void decoder_free(struct decoder *decoder)
{
	if (!decoder)
		return;
	decoder->ops->end(decoder);
	free(decoder);
}

static int refill(struct decoder *decoder)
{
	ssize_t n;

	if (decoder->in_start < decoder->in_end || decoder->at_end)
		return 0;
	n = decoder->from.read(decoder->from.data, decoder->in, decoder->in_size);
	if (n < 0)
		return (int)n;
	decoder->at_end = n == 0;
	decoder->in_start = 0;
	decoder->in_end = (size_t)n;
	return 0;
}

ssize_t decoder_read(struct decoder *decoder, uint8_t *out, size_t size)
{
	for (;;) {
		size_t before;
		ssize_t n;
		int err = refill(decoder);

		if (err)
			return err;
		if (decoder->at_end && decoder->is_whole)
			return 0;
		before = decoder->in_start;
		n = decoder->ops->step(decoder, out, size);
		if (n != 0)
			return n;
		if (decoder->at_end && !decoder->is_whole)
			return -ENODATA;
		if (before == decoder->in_start && decoder->in_start < decoder->in_end)
			return -EILSEQ; /* it takes nothing and makes nothing */
	}
}
