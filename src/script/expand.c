/*
 * expand.c - attach points become the places that they stand for.
 *
 * Afterwards each attach point is one function, event or address, and all of one probe agree about
 * what the probe asks them for: they are of one provider, and the arguments that it uses have
 * the same types at the same places.  Where they do not, the probe is copied, so that every copy can be
 * checked, and compiled, by its first attach point.
 */
#include <errno.h>
#include <string.h>

#include "base/chars.h"
#include "base/hash.h"
#include "base/nearest.h"
#include "probe/catalog.h"
#include "script/check.h"
#include "script/config.h"
#include "script/expand.h"
#include "script/kernel.h"
#include "script/place.h"
#include "script/tree.h"

enum { MOST_EDITS = 3 }; /* that make a name one that could have been meant */

/* --- what a probe uses ----------------------------------------------------------------------- */

static bool is_args(const struct expr *e)
{
	return (e->kind == EXPR_NAME || (e->kind == EXPR_CALL && e->arg_count == 0)) &&
	       !strcmp(e->name, "args");
}

static void use_name(struct expanding *x, const char *name)
{
	struct arg_name **link = &x->probe->arg_names;

	x->probe->uses_args = true;
	for (; *link; link = &(*link)->next)
		if (!strcmp((*link)->name, name))
			return;
	*link = arena_alloc(x->arena, sizeof **link);
	if (*link)
		(*link)->name = name;
	else
		x->no_memory = true;
}

static bool find_uses(void *data, struct expr *e)
{
	struct expanding *x = data;

	if (e->kind == EXPR_FIELD && is_args(e->a)) {
		use_name(x, e->name);
		return false;
	}
	if (is_args(e))
		x->probe->uses_args = x->probe->uses_all_args = true;
	if ((e->kind == EXPR_NAME || e->kind == EXPR_CALL) && !strcmp(e->name, "retval"))
		x->probe->uses_retval = true;
	if (e->kind == EXPR_NAME && !strncmp(e->name, "arg", 3) && char_is_digit(e->name[3]))
		x->uses_argn = true;
	/* has_field(args, name): its name counts */
	if (e->kind == EXPR_CALL && !strcmp(e->name, "has_field") && e->arg_count == 2 &&
	    is_args(e->args)) {
		const struct expr *name = e->args->next;

		use_name(x, name->kind == EXPR_STRING ? name->text :
			    name->kind == EXPR_NAME   ? name->name :
							"");
		return false;
	}
	return true;
}

/* --- names ----------------------------------------------------------------------------------- */

/* As users know it; what was written is all that some have. */
static const char *full_name(struct expanding *x, const struct attach *a)
{
	const char *colon = strchr(a->text, ':');
	struct strbuf out = { 0 };
	const char *text;

	strbuf_puts(&out, a->provider->name);
	if (a->is_found) {
		if (a->target)
			strbuf_printf(&out, ":%s", a->target);
		if (a->space)
			strbuf_printf(&out, ":%s", a->space);
		if (a->name)
			strbuf_printf(&out, ":%s", a->name);
		if (a->offset)
			strbuf_printf(&out, "+%llu", (unsigned long long)a->offset);
	} else if (colon) {
		strbuf_puts(&out, colon);
	}
	text = out.failed ? NULL : arena_strndup(x->arena, strbuf_text(&out), out.len);
	strbuf_release(&out);
	x->no_memory |= !text;
	return text ? text : "";
}

/* --- the list of a probe --------------------------------------------------------------------- */

/* The place of this name that the probe has already; or it is noted, and NULL. */
static const struct taken *find_taken(struct expanding *x, const char *name)
{
	struct taken **bucket = &x->taken[hash_bytes(name, strlen(name)) % TAKEN_BUCKETS];
	struct taken *taken = *bucket;

	while (taken && strcmp(taken->name, name) != 0)
		taken = taken->next;
	if (taken)
		return taken;
	taken = arena_alloc(x->arena, sizeof *taken);
	if (!taken) {
		x->no_memory = true;
		return NULL;
	}
	taken->name = name;
	taken->is_instead = x->is_instead;
	taken->next = *bucket;
	*bucket = taken;
	return NULL;
}

bool expand_add(struct expanding *x, const struct attach *attach)
{
	struct attach *a = arena_alloc(x->arena, sizeof *a);
	const struct taken *taken;

	if (!a) {
		x->no_memory = true;
		return false;
	}
	*a = *attach;
	a->next = NULL;
	a->full_name = full_name(x, a);
	a->is_quiet = !strcmp(config_text(x->script, CONFIG_ID_MISSING_PROBES), "ignore");
	a->is_optional = a->is_quiet ||
			 !strcmp(config_text(x->script, CONFIG_ID_MISSING_PROBES), "warn") ||
			 (x->is_lenient && a->provider->shape == FORM_FUNCTION);
	/* Of USDT probes with several places each is one of its own. */
	taken = x->is_list && !(a->provider->shape == FORM_USDT && a->is_address) ?
			find_taken(x, a->full_name) :
			NULL;
	if (taken) {
		/* lists often have a function by its old and its new name */
		if (!x->written->has_wildcard && !x->is_instead && !taken->is_instead)
			diag_warning(x->diag, x->written->span,
				     "'%s' stands there twice, and is attached once", a->full_name);
		return true;
	}
	*x->tail = a;
	x->tail = &a->next;
	x->total++;
	return x->total <= x->most;
}

/* A hit of the catalog. */
bool expand_found(void *data, const char *target, const char *space, const char *name)
{
	struct expanding *x = data;
	struct attach a = *x->written;

	a.is_found = true;
	a.has_wildcard = a.is_cpp = false;
	/* functions of the kernel itself have no module in front, and neither has what was found without */
	if (a.provider->shape == FORM_FUNCTION || a.provider->shape == FORM_RAW)
		a.target = a.target || (target && strcmp(target, "vmlinux") != 0) ? target : NULL;
	else
		a.target = target;
	a.target = a.target ? arena_strndup(x->arena, a.target, strlen(a.target)) : NULL;
	a.space = space ? arena_strndup(x->arena, space, strlen(space)) : NULL;
	a.name = arena_strndup(x->arena, name, strlen(name));
	return expand_add(x, &a);
}

/* --- places ---------------------------------------------------------------------------------- */

static int find_tracepoint(struct expanding *x, struct diag *diag)
{
	const struct attach *a = x->written;
	const struct catalog_format *format;

	/* One alone is asked for by its name: the list of all is long. */
	if (!a->has_wildcard) {
		const int err = catalog_format(x->options->catalog, a->target, a->name, &format);

		if (!err)
			return expand_found(x, a->target, NULL, a->name), 1;
	}
	return catalog_tracepoints(x->options->catalog, a->target, a->name, expand_found, x, diag);
}

static bool found_iterator(void *data, const char *target, const char *space, const char *name)
{
	struct expanding *x = data;

	(void)target, (void)space, (void)name;
	return expand_add(x, x->written);
}

/* Find what the attach point at work stands for: how many, or a negative errno. */
static int find(struct expanding *x, struct diag *diag)
{
	const struct attach *a = x->written;
	struct catalog *catalog = x->options->catalog;

	switch (a->provider->shape) {
	case FORM_TRACEPOINT: return find_tracepoint(x, diag);
	case FORM_RAW:
		return catalog_raw_tracepoints(catalog, a->target, a->name, expand_found, x, diag);
	case FORM_ITER: return catalog_iterators(catalog, a->target, found_iterator, x, diag);
	case FORM_FUNCTION: return expand_function(x, diag);
	case FORM_USER:
	case FORM_USDT: return expand_user(x, diag);
	default: return expand_add(x, a), 1;
	}
}

static bool offer_name(void *data, const char *target, const char *space, const char *name)
{
	(void)target, (void)space;
	nearest_offer(data, name);
	return true;
}

/* Names near to that of the attach point at work. */
static void offer(struct expanding *x, struct nearest *search)
{
	const struct attach *a = x->written;
	struct catalog *catalog = x->options->catalog;

	switch (a->provider->shape) {
	case FORM_TRACEPOINT: catalog_offer_tracepoints(catalog, search); break;
	case FORM_RAW:
		(void)catalog_raw_tracepoints(catalog, NULL, "*", offer_name, search, NULL);
		break;
	case FORM_FUNCTION: catalog_offer_functions(catalog, search); break;
	case FORM_USER: catalog_offer_user_functions(catalog, a->target, search); break;
	case FORM_USDT:
		(void)catalog_usdt(catalog, a->target, "*", "*", x->options->pid, offer_name,
				   search, NULL);
		break;
	case FORM_ITER: (void)catalog_iterators(catalog, "*", offer_name, search, NULL); break;
	default: break;
	}
}

/* A system call's name is most likely meant without 'enter_'. */
static void hint_nearest(struct expanding *x)
{
	const struct attach *a = x->written;
	struct nearest search =
		nearest_begin(a->provider->shape == FORM_ITER ? a->target : a->name);

	/* among so many, something is always somewhat near */
	nearest_limit(&search, MOST_EDITS);
	offer(x, &search);
	if (search.best)
		diag_hint(x->diag, "did you mean '%s'?", search.best);
	else
		diag_hint(x->diag, "list what there is with: -l '%s:*'", a->provider->name);
}

static void refuse_missing(struct expanding *x)
{
	const struct attach *a = x->written;

	if (a->has_wildcard) {
		diag_error(x->diag, a->span, "no %s is like '%s'", a->provider->name, a->text);
		diag_hint(x->diag, "config = { missing_probes=warn } leaves out what is not there");
	} else {
		diag_error(x->diag, a->span, "there is no %s", full_name(x, a));
		if (!x->diag->is_dropped)
			hint_nearest(x);
	}
}

/* A place that does not exist, for the reason in @why if that is known, as far as config says that it
 * matters. */
static void miss(struct expanding *x, int err, const struct diag *why)
{
	const char *mode = config_text(x->script, CONFIG_ID_MISSING_PROBES);
	const struct span span = x->written->span;

	if (!strcmp(mode, "ignore"))
		return;
	if (!strcmp(mode, "warn"))
		diag_warning(x->diag, span, "there is no %s: it is left out",
			     full_name(x, x->written));
	else if (why->error_count)
		diag_add_all(x->diag, why, span);
	else if (!err || err == -ENOENT)
		refuse_missing(x);
	else
		diag_error(x->diag, span, "'%s' cannot be looked up: %s", x->written->text,
			   strerror(-err));
}

static void refuse_number(struct expanding *x)
{
	diag_error(x->diag, x->written->span, "these are more than %llu probes",
		   (unsigned long long)x->most);
	diag_hint(x->diag, "config = { max_probes=%llu } allows more",
		  (unsigned long long)x->most * 4);
}

static void note_missing(struct expanding *x)
{
	struct missing **link = &x->missing, *missing = arena_alloc(x->arena, sizeof *missing);

	while (*link)
		link = &(*link)->next;
	if (missing)
		missing->written = x->written;
	else
		x->no_memory = true;
	*link = missing;
}

/* The places of the attach point at work. */
static void expand_attach(struct expanding *x)
{
	struct diag why = { 0 };
	int count;

	if (!x->options->catalog) {
		(void)expand_add(x, x->written);
		return;
	}
	/* reasons and near names take long to find: not for errors that nobody will see */
	count = find(x, x->diag->error_count < DIAG_MOST_ERRORS ? &why : NULL);
	if (x->total > x->most)
		refuse_number(x);
	else if (count <= 0 && x->is_lenient && x->written->provider->shape == FORM_FUNCTION)
		note_missing(x);
	else if (count <= 0 && !x->no_memory)
		miss(x, count, &why);
	else
		diag_add_all(x->diag, &why, x->written->span); /* warnings */
	diag_release(&why);
}

/* Lists often have a function by its old and its new name, or all its clones: one that is there will do, unless the
 * script says how it wants it. */
static bool is_lenient(const struct expanding *x)
{
	for (const struct config_entry *entry = x->script->config; entry; entry = entry->next)
		if (entry->key && entry->key->id == CONFIG_ID_MISSING_PROBES)
			return false;
	return x->is_list && !strcmp(config_text(x->script, CONFIG_ID_MISSING_PROBES), "error");
}

/* What is missing is an error where nothing else of the list is there. */
static void settle_missing(struct expanding *x)
{
	const struct missing *missing = x->missing;

	if (x->is_lenient && x->probe->attaches && !x->probe->attaches->next)
		x->probe->attaches->is_optional = false; /* the only one */
	x->is_lenient = false;
	for (; missing && !x->no_memory; missing = missing->next) {
		x->written = missing->written;
		if (x->probe->attaches)
			diag_warning(x->diag, x->written->span, "there is no %s: it is left out",
				     full_name(x, x->written));
		else
			expand_attach(x);
	}
	x->missing = NULL;
}

static void expand_list(struct expanding *x)
{
	const struct attach *first = x->probe->attaches;

	x->tail = &x->probe->attaches;
	x->is_list = first->next != NULL;
	x->is_lenient = is_lenient(x);
	memset(x->taken, 0, sizeof x->taken);
	*x->tail = NULL;
	for (x->written = first; x->written && !x->no_memory && x->total <= x->most;
	     x->written = x->written->next)
		expand_attach(x);
	settle_missing(x);
}

/* --- do they agree? -------------------------------------------------------------------------- */

static const struct catalog_field *find_field(const struct catalog_format *format, const char *name)
{
	for (uint32_t i = 0; i < format->field_count; i++)
		if (!strcmp(format->fields[i].name, name))
			return &format->fields[i];
	return NULL;
}

static bool fields_agree(const struct catalog_field *a, const struct catalog_field *b)
{
	if (!a || !b)
		return a == b;
	return a->offset == b->offset && a->size == b->size && a->count == b->count &&
	       a->is_dynamic == b->is_dynamic && a->is_relative == b->is_relative &&
	       a->is_signed == b->is_signed && !strcmp(a->type, b->type);
}

static bool formats_agree(const struct expanding *x, const struct attach *a, const struct attach *b)
{
	const struct catalog_format *fa, *fb;

	if (catalog_format(x->options->catalog, a->target, a->name, &fa) != 0 ||
	    catalog_format(x->options->catalog, b->target, b->name, &fb) != 0)
		return false;
	for (const struct arg_name *used = x->probe->arg_names; used; used = used->next)
		if (!fields_agree(find_field(fa, used->name), find_field(fb, used->name)))
			return false;
	if (!x->probe->uses_all_args)
		return true;
	for (uint32_t i = 0; i < fa->field_count && i < fb->field_count; i++)
		if (!fields_agree(&fa->fields[i], &fb->fields[i]) ||
		    strcmp(fa->fields[i].name, fb->fields[i].name) != 0)
			return false;
	return fa->field_count == fb->field_count;
}

/* Of functions with types: what the probe uses. */
static bool types_agree(const struct expanding *x, const struct type *a, const struct type *b)
{
	struct types *types = &x->script->types;
	struct field fa, fb;

	if (!a || !b)
		return a == b;
	for (const struct arg_name *used = x->probe->arg_names; used; used = used->next) {
		const bool has_a = type_find_field(types, a, used->name, &fa);

		if (has_a != type_find_field(types, b, used->name, &fb))
			return false;
		if (has_a && (fa.offset != fb.offset || !type_equal(fa.type, fb.type)))
			return false;
	}
	return !x->probe->uses_all_args || type_fields_equal(a, b);
}

/* Do both give the probe at work the same? */
static bool agree(const struct expanding *x, struct attach *a, struct attach *b)
{
	if (a->provider != b->provider)
		return false;
	if (a->provider->id == PROVIDER_USDT)
		return !x->uses_argn || expand_usdt_agree(a, b);
	if (!x->options->catalog || (!x->probe->uses_args && !x->probe->uses_retval))
		return true;
	switch (a->provider->id) {
	case PROVIDER_TRACEPOINT: return formats_agree(x, a, b);
	case PROVIDER_RAWTRACEPOINT:
	case PROVIDER_FENTRY:
	case PROVIDER_FEXIT:
	case PROVIDER_UPROBE:
		place_typed(&x->script->types, a);
		place_typed(&x->script->types, b);
		return types_agree(x, a->args, b->args) &&
		       (!x->probe->uses_retval ||
			type_equal(a->retval ? a->retval : none(), b->retval ? b->retval : none()));
	default: return true;
	}
}

/* --- probes ---------------------------------------------------------------------------------- */

/* An attach list in the making: of the probe, or of a copy. */
struct part {
	struct part *next;
	struct attach *first, **tail;
};

/* Divide the list of the probe at work into parts that agree; the first remains its own. */
static struct part *divide(struct expanding *x)
{
	struct part *parts = NULL, *part;
	struct attach *next;

	for (struct attach *a = x->probe->attaches; a; a = next) {
		struct part **link = &parts;

		next = a->next;
		a->next = NULL;
		while (*link && !agree(x, (*link)->first, a))
			link = &(*link)->next;
		part = *link;
		if (!part) {
			part = *link = arena_alloc(x->arena, sizeof *part);
			if (!part) {
				x->no_memory = true;
				return NULL;
			}
			part->tail = &part->first;
		}
		*part->tail = a;
		part->tail = &a->next;
	}
	return parts;
}

/* An item of its own for a copy of the probe at work, behind @item. */
static struct item *add_copy(struct expanding *x, struct item *item, struct attach *attaches)
{
	struct item *added = arena_alloc(x->arena, sizeof *added);

	if (!added) {
		x->no_memory = true;
		return item;
	}
	*added = *item;
	added->probe = copy_probe(x->script, x->arena, x->probe);
	if (!added->probe) {
		x->no_memory = true;
		return item;
	}
	added->probe->attaches = attaches;
	item->next = added;
	return added;
}

/* Expand the probe of @item.  The last item that it has become. */
static struct item *expand_probe(struct expanding *x, struct item *item)
{
	struct part *parts;

	x->probe = item->probe;
	x->uses_argn = false;
	tree_visit_expr(x->probe->predicate, find_uses, x);
	tree_visit_block(x->probe->body, find_uses, x);
	expand_list(x);
	x->probe->is_missing = !x->probe->attaches;
	if (x->no_memory || !x->probe->attaches)
		return item;
	parts = divide(x);
	if (!parts)
		return item;
	x->probe->attaches = parts->first;
	x->probe->is_copied = parts->next != NULL;
	for (parts = parts->next; parts && !x->no_memory; parts = parts->next)
		item = add_copy(x, item, parts->first);
	return item;
}

/* The list of all probes anew; those without a place are left out. */
static void link_probes(struct script *script)
{
	struct item **link = &script->items;
	struct probe **tail = &script->probes;

	*tail = NULL;
	while (*link) {
		struct item *item = *link;

		if (item->kind == ITEM_PROBE && item->probe->is_missing) {
			*link = item->next;
			continue;
		}
		if (item->kind == ITEM_PROBE) {
			*tail = item->probe;
			tail = &item->probe->next;
			*tail = NULL;
		}
		link = &item->next;
	}
}

/* Modules of the kernel have types of their own, which who probes them wants. */
static void use_modules(struct script *script, struct kernel *kernel)
{
	for (const struct probe *probe = script->probes; probe; probe = probe->next)
		for (const struct attach *a = probe->attaches; a; a = a->next)
			if (a->target && !a->has_wildcard &&
			    (a->provider->shape == FORM_FUNCTION || a->provider->shape == FORM_RAW))
				kernel_use_module(kernel, a->target);
}

int script_expand(struct script *script, const struct script_options *options, struct arena *arena,
		  struct diag *diag)
{
	struct expanding x = { .script = script, .options = options, .arena = arena, .diag = diag };
	const unsigned int errors = diag->error_count;
	int err;

	if (script->is_expanded)
		return 0;
	script->is_expanded = true;
	script->types = (struct types){ .arena = arena,
					.kernel = options->kernel,
					.catalog = options->catalog,
					.pid = options->pid };
	if (included_collect(script, options) != 0)
		return -ENOMEM;
	err = config_read(script, options, arena, diag);
	if (err != -ENOMEM)
		err = expand_macros(script, arena, diag);
	if (err)
		return err;
	x.most = config_number(script, CONFIG_ID_MAX_PROBES);
	for (struct item *item = script->items; item && !x.no_memory; item = item->next)
		if (item->kind == ITEM_PROBE && item->probe->attaches)
			item = expand_probe(&x, item);
	if (x.no_memory)
		return -ENOMEM;
	if (diag->error_count > errors)
		return -EINVAL;
	if (script->probes)
		link_probes(script);
	if (options->kernel)
		use_modules(script, options->kernel);
	return 0;
}
