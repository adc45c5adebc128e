/*
 * check.c - statements, variables and maps; and the rounds in which their types are found.
 */
#include "script/check.h"

#include <errno.h>
#include <string.h>

#include "base/nearest.h"
#include "script/config.h"
#include "script/kernel.h"
#include "script/named.h"

enum { MOST_ROUNDS = 16 }; /* a type grows in few steps: int8 to int64, a tuple's parts */

/* --- one type for two ------------------------------------------------------------------------ */

static const struct type *merge_ints(const struct type *a, const struct type *b)
{
	const struct type *u = a->is_signed ? b : a, *s = a->is_signed ? a : b;

	if (a->is_signed == b->is_signed)
		return a->size >= b->size ? a : b;
	return u->size < s->size ? s : type_int(8, true);
}

static const struct type *merge_fields(struct checker *c, const struct type *a,
				       const struct type *b)
{
	struct field *fields;

	if (a->field_count != b->field_count)
		return NULL;
	fields = arena_alloc_array(c->arena, a->field_count ? a->field_count : 1, sizeof *fields);
	if (!fields) {
		c->no_memory = true;
		return none();
	}
	for (uint32_t i = 0; i < a->field_count; i++) {
		struct field other = b->fields[i];

		if (a->kind == TYPE_RECORD &&
		    !type_find_field(c->types, b, a->fields[i].name, &other))
			return NULL;
		fields[i] = a->fields[i];
		fields[i].type = check_merge(c, a->fields[i].type, other.type);
		if (!fields[i].type)
			return NULL;
	}
	return type_tuple(c->types, a->kind, fields, a->field_count);
}

const struct type *check_merge(struct checker *c, const struct type *a, const struct type *b)
{
	if (is_none(a) || is_none(b))
		return is_none(a) ? b : a;
	if (type_equal(a, b))
		return a;
	if (type_is_int(a) && type_is_int(b)) {
		if (a->kind == TYPE_INT && b->kind == TYPE_INT)
			return merge_ints(a, b);
		return a->kind == TYPE_INT ? a : b->kind == TYPE_INT ? b : type_int(8, true);
	}
	if (a->kind == TYPE_POINTER && (type_is_int(b) || b->kind == TYPE_POINTER))
		return a;
	if (b->kind == TYPE_POINTER && type_is_int(a))
		return b;
	if (type_is_int(a) && type_is_castable_aggregate(b))
		return type_int(8, true);
	if (a->kind != b->kind)
		return NULL;
	switch (a->kind) {
	case TYPE_STRING:
	case TYPE_BUFFER:
	case TYPE_INET: return a->size >= b->size ? a : b;
	case TYPE_TUPLE:
	case TYPE_RECORD: return merge_fields(c, a, b);
	case TYPE_SUM:
	case TYPE_MIN:
	case TYPE_MAX:
	case TYPE_AVG:
	case TYPE_STATS: return a->is_signed ? a : b;
	default: return NULL;
	}
}

bool fits_type(struct checker *c, const struct type *to, const struct type *from)
{
	if (is_none(to) || is_none(from))
		return true;
	if (type_is_int(to) && (type_is_int(from) || type_is_castable_aggregate(from)))
		return true;
	/* a string without a size takes any */
	if (to->kind == TYPE_STRING && from->kind == TYPE_STRING)
		return true;
	return check_merge(c, to, from) != NULL;
}

/* --- maps ------------------------------------------------------------------------------------ */

struct map *check_map(struct checker *c, const char *name, struct span span)
{
	struct map **link = &c->script->maps, *map;

	for (; *link; link = &(*link)->next)
		if (!strcmp((*link)->name, name))
			return *link;
	map = arena_alloc(c->arena, sizeof *map);
	if (!map) {
		c->no_memory = true;
		return NULL;
	}
	map->name = name;
	map->span = span;
	for (struct map_decl *decl = c->script->map_decls; decl; decl = decl->next)
		if (!strcmp(decl->name, name))
			map->decl = decl;
	*link = map;
	return map;
}

static void hint_place(struct checker *c, const struct map *map, struct span span, const char *what,
		       const struct type *type)
{
	unsigned int line, column;

	if (!c->diag)
		return;
	source_position(c->script->source, span.offset, &line, &column);
	diag_hint(c->diag, "line %u, column %u gives %s the %s '%s'", line, column, map->name, what,
		  check_name(c, type));
}

static void refuse_key(struct checker *c, const struct map *map, const struct type *key,
		       struct span span)
{
	if (map->key->kind == TYPE_VOID) {
		diag_error(c->diag, span, "map '%s' has no keys elsewhere", map->name);
		hint_place(c, map, map->key_span, "type", map->value ? map->value : none());
	} else if (key->kind == TYPE_VOID) {
		diag_error(c->diag, span, "map '%s' needs a key", map->name);
		hint_place(c, map, map->key_span, "key", map->key);
	} else {
		diag_error(c->diag, span, "the key of map '%s' cannot be '%s'", map->name,
			   check_name(c, key));
		hint_place(c, map, map->key_span, "key", map->key);
	}
}

void check_map_key(struct checker *c, struct map *map, const struct type *key, struct span span)
{
	const struct type *merged;

	if (is_none(key))
		return;
	if (key->kind != TYPE_VOID &&
	    (type_class(key) == CLASS_NOTHING || key->kind == TYPE_TIMESTAMP ||
	     (type_class(key) == CLASS_AGGREGATE && !type_is_castable_aggregate(key)))) {
		diag_error(c->diag, span, "'%s' cannot be a key", check_name(c, key));
		return;
	}
	if (type_is_castable_aggregate(key))
		key = type_int(8, true);
	if (!map->key) {
		map->key = key;
		map->key_span = span;
		c->changed = true;
		return;
	}
	merged = (key->kind == TYPE_VOID) == (map->key->kind == TYPE_VOID) ?
			 check_merge(c, map->key, key) :
			 NULL;
	if (!merged) {
		refuse_key(c, map, key, span);
	} else if (!type_equal(merged, map->key)) {
		map->key = merged;
		c->changed = true;
	}
}

/* A literal that is not negative can be unsigned: beside unsigned values it is. */
static const struct type *adapt(const struct type *to, const struct expr *e)
{
	const struct type *type = e->type ? e->type : none();

	if (to && to->kind == TYPE_INT && !to->is_signed && type->kind == TYPE_INT &&
	    e->is_constant && (!type->is_signed || (int64_t)e->value >= 0))
		return type_int(type->size, false);
	return type;
}

void check_map_value(struct checker *c, struct map *map, const struct type *value,
		     const struct expr *e)
{
	const struct type *merged;

	map->is_set = true;
	map->set_by = e;
	if (is_none(value))
		return;
	if (!map->value) {
		map->value = value;
		map->value_span = e->span;
		c->changed = true;
		return;
	}
	if (type_class(map->value) == CLASS_AGGREGATE && map->value->kind != value->kind)
		merged = NULL;
	else
		merged = check_merge(c, map->value, value);
	if (!merged) {
		diag_error(c->diag, e->span, "map '%s' cannot have the value '%s' too", map->name,
			   check_name(c, value));
		hint_place(c, map, map->value_span, "value", map->value);
	} else if (!type_equal(merged, map->value)) {
		map->value = merged;
		c->changed = true;
	}
}

/* --- variables ------------------------------------------------------------------------------- */

/* The variable that @target makes: the same in every round, so that types add up. */
static struct variable *declare(struct checker *c, struct expr *target)
{
	struct variable *v = target->var;

	if (!v) {
		v = arena_alloc(c->arena, sizeof *v);
		if (!v) {
			c->no_memory = true;
			return NULL;
		}
		v->name = target->name;
		v->span = target->span;
		v->type = none();
		target->var = v;
	}
	v->next = c->scope->variables;
	c->scope->variables = v;
	return v;
}

static void set_variable(struct checker *c, struct variable *v, const struct type *type,
			 const struct expr *e)
{
	const struct type *merged;

	if (is_none(type))
		return;
	if (type->kind == TYPE_VOID ||
	    (type_class(type) == CLASS_AGGREGATE && !type_is_castable_aggregate(type))) {
		diag_error(c->diag, e->span, "variable '%s' cannot have the value '%s'", v->name,
			   check_name(c, type));
		if (type_class(type) == CLASS_AGGREGATE)
			diag_hint(c->diag, "only maps have such values: @%s = ...", v->name + 1);
		return;
	}
	if (type_class(type) == CLASS_AGGREGATE)
		type = type_int(8, type->is_signed);
	merged = check_merge(c, v->type, type);
	if (!merged || (v->is_declared_type && !type_equal(merged, v->type) &&
			!(type_is_int(v->type) && e->is_constant))) {
		diag_error(c->diag, e->span, "variable '%s' is '%s' and cannot become '%s'",
			   v->name, check_name(c, v->type), check_name(c, type));
		if (merged && type_is_int(type))
			diag_hint(c->diag, "a cast says how: (%s)...", check_name(c, v->type));
		return;
	}
	if (!v->is_declared_type && !type_equal(merged, v->type)) {
		v->type = merged;
		c->changed = true;
	}
}

/* --- statements ------------------------------------------------------------------------------ */

static bool is_value_call(const struct expr *e)
{
	return e->kind == EXPR_CALL && e->func && e->func->flags & FUNC_IS_VALUE;
}

/* Those of func.def's VALUE functions belong to maps. */
static void refuse_value_call(struct checker *c, const struct expr *e)
{
	diag_error(c->diag, e->span, "the result of '%s' belongs into a map", e->name);
	diag_hint(c->diag, "as in: %s", e->func->usage);
}

static void check_target(struct checker *c, struct stmt *s, const struct type *value)
{
	struct expr *target = s->target;
	struct variable *v;
	struct map *map;

	if (target->kind == EXPR_VAR) {
		v = find_variable(c, target->name);
		if (!v && s->op != OP_NONE) {
			(void)check_expr(c, target);
			return;
		}
		if (v && v->is_read_only) {
			diag_error(c->diag, target->span,
				   "'%s' belongs to the loop and cannot be set", target->name);
			return;
		}
		if (!v)
			v = declare(c, target);
		if (!v)
			return;
		if (is_value_call(s->value)) {
			refuse_value_call(c, s->value);
			return;
		}
		set_variable(c, v, s->op ? value : adapt(v->type, s->value), s->value);
		target->var = v;
		target->type = v->type;
		return;
	}
	if (target->kind == EXPR_NAME ||
	    (target->kind == EXPR_INDEX && target->a->kind == EXPR_NAME)) {
		diag_error(c->diag, target->span, "this cannot be assigned to");
		diag_hint(c->diag, "what can be is a variable '$x', a map '@x' or '@x[key]'");
		return;
	}
	(void)check_expr(c, target);
	map = target->kind == EXPR_MAP ? target->map : target->a->map;
	if (!map)
		return;
	if (value->kind == TYPE_VOID) {
		diag_error(c->diag, s->value->span, "this has no value");
		return;
	}
	check_map_value(c, map, s->op ? value : adapt(map->value, s->value), s->value);
	target->type = map->value ? map->value : none();
}

/* Of 'a op= b', what 'a op b' is. */
static const struct type *compound_value(struct checker *c, struct stmt *s)
{
	struct expr operation = {
		.kind = EXPR_BINARY, .op = s->op, .span = s->span, .a = s->target, .b = s->value
	};

	return check_expr(c, &operation);
}

static void check_assign(struct checker *c, struct stmt *s)
{
	const struct type *value;

	if (s->op == OP_NONE) {
		value = check_expr(c, s->value);
		/* the other side of a literal alone may be known from elsewhere */
		check_target(c, s, value);
		return;
	}
	if (s->target->kind == EXPR_VAR && !find_variable(c, s->target->name)) {
		(void)check_expr(c, s->target);
		(void)check_expr(c, s->value);
		return;
	}
	value = compound_value(c, s);
	if (is_none(value) && !is_none(s->value->type))
		value = type_int(8, s->value->type->is_signed); /* a map that was never set: 0 */
	check_target(c, s, value);
}

static void check_let(struct checker *c, struct stmt *s)
{
	struct variable *v = find_variable(c, s->target->name);
	const struct type *declared = s->type_name ? resolve_type(c, s->type_name) : NULL;

	if (s->value)
		(void)check_expr(c, s->value);
	if (v) {
		diag_error(c->diag, s->target->span, "there is a variable '%s' already", v->name);
		return;
	}
	v = declare(c, s->target);
	if (!v)
		return;
	if (declared && !is_none(declared)) {
		v->is_declared_type = true;
		if (is_none(v->type))
			v->type = declared->size || declared->kind != TYPE_STRING ?
					  declared :
					  type_string(c->types, c->max_strlen);
	}
	if (s->value && is_value_call(s->value))
		refuse_value_call(c, s->value);
	else if (s->value)
		set_variable(c, v, adapt(v->type, s->value), s->value);
	s->target->type = v->type;
}

static void check_loop_block(struct checker *c, struct stmt *s, const struct type *type)
{
	struct scope scope = { .outer = c->scope };
	struct variable *v;

	c->scope = &scope;
	v = declare(c, s->target);
	if (v) {
		v->type = type;
		v->is_read_only = true;
		s->target->type = type;
		c->loops++;
		check_block(c, s->block);
		c->loops--;
	}
	c->scope = scope.outer;
}

static void check_for_map(struct checker *c, struct stmt *s)
{
	struct field *fields = arena_alloc_array(c->arena, 2, sizeof *fields);
	const struct type *type = none();
	struct map *map;

	if (!fields) {
		c->no_memory = true;
		return;
	}
	if (s->value->kind != EXPR_MAP) {
		diag_error(c->diag, s->value->span, "a loop goes over a map or a range");
		return;
	}
	map = s->value->map = check_map(c, s->value->name, s->value->span);
	if (map && map->key && map->key->kind == TYPE_VOID)
		diag_error(c->diag, s->value->span, "map '%s' has no keys to go over", map->name);
	else if (map && map->key && map->value) {
		const struct type *value = map->value;

		if (type_is_castable_aggregate(value))
			value = type_int(8, value->is_signed);
		fields[0] = (struct field){ .name = "", .type = map->key };
		fields[1] = (struct field){ .name = "", .type = value };
		type = type_tuple(c->types, TYPE_TUPLE, fields, 2);
	}
	check_loop_block(c, s, type);
}

static void check_for_range(struct checker *c, struct stmt *s)
{
	const struct type *from = check_expr(c, s->value), *to = check_expr(c, s->end), *type;

	if (!is_none(from) && !type_is_int(from))
		diag_error(c->diag, s->value->span, "a range goes from an integer, this is '%s'",
			   check_name(c, from));
	if (!is_none(to) && !type_is_int(to))
		diag_error(c->diag, s->end->span, "a range goes to an integer, this is '%s'",
			   check_name(c, to));
	type = check_merge(c, adapt(to, s->value), adapt(from, s->end));
	check_loop_block(c, s, type ? type : none());
}

static void check_unroll(struct checker *c, struct stmt *s)
{
	uint64_t count;

	(void)check_expr(c, s->value);
	if (!constant_value(s->value, &count))
		diag_error(c->diag, s->value->span,
			   "how often is to be known before the script runs");
	else if (count < 1 || count > SCRIPT_MOST_UNROLL)
		diag_error(c->diag, s->value->span, "'unroll' takes a number from 1 to %d",
			   SCRIPT_MOST_UNROLL);
	check_block(c, s->block);
}

/* What is only odd is not worth a word beside what is wrong. */
static bool may_hint(const struct checker *c)
{
	return c->diag && !c->diag->error_count;
}

/* A function whose result is all that it does. */
static void check_discarded(struct checker *c, const struct expr *e)
{
	const struct type *type = e->type;

	if (!may_hint(c) || !e->func || is_none(type) || type->kind == TYPE_VOID ||
	    e->func->flags & FUNC_IS_UNSAFE)
		return;
	switch (e->func->id) {
	case FUNC_DELETE:
	case FUNC_FIND:
	case FUNC_SKBOUTPUT: return;
	default: break;
	}
	diag_warning(c->diag, e->span, "the result of '%s' goes nowhere", e->name);
	diag_hint(c->diag, "'_ = %s(...);' says that this is meant", e->name);
}

/* Of a function, its result; of a probe, its verdict. */
static void check_return(struct checker *c, struct stmt *s)
{
	const struct type *type = s->value ? check_expr(c, s->value) : type_plain(TYPE_VOID);

	if (!c->fn || is_none(type) || is_none(c->fn->type))
		return;
	if ((type->kind == TYPE_VOID) != (c->fn->type->kind == TYPE_VOID) ||
	    (type->kind != TYPE_VOID && !fits_type(c, c->fn->type, type)))
		diag_error(c->diag, s->value ? s->value->span : s->span,
			   "'%s' returns '%s', and this is '%s'", c->fn->name,
			   check_name(c, c->fn->type), check_name(c, type));
}

static void check_statement(struct checker *c, struct stmt *s)
{
	const struct type *type;

	switch (s->kind) {
	case STMT_EXPR:
		type = check_expr(c, s->value);
		if (is_value_call(s->value))
			refuse_value_call(c, s->value);
		else if (s->value->kind == EXPR_CALL)
			check_discarded(c, s->value);
		else if (s->value->kind != EXPR_STEP && s->value->kind != EXPR_IF &&
			 s->value->kind != EXPR_BLOCK && s->value->kind != EXPR_TERNARY &&
			 !is_none(type) && type->kind != TYPE_VOID) {
			diag_warning(c->diag, s->value->span, "this value goes nowhere");
			if (s->value->kind == EXPR_BINARY && s->value->op == OP_EQ)
				diag_hint(c->diag, "did you mean '='?");
		}
		break;
	case STMT_ASSIGN: check_assign(c, s); break;
	case STMT_DISCARD: (void)check_expr(c, s->value); break;
	case STMT_LET: check_let(c, s); break;
	case STMT_WHILE:
		diag_warning(c->diag, s->span, "bpftrace means to drop 'while'");
		diag_hint(c->diag, "a range has an end: for ($i : 0..100) { ... }");
		check_condition(c, s->value, "a condition");
		c->loops++;
		check_block(c, s->block);
		c->loops--;
		break;
	case STMT_FOR_MAP: check_for_map(c, s); break;
	case STMT_FOR_RANGE: check_for_range(c, s); break;
	case STMT_UNROLL: check_unroll(c, s); break;
	case STMT_RETURN: check_return(c, s); break;
	case STMT_BREAK:
	case STMT_CONTINUE:
		if (!c->loops)
			diag_error(c->diag, s->span, "there is no loop around this");
		break;
	case STMT_IMPORT:
		diag_error(c->diag, s->span, "imports of C within a block are not supported");
		break;
	}
}

static struct variable *reverse(struct variable *list)
{
	struct variable *reversed = NULL, *next;

	for (; list; list = next) {
		next = list->next;
		list->next = reversed;
		reversed = list;
	}
	return reversed;
}

/* Variables of the block that ends are remembered, for messages and for hoist(). */
static void leave_scope(struct checker *c, struct scope *scope)
{
	struct variable *v = reverse(scope->variables), *next;

	c->scope = scope->outer;
	for (; v; v = next) {
		if (may_hint(c) && !v->is_used && !v->is_read_only)
			diag_warning(c->diag, v->span, "variable '%s' is never used", v->name);
		next = v->next;
		if (c->probe) {
			v->next = c->probe->inner;
			c->probe->inner = v;
		}
	}
}

const struct type *check_block_value(struct checker *c, struct block *block)
{
	struct scope scope = { .outer = c->scope };
	const struct type *type = type_plain(TYPE_VOID);

	c->scope = &scope;
	for (struct stmt *s = block->first; s; s = s->next)
		check_statement(c, s);
	if (block->value)
		type = check_expr(c, block->value);
	leave_scope(c, &scope);
	return type;
}

void check_block(struct checker *c, struct block *block)
{
	(void)check_block_value(c, block);
	if (block->value && is_value_call(block->value))
		refuse_value_call(c, block->value);
}

/* --- declarations ---------------------------------------------------------------- */

static void check_map_decls(struct checker *c)
{
	for (struct map_decl *decl = c->script->map_decls; decl; decl = decl->next) {
		struct map *map = check_map(c, decl->name, decl->span);
		uint64_t size;

		decl->kind = map_kind_find(decl->kind_name);
		if (!decl->kind) {
			const char *nearest = map_kind_nearest(decl->kind_name);

			diag_error(c->diag, decl->kind_span, "there is no kind of map '%s'",
				   decl->kind_name);
			diag_hint(c->diag, nearest ? "did you mean '%s'?" : "%s",
				  nearest ?
					  nearest :
					  "there are hash, lruhash, percpuhash and percpulruhash");
		}
		(void)check_expr(c, decl->size);
		if (!constant_value(decl->size, &size) || size == 0 || size > UINT32_MAX)
			diag_error(c->diag, decl->size->span,
				   "how many keys a map may have is a constant above 0");
		else if (map)
			map->max_keys = size;
	}
}

/* --- probes ---------------------------------------------------------------------------------- */

static void check_probe(struct checker *c, struct probe *probe)
{
	struct scope scope = { 0 };

	c->probe = probe;
	probe->inner = NULL;
	c->scope = &scope;
	c->gives = UINT32_MAX;
	for (struct attach *a = probe->attaches; a; a = a->next) {
		c->gives &= a->provider->gives;
		if (a->provider->id == PROVIDER_ITER &&
		    (probe->attaches->next || c->script->probes->next))
			diag_error(c->diag, a->span, "an iterator is alone in its script");
	}
	if (probe->predicate)
		check_condition(c, probe->predicate, "a predicate");
	check_block(c, probe->body);
	c->scope = NULL;
	c->probe = NULL;
}

static void check_fn(struct checker *c, struct fn *fn)
{
	struct scope scope = { 0 };

	c->scope = &scope;
	c->fn = fn;
	for (struct fn_param *param = fn->params; param; param = param->next) {
		struct variable *v = arena_alloc(c->arena, sizeof *v);

		if (!v) {
			c->no_memory = true;
			break;
		}
		*v = (struct variable){ .name = param->name,
					.span = param->span,
					.type = resolve_type(c, param->type_name),
					.is_declared_type = true,
					.next = scope.variables };
		scope.variables = v;
		param->variable = v;
	}
	fn->type = fn->type_name ? resolve_type(c, fn->type_name) : type_plain(TYPE_VOID);
	check_block(c, fn->body);
	c->fn = NULL;
	c->scope = NULL;
}

static void check_definitions(struct checker *c)
{
	for (struct item *item = c->script->items; item; item = item->next) {
		struct type_name name = { .kind = TYPE_NAME_TAG };

		if (item->kind != ITEM_C ||
		    (!item->c_def->has_body && item->c_def->tag != TAG_TYPEDEF))
			continue;
		name.def = item->c_def;
		(void)resolve_type(c, &name);
	}
}

/* A map that is read and never set is most likely a slip: '@retval' for 'retval'. */
static void check_maps_set(struct checker *c)
{
	for (struct map *map = c->script->maps; map; map = map->next) {
		struct nearest search = nearest_begin(map->name);
		uint64_t number;

		if (map->is_set || map->decl)
			continue;
		diag_error(c->diag, map->span, "map '%s' is never set", map->name);
		for (struct map *other = c->script->maps; other; other = other->next)
			if (other->is_set)
				nearest_offer(&search, other->name);
		if (builtin_find(map->name + 1, &number))
			diag_hint(c->diag, "did you mean '%s', without '@'?", map->name + 1);
		else if (search.best)
			diag_hint(c->diag, "did you mean '%s'?", search.best);
	}
}

static void check_round(struct checker *c)
{
	c->changed = false;
	check_definitions(c);
	check_map_decls(c);
	for (struct fn *fn = c->script->fns; fn; fn = fn->next)
		check_fn(c, fn);
	for (struct probe *probe = c->script->probes; probe; probe = probe->next)
		check_probe(c, probe);
}

/* What resolve_type keeps of the script's own types is forgotten, so that its errors are found. */
static void forget_definitions(struct checker *c)
{
	for (struct item *item = c->script->items; item; item = item->next)
		if (item->kind == ITEM_C)
			item->c_def->type = NULL;
}

int script_check(struct script *script, const struct script_options *options, struct arena *arena,
		 struct diag *diag)
{
	struct checker c = {
		.script = script,
		.options = options,
		.arena = arena,
		.types = &script->types,
	};
	unsigned int errors = diag->error_count;
	int err = script_expand(script, options, arena, diag);

	if (err)
		return err;
	c.max_strlen = (uint32_t)config_number(script, CONFIG_ID_MAX_STRLEN);
	if (!script->probes) {
		diag_error(diag, SPAN_NONE, "the script has no probe, so it does nothing");
		diag_hint(diag, "as in: begin { printf(\"hello\\n\"); }");
		return -EINVAL;
	}
	for (int round = 0; round < MOST_ROUNDS && !c.no_memory; round++) {
		check_round(&c);
		if (!c.changed)
			break;
	}
	forget_definitions(&c);
	c.diag = diag;
	if (!c.no_memory)
		check_round(&c);
	check_maps_set(&c);
	check_named_used(&c);
	if (c.no_memory || c.types->no_memory)
		return -ENOMEM;
	return diag->error_count > errors ? -EINVAL : 0;
}
