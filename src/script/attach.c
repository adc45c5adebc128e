/*
 * attach.c - attach points: what stands before a probe's braces.
 *
 * The text is divided at its colons; what each part means depends on the provider.  Parameters of
 * the command line are put in before.
 */
#include "script/parse.h"

#include <string.h>

#include "base/chars.h"

enum { MOST_FIELDS = 8 };

struct part {
	const char *text; /* quotes taken off, escapes replaced */
	bool is_quoted;
	struct span span;
};

struct attaching {
	struct parser *p;
	struct attach *attach;
	struct span span;
	bool is_exact; /* the parts' spans are known: nothing was put in */
	struct part parts[MOST_FIELDS];
	size_t count;
};

/* --- dividing -------------------------------------------------------------------------------- */

/* The text with '$1' replaced.  NULL after an error. */
static const char *put_params(struct attaching *a, const struct token *token)
{
	const struct script_options *options = a->p->options;
	struct strbuf out = { 0 };
	const char *c = token->text, *result;

	a->is_exact = true;
	while (*c) {
		uint64_t number = 0;

		if (*c != '$' || !char_is_digit(c[1])) {
			strbuf_putc(&out, *c++);
			continue;
		}
		a->is_exact = false;
		for (c++; char_is_digit(*c); c++)
			number = number > 100000 ? number : number * 10 + (uint64_t)(*c - '0');
		if (number == 0 || number > options->param_count) {
			diag_error(a->p->diag, token->span,
				   "parameter $%llu is needed here, and was "
				   "not given",
				   (unsigned long long)number);
			diag_hint(a->p->diag,
				  "parameters stand behind the script on the command line");
			strbuf_release(&out);
			return NULL;
		}
		strbuf_puts(&out, options->params[number - 1]);
	}
	result = arena_strndup(a->p->arena, strbuf_text(&out), out.len);
	a->p->no_memory |= out.failed || !result;
	strbuf_release(&out);
	return result;
}

/* How long the part at @text is: up to a ':' outside of quotes. */
static size_t part_len(const char *text)
{
	bool in_quotes = false;
	size_t i = 0;

	for (; text[i] && (in_quotes || text[i] != ':'); i++) {
		if (text[i] == '\\' && text[i + 1])
			i++;
		else if (text[i] == '"')
			in_quotes = !in_quotes;
	}
	return i;
}

static const char *unquote(struct parser *p, const char *text, size_t len, bool *ret_is_quoted)
{
	char *out = arena_alloc(p->arena, len + 1);
	size_t n = 0;

	*ret_is_quoted = false;
	if (!out) {
		p->no_memory = true;
		return "";
	}
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '"') {
			*ret_is_quoted = true;
			continue;
		}
		if (text[i] == '\\' && i + 1 < len)
			i++;
		out[n++] = text[i];
	}
	return out;
}

static bool divide(struct attaching *a)
{
	const char *text = a->attach->text;
	size_t at = 0;

	for (;;) {
		size_t len = part_len(text + at);
		struct part *part = &a->parts[a->count];

		if (a->count == MOST_FIELDS) {
			diag_error(a->p->diag, a->span, "too many ':' in this probe");
			return false;
		}
		part->text = unquote(a->p, text + at, len, &part->is_quoted);
		part->span = a->is_exact ? (struct span){ a->span.offset + (uint32_t)at,
							  (uint32_t)(len ? len : 1) } :
					   a->span;
		a->count++;
		at += len;
		if (text[at] == '\0')
			return !a->p->no_memory;
		at++;
	}
}

/* --- messages -------------------------------------------------------------------------------- */

/* An error at part @i, with the provider's usage; false. */
static bool refuse(struct attaching *a, size_t i, const char *format, ...) PRINTF_LIKE(3, 4);
static bool refuse(struct attaching *a, size_t i, const char *format, ...)
{
	struct span span = i < a->count ? a->parts[i].span : a->span;
	va_list args;

	va_start(args, format);
	diag_verror(a->p->diag, span, format, args);
	va_end(args);
	diag_hint(a->p->diag, "as in: %s", a->attach->provider->usage);
	return false;
}

/* Are there from @least to @most parts behind the provider? */
static bool count_parts(struct attaching *a, size_t least, size_t most, const char *what)
{
	size_t count = a->count - 1;

	if (count < least)
		return refuse(a, MOST_FIELDS, "'%s' needs %s", a->attach->provider->name, what);
	if (count > most)
		return most == 0 ? refuse(a, 1, "'%s' has nothing behind it",
					  a->attach->provider->name) :
				   refuse(a, most + 1, "'%s' takes %s, and no more",
					  a->attach->provider->name, what);
	for (size_t i = 1; i <= least; i++)
		if (!a->parts[i].text[0])
			return refuse(a, i, "there is nothing between the ':' of this probe");
	return true;
}

static void refuse_provider(struct attaching *a)
{
	struct parser *p = a->p;
	const char *name = a->parts[0].text, *nearest = provider_nearest(name);

	diag_error(p->diag, a->parts[0].span, "unknown provider '%s'", name);
	if (!strcmp(name, "asyncwatchpoint") || !strcmp(name, "aw"))
		diag_hint(p->diag,
			  "bpftrace dropped it in 0.25; watchpoint:address:length:mode is left");
	else if (nearest)
		diag_hint(p->diag, "did you mean '%s'?", nearest);
	else if (a->count == 2)
		diag_hint(p->diag, "a tracepoint is written tracepoint:%s", a->attach->text);
	else
		diag_hint(p->diag, "providers are begin, end, kprobe, fentry, tracepoint, uprobe, "
				   "usdt, profile, interval ...");
}

/* --- the parts ------------------------------------------------------------------------------- */

static bool read_number(struct attaching *a, size_t i, const char *what, uint64_t *ret)
{
	const char *text = a->parts[i].text;

	if (lex_number(text, strlen(text), ret) == 0)
		return true;
	return refuse(a, i, "'%s' is not %s", text, what);
}

static bool has_wildcard(const char *text)
{
	return strpbrk(text, "*?[") != NULL;
}

/* 'function', 'function+offset' or an address. */
static bool read_function(struct attaching *a, size_t i)
{
	struct attach *attach = a->attach;
	const char *text = a->parts[i].text, *plus;

	if (char_is_digit(text[0]) && !a->parts[i].is_quoted) {
		attach->is_address = true;
		return read_number(a, i, "an address", &attach->number);
	}
	plus = a->parts[i].is_quoted ? NULL : strrchr(text, '+');
	attach->name = text;
	if (!plus)
		return true;
	attach->name = arena_strndup(a->p->arena, text, (size_t)(plus - text));
	if (!attach->name) {
		a->p->no_memory = true;
		return false;
	}
	if (lex_number(plus + 1, strlen(plus + 1), &attach->offset) != 0)
		return refuse(a, i, "'%s' is not an offset into a function", plus + 1);
	return true;
}

static bool attach_function(struct attaching *a)
{
	struct attach *attach = a->attach;
	enum provider_id id = attach->provider->id;
	bool is_kprobe = id == PROVIDER_KPROBE || id == PROVIDER_KRETPROBE;
	bool is_bpf = !is_kprobe && a->count > 2 && !strcmp(a->parts[1].text, "bpf");

	if (!count_parts(a, 1, is_bpf ? 3 : 2, "a function, or a module and a function"))
		return false;
	if (a->count > 2)
		attach->target = a->parts[1].text;
	if (is_bpf && a->count == 4 && strcmp(a->parts[2].text, "*") != 0 &&
	    !read_number(a, 2, "the id of a program", &attach->len))
		return false;
	if (!a->parts[a->count - 1].text[0])
		return refuse(a, a->count - 1, "the name of a function is missing");
	if (!read_function(a, a->count - 1))
		return false;
	if (attach->offset && id != PROVIDER_KPROBE)
		return refuse(a, a->count - 1, "only a kprobe can be within a function");
	if (attach->is_address && id != PROVIDER_KPROBE)
		return refuse(a, a->count - 1, "only a kprobe can be at an address");
	return true;
}

static bool attach_tracepoint(struct attaching *a)
{
	if (!count_parts(a, 2, 2, "a subsystem and an event"))
		return false;
	a->attach->target = a->parts[1].text;
	a->attach->name = a->parts[2].text;
	return true;
}

static bool attach_raw(struct attaching *a)
{
	if (!count_parts(a, 1, 2, "an event, or a module and an event"))
		return false;
	if (a->count == 3)
		a->attach->target = a->parts[1].text;
	a->attach->name = a->parts[a->count - 1].text;
	return true;
}

/* 'path@file:line[:column]'. */
static bool attach_line(struct attaching *a, const char *at)
{
	struct attach *attach = a->attach;

	attach->file = at + 1;
	attach->target =
		arena_strndup(a->p->arena, a->parts[1].text, (size_t)(at - a->parts[1].text));
	if (!attach->target) {
		a->p->no_memory = true;
		return false;
	}
	if (!count_parts(a, 2, 3, "a file, a line and a column"))
		return false;
	if (!read_number(a, 2, "the number of a line", &attach->number))
		return false;
	return a->count == 3 || read_number(a, 3, "the number of a column", &attach->len);
}

static bool attach_user(struct attaching *a)
{
	struct attach *attach = a->attach;
	const char *at = a->count > 1 && !a->parts[1].is_quoted ? strrchr(a->parts[1].text, '@') :
								  NULL;
	size_t function = 2;

	if (at && a->count > 2 && char_is_digit(a->parts[2].text[0]))
		return attach_line(a, at);
	if (a->count == 4 && !strcmp(a->parts[2].text, "cpp")) {
		attach->is_cpp = true;
		function = 3;
	} else if (a->count > 3) {
		return refuse(a, 3, "a name with ':' stands in quotes: \"%s:...\"",
			      a->parts[2].text);
	}
	if (!count_parts(a, function, function, "a path and a function"))
		return false;
	attach->target = a->parts[1].text;
	if (!read_function(a, function))
		return false;
	if (attach->offset && attach->provider->id == PROVIDER_URETPROBE)
		return refuse(a, function, "only a uprobe can be within a function");
	return true;
}

static bool attach_usdt(struct attaching *a)
{
	if (!count_parts(a, 2, 3, "a path and a probe, and a namespace between if need be"))
		return false;
	a->attach->target = a->parts[1].text;
	if (a->count == 4)
		a->attach->space = a->parts[2].text;
	a->attach->name = a->parts[a->count - 1].text;
	if (!a->attach->name[0])
		return refuse(a, a->count - 1, "the name of the probe is missing");
	return true;
}

static bool attach_timer(struct attaching *a)
{
	static const char *const units[] = { "hz", "s", "ms", "us", "ns" };
	struct attach *attach = a->attach;

	if (!count_parts(a, 1, 2, "a unit and a number, or a duration such as 1s"))
		return false;
	attach->unit = "ns";
	if (a->count == 3) {
		attach->unit = NULL;
		for (size_t i = 0; i < sizeof units / sizeof *units; i++)
			if (!strcmp(units[i], a->parts[1].text))
				attach->unit = units[i];
		if (!attach->unit)
			return refuse(a, 1, "'%s' is not a unit of time: hz, s, ms, us",
				      a->parts[1].text);
	}
	if (!read_number(a, a->count - 1, "a number", &attach->number))
		return false;
	if (attach->number == 0)
		return refuse(a, a->count - 1, "this must be more than 0");
	return true;
}

static bool attach_event(struct attaching *a)
{
	struct attach *attach = a->attach;
	const struct event *event;
	const char *nearest;

	if (!count_parts(a, 1, 2, "an event, and after how many of them to fire"))
		return false;
	event = event_find(attach->provider->id, a->parts[1].text);
	if (!event) {
		nearest = event_nearest(attach->provider->id, a->parts[1].text);
		diag_error(a->p->diag, a->parts[1].span, "unknown %s event '%s'",
			   attach->provider->name, a->parts[1].text);
		if (nearest)
			diag_hint(a->p->diag, "did you mean '%s'?", nearest);
		else
			diag_hint(a->p->diag, "as in: %s", attach->provider->usage);
		return false;
	}
	attach->name = event->name;
	attach->number = event->count;
	if (a->count == 3 && a->parts[2].text[0] &&
	    !read_number(a, 2, "a number of events", &attach->number))
		return false;
	if (attach->number == 0)
		return refuse(a, 2, "this must be more than 0");
	return true;
}

static bool attach_watch(struct attaching *a)
{
	struct attach *attach = a->attach;
	const char *mode;

	if (!count_parts(a, 3, 3, "an address, a length and a mode"))
		return false;
	if (!char_is_digit(a->parts[1].text[0]))
		return refuse(a, 1,
			      "a watchpoint is at an address, a number: 'function+argN' was "
			      "dropped in bpftrace 0.25");
	if (!read_number(a, 1, "an address", &attach->number) ||
	    !read_number(a, 2, "a length", &attach->len))
		return false;
	if (attach->len != 1 && attach->len != 2 && attach->len != 4 && attach->len != 8)
		return refuse(a, 2, "a watchpoint watches 1, 2, 4 or 8 bytes");
	mode = a->parts[3].text;
	if (strspn(mode, "rwx") != strlen(mode))
		return refuse(a, 3, "a mode is made of 'r', 'w' and 'x'");
	attach->is_address = true;
	attach->mode = mode;
	return true;
}

static bool attach_iter(struct attaching *a)
{
	if (!count_parts(a, 1, 2, "what to go over, and where to pin it"))
		return false;
	a->attach->target = a->parts[1].text;
	a->attach->name = a->count == 3 ? a->parts[2].text : NULL;
	return true;
}

static bool attach_signal(struct attaching *a)
{
	if (!count_parts(a, 2, 2, "'signal' and the name of one"))
		return false;
	if (strcmp(a->parts[1].text, "signal") != 0)
		return refuse(a, 1, "'self' has no event '%s'", a->parts[1].text);
	if (strcmp(a->parts[2].text, "SIGUSR1") != 0)
		return refuse(a, 2, "the only signal for this is SIGUSR1");
	a->attach->name = a->parts[2].text;
	return true;
}

static bool attach_name(struct attaching *a)
{
	if (!count_parts(a, 1, 1, "a name"))
		return false;
	a->attach->name = a->parts[1].text;
	return true;
}

static bool attach_by_shape(struct attaching *a)
{
	switch (a->attach->provider->shape) {
	case FORM_NONE: return count_parts(a, 0, 0, "nothing");
	case FORM_NAME: return attach_name(a);
	case FORM_SIGNAL: return attach_signal(a);
	case FORM_FUNCTION: return attach_function(a);
	case FORM_TRACEPOINT: return attach_tracepoint(a);
	case FORM_RAW: return attach_raw(a);
	case FORM_USER: return attach_user(a);
	case FORM_USDT: return attach_usdt(a);
	case FORM_TIMER: return attach_timer(a);
	case FORM_EVENT: return attach_event(a);
	case FORM_WATCH: return attach_watch(a);
	case FORM_ITER: return attach_iter(a);
	}
	return false;
}

/* What matches many: names, and of tracepoints and files also where they are. */
static bool is_pattern(const struct attach *attach)
{
	switch (attach->provider->shape) {
	case FORM_FUNCTION:
	case FORM_TRACEPOINT:
	case FORM_RAW:
	case FORM_USER:
	case FORM_USDT:
		return (attach->name && has_wildcard(attach->name)) ||
		       (attach->space && has_wildcard(attach->space)) ||
		       (attach->target && has_wildcard(attach->target));
	default: return false;
	}
}

/* Behind a ',' people leave out what is the same as before: "kprobe:vfs_read, vfs_write".  The text of
 * @before up to there, or NULL when that cannot be meant. */
static const char *inherited(struct attaching *a, const struct attach *before)
{
	const char *colon;
	size_t len;

	if (!before || !before->provider || provider_nearest(a->parts[0].text))
		return NULL;
	switch (before->provider->shape) {
	case FORM_FUNCTION:
	case FORM_TRACEPOINT:
	case FORM_RAW:
	case FORM_USER:
	case FORM_USDT: break;
	default: return NULL;
	}
	if (a->count == 2 && before->provider->shape == FORM_TRACEPOINT)
		len = strcspn(before->text, ":") + 1;
	else if (a->count == 1 && (colon = strrchr(before->text, ':')))
		len = (size_t)(colon + 1 - before->text);
	else
		return NULL;
	return arena_strndup(a->p->arena, before->text, len);
}

/* With the provider of the one before it, if it has none of its own. */
static bool inherit(struct attaching *a, const struct attach *before)
{
	const char *prefix = inherited(a, before);

	if (!prefix) {
		refuse_provider(a);
		return false;
	}
	a->attach->text = arena_printf(a->p->arena, "%s%s", prefix, a->attach->text);
	if (!a->attach->text) {
		a->p->no_memory = true;
		return false;
	}
	diag_warning(a->p->diag, a->span, "this is taken to be '%s'", a->attach->text);
	diag_hint(a->p->diag, "every probe of a list has its own provider");
	a->is_exact = false;
	a->count = 0;
	if (!divide(a))
		return false;
	a->attach->provider = provider_find(a->parts[0].text, strlen(a->parts[0].text));
	return a->attach->provider != NULL;
}

struct attach *attach_parse(struct parser *p, const struct token *token,
			    const struct attach *before)
{
	struct attaching a = { .p = p, .span = token->span };

	a.attach = syntax_alloc(p, sizeof *a.attach);
	if (!a.attach)
		return NULL;
	a.attach->span = token->span;
	a.attach->text = put_params(&a, token);
	if (!a.attach->text || !divide(&a))
		return NULL;
	a.attach->provider = provider_find(a.parts[0].text, strlen(a.parts[0].text));
	if (!a.attach->provider && !inherit(&a, before))
		return NULL;
	if (!attach_by_shape(&a))
		return NULL;
	a.attach->has_wildcard = is_pattern(a.attach);
	return a.attach;
}
