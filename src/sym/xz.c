/*
 * xz.c - liblzma.
 */
#include "sym/xz.h"

#include <errno.h>

#include "config.h"

#if WAGGLE_HAVE_LZMA
#include <lzma.h>

enum {
	MOST_BYTES = 256 << 20,
	MOST_MEMORY = 128 << 20, /* that the decoder may take */
	STEP_BYTES = 64 << 10,
};

static int unpack(lzma_stream *stream, struct strbuf *out)
{
	lzma_ret ret;

	do {
		char *room = strbuf_room(out, STEP_BYTES);

		if (!room)
			return -ENOMEM;
		if (out->len > MOST_BYTES)
			return -E2BIG;
		stream->next_out = (uint8_t *)room;
		stream->avail_out = STEP_BYTES;
		ret = lzma_code(stream, LZMA_FINISH);
		out->len += STEP_BYTES - stream->avail_out;
		out->data[out->len] = '\0';
	} while (ret == LZMA_OK);
	return ret == LZMA_STREAM_END ? 0 : -EINVAL;
}

int xz_unpack(const void *data, size_t len, struct strbuf *out)
{
	lzma_stream stream = LZMA_STREAM_INIT;
	int err;

	if (lzma_stream_decoder(&stream, MOST_MEMORY, 0) != LZMA_OK)
		return -ENOMEM;
	stream.next_in = data;
	stream.avail_in = len;
	err = unpack(&stream, out);
	lzma_end(&stream);
	if (err)
		strbuf_release(out);
	return err;
}

#else

int xz_unpack(const void *data, size_t len, struct strbuf *out)
{
	(void)data;
	(void)len;
	(void)out;
	return -ENOTSUP;
}

#endif
