/*
 * folded.c - rows as paths: 'bash;main;read;vfs_read_[k] 42', what draws flame graphs.
 *
 * A path begins with what the key holds besides stacks, then come the functions of users and of the
 * kernel, the outermost first.
 */
#include "base/bits.h"
#include "out/internal.h"

/* ';' parts names, and a newline ends the path. */
static void clean(char *name)
{
	for (; *name; name++)
		if (*name == ';' || (unsigned char)*name < ' ')
			*name = *name == ';' ? ':' : ' ';
}

static void path_add(struct path *path, const char *name, size_t len, enum frame_kind kind)
{
	struct path_frame *frame;
	char *copy;

	if (path->count == PATH_MOST_FRAMES)
		return;
	copy = arena_strndup(&path->arena, name, len);
	if (!copy)
		return;
	clean(copy);
	frame = &path->frames[path->count++];
	frame->name = copy;
	frame->kind = kind;
}

struct walk {
	struct path *path;
	enum frame_kind kind;
};

static void add_function(void *data, const char *name)
{
	const struct walk *walk = data;

	path_add(walk->path, name, strlen(name), walk->kind);
}

static void add_stack(struct out *out, const struct shape *shape, const uint8_t *value,
		      struct path *path)
{
	struct walk walk = { path, shape->kind == SHAPE_KSTACK ? FRAME_KERNEL : FRAME_USER };
	size_t first = path->count, last;

	stack_walk(out, shape, value, add_function, &walk);
	for (last = path->count; last > first + 1; first++, last--) {
		struct path_frame swap = path->frames[first];

		path->frames[first] = path->frames[last - 1];
		path->frames[last - 1] = swap;
	}
}

/* Parts of the key of one kind: texts, then stacks of users, then those of the kernel. */
static void add_parts(struct out *out, const struct shape *shape, const uint8_t *value,
		      enum frame_kind kind, struct path *path)
{
	struct strbuf text = { 0 };

	if (shape->kind == SHAPE_TUPLE) {
		for (uint32_t i = 0; i < shape->count; i++)
			add_parts(out, shape->fields[i].shape, value + shape->fields[i].offset,
				  kind, path);
		return;
	}
	if (shape->kind == SHAPE_USTACK || shape->kind == SHAPE_KSTACK) {
		if ((shape->kind == SHAPE_USTACK) == (kind == FRAME_USER) && kind != FRAME_KEY)
			add_stack(out, shape, value, path);
		return;
	}
	if (kind != FRAME_KEY)
		return;
	text_value(out, shape, value, &text);
	path_add(path, strbuf_text(&text), text.len, FRAME_KEY);
	strbuf_release(&text);
}

void path_of(struct out *out, const struct bundle_table *table, const struct out_row *row,
	     struct path *path)
{
	path->count = 0;
	if (!table->key)
		return;
	for (enum frame_kind kind = FRAME_KEY; kind <= FRAME_KERNEL; kind++)
		add_parts(out, table->key, row->key, kind, path);
}

void path_release(struct path *path)
{
	arena_release(&path->arena);
}

bool row_weight(const struct shape *shape, const uint8_t *value, uint64_t *ret_weight)
{
	struct number number;

	switch (shape->kind) {
	case SHAPE_STATS: number = (struct number){ load_u64(value), shape->is_signed }; break;
	case SHAPE_HIST:
	case SHAPE_LHIST:
		number = (struct number){ hist_total(shape, (const void *)value), false };
		break;
	case SHAPE_INT:
		if (shape->size > 8)
			return false;
		__attribute__((fallthrough));
	case SHAPE_COUNT:
	case SHAPE_SUM:
	case SHAPE_MIN:
	case SHAPE_MAX:
	case SHAPE_AVG:
		if (!number_of(shape, value, &number))
			return false;
		break;
	default: return false;
	}
	if (number.is_signed && (int64_t)number.value < 0)
		return false;
	*ret_weight = number.value;
	return true;
}

bool has_stack(const struct shape *shape)
{
	if (!shape)
		return false;
	if (shape->kind == SHAPE_TUPLE)
		for (uint32_t i = 0; i < shape->count; i++)
			if (has_stack(shape->fields[i].shape))
				return true;
	return is_stack(shape);
}

static void put_path(const struct path *path, struct strbuf *out)
{
	for (size_t i = 0; i < path->count; i++) {
		if (i)
			strbuf_putc(out, ';');
		strbuf_puts(out, path->frames[i].name);
		if (path->frames[i].kind == FRAME_KERNEL)
			strbuf_puts(out, "_[k]");
	}
}

void folded_stack(struct out *out, const struct shape *shape, const uint8_t *value,
		  struct strbuf *ret_text)
{
	struct path path = { .count = 0 };

	add_stack(out, shape, value, &path);
	for (size_t i = 0; i < path.count; i++) {
		if (i)
			strbuf_putc(ret_text, ';');
		strbuf_puts(ret_text, path.frames[i].name);
	}
	path_release(&path);
}

void folded_rows(struct out *out, const struct out_rows *rows, uint64_t divisor)
{
	for (size_t i = 0; i < rows->count; i++) {
		struct path path = { .count = 0 };
		uint64_t weight;

		if (!row_weight(rows->table->value, rows->rows[i].value, &weight))
			continue;
		path_of(out, rows->table, &rows->rows[i], &path);
		put_path(&path, &out->text);
		strbuf_printf(&out->text, "%s%llu\n", path.count ? " " : "",
			      (unsigned long long)(divisor > 1 ? weight / divisor : weight));
		path_release(&path);
	}
}
