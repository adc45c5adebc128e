/* fixture.c - shapes made by hand, and an out that writes to memory. */
#include "fixture.h"

const struct shape shape_i8 = { .kind = SHAPE_INT, .size = 1, .is_signed = true };
const struct shape shape_i32 = { .kind = SHAPE_INT, .size = 4, .is_signed = true };
const struct shape shape_i64 = { .kind = SHAPE_INT, .size = 8, .is_signed = true };
const struct shape shape_u32 = { .kind = SHAPE_INT, .size = 4 };
const struct shape shape_u64 = { .kind = SHAPE_INT, .size = 8 };
const struct shape shape_str8 = { .kind = SHAPE_STRING, .size = 8 };

const struct bundle bundle_empty = { .config = { .str_trunc_trailer = ".." } };

static const struct source source = {
	.name = "stdin",
	.text = "begin { @x[1] = 2; }\n",
	.len = 21,
};
const struct bundle bundle_source = {
	.source = &source,
	.config = { .str_trunc_trailer = ".." },
};

void written_begin(struct written *written, struct out_options options)
{
	*written = (struct written){ 0 };
	written->file = open_memstream(&written->text, &written->len);
	written->messages = open_memstream(&written->message_text, &written->message_len);
	assert_non_null(written->file);
	assert_non_null(written->messages);
	options.file = written->file;
	options.messages = written->messages;
	if (!options.bundle)
		options.bundle = &bundle_empty;
	written->out = out_new(&options);
	assert_non_null(written->out);
}

const char *written_text(struct written *written)
{
	assert_int_equal(out_finish(written->out), 0);
	return written->text ? written->text : "";
}

const char *written_messages(struct written *written)
{
	(void)fflush(written->messages);
	return written->message_text ? written->message_text : "";
}

void written_end(struct written *written)
{
	out_free(written->out);
	(void)fclose(written->file);
	(void)fclose(written->messages);
	free(written->text);
	free(written->message_text);
}

void expect_table(struct out_options options, struct out_rows rows, const char *text)
{
	struct written written;

	written_begin(&written, options);
	out_table(written.out, &rows, 0, 0, NULL);
	assert_string_equal(written_text(&written), text);
	written_end(&written);
}
