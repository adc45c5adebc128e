/*
 * place.c - what the places give that probes attach to.
 *
 * Tracepoints have a 'format' file, which says in C where each field lies in the record that a perf event
 * hands to the program.  Functions and raw tracepoints have the kernel's BTF; their arguments are
 * words of 64 bits, one behind the other.
 */
#include "script/place.h"

#include <stdio.h>
#include <string.h>

#include "base/strbuf.h"
#include "probe/catalog.h"
#include "script/kernel.h"
#include "script/parse.h"
#include "script/user_types.h"

/* --- functions ------------------------------------------------------------------------------- */

/* Functions of programs have DWARF, if it was kept. */
static void type_user_function(struct types *types, struct attach *attach)
{
	const struct catalog_signature *signature;

	if (types->catalog && !attach->offset && attach->target &&
	    catalog_user_signature(types->catalog, attach->target, attach->name, types->pid, NULL,
				   &signature) == 0) {
		attach->args = user_args(types, signature);
		attach->result = user_result(types, signature);
	}
}

/* Why the arguments of a program's function are not known. */
static void explain_user_function(struct checker *c, const struct attach *attach)
{
	const struct catalog_signature *signature;
	struct diag why = { 0 };

	if (attach->offset)
		diag_error(c->diag, attach->span,
			   "arguments are known where a function begins only");
	else if (c->diag && c->types->catalog && attach->target)
		(void)catalog_user_signature(c->types->catalog, attach->target, attach->name,
					     c->types->pid, &why, &signature);
	diag_add_all(c->diag, &why, attach->span);
	diag_release(&why);
}

void place_typed(struct types *types, struct attach *attach)
{
	char name[160];

	if (attach->is_typed || !attach->name)
		return;
	attach->is_typed = true;
	if (attach->provider->id == PROVIDER_UPROBE || attach->provider->id == PROVIDER_URETPROBE) {
		type_user_function(types, attach);
	} else if (attach->provider->id == PROVIDER_RAWTRACEPOINT) {
		/* the function that calls the programs: its first parameter is not ours */
		(void)snprintf(name, sizeof name, "__traceiter_%s", attach->name);
		if (!kernel_find_function(types, attach->target, name, 1, &attach->args,
					  &attach->retval))
			attach->args = NULL;
	} else if (!kernel_find_function(types, attach->target, attach->name, 0, &attach->args,
					 &attach->retval)) {
		attach->args = attach->retval = NULL;
	}
}

/* --- tracepoints ----------------------------------------------------------------------------- */

/* Does the probe that is checked ask for the field @name? */
static bool is_wanted(const struct checker *c, const char *name)
{
	const struct arg_name *used = c->probe ? c->probe->arg_names : NULL;

	if (!c->probe || c->probe->uses_all_args)
		return true;
	while (used && strcmp(used->name, name) != 0)
		used = used->next;
	return used != NULL;
}

static bool is_char(const char *type)
{
	return !strcmp(type, "char") || !strcmp(type, "const char") ||
	       !strcmp(type, "unsigned char") || !strcmp(type, "u8");
}

/* The type that @text, C, says; by its size alone where it cannot be read. */
static const struct type *read_type(struct checker *c, const char *text, uint32_t size,
				    bool is_signed)
{
	struct type_name *name = parse_type_text(c->script, c->arena, text);
	const struct type *type = name ? resolve_type_quietly(c, name) : none();

	if (is_none(type) && (size == 1 || size == 2 || size == 4 || size == 8))
		return type_int(size, is_signed);
	return type;
}

/* "__data_loc char[]" is a string somewhere behind the record; of other elements, where they are. */
static const struct type *dynamic_type(struct checker *c, const struct catalog_field *f)
{
	const char *element = f->type;
	char text[128];
	size_t len;

	if (!strncmp(element, "__data_loc ", 11) || !strncmp(element, "__rel_loc ", 10))
		element = strchr(element, ' ') + 1;
	len = strcspn(element, "[");
	if (len >= sizeof text)
		return none();
	memcpy(text, element, len);
	for (; len && text[len - 1] == ' ';)
		len--;
	text[len] = '\0';
	if (is_char(text))
		return type_string(c->types, c->max_strlen);
	return type_pointer(c->types, read_type(c, text, 0, false), SPACE_KERNEL);
}

static const struct type *array_type(struct checker *c, const struct catalog_field *f)
{
	const size_t len = strcspn(f->type, "[");
	const char *text = arena_strndup(c->arena, f->type, len);
	const struct type *of;

	if (!text) {
		c->no_memory = true;
		return none();
	}
	of = read_type(c, text, f->count ? f->size / f->count : 0, f->is_signed);
	return is_none(of) ? of : type_array(c->types, of, f->count);
}

static const struct type *field_type(struct checker *c, const struct attach *attach,
				     const struct catalog_field *f)
{
	const bool is_syscall = !strcmp(attach->target, "syscalls");
	const struct type *type;

	if (f->is_dynamic || f->is_relative)
		return dynamic_type(c, f);
	if (f->count)
		return array_type(c, f);
	type = read_type(c, f->type, f->size, f->is_signed);
	if (type->kind == TYPE_POINTER)
		return type_pointer(c->types, type->of, is_syscall ? SPACE_USER : SPACE_KERNEL);
	/* The arguments of system calls are words; an int is the low half of one. */
	if (type_is_int(type) && type->size != f->size && !is_syscall)
		return type_int(f->size, f->is_signed);
	return type;
}

static const struct type *read_format(struct checker *c, const struct attach *attach,
				      const struct catalog_format *format)
{
	struct field *fields = arena_alloc_array(
		c->arena, format->field_count ? format->field_count : 1, sizeof *fields);
	struct type *args = type_new(c->types, TYPE_STRUCT,
				     arena_printf(c->arena, "struct _tracepoint_%s_%s",
						  attach->target, attach->name));

	if (!fields || !args || !args->name) {
		c->no_memory = true;
		return NULL;
	}
	for (uint32_t i = 0; i < format->field_count; i++) {
		const struct catalog_field *f = &format->fields[i];

		fields[i] = (struct field){
			.name = f->name,
			.type = is_wanted(c, f->name) ? field_type(c, attach, f) : none(),
			.offset = f->offset,
			.is_data_loc = f->is_dynamic,
			.is_rel_loc = f->is_relative,
		};
		args->size = f->offset + f->size > args->size ? f->offset + f->size : args->size;
	}
	args->fields = fields;
	args->field_count = format->field_count;
	args->has_fields = true;
	return args;
}

/* Without a catalog the kernel's types must do: they have the same fields, but those of system calls. */
static const struct type *tracepoint_args(struct checker *c, const struct attach *attach)
{
	const struct catalog_format *format;
	char name[160];

	if (c->options->catalog)
		return catalog_format(c->options->catalog, attach->target, attach->name, &format) ==
				       0 ?
			       read_format(c, attach, format) :
			       NULL;
	(void)snprintf(name, sizeof name, "trace_event_raw_%s", attach->name);
	return find_tagged(c, TAG_STRUCT, name);
}

/* --- all ------------------------------------------------------------------------------------- */

const struct type *place_args(struct checker *c, struct attach *attach)
{
	if (attach->has_wildcard || !attach->name)
		return NULL;
	switch (attach->provider->id) {
	case PROVIDER_FENTRY:
	case PROVIDER_FEXIT:
	case PROVIDER_RAWTRACEPOINT: place_typed(c->types, attach); break;
	case PROVIDER_UPROBE:
		place_typed(c->types, attach);
		if (!attach->args)
			explain_user_function(c, attach);
		break;
	case PROVIDER_TRACEPOINT:
		if (!attach->is_typed)
			attach->args = tracepoint_args(c, attach);
		attach->is_typed = true;
		break;
	default: break;
	}
	return attach->args;
}

const struct type *place_retval(struct checker *c, struct attach *attach)
{
	if (attach->provider->id == PROVIDER_FEXIT)
		place_typed(c->types, attach);
	else if (attach->provider->gives & GIVES_RETVAL)
		attach->retval = type_int(8, false);
	return attach->retval ? attach->retval : type_int(8, false);
}

static bool results_agree(const struct field *a, const struct field *b)
{
	return a && b && a->is_address == b->is_address && a->lack == b->lack &&
	       type_equal(a->type, b->type);
}

const struct field *place_result(struct checker *c, struct attach *attaches)
{
	if (attaches->provider->id != PROVIDER_URETPROBE)
		return NULL;
	for (struct attach *a = attaches; a; a = a->next) {
		if (a->has_wildcard)
			return NULL;
		place_typed(c->types, a);
		if (!results_agree(attaches->result, a->result))
			return NULL;
	}
	return attaches->result;
}

const struct type *place_ctx(struct checker *c, const struct attach *attach)
{
	const struct type *type;
	char name[160];

	(void)snprintf(name, sizeof name, "bpf_iter__%s", attach->target);
	type = find_tagged(c, TAG_STRUCT, name);
	return type ? type_pointer(c->types, type, SPACE_BPF) : NULL;
}
