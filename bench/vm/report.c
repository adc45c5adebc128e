/*
 * report.c - the numbers, for people and for programs.
 */
#include "report.h"

#include <math.h>
#include <stdio.h>

#include "base/bits.h"

static bool have(const struct result *result, enum engine a, enum engine b)
{
	return result->ns[a] > 0 && result->ns[b] > 0;
}

/* Programs that a mean is of. */
struct group {
	const struct result *results;
	size_t count;
	bool without_calls; /* leave out those that call */
};

static bool is_left_out(const struct group *group, size_t i)
{
	return group->without_calls && group->results[i].calls;
}

/* The geometric mean of the ratios of two engines, or a negative number. */
static double mean_ratio(const struct group *group, enum engine a, enum engine b)
{
	const struct result *results = group->results;
	double sum = 0;
	size_t n = 0;

	for (size_t i = 0; i < group->count; i++) {
		if (!have(&results[i], a, b) || is_left_out(group, i))
			continue;
		sum += log(results[i].ns[a] / results[i].ns[b]);
		n++;
	}
	return n ? exp(sum / (double)n) : -1;
}

/* Likewise of ns per executed instruction. */
static double mean_per_insn(const struct group *group, enum engine engine)
{
	double sum = 0;
	size_t n = 0;

	for (size_t i = 0; i < group->count; i++) {
		if (is_left_out(group, i))
			continue;
		sum += log(group->results[i].ns[engine] / group->results[i].executed);
		n++;
	}
	return n ? exp(sum / (double)n) : -1;
}

static const struct {
	enum engine over, under;
	const char *name;
} ratios[] = {
	{ ENGINE_JIT, ENGINE_KERNEL, "jit/kernel" },
	{ ENGINE_JIT, ENGINE_NATIVE, "jit/native" },
	{ ENGINE_KERNEL, ENGINE_NATIVE, "kernel/native" },
	{ ENGINE_JIT_GUARDED, ENGINE_JIT, "guarded/jit" },
};

static const enum engine per_insn[] = { ENGINE_INTERPRETER, ENGINE_INTERPRETER_GUARDED };

/* The cells of a table. */
struct style {
	const char *begin, *between, *end;
	int first, width;
};

static void cell(const struct style *style, double value, int digits)
{
	(void)fputs(style->between, stdout);
	if (value < 0)
		(void)printf("%*s", style->width, "-");
	else
		(void)printf("%*.*f", style->width, digits, value);
}

static void print_head(const struct style *style, bool markdown)
{
	const size_t columns = 1 + ENGINES + ARRAY_LEN(ratios) + ARRAY_LEN(per_insn);

	(void)printf("%s%-*s", style->begin, style->first, "program");
	(void)printf("%s%*s", style->between, style->width, "insns");
	for (enum engine e = 0; e < ENGINES; e++)
		(void)printf("%s%*s", style->between, style->width,
			     e == ENGINE_INTERPRETER         ? "interp" :
			     e == ENGINE_INTERPRETER_GUARDED ? "interp-g" :
			     e == ENGINE_JIT_GUARDED         ? "jit-g" :
							       engine_names[e]);
	for (size_t i = 0; i < ARRAY_LEN(ratios); i++)
		(void)printf("%s%*s", style->between, style->width, ratios[i].name);
	(void)printf("%s%*s%s%*s%s", style->between, style->width, "interp/i", style->between,
		     style->width, "interp-g/i", style->end);
	if (!markdown)
		return;
	(void)printf("|---");
	for (size_t i = 0; i < columns; i++)
		(void)printf("|--:");
	(void)printf("|\n");
}

static void print_row(const struct style *style, const struct result *r)
{
	(void)printf("%s%-*s", style->begin, style->first, r->name);
	cell(style, r->executed, 0);
	for (enum engine e = 0; e < ENGINES; e++)
		cell(style, r->ns[e], 0);
	for (size_t i = 0; i < ARRAY_LEN(ratios); i++)
		cell(style,
		     have(r, ratios[i].over, ratios[i].under) ?
			     r->ns[ratios[i].over] / r->ns[ratios[i].under] :
			     -1,
		     2);
	for (size_t i = 0; i < ARRAY_LEN(per_insn); i++)
		cell(style, r->ns[per_insn[i]] / r->executed, 2);
	(void)fputs(style->end, stdout);
}

static void print_means(const struct style *style, const struct group *group)
{
	(void)printf("%s%-*s", style->begin, style->first,
		     group->without_calls ? "without calls" : "geometric mean");
	for (size_t i = 0; i < 1 + ENGINES; i++)
		(void)printf("%s%*s", style->between, style->width, "");
	for (size_t i = 0; i < ARRAY_LEN(ratios); i++)
		cell(style, mean_ratio(group, ratios[i].over, ratios[i].under), 2);
	for (size_t i = 0; i < ARRAY_LEN(per_insn); i++)
		cell(style, mean_per_insn(group, per_insn[i]), 2);
	(void)fputs(style->end, stdout);
}

static void print_table(const struct result *results, size_t count, bool markdown)
{
	static const struct style text = { "", " ", "\n", 14, 13 };
	static const struct style marks = { "| ", " | ", " |\n", 0, 0 };
	const struct style *style = markdown ? &marks : &text;

	print_head(style, markdown);
	for (size_t i = 0; i < count; i++)
		print_row(style, &results[i]);
	print_means(style, &(struct group){ results, count, false });
	print_means(style, &(struct group){ results, count, true });
}

static void print_hardware(const struct result *results, size_t count)
{
	double sum = 0;

	for (size_t i = 0; i < count; i++) {
		if (results[i].hardware < 0) {
			(void)printf("machine instructions per BPF instruction: skipped: this "
				     "machine has no counter for them\n");
			return;
		}
		sum += log(results[i].hardware / results[i].executed);
	}
	(void)printf("machine instructions per BPF instruction (JIT, geometric mean): %.2f\n",
		     exp(sum / (double)count));
}

static void print_compiling(const struct compiling *c)
{
	if (!c) {
		(void)printf("compiling: skipped: there is no JIT for this processor\n");
		return;
	}
	(void)printf("checking: %.1f ns an instruction\n", c->check_ns);
	(void)printf("compiling: %.1f ns an instruction of small programs, %.1f of one with %zu; "
		     "a process's first program %.0f us\n",
		     c->compile_ns, c->large_ns, c->large_insns, c->cold_us);
}

static void print_start(const struct start *start)
{
	if (start)
		(void)printf("start: 'waggle vm run' of a small object takes %.1f ms and %.1f "
			     "MiB\n",
			     start->ms, (double)start->rss_kib / 1024);
}

static void json_number(const char *name, double value, const char *after)
{
	if (value < 0)
		(void)printf("\"%s\": null%s", name, after);
	else
		(void)printf("\"%s\": %.4g%s", name, value, after);
}

static void print_json(const struct report *report)
{
	const struct result *results = report->results;
	const struct compiling *c = report->compiling;
	const struct start *start = report->start;
	const size_t count = report->count;
	const struct group all = { results, count, false };

	(void)printf("{\n  \"programs\": [\n");
	for (size_t i = 0; i < count; i++) {
		(void)printf("    { \"name\": \"%s\", ", results[i].name);
		for (enum engine e = 0; e < ENGINES; e++)
			json_number(engine_names[e], results[i].ns[e], ", ");
		json_number("hardware_insns", results[i].hardware, ", ");
		json_number("insns", results[i].executed, " }");
		(void)printf("%s\n", i + 1 < count ? "," : "");
	}
	(void)printf("  ],\n  \"geometric_means\": { ");
	for (size_t i = 0; i < ARRAY_LEN(ratios); i++)
		json_number(ratios[i].name, mean_ratio(&all, ratios[i].over, ratios[i].under),
			    ", ");
	json_number("interpreter_ns_per_insn", mean_per_insn(&all, ENGINE_INTERPRETER), ", ");
	json_number("interpreter_guarded_ns_per_insn",
		    mean_per_insn(&all, ENGINE_INTERPRETER_GUARDED), " },\n");
	json_number("  compile_ns_per_insn", c ? c->compile_ns : -1, ",\n");
	json_number("  compile_large_ns_per_insn", c ? c->large_ns : -1, ",\n");
	json_number("  compile_first_us", c ? c->cold_us : -1, ",\n");
	json_number("  start_ms", start ? start->ms : -1, ",\n");
	json_number("  start_rss_kib", start ? (double)start->rss_kib : -1, "\n}\n");
}

void report_print(const struct report *report, enum report_format format)
{
	if (format == REPORT_JSON) {
		print_json(report);
		return;
	}
	print_table(report->results, report->count, format == REPORT_MARKDOWN);
	print_hardware(report->results, report->count);
	print_compiling(report->compiling);
	print_start(report->start);
}
