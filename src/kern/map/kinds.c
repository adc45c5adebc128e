/*
 * kinds.c - the table of kinds, and what is checked before a kind is asked.
 */
#include "kern/map/kinds.h"

#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <stddef.h>
#include <unistd.h>

#include "base/bits.h"

struct map_kind {
	const char *name;
	uint32_t type;
	int (*create)(const struct map_spec *spec, struct map **ret_map);
};

static const struct map_kind kinds[] = {
#define MAP_TYPE(type, name, new) { name, MAP_TYPE_##type, new },
#include "kern/map/kinds.def"
};

static const struct map_kind *find_kind(uint32_t type)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (kinds[i].type == type)
			return &kinds[i];
	return NULL;
}

const char *map_type_name(uint32_t type)
{
	const struct map_kind *kind = find_kind(type);

	return kind ? kind->name : NULL;
}

unsigned int map_cpu_count(void)
{
	static unsigned int count;
	unsigned int n = __atomic_load_n(&count, __ATOMIC_RELAXED);
	long conf;

	if (n)
		return n;
	conf = sysconf(_SC_NPROCESSORS_CONF);
	n = conf > 0 ? (unsigned int)conf : 1;
	__atomic_store_n(&count, n, __ATOMIC_RELAXED);
	return n;
}

unsigned int map_cpu(void)
{
	int cpu = sched_getcpu();

	/* A processor that was plugged in since, or no getcpu at all. */
	return cpu < 0 || (unsigned int)cpu >= map_cpu_count() ? 0 : (unsigned int)cpu;
}

static void say_unknown(const struct map_spec *spec, const char *name, struct diag *diag)
{
	struct strbuf known = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		strbuf_printf(&known, "%s%s (%u)", i ? ", " : "", kinds[i].name, kinds[i].type);
	diag_error(diag, SPAN_NONE, "map '%s': there is no map of type %u here", name, spec->type);
	diag_hint(diag, "the types are %s", strbuf_text(&known));
	strbuf_release(&known);
}

/* Why a kind refused @spec with @err, as well as can be told from outside. */
static void say_refused(const struct map_spec *spec, const struct map_kind *kind, int err,
			struct diag *diag)
{
	const char *name = spec->name ? spec->name : kind->name;

	switch (err) {
	case -EINVAL:
		diag_error(diag, SPAN_NONE,
			   "map '%s': no %s has keys of %u bytes, values of %u bytes, %u entries "
			   "and flags 0x%x",
			   name, kind->name, spec->key_size, spec->value_size, spec->max_entries,
			   spec->flags);
		diag_hint(diag, "sizes and entries must not be 0; arrays have keys of 4 bytes");
		break;
	case -E2BIG:
		diag_error(diag, SPAN_NONE, "map '%s': %u entries of %u + %u bytes are too many",
			   name, spec->max_entries, spec->key_size, spec->value_size);
		break;
	default:
		diag_error(diag, SPAN_NONE,
			   "map '%s': there is not enough memory for %u entries of %u + %u bytes",
			   name, spec->max_entries, spec->key_size, spec->value_size);
		break;
	}
}

int map_new(const struct map_spec *spec, struct diag *diag, struct map **ret_map)
{
	const struct map_kind *kind = find_kind(spec->type);
	int err;

	if (!kind) {
		say_unknown(spec, spec->name ? spec->name : "", diag);
		return -ENOTSUP;
	}
	if (!spec->key_size || !spec->value_size || !spec->max_entries)
		err = -EINVAL;
	else if (spec->value_size > INT_MAX || spec->key_size > INT_MAX)
		err = -E2BIG;
	else
		err = kind->create(spec, ret_map);
	if (err)
		say_refused(spec, kind, err, diag);
	return err;
}

void map_free(struct map *map)
{
	if (map)
		map->ops->free(map);
}
