/*
 * print.c - a bundle as text: what a script became.
 */
#include "bundle/bundle.h"

#include "isa/disasm.h"

static const char *const attach_names[] = {
	/* clang-format off */
	[ATTACH_BEGIN] = "begin",     [ATTACH_END] = "end",           [ATTACH_SIGNAL] = "signal",
	[ATTACH_TEST] = "test",       [ATTACH_BENCH] = "bench",       [ATTACH_KPROBE] = "kprobe",
	[ATTACH_KRETPROBE] = "kretprobe", [ATTACH_FENTRY] = "fentry", [ATTACH_FEXIT] = "fexit",
	[ATTACH_TRACEPOINT] = "tracepoint", [ATTACH_RAW_TRACEPOINT] = "rawtracepoint",
	[ATTACH_UPROBE] = "uprobe",   [ATTACH_URETPROBE] = "uretprobe", [ATTACH_USDT] = "usdt",
	[ATTACH_PROFILE] = "profile", [ATTACH_INTERVAL] = "interval", [ATTACH_SOFTWARE] = "software",
	[ATTACH_HARDWARE] = "hardware", [ATTACH_WATCHPOINT] = "watchpoint", [ATTACH_ITER] = "iter",
	/* clang-format on */
};

static const char *const action_names[] = {
	/* clang-format off */
	[ACTION_PRINTF] = "printf",   [ACTION_ERRORF] = "errorf",     [ACTION_WARNF] = "warnf",
	[ACTION_PRINT_VALUE] = "print value", [ACTION_PRINT_TABLE] = "print table",
	[ACTION_PRINT_ENTRY] = "print entry", [ACTION_CLEAR] = "clear", [ACTION_ZERO] = "zero",
	[ACTION_EXIT] = "exit",       [ACTION_ASSERT] = "assert",     [ACTION_TIME] = "time",
	[ACTION_JOIN] = "join",       [ACTION_CAT] = "cat",           [ACTION_SYSTEM] = "system",
	[ACTION_SKB] = "skb",         [ACTION_SNAPSHOT] = "snapshot", [ACTION_UNWATCH] = "unwatch",   [ACTION_HELPER_ERROR] = "helper error",
	/* clang-format on */
};

static const char *const shape_names[] = {
	/* clang-format off */
	[SHAPE_INT] = "int",          [SHAPE_BOOL] = "bool",          [SHAPE_ENUM] = "enum",
	[SHAPE_FLOAT] = "float",
	[SHAPE_POINTER] = "pointer",  [SHAPE_STRING] = "string",      [SHAPE_BUFFER] = "buffer",
	[SHAPE_INET] = "inet",        [SHAPE_MAC] = "mac",            [SHAPE_ARRAY] = "array",
	[SHAPE_TUPLE] = "tuple",      [SHAPE_RECORD] = "record",      [SHAPE_STRUCT] = "struct",
	[SHAPE_UNION] = "union",      [SHAPE_KSTACK] = "kstack",      [SHAPE_USTACK] = "ustack",
	[SHAPE_KSYM] = "ksym",        [SHAPE_USYM] = "usym",          [SHAPE_TIMESTAMP] = "timestamp",
	[SHAPE_CGROUP_PATH] = "cgroup_path", [SHAPE_USERNAME] = "username", [SHAPE_PROBE] = "probe",
	[SHAPE_COUNT] = "count",      [SHAPE_SUM] = "sum",            [SHAPE_MIN] = "min",
	[SHAPE_MAX] = "max",          [SHAPE_AVG] = "avg",            [SHAPE_STATS] = "stats",
	[SHAPE_HIST] = "hist",        [SHAPE_LHIST] = "lhist",        [SHAPE_TSERIES] = "tseries",
	/* clang-format on */
};

/* "int32", "string[16]", "tuple(0 uint32, 8 string[16])" */
static void print_shape(const struct shape *shape, struct strbuf *out)
{
	switch (shape->kind) {
	case SHAPE_INT:
		strbuf_printf(out, "%sint%u", shape->is_signed ? "" : "u", 8 * shape->size);
		return;
	case SHAPE_FLOAT: strbuf_printf(out, "float%u", 8 * shape->size); return;
	case SHAPE_STRING:
	case SHAPE_BUFFER:
		strbuf_printf(out, "%s[%u]", shape_names[shape->kind], shape->size);
		return;
	case SHAPE_ARRAY:
		print_shape(shape->of, out);
		strbuf_printf(out, "[%u]", shape->count);
		return;
	case SHAPE_STRUCT:
	case SHAPE_UNION:
		strbuf_puts(out, shape->name ? shape->name : shape_names[shape->kind]);
		return;
	case SHAPE_TUPLE:
	case SHAPE_RECORD:
		strbuf_printf(out, "%s(", shape_names[shape->kind]);
		for (uint32_t i = 0; i < shape->count; i++) {
			strbuf_printf(out, "%s%u ", i ? ", " : "", shape->fields[i].offset);
			print_shape(shape->fields[i].shape, out);
		}
		strbuf_putc(out, ')');
		return;
	default: strbuf_puts(out, shape_names[shape->kind]); return;
	}
}

static void print_map(const struct bundle *bundle, uint32_t i, struct strbuf *out)
{
	const struct bundle_map *map = &bundle->maps[i];

	strbuf_printf(out, "map %u %s: type %u, key %u, value %u, elements %u%s\n", i, map->name,
		      map->type, map->key_size, map->value_size, map->max_entries,
		      map->is_frozen ? ", frozen" : "");
}

static void print_table(const struct bundle_table *table, struct strbuf *out)
{
	strbuf_printf(out, "table %s", table->name);
	if (table->key) {
		strbuf_putc(out, '[');
		print_shape(table->key, out);
		strbuf_putc(out, ']');
	}
	strbuf_puts(out, ": ");
	print_shape(table->value, out);
	strbuf_printf(out, " in map %u", table->map);
	if (!table->key && table->set_offset != BUNDLE_NONE)
		strbuf_printf(out, ", at %u, set at %u", table->offset, table->set_offset);
	strbuf_putc(out, '\n');
}

static void print_action(const struct bundle *bundle, uint32_t i, struct strbuf *out)
{
	const struct bundle_action *action = &bundle->actions[i];

	strbuf_printf(out, "action %u: %s, %u bytes", i, action_names[action->kind], action->size);
	if (action->table != BUNDLE_NONE)
		strbuf_printf(out, ", %s", bundle->tables[action->table].name);
	if (action->payload) {
		strbuf_puts(out, ", ");
		print_shape(action->payload, out);
	}
	strbuf_putc(out, '\n');
}

static void print_insns(const struct bundle_prog *prog, struct strbuf *out)
{
	uint32_t sub = 0;

	for (uint32_t at = 0; at < prog->insn_count;) {
		if (sub < prog->sub_count && prog->subs[sub].insn == at)
			strbuf_printf(out, "%s:\n", prog->subs[sub++].name);
		strbuf_printf(out, "%6u: ", at);
		at += (uint32_t)isa_disasm_insn(prog->insns, prog->insn_count, at, &isa_linux_names,
						out);
		strbuf_putc(out, '\n');
	}
}

static void print_prog(const struct bundle_prog *prog, bool with_insns, struct strbuf *out)
{
	strbuf_printf(out, "program %s: type %u", prog->name, prog->type);
	if (with_insns)
		strbuf_printf(out, ", %u instructions", prog->insn_count);
	strbuf_putc(out, '\n');
	for (uint32_t i = 0; i < prog->attach_count; i++) {
		const struct bundle_attach *a = &prog->attaches[i];

		strbuf_printf(out, "  at %s: %s\n", attach_names[a->kind], a->name);
	}
	if (with_insns)
		print_insns(prog, out);
}

void bundle_print(const struct bundle *bundle, bool with_insns, struct strbuf *out)
{
	for (uint32_t i = 0; i < bundle->map_count; i++)
		print_map(bundle, i, out);
	for (uint32_t i = 0; i < bundle->table_count; i++)
		print_table(&bundle->tables[i], out);
	for (uint32_t i = 0; i < bundle->action_count; i++)
		print_action(bundle, i, out);
	for (uint32_t i = 0; i < bundle->prog_count; i++)
		print_prog(&bundle->progs[i], with_insns, out);
}
