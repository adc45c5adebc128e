/*
 * code_format.h - programs of either instruction set in the formats that commands write.
 */
#ifndef WAGGLE_CMD_CODE_FORMAT_H
#define WAGGLE_CMD_CODE_FORMAT_H

#include "isa/bytes.h"

/* The formats, as choices of an option; and a paragraph of help about them. */
#define CODE_FORMATS "list|source|c|hex|raw|decimal"
#define CODE_FORMATS_HELP                                                                          \
	"The formats are 'list', a line for each instruction with its number, as the kernel's "    \
	"verifier and 'tcpdump -d' print it; 'source', with labels, to be edited; 'c', rows for "  \
	"an array of struct bpf_insn or struct sock_filter ('tcpdump -dd'); 'hex', the bytes as "  \
	"digits; 'raw', the bytes as the kernel takes them; and, of classic BPF only, 'decimal', " \
	"a count and four numbers for each instruction ('tcpdump -ddd')."

/* Append @program to @out in @format, one of the above.  With @bytes, a list or source of eBPF
 * shows the bytes of each instruction too.  Returns 0, -EINVAL with the reason in @diag where the
 * program has no such format, or -ENOMEM. */
int code_format(const struct isa_program *program, const char *format, bool bytes,
		struct diag *diag, struct strbuf *out) MUST_USE;

#endif
