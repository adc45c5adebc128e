/*
 * print.c - the tree as text: a node to each line, its parts indented below it.
 *
 * Every node has one line, also where the parser wrote none ('a.b' is a field of a name), so
 * that equal texts mean equal trees.  Types are shown where they are known.
 */
#include "script/ast.h"
#include "script/script.h"

#include <inttypes.h>

struct printer {
	struct strbuf *out;
	unsigned int indent;
};

PRINTF_LIKE(2, 3)
static void line(struct printer *pr, const char *format, ...)
{
	va_list args;

	for (unsigned int i = 0; i < pr->indent; i++)
		strbuf_puts(pr->out, "  ");
	va_start(args, format);
	strbuf_vprintf(pr->out, format, args);
	va_end(args);
}

/* ': type' if it is known, and the line's end. */
static void end_line(struct printer *pr, const struct type *type)
{
	if (type && type->kind != TYPE_NONE) {
		strbuf_puts(pr->out, " : ");
		type_print(type, pr->out);
	}
	strbuf_putc(pr->out, '\n');
}

static void print_quoted(struct strbuf *out, const char *text, size_t len)
{
	strbuf_putc(out, '"');
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c == '\n')
			strbuf_puts(out, "\\n");
		else if (c == '\t')
			strbuf_puts(out, "\\t");
		else if (c == '"' || c == '\\')
			strbuf_printf(out, "\\%c", c);
		else if (c < ' ' || c == 0x7f)
			strbuf_printf(out, "\\x%02x", c);
		else
			strbuf_putc(out, text[i]);
	}
	strbuf_putc(out, '"');
}

/* --- types as written ------------------------------------------------------------------------ */

static void print_expr(struct printer *pr, const struct expr *e);
static void print_block(struct printer *pr, const struct block *block);
static void print_def(struct printer *pr, const struct c_def *def);

static const char *const tag_names[] = {
	[TAG_STRUCT] = "struct",
	[TAG_UNION] = "union",
	[TAG_ENUM] = "enum",
	[TAG_TYPEDEF] = "typedef",
};

static void print_type_name(struct printer *pr, const struct type_name *name)
{
	switch (name->kind) {
	case TYPE_NAME_PLAIN: line(pr, "type %s\n", name->name); return;
	case TYPE_NAME_TAG:
		if (name->def)
			print_def(pr, name->def);
		else
			line(pr, "type %s %s\n", tag_names[name->tag], name->name);
		return;
	case TYPE_NAME_POINTER: line(pr, "pointer to\n"); break;
	case TYPE_NAME_ARRAY: line(pr, "array of\n"); break;
	case TYPE_NAME_FUNCTION: line(pr, "function\n"); break;
	case TYPE_NAME_TYPEOF: line(pr, "typeof\n"); break;
	}
	pr->indent++;
	if (name->inner)
		print_type_name(pr, name->inner);
	if (name->count)
		print_expr(pr, name->count);
	if (name->expr)
		print_expr(pr, name->expr);
	pr->indent--;
}

static void print_def(struct printer *pr, const struct c_def *def)
{
	line(pr, "%s", tag_names[def->tag]);
	if (def->name)
		strbuf_printf(pr->out, " %s", def->name);
	if (def->is_packed)
		strbuf_puts(pr->out, " packed");
	if (def->align)
		strbuf_printf(pr->out, " aligned %" PRIu64, def->align);
	strbuf_putc(pr->out, '\n');
	pr->indent++;
	if (def->type_name)
		print_type_name(pr, def->type_name);
	for (const struct c_member *m = def->members; m; m = m->next) {
		line(pr, "field %s\n", m->name ? m->name : "");
		pr->indent++;
		print_type_name(pr, m->type_name);
		if (m->bits)
			print_expr(pr, m->bits);
		pr->indent--;
	}
	for (const struct c_enumerator *v = def->enumerators; v; v = v->next) {
		line(pr, "value %s\n", v->name);
		pr->indent++;
		if (v->value)
			print_expr(pr, v->value);
		pr->indent--;
	}
	pr->indent--;
}

/* --- expressions ----------------------------------------------------------------------------- */

/* What a node's line says, without its type. */
static void print_head(struct printer *pr, const struct expr *e)
{
	switch (e->kind) {
	case EXPR_INT: line(pr, "int %" PRIu64, e->number); break;
	case EXPR_STRING:
		line(pr, "string ");
		print_quoted(pr->out, e->text, e->text_len);
		break;
	case EXPR_BOOL: line(pr, "bool %s", e->number ? "true" : "false"); break;
	case EXPR_PARAM: line(pr, "parameter $%" PRIu64, e->number); break;
	case EXPR_PARAM_COUNT: line(pr, "parameter $#"); break;
	case EXPR_NAME: line(pr, "name %s", e->name); break;
	case EXPR_VAR: line(pr, "variable %s", e->name); break;
	case EXPR_MAP: line(pr, "map %s", e->name); break;
	case EXPR_INDEX: line(pr, "index"); break;
	case EXPR_FIELD: line(pr, "field %s", e->name); break;
	case EXPR_ELEMENT: line(pr, "element %" PRIu64, e->number); break;
	case EXPR_UNARY: line(pr, "unary %s", op_text(e->op)); break;
	case EXPR_STEP:
		line(pr, "%s %s", e->is_prefix ? "prefix" : "postfix",
		     e->op == OP_ADD ? "++" : "--");
		break;
	case EXPR_BINARY: line(pr, "binary %s", op_text(e->op)); break;
	case EXPR_TERNARY: line(pr, e->b ? "choice" : "choice ?:"); break;
	case EXPR_IF: line(pr, e->is_comptime ? "if comptime" : "if"); break;
	case EXPR_BLOCK: line(pr, "block"); break;
	case EXPR_CAST: line(pr, "cast"); break;
	case EXPR_CALL: line(pr, "call %s", e->name); break;
	case EXPR_TUPLE: line(pr, e->is_ratio ? "ratio" : "tuple"); break;
	case EXPR_RECORD: line(pr, "record"); break;
	case EXPR_SIZEOF: line(pr, "sizeof"); break;
	case EXPR_OFFSETOF: line(pr, "offsetof"); break;
	case EXPR_TYPEINFO: line(pr, "typeinfo"); break;
	case EXPR_COMPTIME: line(pr, "comptime"); break;
	case EXPR_TYPE: line(pr, "type"); break;
	case EXPR_BAD: line(pr, "bad"); break;
	}
	if (e->is_constant && e->kind != EXPR_INT && e->kind != EXPR_BOOL &&
	    e->kind != EXPR_STRING) {
		if (e->type && (e->type->kind == TYPE_STRING || e->type->kind == TYPE_PROBE)) {
			strbuf_puts(pr->out, " = ");
			print_quoted(pr->out, e->text, e->text_len);
		} else if (e->type && e->type->is_signed) {
			strbuf_printf(pr->out, " = %" PRId64, (int64_t)e->value);
		} else {
			strbuf_printf(pr->out, " = %" PRIu64, e->value);
		}
	}
}

static void print_expr(struct printer *pr, const struct expr *e)
{
	if (e->label)
		line(pr, "%s =\n", e->label);
	pr->indent += e->label != NULL;
	print_head(pr, e);
	end_line(pr, e->type);
	pr->indent++;
	if (e->type_name)
		print_type_name(pr, e->type_name);
	if (e->a)
		print_expr(pr, e->a);
	if (e->b)
		print_expr(pr, e->b);
	if (e->c)
		print_expr(pr, e->c);
	for (const struct expr *arg = e->args; arg; arg = arg->next)
		print_expr(pr, arg);
	if (e->block)
		print_block(pr, e->block);
	if (e->other) {
		pr->indent--;
		line(pr, "else\n");
		pr->indent++;
		print_block(pr, e->other);
	}
	pr->indent--;
	pr->indent -= e->label != NULL;
}

/* --- statements ------------------------------------------------------------------------------ */

static void print_stmt(struct printer *pr, const struct stmt *s)
{
	switch (s->kind) {
	case STMT_EXPR: print_expr(pr, s->value); return;
	case STMT_ASSIGN: line(pr, "assign %s=\n", op_text(s->op)); break;
	case STMT_DISCARD: line(pr, "discard\n"); break;
	case STMT_LET: line(pr, "let\n"); break;
	case STMT_WHILE: line(pr, "while\n"); break;
	case STMT_FOR_MAP: line(pr, "for map\n"); break;
	case STMT_FOR_RANGE: line(pr, "for range\n"); break;
	case STMT_UNROLL: line(pr, "unroll\n"); break;
	case STMT_RETURN: line(pr, "return\n"); break;
	case STMT_BREAK: line(pr, "break\n"); break;
	case STMT_CONTINUE: line(pr, "continue\n"); break;
	case STMT_IMPORT: line(pr, "import \"%s\"\n", s->text); break;
	}
	pr->indent++;
	if (s->target)
		print_expr(pr, s->target);
	if (s->type_name)
		print_type_name(pr, s->type_name);
	if (s->value)
		print_expr(pr, s->value);
	if (s->end)
		print_expr(pr, s->end);
	if (s->block)
		print_block(pr, s->block);
	pr->indent--;
}

static void print_block(struct printer *pr, const struct block *block)
{
	for (const struct stmt *s = block->first; s; s = s->next)
		print_stmt(pr, s);
	if (block->value) {
		line(pr, "value\n");
		pr->indent++;
		print_expr(pr, block->value);
		pr->indent--;
	}
}

/* --- items ----------------------------------------------------------------------------------- */

static void print_word(struct printer *pr, const char *label, const char *text)
{
	if (text)
		strbuf_printf(pr->out, " %s=%s", label, text);
}

static void print_number(struct printer *pr, const char *label, uint64_t number)
{
	if (number)
		strbuf_printf(pr->out, " %s=%" PRIu64, label, number);
}

static void print_attach(struct printer *pr, const struct attach *a)
{
	line(pr, "at %s", a->provider->name);
	print_word(pr, "in", a->target);
	print_word(pr, "namespace", a->space);
	print_word(pr, "file", a->file);
	print_word(pr, "name", a->name);
	print_word(pr, "unit", a->unit);
	print_number(pr, a->is_address ? "address" : "number", a->number);
	print_number(pr, "offset", a->offset);
	print_number(pr, "length", a->len);
	print_word(pr, "mode", a->mode);
	if (a->is_cpp)
		strbuf_puts(pr->out, " cpp");
	if (a->has_wildcard)
		strbuf_puts(pr->out, " wildcard");
	strbuf_putc(pr->out, '\n');
}

static void print_probe(struct printer *pr, const struct probe *probe)
{
	line(pr, "probe%s%s\n", probe->name ? " " : "", probe->name ? probe->name : "");
	pr->indent++;
	for (const struct attach *a = probe->attaches; a; a = a->next)
		print_attach(pr, a);
	if (probe->predicate) {
		line(pr, "if\n");
		pr->indent++;
		print_expr(pr, probe->predicate);
		pr->indent--;
	}
	line(pr, "do\n");
	pr->indent++;
	print_block(pr, probe->body);
	pr->indent -= 2;
}

static void print_macro(struct printer *pr, const struct macro *macro)
{
	line(pr, "macro %s(", macro->name);
	for (const struct macro_param *param = macro->params; param; param = param->next)
		strbuf_printf(pr->out, "%s%s%s%s", param == macro->params ? "" : ", ",
			      param->kind == MACRO_TYPE ? "typeof(" : "", param->name,
			      param->kind == MACRO_TYPE ? ")" : "");
	strbuf_puts(pr->out, ")\n");
	pr->indent++;
	print_block(pr, macro->body);
	pr->indent--;
}

static void print_fn(struct printer *pr, const struct fn *fn)
{
	line(pr, "fn %s\n", fn->name);
	pr->indent++;
	for (const struct fn_param *param = fn->params; param; param = param->next) {
		line(pr, "parameter %s\n", param->name);
		pr->indent++;
		print_type_name(pr, param->type_name);
		pr->indent--;
	}
	if (fn->type_name) {
		line(pr, "returns\n");
		pr->indent++;
		print_type_name(pr, fn->type_name);
		pr->indent--;
	}
	line(pr, "do\n");
	pr->indent++;
	print_block(pr, fn->body);
	pr->indent -= 2;
}

static void print_item(struct printer *pr, const struct item *item)
{
	switch (item->kind) {
	case ITEM_INCLUDE: line(pr, "include %s\n", item->text); break;
	case ITEM_DEFINE:
		line(pr, "define %s%s %s\n", item->c_macro->name,
		     item->c_macro->has_params ? "()" : "", item->c_macro->text);
		break;
	case ITEM_C: print_def(pr, item->c_def); break;
	case ITEM_CONFIG:
		line(pr, "config\n");
		pr->indent++;
		for (const struct config_entry *entry = item->config; entry; entry = entry->next) {
			line(pr, "%s =\n", entry->name);
			pr->indent++;
			print_expr(pr, entry->value);
			pr->indent--;
		}
		pr->indent--;
		break;
	case ITEM_IMPORT: line(pr, "import \"%s\"\n", item->text); break;
	case ITEM_MAP:
		line(pr, "let %s = %s\n", item->map_decl->name, item->map_decl->kind_name);
		pr->indent++;
		print_expr(pr, item->map_decl->size);
		pr->indent--;
		break;
	case ITEM_MACRO: print_macro(pr, item->macro); break;
	case ITEM_FN: print_fn(pr, item->fn); break;
	case ITEM_PROBE: print_probe(pr, item->probe); break;
	}
}

void script_print(const struct script *script, struct strbuf *out)
{
	struct printer pr = { .out = out };

	for (const struct item *item = script->items; item; item = item->next)
		print_item(&pr, item);
}

void script_print_tokens(const struct script *script, struct strbuf *out)
{
	for (size_t i = 0; i < script->token_count; i++) {
		const struct token *t = &script->tokens[i];
		unsigned int row, column;

		source_position(script->source, t->span.offset, &row, &column);
		strbuf_printf(out, "%u:%u %s", row, column, lex_kind_text(t->kind));
		if (t->kind == TOKEN_INT || t->kind == TOKEN_PARAM)
			strbuf_printf(out, " %" PRIu64, t->number);
		else if (t->text && t->kind <= TOKEN_SHEBANG && t->kind != TOKEN_PARAM_COUNT) {
			strbuf_putc(out, ' ');
			print_quoted(out, t->text, t->text_len);
		}
		strbuf_putc(out, '\n');
	}
}

/* --- types ----------------------------------------------------------------------------------- */

static void print_map(const struct map *map, struct strbuf *out)
{
	strbuf_puts(out, map->name);
	if (map->key && map->key->kind != TYPE_VOID) {
		strbuf_putc(out, '[');
		type_print(map->key, out);
		strbuf_putc(out, ']');
	}
	strbuf_puts(out, " : ");
	type_print(map->value ? map->value : type_plain(TYPE_NONE), out);
	strbuf_putc(out, '\n');
}

void script_print_types(const struct script *script, struct strbuf *out)
{
	for (const struct map *map = script->maps; map; map = map->next)
		print_map(map, out);
	for (const struct probe *probe = script->probes; probe; probe = probe->next)
		for (const struct attach *a = probe->attaches; a; a = a->next)
			strbuf_printf(out, "%s\n", a->full_name ? a->full_name : a->text);
}
