/*
 * script_programs.c - random scripts that mean something: what checks must compile, and Linux must load it.
 *
 * A grammar makes statements of the types that are wanted, so nearly all pass the checker; those that do
 * not are counted, and there may be few.  A script that the verifier refuses, or that is too much for
 * the compiler's stack or registers, is printed with the reason: each number is a seed.
 *
 * usage: script-programs [--count N] [--seed S] [--print]
 */
#include "script_load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "random.h"

enum {
	MOST_VARS = 6,
	MOST_DEPTH = 4,
	MOST_STATEMENTS = 5,
	MOST_FAILURES = 3,
};

enum kind {
	KIND_INT,
	KIND_STRING,
	KIND_BOOL,
	KIND_COUNT,
};

struct generator {
	struct dice dice;
	struct strbuf text;
	unsigned int depth;
	unsigned int vars[2]; /* of KIND_INT and KIND_STRING that are set: $i0, $s0 ... */
	unsigned int loops;
	unsigned int names; /* of loop variables, given out so far */
	const struct probe_kind *probe;
};

struct probe_kind {
	const char *text;
	const char *ints[4];    /* what gives numbers there */
	const char *strings[3]; /* and strings */
	bool has_stacks;
};

static const struct probe_kind probes[] = {
	{ "BEGIN", { "pid" }, { "comm" }, false },
	{ "tracepoint:syscalls:sys_enter_openat",
	  { "args.dfd", "args.flags", "pid" },
	  { "str(args.filename)", "str(args.filename, 20)", "comm" },
	  true },
	{ "tracepoint:sched:sched_switch",
	  { "args.prev_pid", "args.next_prio", "cpu" },
	  { "args.next_comm", "args.prev_comm", "comm" },
	  true },
	{ "rawtracepoint:sys_enter", { "arg1", "tid" }, { "comm" }, true },
	{ "profile:hz:99", { "cpu", "nsecs", "pid" }, { "comm" }, true },
	{ "interval:s:1", { "elapsed", "cpu" }, { "comm" }, false },
	{ "kprobe:vfs_read",
	  { "arg2", "((struct file *)arg0)->f_flags", "tid" },
	  { "str(arg1)", "comm" },
	  true },
	{ "kretprobe:vfs_read", { "retval", "pid" }, { "comm" }, true },
	{ "uprobe:/bin/true:0x2000", { "arg0", "uid" }, { "str(arg0)", "str(arg1, arg2)" }, true },
};

static uint32_t below(struct generator *g, uint32_t n)
{
	return dice_below(&g->dice, n);
}

static void put(struct generator *g, const char *text)
{
	strbuf_puts(&g->text, text);
}

#define PUT(g, ...) strbuf_printf(&(g)->text, __VA_ARGS__)

/* --- expressions ----------------------------------------------------------------------------- */

static void expression(struct generator *g, enum kind kind);

static const char *pick_word(struct generator *g, const char *const *words, unsigned int most)
{
	unsigned int count = 0;

	while (count < most && words[count])
		count++;
	return words[below(g, count)];
}

static void literal(struct generator *g)
{
	static const char *const numbers[] = { "0",   "1",   "2",    "7",          "63",
					       "100", "255", "4096", "2147483648", "1e9" };

	put(g, numbers[below(g, 10)]);
}

static void text(struct generator *g)
{
	static const char *const texts[] = { "\"\"", "\"a\"", "\"bash\"", "\"abcdefgh\"",
					     "\"/etc/ld.so.cache\"" };

	put(g, texts[below(g, 5)]);
}

static void binary(struct generator *g)
{
	static const char *const ops[] = { "+", "-", "*", "/", "%", "&", "|", "^", "<<", ">>" };

	put(g, "(");
	expression(g, KIND_INT);
	PUT(g, " %s ", ops[below(g, 10)]);
	expression(g, KIND_INT);
	put(g, ")");
}

static void integer(struct generator *g)
{
	switch (below(g, g->depth > MOST_DEPTH ? 4 : 14)) {
	case 0: literal(g); break;
	case 1:
		if (g->vars[KIND_INT]) {
			PUT(g, "$i%u", below(g, g->vars[KIND_INT]));
			break;
		}
		literal(g);
		break;
	case 2:
	case 3: put(g, pick_word(g, g->probe->ints, 4)); break;
	case 4:
		PUT(g, "@n%u[", below(g, 2));
		expression(g, KIND_INT);
		put(g, "]");
		break;
	case 5:
		put(g, "strlen(");
		expression(g, KIND_STRING);
		put(g, ")");
		break;
	case 6:
		put(g, "strstr(");
		expression(g, KIND_STRING);
		put(g, ", ");
		if (below(g, 4))
			text(g);
		else
			expression(g, KIND_STRING);
		put(g, ")");
		break;
	case 7:
		put(g, "(");
		expression(g, KIND_BOOL);
		put(g, " ? ");
		expression(g, KIND_INT);
		put(g, " : ");
		expression(g, KIND_INT);
		put(g, ")");
		break;
	case 8:
		PUT(g, "(%s)(", below(g, 2) ? "uint8" : "int32");
		expression(g, KIND_INT);
		put(g, ")");
		break;
	case 9: put(g, "@g"); break;
	default: binary(g); break;
	}
}

static void string(struct generator *g)
{
	switch (below(g, g->depth > MOST_DEPTH ? 3 : 6)) {
	case 0:
	case 1: put(g, pick_word(g, g->probe->strings, 3)); break;
	case 2:
		if (g->vars[KIND_STRING])
			PUT(g, "$s%u", below(g, g->vars[KIND_STRING]));
		else
			text(g);
		break;
	case 3:
		put(g, "str_concat(");
		expression(g, KIND_STRING);
		put(g, ", ");
		expression(g, KIND_STRING);
		put(g, ")");
		break;
	case 4:
		put(g, below(g, 2) ? "strerror(" : "signal_name(");
		expression(g, KIND_INT);
		put(g, ")");
		break;
	default:
		PUT(g, "@t[");
		expression(g, KIND_STRING);
		put(g, "]");
		break;
	}
}

static void boolean(struct generator *g)
{
	static const char *const compares[] = { "<", "<=", ">", ">=", "==", "!=" };
	static const char *const patterns[] = { "\"*\"", "\"b*h\"", "\"*a?c*\"", "\"[a-f]*\"" };

	switch (below(g, g->depth > MOST_DEPTH ? 1 : 7)) {
	case 1:
		put(g, "(");
		expression(g, KIND_STRING);
		PUT(g, " %s ", compares[4 + below(g, 2)]);
		if (below(g, 3))
			text(g);
		else
			expression(g, KIND_STRING);
		put(g, ")");
		break;
	case 2:
		put(g, "(");
		expression(g, KIND_BOOL);
		put(g, below(g, 2) ? " && " : " || ");
		expression(g, KIND_BOOL);
		put(g, ")");
		break;
	case 3:
		put(g, "!");
		expression(g, KIND_BOOL);
		break;
	case 4:
		put(g, "strcontains(");
		expression(g, KIND_STRING);
		put(g, ", ");
		text(g);
		put(g, ")");
		break;
	case 5:
		put(g, "globmatch(");
		expression(g, KIND_STRING);
		PUT(g, ", %s)", patterns[below(g, 4)]);
		break;
	case 6:
		put(g, "has_key(@n0, ");
		expression(g, KIND_INT);
		put(g, ")");
		break;
	default:
		put(g, "(");
		expression(g, KIND_INT);
		PUT(g, " %s ", compares[below(g, 6)]);
		expression(g, KIND_INT);
		put(g, ")");
		break;
	}
}

static void expression(struct generator *g, enum kind kind)
{
	g->depth++;
	switch (kind) {
	case KIND_INT: integer(g); break;
	case KIND_STRING: string(g); break;
	case KIND_BOOL:
	case KIND_COUNT: boolean(g); break;
	}
	g->depth--;
}

/* --- statements ------------------------------------------------------------------------------ */

static void statements(struct generator *g, unsigned int most);

/* Variables that are set within are not seen behind. */
static void nested(struct generator *g)
{
	unsigned int vars[2] = { g->vars[0], g->vars[1] };

	put(g, "{\n");
	g->depth++;
	statements(g, 3);
	g->depth--;
	put(g, "}\n");
	g->vars[0] = vars[0];
	g->vars[1] = vars[1];
}

static void set_variable(struct generator *g)
{
	enum kind kind = below(g, 3) ? KIND_INT : KIND_STRING;
	unsigned int count = g->vars[kind];
	bool is_new = !count || (count < MOST_VARS && !g->loops && below(g, 2));
	unsigned int number = is_new ? count : below(g, count);

	if (kind == KIND_INT && is_new)
		PUT(g, "$i%u = (int64)", number);
	else if (kind == KIND_INT)
		PUT(g, "$i%u %s ", number, below(g, 2) ? "=" : below(g, 2) ? "+=" : "^=");
	else
		PUT(g, "$s%u = ", number);
	if (kind == KIND_STRING && is_new) {
		put(g, "str_concat(\"\", ");
		expression(g, kind);
		put(g, ");\n");
	} else if (kind == KIND_INT) {
		put(g, "(int64)(");
		expression(g, kind);
		put(g, ");\n");
	} else {
		expression(g, kind);
		put(g, ";\n");
	}
	g->vars[kind] += is_new;
}

static void loop(struct generator *g)
{
	unsigned int name = g->names++;

	if (g->loops > 1) {
		put(g, "@g++;\n");
		return;
	}
	g->loops++;
	switch (below(g, 5)) {
	case 0: PUT(g, "for ($l%u : 0..%u) ", name, 1 + below(g, 40)); break;
	case 1:
		PUT(g, "for ($l%u : 0..", name);
		expression(g, KIND_INT);
		put(g, ") ");
		break;
	case 2: PUT(g, "for ($l%u : @n%u) ", name, below(g, 2)); break;
	case 3:
		put(g, "while (");
		expression(g, KIND_BOOL);
		put(g, ") ");
		break;
	default: PUT(g, "unroll (%u) ", 1 + below(g, 3)); break;
	}
	nested(g);
	g->loops--;
}

static void aggregate(struct generator *g)
{
	static const char *const calls[] = { "count()", "sum(",   "max(",  "avg(",
					     "hist(",   "stats(", "lhist(" };
	unsigned int which = below(g, 7);

	PUT(g, "@a%u[", which);
	expression(g, KIND_INT);
	put(g, ", ");
	expression(g, KIND_STRING);
	PUT(g, "] = %s", calls[which]);
	if (which) {
		expression(g, KIND_INT);
		put(g, which == 6 ? ", 0, 1000, 100)" : ")");
	}
	put(g, ";\n");
}

static void show(struct generator *g)
{
	switch (below(g, 3)) {
	case 0:
		put(g, "printf(\"%d %s\\n\", ");
		expression(g, KIND_INT);
		put(g, ", ");
		expression(g, KIND_STRING);
		put(g, ");\n");
		break;
	case 1:
		put(g, "print((");
		expression(g, KIND_INT);
		put(g, ", ");
		expression(g, KIND_STRING);
		put(g, "));\n");
		break;
	default: put(g, "print(@n0);\n"); break;
	}
}

static void statement(struct generator *g)
{
	switch (below(g, g->depth > MOST_DEPTH ? 5 : 11)) {
	case 0:
	case 1: set_variable(g); break;
	case 2:
		PUT(g, "@n%u[", below(g, 2));
		expression(g, KIND_INT);
		put(g, "] = (int64)(");
		expression(g, KIND_INT);
		put(g, ");\n");
		break;
	case 3: aggregate(g); break;
	case 4: put(g, "@g++;\n"); break;
	case 5:
		put(g, "@t[");
		expression(g, KIND_STRING);
		put(g, "] = str_concat(\"\", ");
		expression(g, KIND_STRING);
		put(g, ");\n");
		break;
	case 6: show(g); break;
	case 7:
		if (g->probe->has_stacks)
			PUT(g, below(g, 2) ? "@k5[kstack(5)] = count();\n" :
					     "@k6[kstack(6)] = count();\n");
		break;
	case 8: loop(g); break;
	default:
		put(g, "if (");
		expression(g, KIND_BOOL);
		put(g, ") ");
		nested(g);
		if (below(g, 2)) {
			put(g, "else ");
			nested(g);
		}
		break;
	}
}

static void statements(struct generator *g, unsigned int most)
{
	for (unsigned int n = 1 + below(g, most); n > 0; n--)
		statement(g);
}

static void generate(struct generator *g, uint64_t seed)
{
	*g = (struct generator){ .dice = { seed } };
	put(g, "config = { max_strlen = 64 }\n"
	       "BEGIN { @g = (int64)0; @n0[0] = (int64)1; @n1[(int64)0] = (int64)1; "
	       "@t[str_concat(\"\", \"\")] = str_concat(\"\", \"x\"); }\n");
	for (unsigned int n = 1 + below(g, 2); n > 0; n--) {
		g->probe = &probes[below(g, sizeof probes / sizeof probes[0])];
		g->vars[0] = g->vars[1] = 0;
		put(g, g->probe->text);
		if (!below(g, 3)) {
			put(g, " /");
			expression(g, KIND_BOOL);
			put(g, "/");
		}
		put(g, " {\n");
		statements(g, MOST_STATEMENTS);
		put(g, "}\n");
	}
}

/* --- all ------------------------------------------------------------------------------------- */

struct counts {
	unsigned long loaded, wrong, refused;
	bool denied;
};

static void complain(uint64_t seed, const struct generator *g, const struct script_load *load)
{
	struct strbuf why = { 0 };

	diag_render(&load->diag, &why);
	printf("script %llu:\n%s%s\n", (unsigned long long)seed, strbuf_text(&g->text),
	       strbuf_text(&why));
	strbuf_release(&why);
}

static void try_one(const struct script_machine *machine, uint64_t seed, bool print,
		    struct counts *counts)
{
	struct generator g;
	struct script_load load;

	generate(&g, seed);
	switch (script_load(&load, machine, strbuf_text(&g.text))) {
	case SCRIPT_LOADED: counts->loaded++; break;
	case SCRIPT_WRONG:
		counts->wrong++;
		if (print)
			complain(seed, &g, &load);
		break;
	case SCRIPT_REFUSED:
		counts->refused++;
		complain(seed, &g, &load);
		break;
	case SCRIPT_DENIED: counts->denied = true; break;
	}
	script_unload(&load);
	strbuf_release(&g.text);
}

int main(int argc, char **argv)
{
	unsigned long count = 300;
	uint64_t seed = 1;
	bool print = false;
	struct counts counts = { 0 };
	struct script_machine machine;

	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--count") && i + 1 < argc)
			count = strtoul(argv[++i], NULL, 10);
		else if (!strcmp(argv[i], "--seed") && i + 1 < argc)
			seed = strtoull(argv[++i], NULL, 10);
		else if (!strcmp(argv[i], "--print"))
			print = true;
	}
	script_machine_init(&machine);
	for (unsigned long i = 0; i < count && counts.refused < MOST_FAILURES && !counts.denied;
	     i++)
		try_one(&machine, seed + i, print, &counts);
	script_machine_release(&machine);
	if (counts.denied) {
		printf("0 passed, 0 failed, 1 skipped\n");
		return 0;
	}
	printf("%lu loaded, %lu are no scripts, %lu refused\n", counts.loaded, counts.wrong,
	       counts.refused);
	return counts.refused || counts.wrong * 10 > count;
}
