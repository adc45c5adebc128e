/*
 * fixture.h - shapes made by hand, and an out that writes to memory.
 */
#ifndef WAGGLE_TEST_OUT_FIXTURE_H
#define WAGGLE_TEST_OUT_FIXTURE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "out/out.h"

#include "../cmocka_all.h"

#define FIELDS(...)                            \
	.fields = (const struct shape_field[]) \
	{                                      \
		__VA_ARGS__                    \
	}
#define FIELD(name_, shape_, offset_)                                   \
	{                                                               \
		.name = (name_), .shape = (shape_), .offset = (offset_) \
	}

extern const struct shape shape_i8, shape_i32, shape_i64, shape_u32, shape_u64, shape_str8;

/* An out that writes to memory. */
struct written {
	struct out *out;
	FILE *file, *messages;
	char *text, *message_text;
	size_t len, message_len;
};

void written_begin(struct written *written, struct out_options options);
/* What was written as data; good until written_end. */
const char *written_text(struct written *written);
const char *written_messages(struct written *written);
void written_end(struct written *written);

/* A bundle of nothing, and one of a script's text. */
extern const struct bundle bundle_empty, bundle_source;

/* Show @rows and compare. */
void expect_table(struct out_options options, struct out_rows rows, const char *text);

#endif
