/*
 * header.c - asking a compiler about headers.
 *
 * A compiler writes types only of what uses them, and values of definitions not at all.  So the preprocessed text
 * is searched for names, and the headers are compiled together with a probe: a variable of each
 * type, and one with each value that the script could mean.  The search takes for a type or value what may be
 * none: each line of the probe that the compiler complains about is left out, and it is asked again.
 */
#include "header/header.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "base/chars.h"
#include "header/compiler.h"
#include "header/include_path.h"
#include "header/compiled.h"
#include "header/scan.h"

enum { MOST_ROUNDS = 8 };

/* What the compiler takes for names of files. */
#define SCRIPT_NAME "waggle-script"
#define PROBE_NAME  "waggle-probe"

struct line {
	struct line *next;
	const char *text;
	const char *name; /* of an '#include': the file; else NULL */
	struct span span;
};

/* A line of the probe. */
struct probed {
	const struct scan_name *name;
	bool is_refused;
};

struct known_value {
	const char *name;
	struct header_value value;
};

struct headers {
	struct arena arena;
	struct header_options options;
	struct line *lines, **lines_end;
	const char **words; /* of the script, sorted */
	size_t word_count;

	bool was_read;
	int err; /* of reading */
	struct diag diag;
	const struct compiler *compiler;
	struct include_path path;
	struct scan_name *names;
	struct probed *probed;
	size_t probed_count;
	struct btf *btf;
	char *btf_data;
	struct known_value *values;
	size_t value_count;
};

/* --- what is to be read ---------------------------------------------------------------------- */

/* The name within <> or "" of an '#include'; NULL: it is another line. */
static const char *included_name(struct headers *headers, const char *line)
{
	const char *open = strpbrk(line, "<\""), *close;

	if (strncmp(line, "#include", 8) != 0 || !open)
		return NULL;
	close = strchr(open + 1, *open == '<' ? '>' : '"');
	return close ? arena_strndup(&headers->arena, open + 1, (size_t)(close - open - 1)) : NULL;
}

int headers_add(struct headers *headers, const char *line, struct span span)
{
	struct line *l = arena_alloc(&headers->arena, sizeof *l);

	if (!l)
		return -ENOMEM;
	l->text = arena_strndup(&headers->arena, line, strlen(line));
	l->name = included_name(headers, line);
	l->span = span;
	if (!l->text)
		return -ENOMEM;
	*headers->lines_end = l;
	headers->lines_end = &l->next;
	return 0;
}

struct headers *headers_new(const struct header_options *options)
{
	struct headers *headers = calloc(1, sizeof *headers);
	int err = 0;

	if (!headers)
		return NULL;
	headers->options = *options;
	headers->lines_end = &headers->lines;
	for (size_t i = 0; i < options->file_count && !err; i++) {
		const char *line =
			arena_printf(&headers->arena, "#include \"%s\"", options->files[i]);

		err = line ? headers_add(headers, line, SPAN_NONE) : -ENOMEM;
	}
	if (err) {
		headers_free(headers);
		return NULL;
	}
	return headers;
}

void headers_free(struct headers *headers)
{
	if (!headers)
		return;
	btf_free(headers->btf);
	free(headers->btf_data);
	diag_release(&headers->diag);
	arena_release(&headers->arena);
	free(headers);
}

static int compare_words(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int headers_set_words(struct headers *headers, const char *text, size_t len)
{
	const char *const end = text + len;
	size_t most = 0;

	for (const char *p = text; p < end; p++)
		most += char_is_letter(*p) && (p == text || !char_is_letter(p[-1]));
	headers->words = arena_alloc_array(&headers->arena, most ? most : 1, sizeof(char *));
	headers->word_count = 0;
	if (!headers->words)
		return -ENOMEM;
	for (const char *p = text; p < end; p++) {
		const char *start = p;

		if (!char_is_letter(*p))
			continue;
		while (p < end && (char_is_letter(*p) || char_is_digit(*p)))
			p++;
		headers->words[headers->word_count] =
			arena_strndup(&headers->arena, start, (size_t)(p - start));
		if (!headers->words[headers->word_count++])
			return -ENOMEM;
	}
	qsort(headers->words, headers->word_count, sizeof(char *), compare_words);
	return 0;
}

bool headers_exist(const struct headers *headers)
{
	for (const struct line *l = headers->lines; l; l = l->next)
		if (l->name)
			return true;
	return false;
}

bool headers_are_kernels(const struct headers *headers)
{
	for (const struct line *l = headers->lines; l; l = l->next)
		if (l->name && !include_is_kernels(l->name))
			return false;
	return true;
}

/* --- what the compiler says ------------------------------------------------------------------ */

/* The number behind "@name:" in the @len bytes of @text, or 0. */
static size_t number_behind(const char *text, size_t len, const char *name)
{
	const size_t name_len = strlen(name);

	for (size_t i = 0; i + name_len + 1 < len; i++)
		if (!strncmp(text + i, name, name_len) && text[i + name_len] == ':')
			return strtoul(text + i + name_len + 1, NULL, 10);
	return 0;
}

/* What follows 'error: ' in a line, or NULL. */
static const char *message_in(const char *text, size_t len)
{
	static const char word[] = "error: ";

	for (size_t i = 0; i + sizeof word <= len; i++)
		if (!memcmp(text + i, word, sizeof word - 1))
			return text + i + sizeof word - 1;
	return NULL;
}

static void hint_missing(struct headers *headers, const struct line *l)
{
	if (l && include_is_kernels(l->name))
		diag_hint(
			&headers->diag,
			"the kernel's headers are those of its package (linux-headers-...), or where "
			"$BPFTRACE_KERNEL_SOURCE says");
	else
		diag_hint(&headers->diag, "say where it is: -I DIR");
}

/* An error in the @len bytes of @text; it came about by the @number-th line that was added. */
static void report(struct headers *headers, size_t number, const char *text, size_t len)
{
	const char *message = message_in(text, len), *place_end;
	const int rest = (int)(text + len - message);
	const struct line *l = headers->lines;
	int place;

	for (size_t i = 1; l && i < number; i++)
		l = l->next;
	if (l && !l->name)
		l = NULL;
	place_end = memmem(text, len, " fatal error:", 13);
	if (!place_end)
		place_end = memmem(text, len, " error:", 7);
	place = !strncmp(text, SCRIPT_NAME, strlen(SCRIPT_NAME)) || !place_end ?
			0 :
			(int)(place_end - text);
	diag_error(&headers->diag, l ? l->span : SPAN_NONE,
		   "%s does not understand the header%s%s%s: %.*s%s%.*s",
		   compiler_name(headers->compiler), l ? " '" : "s", l ? l->name : "", l ? "'" : "",
		   place, text, place ? " " : "", rest, message);
	if (memmem(text, len, "not found", 9) || memmem(text, len, "No such file", 12))
		hint_missing(headers, l);
}

/* The headers' own errors are for the user: the first is reported.  False: there is none. */
static bool report_said(struct headers *headers, const char *said)
{
	size_t number = 0;

	while (*said) {
		const size_t len = strcspn(said, "\n");
		const size_t found = number_behind(said, len, SCRIPT_NAME);

		number = found ? found : number;
		if (message_in(said, len) && !number_behind(said, len, PROBE_NAME)) {
			report(headers, number, said, len);
			return true;
		}
		said += len + (said[len] == '\n');
	}
	return false;
}

/* Mark the lines of the probe that were complained about; false: there were none. */
static bool refuse_said(struct headers *headers, const char *said)
{
	bool found = false;

	while (*said) {
		const size_t len = strcspn(said, "\n");
		const size_t number = number_behind(said, len, PROBE_NAME);

		if (message_in(said, len) && number > 0 && number <= headers->probed_count &&
		    !headers->probed[number - 1].is_refused) {
			headers->probed[number - 1].is_refused = true;
			found = true;
		}
		said += len + (said[len] == '\n');
	}
	return found;
}

/* --- the probe ------------------------------------------------------------------------------- */

static bool is_word_of_script(const struct headers *headers, const char *word)
{
	return headers->word_count &&
	       bsearch(&word, headers->words, headers->word_count, sizeof(char *), compare_words);
}

/* Tags are all probed, since types refer to each other; what else, by what the script could mean. */
static bool is_worth_probing(const struct headers *headers, const struct scan_name *n)
{
	switch (n->kind) {
	case SCAN_STRUCT:
	case SCAN_UNION:
	case SCAN_ENUM: return true;
	case SCAN_MACRO:
		return n->text[0] && n->text[0] != '"' && is_word_of_script(headers, n->name);
	case SCAN_ENUMERATOR:
	case SCAN_TYPEDEF: return is_word_of_script(headers, n->name);
	}
	return false;
}

static int choose_probed(struct headers *headers)
{
	size_t count = 0;

	for (const struct scan_name *n = headers->names; n; n = n->next)
		count += is_worth_probing(headers, n);
	headers->probed =
		arena_alloc_array(&headers->arena, count ? count : 1, sizeof *headers->probed);
	if (!headers->probed)
		return -ENOMEM;
	for (const struct scan_name *n = headers->names; n; n = n->next)
		if (is_worth_probing(headers, n))
			headers->probed[headers->probed_count++].name = n;
	return 0;
}

static void put_lines(const struct headers *headers, struct strbuf *out)
{
	size_t number = 0;

	for (const struct line *l = headers->lines; l; l = l->next)
		/* the semicolon ends what a header has left open: what comes next is not to blame */
		strbuf_printf(out, "#line %zu \"" SCRIPT_NAME "\"\n%s\n%s", ++number, l->text,
			      l->name ? ";\n" : "");
}

static void put_probed(const struct scan_name *n, size_t i, struct strbuf *out)
{
	switch (n->kind) {
	case SCAN_STRUCT: strbuf_printf(out, "struct %s waggle_%zu;", n->name, i); break;
	case SCAN_UNION: strbuf_printf(out, "union %s waggle_%zu;", n->name, i); break;
	case SCAN_ENUM: strbuf_printf(out, "enum %s waggle_%zu;", n->name, i); break;
	case SCAN_TYPEDEF: strbuf_printf(out, "%s *waggle_%zu;", n->name, i); break;
	case SCAN_MACRO:
	case SCAN_ENUMERATOR: /* the '|' refuses what is no integer */
		strbuf_printf(
			out,
			"struct waggle_value waggle_%zu WAGGLE_VALUE = { %zu, (%s) | 0ull, (%s) < 0 };",
			i, i, n->name, n->name);
		break;
	}
}

static void put_probe(const struct headers *headers, struct strbuf *out)
{
	strbuf_puts(out, "#define WAGGLE_VALUE __attribute__((section(\"" COMPILED_VALUES
			 "\"), used, aligned(8)))\n"
			 "struct waggle_value { unsigned long long index, bits, is_negative; };\n"
			 "#line 1 \"" PROBE_NAME "\"\n");
	for (size_t i = 0; i < headers->probed_count; i++) {
		if (!headers->probed[i].is_refused)
			put_probed(headers->probed[i].name, i, out);
		strbuf_putc(out, '\n');
	}
}

/* --- reading --------------------------------------------------------------------------------- */

static int find_names(struct headers *headers)
{
	struct strbuf text = { 0 }, out = { 0 }, said = { 0 };
	int err;

	put_lines(headers, &text);
	err = text.failed ? -ENOMEM :
			    compiler_preprocess(headers->compiler, headers->path.flags,
						strbuf_text(&text), &out, &said);
	if (err == -EINVAL)
		(void)report_said(headers, strbuf_text(&said));
	if (!err && !scan_names(strbuf_text(&out), out.len, &headers->arena, &headers->names))
		err = -ENOMEM;
	strbuf_release(&text);
	strbuf_release(&out);
	strbuf_release(&said);
	return err ? err : choose_probed(headers);
}

/* Once: -EAGAIN when the probe became shorter. */
static int compile(struct headers *headers, struct strbuf *object)
{
	struct strbuf text = { 0 }, said = { 0 };
	int err;

	put_lines(headers, &text);
	put_probe(headers, &text);
	err = text.failed ? -ENOMEM :
			    compiler_compile(headers->compiler, headers->path.flags,
					     strbuf_text(&text), object, &said);
	if (err == -EINVAL && !report_said(headers, strbuf_text(&said)) &&
	    refuse_said(headers, strbuf_text(&said)))
		err = -EAGAIN;
	strbuf_release(&text);
	strbuf_release(&said);
	return err;
}

static int keep(struct headers *headers, const struct strbuf *object)
{
	struct compiled_value *values;
	size_t btf_len, count;
	int err = compiled_read(object->data, object->len, &headers->btf_data, &btf_len, &values,
				&count);

	if (err)
		return err;
	headers->values =
		arena_alloc_array(&headers->arena, count ? count : 1, sizeof *headers->values);
	for (size_t i = 0; headers->values && i < count; i++)
		if (values[i].index < headers->probed_count)
			headers->values[headers->value_count++] = (struct known_value){
				headers->probed[values[i].index].name->name,
				{ values[i].bits, values[i].is_negative != 0 },
			};
	free(values);
	if (!headers->values)
		return -ENOMEM;
	return btf_parse(headers->btf_data, btf_len, &headers->diag, &headers->btf);
}

static int find_types(struct headers *headers)
{
	struct strbuf object = { 0 };
	int err = -EAGAIN;

	for (int i = 0; i < MOST_ROUNDS && err == -EAGAIN; i++) {
		strbuf_reset(&object);
		err = compile(headers, &object);
	}
	if (!err)
		err = keep(headers, &object);
	strbuf_release(&object);
	return err;
}

static const struct line *first_header(const struct headers *headers)
{
	const struct line *l = headers->lines;

	while (l && !l->name)
		l = l->next;
	return l;
}

static int find_compiler(struct headers *headers)
{
	const struct line *first = first_header(headers);

	headers->compiler = compiler_find();
	if (headers->compiler)
		return 0;
	diag_error(&headers->diag, first ? first->span : SPAN_NONE,
		   "the header '%s' cannot be read: there is no C compiler",
		   first ? first->name : "");
	diag_hint(&headers->diag,
		  "install the package 'clang', or 'gcc' (12 or newer); the kernel's "
		  "types need none, if it has BTF");
	return -ENOENT;
}

static int find_path(struct headers *headers)
{
	const struct header_options *options = &headers->options;
	bool fits = true, has_memory;
	const char **names;
	size_t count = 0;

	for (size_t i = 0; i < options->dir_count; i++)
		fits &= include_path_add(&headers->path, "-I", options->dirs[i]);
	if (options->script_dir)
		fits &= include_path_add(&headers->path, "-iquote", options->script_dir);
	fits &= include_path_add(&headers->path, "-iquote", ".");
	if (!fits) {
		diag_error(&headers->diag, SPAN_NONE, "more than %d folders of headers (-I)",
			   INCLUDE_MOST_FLAGS / 2);
		return -EINVAL;
	}
	for (const struct line *l = headers->lines; l; l = l->next)
		count += l->name != NULL;
	names = arena_alloc_array(&headers->arena, count ? count : 1, sizeof *names);
	if (!names)
		return -ENOMEM;
	count = 0;
	for (const struct line *l = headers->lines; l; l = l->next)
		if (l->name)
			names[count++] = l->name;
	has_memory = include_path_add_kernel(&headers->path, names, count, &headers->arena);
	return has_memory ? 0 : -ENOMEM;
}

int headers_read(struct headers *headers)
{
	if (headers->was_read)
		return headers->err;
	headers->was_read = true;
	if (!headers_exist(headers))
		return 0;
	headers->err = find_compiler(headers);
	if (!headers->err)
		headers->err = find_path(headers);
	if (!headers->err)
		headers->err = find_names(headers);
	if (!headers->err)
		headers->err = find_types(headers);
	if (headers->err && !headers->diag.error_count)
		diag_error(&headers->diag, SPAN_NONE, "the headers cannot be read: %s failed (%s)",
			   headers->compiler ? compiler_name(headers->compiler) : "the compiler",
			   strerror(-headers->err));
	return headers->err;
}

const struct diag *headers_diag(const struct headers *headers)
{
	return &headers->diag;
}

/* --- questions ------------------------------------------------------------------------------- */

const struct btf *headers_btf(struct headers *headers)
{
	return headers_read(headers) == 0 ? headers->btf : NULL;
}

bool headers_value(struct headers *headers, const char *name, struct header_value *ret_value)
{
	if (headers_read(headers) != 0)
		return false;
	for (size_t i = 0; i < headers->value_count; i++)
		if (!strcmp(headers->values[i].name, name)) {
			*ret_value = headers->values[i].value;
			return true;
		}
	return false;
}

const char *headers_macro(struct headers *headers, const char *name)
{
	if (headers_read(headers) != 0)
		return NULL;
	for (const struct scan_name *n = headers->names; n; n = n->next)
		if (n->kind == SCAN_MACRO && !strcmp(n->name, name))
			return n->text;
	return NULL;
}
