/*
 * log.c - the end of the verifier's log, read backwards.
 */
#include "sys/log.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_REASON_LINES = 3 };

struct line {
	const char *text;
	size_t len;
};

/* The line that ends before @end; false when @end is the start of @log. */
static bool line_before(const char *log, const char *end, struct line *ret_line)
{
	const char *start = end;

	if (end == log)
		return false;
	if (start[-1] == '\n')
		start--;
	ret_line->len = 0;
	while (start > log && start[-1] != '\n') {
		start--;
		ret_line->len++;
	}
	ret_line->text = start;
	return true;
}

static bool begins(const struct line *line, const char *text)
{
	return line->len >= strlen(text) && !memcmp(line->text, text, strlen(text));
}

/* Lines of numbers, and of states that only help those who know the verifier. */
static bool is_noise(const struct line *line)
{
	static const char *const heads[] = {
		"processed ", "verification time", "stack depth", "mark_precise",
		"cur state",  "old state",         "max_states",  "insn_idx",
	};

	for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++)
		if (begins(line, heads[i]))
			return true;
	return line->len == 0;
}

/* "12: (85) call ..." is an instruction, "12: R0=..." the registers before one. */
static bool is_numbered(const struct line *line, uint32_t *ret_insn, const char **ret_text)
{
	char *end;
	unsigned long number;

	if (line->len == 0 || line->text[0] < '0' || line->text[0] > '9')
		return false;
	number = strtoul(line->text, &end, 10);
	if (*end != ':')
		return false;
	*ret_insn = (uint32_t)number;
	*ret_text = end + 1;
	return true;
}

static bool is_reason(const struct line *line)
{
	uint32_t insn;
	const char *text;

	return !is_numbered(line, &insn, &text) && line->text[0] != ';' && !begins(line, "from ") &&
	       !begins(line, "func#") && !begins(line, "Live regs");
}

/* "unreachable insn 7", "back-edge from insn 5 to 3": the only number when nothing was looked at. */
static void read_named_insn(struct sys_refusal *refusal)
{
	const char *word = strstr(strbuf_text(&refusal->reason), "insn ");

	if (word && word[5] >= '0' && word[5] <= '9')
		refusal->insn = (uint32_t)strtoul(word + 5, NULL, 10);
}

static void read_insn(const char *log, const char *end, struct sys_refusal *refusal)
{
	struct line line;
	uint32_t insn;
	const char *text;

	while (line_before(log, end, &line)) {
		end = line.text;
		if (!is_numbered(&line, &insn, &text) || strncmp(text, " (", 2) != 0)
			continue;
		refusal->insn = insn;
		text += strcspn(text, ")") + 2;
		strbuf_add(&refusal->text, text, strcspn(text, ";\n"));
		while (refusal->text.len > 0 && refusal->text.data[refusal->text.len - 1] == ' ')
			refusal->text.data[--refusal->text.len] = '\0';
		return;
	}
	read_named_insn(refusal);
}

void sys_refusal_read(const char *log, struct sys_refusal *ret_refusal)
{
	const char *end = log + strlen(log);
	struct line line, lines[MOST_REASON_LINES];
	unsigned int count = 0;

	*ret_refusal = (struct sys_refusal){ .insn = SYS_NO_INSN };
	while (count < MOST_REASON_LINES && line_before(log, end, &line)) {
		if (!is_noise(&line) && !is_reason(&line))
			break;
		end = line.text;
		if (!is_noise(&line))
			lines[count++] = line;
	}
	while (count-- > 0) {
		if (ret_refusal->reason.len)
			strbuf_puts(&ret_refusal->reason, "; ");
		strbuf_add(&ret_refusal->reason, lines[count].text, lines[count].len);
	}
	read_insn(log, end, ret_refusal);
}

void sys_refusal_release(struct sys_refusal *refusal)
{
	strbuf_release(&refusal->text);
	strbuf_release(&refusal->reason);
}
