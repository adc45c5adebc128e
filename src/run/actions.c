/*
 * actions.c - what programs want done outside of the kernel.
 *
 * A record that says nothing sensible cannot come from our programs, and is passed over.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/bits.h"
#include "run/state.h"
#include "run/tables.h"

static const struct bundle_table *table_of(const struct session *s,
					   const struct bundle_action *action)
{
	return action->table < s->bundle->table_count ? &s->bundle->tables[action->table] : NULL;
}

/* The record's value @i, or NULL when the record is too short for it. */
static const uint8_t *payload(const struct bundle_action *action, const uint8_t *record,
			      uint32_t len, uint32_t i)
{
	const struct shape_field *field;

	if (!action->payload || i >= action->payload->count)
		return NULL;
	field = &action->payload->fields[i];
	return field->offset + field->shape->size <= len ? record + field->offset : NULL;
}

static uint64_t payload_u64(const struct bundle_action *action, const uint8_t *record, uint32_t len,
			    uint32_t i, uint64_t otherwise)
{
	const uint8_t *value = payload(action, record, len, i);
	uint64_t number = 0;

	if (!value)
		return otherwise;
	memcpy(&number, value, action->payload->fields[i].shape->size);
	return number;
}

/* --- tables ----------------------------------------------------------------------------------- */

static void cannot_read(struct session *s, const struct bundle_table *table, int err)
{
	out_warning(s->out, NULL, "cannot read the map '%s': %s", table->name, strerror(-err));
}

void session_show_table(struct session *s, const struct bundle_table *table, uint64_t top,
			uint64_t divisor, const char *sort)
{
	struct out_rows rows;
	int err = run_table_read(&s->maps, table, &s->arena, &rows);

	if (err)
		cannot_read(s, table, err);
	else
		out_table(s->out, &rows, top, divisor, sort);
	arena_release(&s->arena);
}

void session_sample_table(struct session *s, const struct bundle_table *table)
{
	struct out_rows rows;

	if (s->options->out.format != OUT_HEATMAP)
		return;
	if (!run_table_read(&s->maps, table, &s->arena, &rows))
		out_sample(s->out, &rows);
	arena_release(&s->arena);
}

static void show_entry(struct session *s, const struct bundle_action *action, const uint8_t *record,
		       uint32_t len)
{
	const struct bundle_table *table = table_of(s, action);
	const uint8_t *key = payload(action, record, len, 0);
	struct out_row row;
	int err = run_table_read_one(&s->maps, table, key, &s->arena, &row);

	if (!err)
		out_entry(s->out, table, &row);
	else if (err != -ENOENT) /* deleted meanwhile: there is nothing to show */
		cannot_read(s, table, err);
	arena_release(&s->arena);
}

static void change_table(struct session *s, const struct bundle_action *action)
{
	const struct bundle_table *table = table_of(s, action);
	int err;

	session_sample_table(s, table);
	err = action->kind == ACTION_CLEAR ? run_table_clear(&s->maps, table) :
					     run_table_zero(&s->maps, table);

	if (err)
		out_warning(s->out, &action->span, "cannot change the map '%s': %s", table->name,
			    strerror(-err));
}

/* --- the rest --------------------------------------------------------------------------------- */

static void end(struct session *s, uint64_t status, uint64_t position)
{
	if (s->has_exited)
		return;
	s->has_exited = true;
	s->status = (int)(status & 0xff);
	s->exit_at = position;
}

static void show_file(struct session *s, const struct bundle_action *action, const uint8_t *record,
		      uint32_t len)
{
	struct strbuf path = { 0 }, text = { 0 };
	size_t most = s->bundle->config.max_cat_bytes;
	ssize_t got = 1;
	int fd, err = 0;

	out_format_record(s->out, action, record, len, &path);
	fd = open(strbuf_text(&path), O_RDONLY | O_CLOEXEC);
	while (fd >= 0 && got > 0 && text.len < most) {
		char *room = strbuf_room(&text, most - text.len);

		got = room ? read(fd, room, most - text.len) : 0;
		if (got > 0)
			text.len += (size_t)got;
	}
	err = fd < 0 || got < 0 ? errno : 0;
	if (err)
		out_warning(s->out, &action->span, "cat() cannot read '%s': %s", strbuf_text(&path),
			    strerror(err));
	else
		out_text(s->out, action, strbuf_text(&text), text.len);
	if (fd >= 0)
		(void)close(fd);
	strbuf_release(&path);
	strbuf_release(&text);
}

static void run_shell(struct session *s, const struct bundle_action *action, const uint8_t *record,
		      uint32_t len)
{
	struct strbuf command = { 0 }, text = { 0 };
	int err;

	out_format_record(s->out, action, record, len, &command);
	err = run_command(strbuf_text(&command), &s->signals.old_mask, &text);
	if (err)
		out_warning(s->out, &action->span, "system() cannot run '%s': %s",
			    strbuf_text(&command), strerror(-err));
	else
		out_text(s->out, action, strbuf_text(&text), text.len);
	strbuf_release(&command);
	strbuf_release(&text);
}

static void save_packet(struct session *s, const struct bundle_action *action,
			const uint8_t *record, uint32_t len)
{
	uint64_t time = payload_u64(action, record, len, 0, 0);
	uint64_t packet_len = payload_u64(action, record, len, 1, 0);
	int err;

	if (action->size > len)
		return;
	if (packet_len > len - action->size)
		packet_len = len - action->size;
	err = packets_add(&s->packets, action->text, time, record + action->size,
			  (uint32_t)packet_len);
	if (err)
		out_warning(s->out, &action->span, "skboutput() cannot write '%s': %s",
			    action->text, strerror(-err));
}

static void add_snapshot(struct session *s, const struct bundle_action *action,
			 const uint8_t *record, uint32_t len)
{
	const struct run_snapshot snapshot = {
		.pid = (uint32_t)payload_u64(action, record, len, 0, 0),
		.number = payload_u64(action, record, len, 1, 0),
		.registers = { .ip = payload_u64(action, record, len, 2, 0),
			       .sp = payload_u64(action, record, len, 3, 0),
			       .fp = payload_u64(action, record, len, 4, 0),
			       .lr = payload_u64(action, record, len, 5, 0) },
		.stack = record + action->size,
		.bytes = action->size < len ? len - action->size : 0,
	};

	if (snapshot.bytes && run_stacks_add(&s->stacks, s->sym, &snapshot, (uint32_t)action->top))
		out_warning(s->out, &action->span, "there is no memory for a stack");
}

void session_act(struct session *s, const uint8_t *record, uint32_t len)
{
	uint32_t number = len >= 4 ? load_u32(record) : UINT32_MAX;
	const struct bundle_action *action;

	if (number >= s->bundle->action_count)
		return;
	action = &s->bundle->actions[number];
	switch (action->kind) {
	case ACTION_PRINTF:
	case ACTION_ERRORF:
	case ACTION_WARNF:
	case ACTION_PRINT_VALUE:
	case ACTION_TIME:
	case ACTION_JOIN:
	case ACTION_HELPER_ERROR: out_record(s->out, action, record, len); break;
	case ACTION_PRINT_TABLE:
		session_show_table(s, table_of(s, action), action->top, action->divisor,
				   action->sort);
		break;
	case ACTION_PRINT_ENTRY: show_entry(s, action, record, len); break;
	case ACTION_CLEAR:
	case ACTION_ZERO: change_table(s, action); break;
	case ACTION_EXIT:
		end(s, payload_u64(action, record, len, 0, 0),
		    payload_u64(action, record, len, 1, run_ring_end(&s->data_ring)));
		break;
	case ACTION_ASSERT:
		out_record(s->out, action, record, len);
		end(s, 1, run_ring_end(&s->data_ring));
		break;
	case ACTION_CAT: show_file(s, action, record, len); break;
	case ACTION_SYSTEM: run_shell(s, action, record, len); break;
	case ACTION_SKB: save_packet(s, action, record, len); break;
	case ACTION_SNAPSHOT: add_snapshot(s, action, record, len); break;
	case ACTION_UNWATCH:
		attach_unwatch(s->attachments, payload_u64(action, record, len, 0, 0));
		break;
	}
}
