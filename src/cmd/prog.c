/*
 * prog.c - 'waggle prog list' and 'waggle prog dump': the kernel's programs.
 */
#include <errno.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <string.h>

#include "cmd/inspect.h"
#include "run/dump.h"

static const struct command_option list_options[] = {
	{ 'j', "json", NULL, NULL, "as JSON" },
	{ 0, NULL, NULL, NULL, NULL },
};

static const struct command_option dump_options[] = {
	{ 'm', "jited", NULL, NULL, "its machine code instead of its instructions" },
	{ 0, NULL, NULL, NULL, NULL },
};

enum { MOST_MAPS = 64 };

static int name_of(struct inspect *in, int fd, char ret_name[static 64])
{
	struct bpf_prog_info info = { 0 };
	const int err = sys_prog_info(in->sys, fd, &info);

	if (!err)
		memcpy(ret_name, info.name, sizeof info.name);
	return err;
}

static void tag_of(const struct bpf_prog_info *info, char ret_text[static 17])
{
	for (size_t i = 0; i < sizeof info->tag; i++)
		(void)snprintf(ret_text + 2 * i, 3, "%02x", info->tag[i]);
}

static void show_json(struct inspect *in, const struct bpf_prog_info *info, const uint32_t *maps,
		      const char *tag)
{
	json_object(&in->json, NULL);
	json_unsigned(&in->json, "id", info->id);
	json_string(&in->json, "name", info->name);
	json_string(&in->json, "type",
		    inspect_word(in, "bpf_prog_type", "BPF_PROG_TYPE_", info->type));
	json_string(&in->json, "tag", tag);
	json_unsigned(&in->json, "instructions", info->xlated_prog_len / 8);
	json_unsigned(&in->json, "jited_bytes", info->jited_prog_len);
	json_unsigned(&in->json, "verified_insns", info->verified_insns);
	json_unsigned(&in->json, "run_time_ns", info->run_time_ns);
	json_unsigned(&in->json, "run_count", info->run_cnt);
	json_array(&in->json, "maps");
	for (uint32_t i = 0; i < info->nr_map_ids && i < MOST_MAPS; i++)
		json_unsigned(&in->json, NULL, maps[i]);
	json_end(&in->json);
	json_end(&in->json);
}

static int show(struct inspect *in, int fd)
{
	uint32_t maps[MOST_MAPS];
	struct bpf_prog_info info = { .nr_map_ids = MOST_MAPS,
				      .map_ids = (uint64_t)(uintptr_t)maps };
	const int err = sys_prog_info(in->sys, fd, &info);
	char tag[17];

	if (err)
		return err;
	tag_of(&info, tag);
	if (in->is_json) {
		show_json(in, &info, maps, tag);
		return 0;
	}
	strbuf_printf(&in->out, "%5u  %-15s  %-18s tag %s, %u instructions, %u bytes jited",
		      info.id, *info.name ? info.name : "-",
		      inspect_word(in, "bpf_prog_type", "BPF_PROG_TYPE_", info.type), tag,
		      info.xlated_prog_len / 8, info.jited_prog_len);
	for (uint32_t i = 0; i < info.nr_map_ids && i < MOST_MAPS; i++)
		strbuf_printf(&in->out, "%s%u", i ? "," : ", maps ", maps[i]);
	if (info.run_cnt)
		strbuf_printf(&in->out, ", ran %llu times, %llu ns each",
			      (unsigned long long)info.run_cnt,
			      (unsigned long long)(info.run_time_ns / info.run_cnt));
	strbuf_puts(&in->out, "\n");
	return 0;
}

static int dump(struct inspect *in, int fd)
{
	char name[64] = "";
	int err = name_of(in, fd, name);

	if (err)
		return err;
	err = args_flag(in->args, "jited") ? run_dump_jited(in->sys, fd, name, &in->out) :
					     run_dump_xlated(in->sys, fd, name, &in->out);
	if (err == -EPERM || err == -ENOENT) {
		diag_error(&in->diag, SPAN_NONE, "%s does not show the code of program '%s'",
			   in->sys->name, name);
		diag_hint(&in->diag,
			  "kernel.kptr_restrict, net.core.bpf_jit_harden or lockdown hide it");
		return -EACCES;
	}
	return err;
}

static int run_list(const struct command_args *args)
{
	struct inspect in;

	inspect_begin(&in, args, args_flag(args, "json"));
	return inspect_end(&in, args_operand_count(args) ?
					inspect_one(&in, SYS_PROG, name_of, show) :
					inspect_each(&in, SYS_PROG, show));
}

static int run_dump(const struct command_args *args)
{
	struct inspect in;

	inspect_begin(&in, args, false);
	return inspect_end(&in, inspect_one(&in, SYS_PROG, name_of, dump));
}

const struct command command_prog_list = {
	.name = "prog list",
	.operands = "[ID|NAME|PATH]",
	.summary = "list the kernel's programs, or those of a name",
	.details =
		"All programs of the machine, whoever loaded them: number, name, type, tag, sizes, maps.",
	.examples = "waggle prog list\nwaggle prog list --json on_open",
	.options = list_options,
	.most_operands = 1,
	.run = run_list,
};

const struct command command_prog_dump = {
	.name = "prog dump",
	.operands = "ID|NAME|PATH",
	.summary = "show the instructions of a program of the kernel",
	.details =
		"As the verifier left them, or with --jited the machine code, in hexadecimal digits.",
	.examples = "waggle prog dump on_open",
	.options = dump_options,
	.least_operands = 1,
	.most_operands = 1,
	.run = run_dump,
};
