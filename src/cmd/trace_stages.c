/*
 * trace_stages.c - what 'waggle trace -d' can show.
 */
#include <errno.h>
#include <string.h>

#include "base/bits.h"
#include "base/nearest.h"
#include "cmd/trace.h"
#include "ir/ir.h"

static const struct {
	const char *name;
	unsigned int bit;
} stages[] = {
	{ "tokens", STAGE_TOKENS }, { "ast", STAGE_AST }, { "types", STAGE_TYPES },
	{ "ir", STAGE_IR },         { "bpf", STAGE_BPF }, { "xlated", STAGE_XLATED },
	{ "jited", STAGE_JITED },
};

static unsigned int find_stage(const char *name, size_t len)
{
	for (size_t i = 0; i < ARRAY_LEN(stages); i++)
		if (strlen(stages[i].name) == len && !memcmp(stages[i].name, name, len))
			return stages[i].bit;
	return 0;
}

int trace_read_stages(const char *list, struct diag *diag, unsigned int *ret_stages)
{
	unsigned int found = 0;

	while (list && *list) {
		size_t len = strcspn(list, ",");
		unsigned int bit = find_stage(list, len);

		if (!bit) {
			diag_error(diag, SPAN_NONE, "-d has no stage '%.*s'", (int)len, list);
			diag_hint(diag, "stages are tokens, ast, types, ir, bpf, xlated and jited");
			return -EINVAL;
		}
		found |= bit;
		list += len + (list[len] == ',');
	}
	*ret_stages = found;
	return 0;
}

void trace_show_ir(void *data, const char *stage, const struct ir_fn *fn)
{
	struct tracing *t = data;

	strbuf_printf(&t->shown, "# %s\n", stage);
	ir_print(fn, &t->shown);
}
