/*
 * vm.c - what the commands that run programs share.
 */
#include "cmd/vm.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"

enum program_engine vm_engine(const struct command_args *args, bool *failed)
{
	struct diag diag = { .name = "waggle" };

	if (args_flag(args, "interpret") && args_flag(args, "jit")) {
		diag_error(&diag, SPAN_NONE, "'--interpret' and '--jit' exclude each other");
		command_report(&diag);
		diag_release(&diag);
		*failed = true;
	}
	if (args_flag(args, "interpret"))
		return PROGRAM_ENGINE_INTERPRETER;
	return args_flag(args, "jit") ? PROGRAM_ENGINE_JIT : PROGRAM_ENGINE_BEST;
}

const char *vm_engine_name(const struct program *program)
{
	return program_native_bytes(program) ? "jit (" WAGGLE_ARCHITECTURE ")" : "interpreter";
}

static int hex_digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c ? strchr(digits, c >= 'A' && c <= 'F' ? c + 'a' - 'A' : c) : NULL;

	return at ? (int)(at - digits) : -1;
}

static bool is_separator(char c)
{
	return c == ' ' || c == ',' || (c >= '\t' && c <= '\r');
}

int vm_parse_hex(const char *text, struct diag *diag, uint8_t **ret_bytes, size_t *ret_len)
{
	uint8_t *bytes = malloc(strlen(text) / 2 + 1);
	size_t len = 0;

	if (!bytes)
		return -ENOMEM;
	for (const char *p = text; *p;) {
		if (is_separator(*p)) {
			p++;
			continue;
		}
		if (p[0] == '0' && (p[1] == 'x' || p[1] == 'X'))
			p += 2;
		if (hex_digit(p[0]) < 0 || hex_digit(p[1]) < 0) {
			diag_error(diag, SPAN_NONE,
				   "byte %zu of the memory is no byte in hex: '%.8s'", len, p);
			diag_hint(diag, "write two digits for each byte: '00 ff 1c' or '00ff1c'");
			free(bytes);
			return -EINVAL;
		}
		bytes[len++] = (uint8_t)(hex_digit(p[0]) << 4 | hex_digit(p[1]));
		p += 2;
	}
	*ret_bytes = bytes;
	*ret_len = len;
	return 0;
}
