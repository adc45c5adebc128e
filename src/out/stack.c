/*
 * stack.c - stacks and symbols of the kernel and of users.
 *
 * A stack stands in a map of the kernel by its number; its frames are read, and the functions that were
 * inlined into them found, when it is shown.
 */
#include <inttypes.h>
#include <stdio.h>

#include "base/bits.h"
#include "out/internal.h"

enum { MOST_INLINED = 32, STACK_INDENT = 8 };

bool is_stack(const struct shape *shape)
{
	return shape->kind == SHAPE_KSTACK || shape->kind == SHAPE_USTACK;
}

/* The addresses of a stack; none when it could not be taken. */
static uint32_t read_frames(struct out *out, const struct shape *shape, const uint8_t *value,
			    uint64_t frames[OUT_MOST_FRAMES])
{
	const struct out_resolver *resolver = out->options.resolver;
	uint32_t most = shape->depth && shape->depth < OUT_MOST_FRAMES ? shape->depth :
									 OUT_MOST_FRAMES;
	int64_t id = (int64_t)load_u64(value);
	int count;

	if (id < 0 || !resolver)
		return 0;
	count = resolver->stack(resolver->data, shape->map, id, frames, most);
	return count > 0 ? (uint32_t)count : 0;
}

/* The functions at @address, innermost first: one at least, with a NULL name if it is not known. */
static unsigned int functions_at(struct out *out, bool is_user, uint32_t pid, uint64_t address,
				 bool is_return, struct sym_frame found[MOST_INLINED])
{
	unsigned int count = 0;

	memset(found, 0, sizeof found[0]);
	if (!out->options.sym)
		return 1;
	if (is_user)
		count = sym_user_inlined(out->options.sym, pid, address, is_return, found,
					 MOST_INLINED);
	else
		count = sym_kernel(out->options.sym, address, &found[0]);
	return count ? count : 1;
}

static void put_function(const struct sym_frame *frame, uint64_t address, bool with_offset,
			 struct strbuf *out)
{
	if (!frame->name) {
		text_hex(out, address);
		return;
	}
	strbuf_puts(out, frame->name);
	if (with_offset && !frame->is_inlined) {
		strbuf_putc(out, '+');
		text_unsigned(out, frame->offset);
	}
}

static void put_source(const struct sym_frame *frame, struct strbuf *out)
{
	if (frame->is_inlined)
		strbuf_puts(out, " [inlined]");
	if (!frame->file)
		return;
	strbuf_printf(out, " @ %s", frame->file);
	if (frame->line)
		strbuf_printf(out, ":%u", frame->line);
}

static void put_module(const struct sym_frame *frame, bool is_user, struct strbuf *out)
{
	const char *module = frame->module;

	if (!module)
		module = is_user || !frame->name ? "[unknown]" : "[kernel]";
	strbuf_printf(out, " (%s)", module);
}

static void put_build_id(struct out *out, uint32_t pid, uint64_t address, struct strbuf *ret_text)
{
	uint8_t id[20];
	uint64_t offset;

	strbuf_printf(ret_text, "%*s", STACK_INDENT, "");
	if (out->options.sym && sym_user_build_id(out->options.sym, pid, address, id, &offset)) {
		for (size_t i = 0; i < sizeof id; i++)
			strbuf_printf(ret_text, "%02x", id[i]);
		strbuf_printf(ret_text, " 0x%" PRIx64, offset);
	} else {
		text_hex(ret_text, address);
	}
	strbuf_putc(ret_text, '\n');
}

static void put_frame(struct out *out, const struct shape *shape, uint32_t pid, uint64_t address,
		      bool is_return, struct strbuf *ret_text)
{
	bool is_user = shape->kind == SHAPE_USTACK;
	bool is_perf = shape->stack == STACK_PERF;
	struct sym_frame found[MOST_INLINED];
	unsigned int count;

	if (shape->stack == STACK_RAW) {
		strbuf_printf(ret_text, "%" PRIx64 "\n", address);
		return;
	}
	if (shape->stack == STACK_BUILD_ID && is_user) {
		put_build_id(out, pid, address, ret_text);
		return;
	}
	count = functions_at(out, is_user, pid, address, is_return, found);
	for (unsigned int i = 0; i < count; i++) {
		if (is_perf)
			strbuf_printf(ret_text, "\t%" PRIx64 " ", address);
		else
			strbuf_printf(ret_text, "%*s", STACK_INDENT, "");
		put_function(&found[i], address, true, ret_text);
		if (is_perf)
			put_module(&found[i], is_user, ret_text);
		put_source(&found[i], ret_text);
		strbuf_putc(ret_text, '\n');
	}
}

static uint32_t stack_pid(const struct shape *shape, const uint8_t *value)
{
	return shape->kind == SHAPE_USTACK ? load_u32(value + 8) : 0;
}

void text_stack(struct out *out, const struct shape *shape, const uint8_t *value,
		struct strbuf *ret_text)
{
	uint64_t frames[OUT_MOST_FRAMES];
	uint32_t count = read_frames(out, shape, value, frames);

	strbuf_putc(ret_text, '\n');
	for (uint32_t i = 0; i < count; i++)
		put_frame(out, shape, stack_pid(shape, value), frames[i], i > 0, ret_text);
}

void stack_walk(struct out *out, const struct shape *shape, const uint8_t *value,
		void (*visit)(void *data, const char *name), void *data)
{
	uint64_t frames[OUT_MOST_FRAMES];
	uint32_t count = read_frames(out, shape, value, frames);
	bool is_user = shape->kind == SHAPE_USTACK;
	struct sym_frame found[MOST_INLINED];
	char address[24];

	for (uint32_t i = 0; i < count; i++) {
		unsigned int functions = functions_at(out, is_user, stack_pid(shape, value),
						      frames[i], i > 0, found);

		snprintf(address, sizeof address, "0x%" PRIx64, frames[i]);
		for (unsigned int j = 0; j < functions; j++)
			visit(data, found[j].name ? found[j].name : address);
	}
}

void text_symbol(struct out *out, const struct shape *shape, const uint8_t *value,
		 struct strbuf *ret_text)
{
	bool is_user = shape->kind == SHAPE_USYM;
	uint64_t address = load_u64(value);
	struct sym_frame frame = { 0 };

	if (out->options.sym && is_user)
		(void)sym_user(out->options.sym, load_u32(value + 8), address, &frame);
	else if (out->options.sym)
		(void)sym_kernel(out->options.sym, address, &frame);
	put_function(&frame, address, false, ret_text);
}
