/*
 * table.c - readers of the tables.
 */
#include "script/table.h"

#include <assert.h>
#include <string.h>
#include <strings.h>

#include "base/bits.h"
#include "base/chars.h"
#include "base/nearest.h"

/* --- providers ------------------------------------------------------------------------------- */

static const struct provider providers[] = {
#define PROVIDER(id, name, aliases, shape, paths, gives, usage) \
	{ PROVIDER_##id, name, aliases, FORM_##shape, paths, gives, usage },
#include "script/probe.def"
};

static bool equals(const char *text, const char *name, size_t len)
{
	return strlen(text) == len && !memcmp(text, name, len);
}

/* Is @name among the words of @list? */
static bool has_word(const char *list, const char *name, size_t len)
{
	while (*list) {
		size_t word = strcspn(list, " ");

		if (word == len && !memcmp(list, name, len))
			return true;
		list += word + (list[word] == ' ');
	}
	return false;
}

const struct provider *provider_find(const char *name, size_t len)
{
	for (size_t i = 0; i < ARRAY_LEN(providers); i++)
		if (has_word(providers[i].aliases, name, len))
			return &providers[i];
	for (size_t i = 0; i < ARRAY_LEN(providers); i++)
		if (strlen(providers[i].name) == len && !strncasecmp(providers[i].name, name, len))
			return &providers[i];
	return NULL;
}

const struct provider *provider_at(size_t i)
{
	return i < ARRAY_LEN(providers) ? &providers[i] : NULL;
}

const char *provider_nearest(const char *name)
{
	struct nearest search = nearest_begin(name);

	for (size_t i = 0; i < ARRAY_LEN(providers); i++)
		nearest_offer(&search, providers[i].name);
	return search.best;
}

static const struct event events[] = {
#define EVENT(provider, name, alias, count, kernel) { PROVIDER_##provider, name, alias, count },
#include "abi/event.def"
};

const struct event *event_find(enum provider_id provider, const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(events); i++)
		if (events[i].provider == provider &&
		    (!strcmp(events[i].name, name) ||
		     (events[i].alias && !strcmp(events[i].alias, name))))
			return &events[i];
	return NULL;
}

const struct event *event_at(size_t i)
{
	return i < ARRAY_LEN(events) ? &events[i] : NULL;
}

const char *event_nearest(enum provider_id provider, const char *name)
{
	struct nearest search = nearest_begin(name);

	for (size_t i = 0; i < ARRAY_LEN(events); i++)
		if (events[i].provider == provider)
			nearest_offer(&search, events[i].name);
	return search.best;
}

/* --- builtins and functions ------------------------------------------------------------------ */

static const struct builtin builtins[] = {
#define BUILTIN(id, name, type, needs, what) { BUILTIN_##id, name, VALUE_##type, needs, what },
#include "script/builtin.def"
};

static const struct builtin argn = { BUILTIN_ARGN, "argN", VALUE_INT64, GIVES_ARGN, "an argument" };

/* 'arg' and digits. */
static bool read_argn(const char *name, uint64_t *ret_number)
{
	uint64_t number = 0;

	if (strncmp(name, "arg", 3) != 0 || !char_is_digit(name[3]))
		return false;
	if (name[3] == '0' && name[4])
		return false;
	for (const char *p = name + 3; *p; p++) {
		if (!char_is_digit(*p) || number > 10000)
			return false;
		number = number * 10 + (uint64_t)(*p - '0');
	}
	*ret_number = number;
	return true;
}

const struct builtin *builtin_find(const char *name, uint64_t *ret_number)
{
	for (size_t i = 0; i < ARRAY_LEN(builtins); i++)
		if (!strcmp(builtins[i].name, name))
			return &builtins[i];
	return read_argn(name, ret_number) ? &argn : NULL;
}

enum {
	ASYNC = FUNC_IS_ASYNC,
	COMPTIME = FUNC_IS_COMPTIME,
	UNSAFE = FUNC_IS_UNSAFE,
	VALUE = FUNC_IS_VALUE
};

static const struct func funcs[] = {
#define FUNC(id, name, result, params, flags, usage) \
	{ FUNC_##id, name, VALUE_##result, params, flags, usage },
#include "script/func.def"
};

const struct func *func_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(funcs); i++)
		if (!strcmp(funcs[i].name, name))
			return &funcs[i];
	return NULL;
}

static const struct {
	enum func_id func;
	const char *text;
} words[] = {
#define WORD(function, text) { FUNC_##function, text },
#include "script/word.def"
};

bool func_takes_word(enum func_id func, const char *word)
{
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (words[i].func == func && !strcmp(words[i].text, word))
			return true;
	return false;
}

void func_list_words(enum func_id func, struct strbuf *out)
{
	bool first = true;

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (words[i].func != func)
			continue;
		strbuf_printf(out, "%s'%s'", first ? "" : ", ", words[i].text);
		first = false;
	}
}

void table_offer_names(struct nearest *search, bool functions_only)
{
	for (size_t i = 0; i < ARRAY_LEN(funcs); i++)
		nearest_offer(search, funcs[i].name);
	for (size_t i = 0; i < ARRAY_LEN(builtins) && !functions_only; i++)
		nearest_offer(search, builtins[i].name);
}

/* --- settings -------------------------------------------------------------------------------- */

static const struct config_key config_keys[] = {
#define CONFIG(id, name, type, initially, choices, least) \
	{ CONFIG_ID_##id, name, CONFIG_##type, initially, choices, least },
#include "script/config.def"
};

/* What 0.17 called them in the environment. */
static const struct {
	const char *old, *name;
} config_old_names[] = {
	{ "strlen", "max_strlen" },
	{ "cat_bytes_max", "max_cat_bytes" },
	{ "map_keys_max", "max_map_keys" },
	{ "maxmapkeys", "max_map_keys" },
};

const struct config_key *config_find(const char *name)
{
	if (!strncasecmp(name, "BPFTRACE_", 9))
		name += 9;
	for (size_t i = 0; i < ARRAY_LEN(config_old_names); i++)
		if (!strcasecmp(config_old_names[i].old, name))
			name = config_old_names[i].name;
	for (size_t i = 0; i < ARRAY_LEN(config_keys); i++)
		if (!strcasecmp(config_keys[i].name, name))
			return &config_keys[i];
	return NULL;
}

const struct config_key *config_at(size_t i)
{
	return i < ARRAY_LEN(config_keys) ? &config_keys[i] : NULL;
}

const char *config_old_name(enum config_id id)
{
	for (size_t i = 0; i < ARRAY_LEN(config_old_names); i++)
		if (!strcmp(config_old_names[i].name, config_keys[id].name))
			return config_old_names[i].old;
	return NULL;
}

const char *config_nearest(const char *name)
{
	struct nearest search = nearest_begin(name);

	for (size_t i = 0; i < ARRAY_LEN(config_keys); i++)
		nearest_offer(&search, config_keys[i].name);
	return search.best;
}

/* --- maps and types -------------------------------------------------------------------------- */

static const struct map_kind map_kinds[] = {
#define MAP_KIND(text, is_percpu, is_lru) { text, is_percpu, is_lru },
#include "script/map_kind.def"
};

const struct map_kind *map_kind_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(map_kinds); i++)
		if (equals(map_kinds[i].name, name, strlen(name)))
			return &map_kinds[i];
	return NULL;
}

const char *map_kind_nearest(const char *name)
{
	struct nearest search = nearest_begin(name);

	for (size_t i = 0; i < ARRAY_LEN(map_kinds); i++)
		nearest_offer(&search, map_kinds[i].name);
	return search.best;
}

static const struct {
	const char *name;
	uint64_t value;
} constants[] = {
#define CONSTANT(name, value) { name, value },
#include "script/constant.def"
};

bool constant_find(const char *name, uint64_t *ret_value)
{
	for (size_t i = 0; i < ARRAY_LEN(constants); i++)
		if (!strcmp(constants[i].name, name)) {
			*ret_value = constants[i].value;
			return true;
		}
	return false;
}

static const struct {
	const char *text;
	uint8_t bytes;
	bool is_signed;
} int_words[] = {
#define INT_WORD(text, bytes, is_signed) { text, bytes, is_signed },
#include "script/type_word.def"
};

static const struct {
	const char *text;
	struct type type; /* of those with sizes and signs, as written without */
} kind_words[] = {
#define KIND_WORD(text, type_kind) \
	{ text, { .kind = TYPE_##type_kind, .name = "", .is_signed = true } },
#include "script/type_word.def"
};

const struct type *type_word_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(int_words); i++)
		if (!strcmp(int_words[i].text, name))
			return type_int(int_words[i].bytes, int_words[i].is_signed);
	for (size_t i = 0; i < ARRAY_LEN(kind_words); i++) {
		const struct type *type = &kind_words[i].type;

		if (strcmp(kind_words[i].text, name) != 0)
			continue;
		return type_plain(type->kind)->kind == type->kind ? type_plain(type->kind) : type;
	}
	return NULL;
}

void type_word_offer(struct nearest *search)
{
	for (size_t i = 0; i < ARRAY_LEN(int_words); i++)
		nearest_offer(search, int_words[i].text);
	for (size_t i = 0; i < ARRAY_LEN(kind_words); i++)
		nearest_offer(search, kind_words[i].text);
}
