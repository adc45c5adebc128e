/*
 * dump.c - programs as the kernel keeps them.
 */
#include "run/dump.h"

#include <errno.h>
#include <linux/bpf.h>
#include <stdlib.h>

#include "isa/disasm.h"
#include "sys/bpf.h"

enum { BYTES_A_LINE = 16 };

int run_dump_xlated(const struct sys *sys, int prog_fd, const char *name, struct strbuf *out)
{
	const struct isa_disasm_options options = { .numbers = true };
	struct bpf_prog_info info = { 0 };
	int err = sys_prog_info(sys, prog_fd, &info);
	uint32_t bytes = info.xlated_prog_len;
	void *insns;

	if (err)
		return err;
	insns = malloc(bytes + 1);
	if (!insns)
		return -ENOMEM;
	info = (struct bpf_prog_info){ .xlated_prog_len = bytes,
				       .xlated_prog_insns = (uint64_t)(uintptr_t)insns };
	err = sys_prog_info(sys, prog_fd, &info);
	if (!err && !info.xlated_prog_insns)
		err = -EPERM; /* kernel.kptr_restrict or lockdown */
	if (!err) {
		strbuf_printf(out, "# %s: %zu instructions\n", name, bytes / sizeof(struct insn));
		err = isa_disasm(insns, bytes / sizeof(struct insn), &options, out);
	}
	free(insns);
	return err;
}

int run_dump_jited(const struct sys *sys, int prog_fd, const char *name, struct strbuf *out)
{
	struct bpf_prog_info info = { 0 };
	int err = sys_prog_info(sys, prog_fd, &info);
	uint32_t bytes = info.jited_prog_len;
	uint8_t *code;

	if (err || !bytes)
		return err ? err : -ENOENT;
	code = malloc(bytes);
	if (!code)
		return -ENOMEM;
	info = (struct bpf_prog_info){ .jited_prog_len = bytes,
				       .jited_prog_insns = (uint64_t)(uintptr_t)code };
	err = sys_prog_info(sys, prog_fd, &info);
	if (!err && !info.jited_prog_insns)
		err = -EPERM;
	if (!err) {
		strbuf_printf(out, "# %s: %u bytes\n", name, bytes);
		for (uint32_t i = 0; i < bytes; i++)
			strbuf_printf(out, "%02x%c", code[i],
				      i + 1 == bytes || i % BYTES_A_LINE == BYTES_A_LINE - 1 ?
					      '\n' :
					      ' ');
	}
	free(code);
	return err;
}
