/*
 * check_builtin.c - builtins, the types that rows of the tables name, and names that nobody knows.
 */
#include <string.h>

#include "base/chars.h"
#include "base/nearest.h"
#include "script/check.h"
#include "script/place.h"

/* --- types of rows --------------------------------------------------------------------------- */

const struct type *check_row_type(struct checker *c, enum value_type value, bool is_signed)
{
	const struct type *task;

	switch (value) {
	case VALUE_VOID: return type_plain(TYPE_VOID);
	case VALUE_BOOL: return type_plain(TYPE_BOOL);
	case VALUE_UINT8: return type_int(1, false);
	case VALUE_UINT32: return type_int(4, false);
	case VALUE_UINT64: return type_int(8, false);
	case VALUE_INT64: return type_int(8, true);
	case VALUE_STRING: return type_string(c->types, c->max_strlen);
	case VALUE_COMM: return type_string(c->types, 16);
	case VALUE_TASK:
		task = find_tagged(c, TAG_STRUCT, "task_struct");
		return task ? type_pointer(c->types, task, SPACE_KERNEL) : type_int(8, false);
	case VALUE_INET: return type_inet(c->types, 16);
	case VALUE_MAC: return type_plain(TYPE_MAC);
	case VALUE_KSTACK: return type_plain(TYPE_KSTACK);
	case VALUE_USTACK: return type_plain(TYPE_USTACK);
	case VALUE_KSYM: return type_plain(TYPE_KSYM);
	case VALUE_USYM: return type_plain(TYPE_USYM);
	case VALUE_TIMESTAMP: return type_plain(TYPE_TIMESTAMP);
	case VALUE_CGROUP_PATH: return type_plain(TYPE_CGROUP_PATH);
	case VALUE_USERNAME: return type_plain(TYPE_USERNAME);
	case VALUE_PROBE: return type_plain(TYPE_PROBE);
	case VALUE_COUNT: return type_plain(TYPE_COUNT);
	case VALUE_SUM: return type_aggregate(c->types, TYPE_SUM, is_signed);
	case VALUE_MIN: return type_aggregate(c->types, TYPE_MIN, is_signed);
	case VALUE_MAX: return type_aggregate(c->types, TYPE_MAX, is_signed);
	case VALUE_AVG: return type_aggregate(c->types, TYPE_AVG, is_signed);
	case VALUE_STATS: return type_aggregate(c->types, TYPE_STATS, is_signed);
	case VALUE_HIST: return type_plain(TYPE_HIST);
	case VALUE_LHIST: return type_plain(TYPE_LHIST);
	case VALUE_TSERIES: return type_plain(TYPE_TSERIES);
	case VALUE_SPECIAL: break;
	}
	return none();
}

/* --- names that nobody knows ----------------------------------------------------------------- */

void check_unknown_name(struct checker *c, const struct expr *e, bool is_call)
{
	struct nearest search = nearest_begin(e->name);
	const struct func *func = is_call ? NULL : func_find(e->name);

	if (!c->diag)
		return;
	if (func) {
		diag_error(c->diag, e->span, "'%s' is a function and needs its arguments", e->name);
		diag_hint(c->diag, "as in: %s", func->usage);
		return;
	}
	if (!strncmp(e->name, "sarg", 4) && char_is_digit(e->name[4])) {
		diag_error(c->diag, e->span, "'%s' was removed in bpftrace 0.25", e->name);
		diag_hint(c->diag,
			  "on x86-64, arguments on the stack are at *(uint64 *)(reg(\"sp\") + "
			  "8 * (n + 1))");
		return;
	}
	diag_error(c->diag, e->name_span, "unknown %s '%s'", is_call ? "function" : "name",
		   e->name);
	table_offer_names(&search, is_call);
	for (const struct macro *m = c->script->macros; m; m = m->next)
		nearest_offer(&search, m->name);
	if (!is_call)
		for (struct scope *scope = c->scope; scope; scope = scope->outer)
			for (struct variable *v = scope->variables; v; v = v->next)
				if (!strcmp(v->name + 1, e->name))
					search.best = v->name;
	if (search.best)
		diag_hint(c->diag, "did you mean '%s'?", search.best);
	if (!included_has_failed(c) && !search.best && !is_call)
		diag_hint(c->diag,
			  "variables begin with '$', maps with '@', and text stands in quotes");
	if (!is_call)
		(void)included_report(c);
}

/* --- builtins -------------------------------------------------------------------------------- */

/* The attach point that does not give what is needed. */
static const struct attach *lacking(const struct checker *c, unsigned int needs)
{
	for (const struct attach *a = c->probe ? c->probe->attaches : NULL; a; a = a->next)
		if (!(a->provider->gives & needs))
			return a;
	return NULL;
}

static void list_givers(struct checker *c, unsigned int needs)
{
	struct strbuf names = { 0 };

	for (size_t i = 0; provider_at(i); i++)
		if (provider_at(i)->gives & needs)
			strbuf_printf(&names, "%s%s", names.len ? ", " : "", provider_at(i)->name);
	diag_hint(c->diag, "probes that have it: %s", strbuf_text(&names));
	strbuf_release(&names);
}

bool check_is_given(struct checker *c, struct span span, const char *name, unsigned int needs)
{
	const struct attach *attach = needs ? lacking(c, needs) : NULL;

	if (needs && c->fn) {
		diag_error(c->diag, span, "a function does not know '%s'", name);
		diag_hint(c->diag, "make it a parameter: fn %s($x : uint64)", c->fn->name);
		return false;
	}
	if (!attach)
		return true;
	if (!c->diag)
		return false;
	diag_error(c->diag, span, "'%s' does not exist in a %s", name, attach->provider->name);
	if (needs == GIVES_ARGS && attach->provider->id == PROVIDER_KPROBE)
		diag_hint(c->diag, "a kprobe has arg0, arg1 ...; with names there is fentry:%s",
			  attach->name ? attach->name : "function");
	else if (needs == GIVES_RETVAL && (attach->provider->gives & GIVES_ARGN))
		diag_hint(c->diag, "what a function returned is known when it returns: a %s",
			  attach->provider->id == PROVIDER_KPROBE ? "kretprobe" : "uretprobe");
	else
		list_givers(c, needs);
	return false;
}

static const struct type *check_args(struct checker *c)
{
	struct attach *attach = c->probe ? c->probe->attaches : NULL;
	const struct type *type = attach ? place_args(c, attach) : NULL;

	return type ? type_pointer(c->types, type, SPACE_BPF) : none();
}

static const struct type *check_retval(struct checker *c, struct expr *e)
{
	if (!c->probe)
		return type_int(8, false);
	e->field = place_result(c, c->probe->attaches);
	if (!e->field)
		return place_retval(c, c->probe->attaches);
	check_lack(c, e);
	return e->field->type;
}

static const struct type *check_ctx(struct checker *c)
{
	const struct attach *attach = c->probe ? c->probe->attaches : NULL;
	const struct type *type;

	if (!attach || attach->provider->id != PROVIDER_ITER)
		return type_pointer(c->types, type_plain(TYPE_VOID), SPACE_BPF);
	type = place_ctx(c, attach);
	return type ? type : none();
}

void check_set_text(struct expr *e, const char *text)
{
	e->is_constant = true;
	e->text = text;
	e->text_len = strlen(text);
}

/* The name of the attach point: known beforehand when there is one. */
static const struct type *check_probe_name(struct checker *c, struct expr *e)
{
	const struct attach *attach = c->probe ? c->probe->attaches : NULL;

	if (attach && !attach->next && attach->full_name)
		check_set_text(e, attach->full_name);
	return type_plain(TYPE_PROBE);
}

/* All attach points of a probe are of one provider. */
static const struct type *check_probe_type(struct checker *c, struct expr *e)
{
	if (!c->probe || !c->probe->attaches)
		return type_string(c->types, c->max_strlen);
	check_set_text(e, c->probe->attaches->provider->name);
	return type_string(c->types, (uint32_t)e->text_len + 1);
}

const struct type *check_builtin(struct checker *c, struct expr *e, const struct builtin *builtin,
				 uint64_t number)
{
	e->builtin = builtin;
	if (builtin->id == BUILTIN_ARGN)
		e->number = number;
	if (!check_is_given(c, e->span, e->name, builtin->needs))
		return none();
	switch (builtin->id) {
	case BUILTIN_ARGS: return check_args(c);
	case BUILTIN_RETVAL: return check_retval(c, e);
	case BUILTIN_CTX: return check_ctx(c);
	case BUILTIN_PROBE: return check_probe_name(c, e);
	case BUILTIN_PROBETYPE: return check_probe_type(c, e);
	case BUILTIN_FUNC: return type_plain(c->gives & GIVES_USER ? TYPE_USYM : TYPE_KSYM);
	default: return check_row_type(c, builtin->type, false);
	}
}
