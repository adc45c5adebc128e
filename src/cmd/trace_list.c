/*
 * trace_list.c - 'waggle trace -l': what there is to attach to.
 *
 * A search is an attach point with patterns in it, or a pattern for whole names: '*open*'.  Executables are
 * only looked into when the search names them.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/glob.h"
#include "cmd/trace.h"
#include "script/table.h"
#include "script/types.h"

enum { MOST_PARTS = 4 }; /* usdt:path:space:name */

struct listing {
	struct tracing *t;
	struct types types;
	const struct provider *provider; /* that is being listed */
	const char *name;                /* pattern for the whole of "provider:...", or NULL */
	const char *parts[MOST_PARTS];   /* of the search; the first is the provider's */
	size_t part_count;
	size_t count; /* of hits */
};

/* --- what a hit gives (-v) -------------------------------------------------------------------- */

static void show_fields(struct listing *l, const struct type *type)
{
	uint32_t count = 0;
	const struct field *fields = type ? type_fields(&l->types, type, &count) : NULL;

	for (uint32_t i = 0; i < count; i++) {
		struct strbuf text = { 0 };

		type_print(fields[i].type, &text);
		(void)fprintf(l->t->file, "    %s %s", strbuf_text(&text), fields[i].name);
		if (fields[i].bit_count)
			(void)fprintf(l->t->file, " : %u", fields[i].bit_count);
		(void)fputc('\n', l->t->file);
		strbuf_release(&text);
	}
}

static void show_tracepoint(struct listing *l, const char *subsystem, const char *event)
{
	const struct catalog_format *format;

	if (catalog_format(l->t->catalog, subsystem, event, &format))
		return;
	for (uint32_t i = 0; i < format->field_count; i++) {
		const struct catalog_field *field = &format->fields[i];

		(void)fprintf(l->t->file, "    %s %s", field->type, field->name);
		if (field->count)
			(void)fprintf(l->t->file, "[%u]", field->count);
		(void)fputc('\n', l->t->file);
	}
}

static void show_function(struct listing *l, const char *module, const char *name, bool with_result)
{
	const struct type *args, *result;

	if (!kernel_find_function(&l->types, module, name, 0, &args, &result))
		return;
	show_fields(l, args);
	if (with_result && result) {
		struct strbuf text = { 0 };

		type_print(result, &text);
		(void)fprintf(l->t->file, "    %s retval\n", strbuf_text(&text));
		strbuf_release(&text);
	}
}

static void show_iterator(struct listing *l, const char *kind)
{
	char *name = arena_printf(&l->t->arena, "bpf_iter__%s", kind);

	if (name)
		show_fields(l, kernel_find(&l->types, TAG_STRUCT, name));
}

static void show_user_type(struct listing *l, const struct catalog_type *type, const char *name)
{
	struct strbuf text = { 0 };

	catalog_type_print(l->t->catalog, type, &text);
	(void)fprintf(l->t->file, "    %s %s\n", strbuf_text(&text), name);
	strbuf_release(&text);
}

static void show_user_function(struct listing *l, const char *path, const char *name)
{
	const struct catalog_signature *signature;

	if (catalog_user_signature(l->t->catalog, path, name, l->t->session.pid, NULL, &signature))
		return;
	if (l->provider->id == PROVIDER_URETPROBE) {
		show_user_type(l, &signature->result.type, "retval");
		return;
	}
	for (uint32_t i = 0; i < signature->param_count; i++)
		show_user_type(l, &signature->params[i].type, signature->params[i].name);
}

static void show_details(struct listing *l, const char *target, const char *name)
{
	switch (l->provider->id) {
	case PROVIDER_TRACEPOINT: show_tracepoint(l, target, name); break;
	case PROVIDER_FENTRY: show_function(l, target, name, false); break;
	case PROVIDER_FEXIT: show_function(l, target, name, true); break;
	case PROVIDER_ITER: show_iterator(l, name); break;
	case PROVIDER_UPROBE:
	case PROVIDER_URETPROBE: show_user_function(l, target, name); break;
	default: break; /* the others say nothing about what they give */
	}
}

/* --- hits ------------------------------------------------------------------------------------- */

/* The kernel's own functions are known without a module. */
static const char *full_name(struct listing *l, const char *target, const char *space,
			     const char *name)
{
	bool is_plain = l->provider->id == PROVIDER_KPROBE || l->provider->id == PROVIDER_KRETPROBE;

	if (is_plain && target && !strcmp(target, "vmlinux"))
		target = NULL;
	return arena_printf(&l->t->arena, "%s:%s%s%s%s%s", l->provider->name, target ? target : "",
			    target ? ":" : "", space ? space : "", space ? ":" : "", name);
}

static bool hit(void *data, const char *target, const char *space, const char *name)
{
	struct listing *l = data;
	const char *full = full_name(l, target, space, name);

	if (!full || (l->name && !glob_matches(l->name, full)))
		return full != NULL;
	l->count++;
	(void)fprintf(l->t->file, "%s\n", full);
	if (l->t->session.is_verbose)
		show_details(l, target, name);
	return true;
}

static void list_events(struct listing *l)
{
	const char *pattern = l->part_count > 1 ? l->parts[1] : "*";

	for (size_t i = 0; event_at(i); i++)
		if (event_at(i)->provider == l->provider->id &&
		    glob_matches(pattern, event_at(i)->name))
			(void)hit(l, NULL, NULL, event_at(i)->name);
}

/* Part @i of the search counted from its end (0 is the last): patterns of what was left out are "*". */
static const char *from_end(const struct listing *l, size_t i)
{
	return i + 1 < l->part_count ? l->parts[l->part_count - 1 - i] : "*";
}

static int list_functions(struct listing *l, struct diag *diag)
{
	bool typed = l->provider->id == PROVIDER_FENTRY || l->provider->id == PROVIDER_FEXIT;

	return catalog_functions(l->t->catalog, l->part_count > 2 ? l->parts[1] : NULL,
				 from_end(l, 0), typed, hit, l, diag);
}

/* Of executables only those that the search names. */
static int list_user(struct listing *l, struct diag *diag)
{
	bool is_usdt = l->provider->id == PROVIDER_USDT;
	uint32_t pid = l->t->session.pid;

	if (l->part_count < 2)
		return 0;
	if (is_usdt)
		return catalog_usdt(l->t->catalog, l->parts[1],
				    l->part_count > 3 ? l->parts[2] : "*",
				    l->part_count > 2 ? from_end(l, 0) : "*", pid, hit, l, diag);
	return catalog_user_functions(l->t->catalog, l->parts[1],
				      l->part_count > 2 ? l->parts[2] : "*", pid, hit, l, diag);
}

static int list_provider(struct listing *l, struct diag *diag)
{
	switch (l->provider->id) {
	case PROVIDER_TRACEPOINT:
		return catalog_tracepoints(l->t->catalog, l->part_count > 2 ? l->parts[1] : "*",
					   from_end(l, 0), hit, l, diag);
	case PROVIDER_RAWTRACEPOINT:
		return catalog_raw_tracepoints(l->t->catalog, l->part_count > 2 ? l->parts[1] : "*",
					       from_end(l, 0), hit, l, diag);
	case PROVIDER_KPROBE:
	case PROVIDER_KRETPROBE:
	case PROVIDER_FENTRY:
	case PROVIDER_FEXIT: return list_functions(l, diag);
	case PROVIDER_UPROBE:
	case PROVIDER_URETPROBE:
	case PROVIDER_USDT: return list_user(l, diag);
	case PROVIDER_ITER: return catalog_iterators(l->t->catalog, from_end(l, 0), hit, l, diag);
	case PROVIDER_SOFTWARE:
	case PROVIDER_HARDWARE: list_events(l); return 0;
	default: return 0; /* begin, timers ...: nothing to be found */
	}
}

/* --- searches --------------------------------------------------------------------------------- */

static bool is_returning(enum provider_id id)
{
	return id == PROVIDER_KRETPROBE || id == PROVIDER_FEXIT || id == PROVIDER_URETPROBE;
}

/* Whatever there is of one kind alone may be missing: a kernel without kprobes has tracepoints. */
static int list_all(struct listing *l)
{
	l->part_count = 1;
	for (size_t i = 0; provider_at(i); i++) {
		struct diag unheard = { 0 };

		l->provider = provider_at(i);
		if (!is_returning(l->provider->id) || l->name)
			(void)list_provider(l, &unheard);
		diag_release(&unheard);
	}
	return 0;
}

/* The parts of "a:b:c"; what is in quotes stays together. */
static int split(struct listing *l, const char *search)
{
	char *text = arena_strndup(&l->t->arena, search, strlen(search));

	if (!text)
		return -ENOMEM;
	while (l->part_count < MOST_PARTS) {
		l->parts[l->part_count++] = text;
		text += strcspn(text, ":");
		if (!*text)
			break;
		*text++ = '\0';
	}
	return 0;
}

static int list_search(struct listing *l, const char *search)
{
	int err = split(l, search);

	if (err)
		return err;
	l->provider = provider_find(l->parts[0], strlen(l->parts[0]));
	if (!l->provider) {
		l->name = search;
		err = list_all(l);
	} else {
		err = list_provider(l, l->t->diag);
	}
	if (err < 0 || l->count)
		return err;
	diag_error(l->t->diag, SPAN_NONE, "nothing here matches '%s'", search);
	diag_hint(
		l->t->diag,
		"as in: -l 'tracepoint:sched:*', -l 'kprobe:vfs_*', -l 'uprobe:/bin/bash:*', -l '*sleep*'");
	return -ENOENT;
}

/* All places of the script, one a line. */
static int list_script(struct listing *l)
{
	struct tracing *t = l->t;
	struct script *script = NULL;
	int err = trace_read_source(t);

	t->diag->source = err ? NULL : &t->source;
	if (!err)
		err = trace_check(t, &script);
	for (const struct probe *p = script ? script->probes : NULL; !err && p; p = p->next) {
		for (const struct attach *a = p->is_missing ? NULL : p->attaches; a; a = a->next) {
			l->provider = a->provider;
			(void)fprintf(t->file, "%s\n", a->full_name ? a->full_name : a->text);
			if (t->session.is_verbose && a->name)
				show_details(l, a->target, a->name);
		}
	}
	return err;
}

int trace_list(struct tracing *t)
{
	struct listing l = { .t = t, .types = { .arena = &t->arena, .kernel = t->kernel } };
	const char *search = args_operand(t->args, 0);
	int count;

	if (args_value(t->args, "e") || (search && access(search, F_OK) == 0))
		return list_script(&l);
	if (!search)
		return list_all(&l);
	count = trace_list_types(t, search);
	return count ? count : list_search(&l, search);
}
