/*
 * config.c - the settings of a script.
 */
#include "script/config.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <strings.h>

#include "base/strbuf.h"
#include "bundle/bundle.h"

enum { PAGE_BYTES = 4096, MOST_RING_BYTES = 1 << 30 };

/* Where a value comes from, and with what words it is refused. */
struct reading {
	struct script *script;
	struct arena *arena;
	struct diag *diag;
	struct span span;
	const char *name; /* as written */
};

/* The word of @choices that @text is; or NULL. */
static const char *find_choice(struct reading *r, const char *choices, const char *text)
{
	const size_t len = strlen(text);

	while (*choices) {
		const size_t word = strcspn(choices, "|");

		if (word == len && !strncasecmp(choices, text, len))
			return arena_strndup(r->arena, choices, len);
		choices += word + (choices[word] == '|');
	}
	return NULL;
}

static bool is_true(const char *text)
{
	return !strcmp(text, "true") || !strcmp(text, "1");
}

static bool is_false(const char *text)
{
	return !strcmp(text, "false") || !strcmp(text, "0");
}

/* Let the setting be @text. */
static void set(struct reading *r, const struct config_key *key, const char *text)
{
	struct setting *setting = &r->script->settings[key->id];
	uint64_t number;

	switch (key->type) {
	case CONFIG_BOOL:
		if (is_true(text) || is_false(text))
			setting->number = is_true(text);
		else
			diag_error(r->diag, r->span, "'%s' is 'true' or 'false'", r->name);
		return;
	case CONFIG_NUMBER:
		if (lex_number(text, strlen(text), &number) == 0 && number >= key->least)
			setting->number = number;
		else
			diag_error(r->diag, r->span, "'%s' is a number%s", r->name,
				   key->least ? " above 0" : "");
		return;
	case CONFIG_TEXT: setting->text = text; return;
	case CONFIG_CHOICE:
		text = find_choice(r, key->choices, text);
		if (text)
			setting->text = text;
		else
			diag_error(r->diag, r->span, "'%s' is one of %s", r->name, key->choices);
		return;
	}
}

/* --- the config block ------------------------------------------------------------------------ */

/* What stands behind '=' as text; "" when it is of another kind. */
static const char *entry_text(struct reading *r, const struct config_key *key, const struct expr *e)
{
	const char *text = "";

	switch (e->kind) {
	case EXPR_NAME: text = e->name; break;
	case EXPR_STRING: text = key->type == CONFIG_NUMBER ? "" : e->text; break;
	case EXPR_BOOL:
		text = key->type == CONFIG_BOOL ? (e->number ? "true" : "false") : "";
		break;
	case EXPR_INT:
		if (key->type == CONFIG_BOOL || key->type == CONFIG_NUMBER)
			text = arena_printf(r->arena, "%llu", (unsigned long long)e->number);
		break;
	default: break;
	}
	return text;
}

static void read_entry(struct reading *r, struct config_entry *entry)
{
	const char *text, *nearest;

	entry->key = config_find(entry->name);
	r->span = entry->span;
	if (!entry->key) {
		diag_error(r->diag, entry->span, "unknown setting '%s'", entry->name);
		nearest = config_nearest(entry->name);
		if (nearest)
			diag_hint(r->diag, "did you mean '%s'?", nearest);
		return;
	}
	r->span = entry->value->span;
	r->name = entry->key->name;
	text = entry_text(r, entry->key, entry->value);
	if (entry->key->type == CONFIG_TEXT && entry->value->kind != EXPR_STRING &&
	    entry->value->kind != EXPR_NAME)
		diag_error(r->diag, r->span, "'%s' is a string", r->name);
	else if (text)
		set(r, entry->key, text);
}

/* --- the environment ------------------------------------------------------------------------- */

static const char *variable_name(struct arena *arena, const char *name)
{
	char *text = arena_printf(arena, "BPFTRACE_%s", name);

	for (char *c = text; c && *c; c++)
		*c = (char)toupper((unsigned char)*c);
	return text;
}

static void read_variable(struct reading *r, const struct script_options *options,
			  const struct config_key *key, const char *name)
{
	const char *value;

	r->name = variable_name(r->arena, name);
	value = r->name ? options->environment(r->name) : NULL;
	if (value && *value)
		set(r, key, value);
}

static void read_environment(struct reading *r, const struct script_options *options)
{
	const char *demangle;

	r->span = SPAN_NONE;
	for (size_t i = 0; config_at(i); i++) {
		const struct config_key *key = config_at(i);

		if (config_old_name(key->id))
			read_variable(r, options, key, config_old_name(key->id));
		read_variable(r, options, key, key->name);
	}
	demangle = options->environment("BPFTRACE_NO_CPP_DEMANGLE");
	if (demangle && is_true(demangle))
		r->script->settings[CONFIG_ID_CPP_DEMANGLE].number = 0;
}

int config_read(struct script *script, const struct script_options *options, struct arena *arena,
		struct diag *diag)
{
	const unsigned int errors = diag->error_count;
	struct reading r = { .script = script, .arena = arena, .diag = diag };

	for (size_t i = 0; config_at(i); i++)
		set(&r, config_at(i), config_at(i)->initially);
	for (struct config_entry *entry = script->config; entry; entry = entry->next)
		read_entry(&r, entry);
	if (options->environment)
		read_environment(&r, options);
	if (config_number(script, CONFIG_ID_MAX_STRLEN) > SCRIPT_MOST_STRLEN)
		diag_error(diag, SPAN_NONE, "'max_strlen' is at most %d", SCRIPT_MOST_STRLEN);
	return diag->error_count > errors ? -EINVAL : 0;
}

/* --- what they are --------------------------------------------------------------------------- */

uint64_t config_number(const struct script *script, enum config_id id)
{
	return script->settings[id].number;
}

const char *config_text(const struct script *script, enum config_id id)
{
	return script->settings[id].text;
}

bool config_allows(const struct script *script, enum config_id id, struct span span,
		   const char *what, struct diag *diag)
{
	const char *text = config_text(script, id), *name = config_at(id)->name;

	if (!strcmp(text, "enable"))
		return true;
	if (!strcmp(text, "warn")) {
		diag_warning(diag, span, "%s may still change from release to release", what);
		diag_hint(diag, "config = { %s=enable } keeps this quiet", name);
		return true;
	}
	diag_error(diag, span, "%s may still change from release to release", what);
	diag_hint(diag, "config = { %s=enable } allows it", name);
	return false;
}

/* Rings are a power of two of pages. */
static uint64_t ring_bytes(uint64_t pages)
{
	uint64_t bytes = pages ? PAGE_BYTES : 0;

	while (bytes && bytes < MOST_RING_BYTES && bytes / PAGE_BYTES < pages)
		bytes *= 2;
	return bytes;
}

void config_fill(const struct script *script, struct bundle_config *ret_config)
{
	*ret_config = (struct bundle_config){
		.print_maps_on_exit = config_number(script, CONFIG_ID_PRINT_MAPS_ON_EXIT),
		.cpp_demangle = config_number(script, CONFIG_ID_CPP_DEMANGLE),
		.show_debug_info = config_number(script, CONFIG_ID_SHOW_DEBUG_INFO),
		.str_trunc_trailer = config_text(script, CONFIG_ID_STR_TRUNC_TRAILER),
		.license = config_text(script, CONFIG_ID_LICENSE),
		.log_size = config_number(script, CONFIG_ID_LOG_SIZE),
		.max_cat_bytes = config_number(script, CONFIG_ID_MAX_CAT_BYTES),
		.ring_bytes = ring_bytes(config_number(script, CONFIG_ID_PERF_RB_PAGES)),
		.max_probes = config_number(script, CONFIG_ID_MAX_PROBES),
		.max_progs = config_number(script, CONFIG_ID_MAX_BPF_PROGS),
		.cache_user_symbols = config_text(script, CONFIG_ID_CACHE_USER_SYMBOLS),
	};
}
