/*
 * link.c - 'waggle link list': what is attached to what, in the kernel.
 */
#include <linux/bpf.h>
#include <net/if.h>
#include <string.h>

#include "abi/bpf_link.h"
#include "cmd/inspect.h"

static const struct command_option options[] = {
	{ 'j', "json", NULL, NULL, "as JSON" },
	{ 0, NULL, NULL, NULL, NULL },
};

static const char *attach_word(struct inspect *in, uint32_t type)
{
	return inspect_word(in, "bpf_attach_type", "BPF_", type);
}

/* Where the link leads to, as text. */
static void describe(struct inspect *in, const struct bpf_link_info *info, const char *name,
		     struct strbuf *out)
{
	char interface[IF_NAMESIZE] = "?";
	struct btf_type type;

	switch (info->type) {
	case LINK_RAW_TRACEPOINT: strbuf_puts(out, name); break;
	case LINK_ITER: strbuf_puts(out, name); break;
	case LINK_TRACING:
		strbuf_puts(out, attach_word(in, info->tracing.attach_type));
		if (in->kernel && btf_type(in->kernel, info->tracing.target_btf_id, &type))
			strbuf_printf(out, " %s", type.name);
		break;
	case LINK_CGROUP:
		strbuf_printf(out, "%s cgroup %llu", attach_word(in, info->cgroup.attach_type),
			      (unsigned long long)info->cgroup.cgroup_id);
		break;
	case LINK_NETNS:
		strbuf_printf(out, "%s netns %u", attach_word(in, info->netns.attach_type),
			      info->netns.netns_ino);
		break;
	case LINK_XDP:
		(void)if_indextoname(info->xdp.ifindex, interface);
		strbuf_printf(out, "interface %s (%u)", interface, info->xdp.ifindex);
		break;
	default: break;
	}
}

static int read_info(struct inspect *in, int fd, struct bpf_link_info *info, char name[static 128])
{
	int err = sys_link_info(in->sys, fd, info);
	const uint32_t type = info->type;

	if (err || (type != LINK_RAW_TRACEPOINT && type != LINK_ITER))
		return err;
	*info = (struct bpf_link_info){ 0 };
	if (type == LINK_ITER) {
		info->iter.target_name = (uint64_t)(uintptr_t)name;
		info->iter.target_name_len = 128;
	} else {
		info->raw_tracepoint.tp_name = (uint64_t)(uintptr_t)name;
		info->raw_tracepoint.tp_name_len = 128;
	}
	return sys_link_info(in->sys, fd, info);
}

static int show(struct inspect *in, int fd)
{
	struct bpf_link_info info = { 0 };
	struct strbuf where = { 0 };
	char name[128] = "";
	const int err = read_info(in, fd, &info, name);

	if (err)
		return err;
	describe(in, &info, name, &where);
	if (in->is_json) {
		json_object(&in->json, NULL);
		json_unsigned(&in->json, "id", info.id);
		json_string(&in->json, "type",
			    inspect_word(in, "bpf_link_type", "BPF_LINK_TYPE_", info.type));
		json_unsigned(&in->json, "prog_id", info.prog_id);
		json_string(&in->json, "where", strbuf_text(&where));
		json_end(&in->json);
	} else {
		strbuf_printf(&in->out, "%5u  %-16s program %u%s%s\n", info.id,
			      inspect_word(in, "bpf_link_type", "BPF_LINK_TYPE_", info.type),
			      info.prog_id, where.len ? ", " : "", strbuf_text(&where));
	}
	strbuf_release(&where);
	return 0;
}

static int run_list(const struct command_args *args)
{
	struct inspect in;

	inspect_begin(&in, args, args_flag(args, "json"));
	return inspect_end(&in, inspect_each(&in, SYS_LINK, show));
}

const struct command command_link_list = {
	.name = "link list",
	.operands = "",
	.summary = "list what is attached to what in the kernel",
	.details =
		"All links of the machine, whoever made them: number, type, program, and where it leads to.",
	.examples = "waggle link list\nwaggle link list --json",
	.options = options,
	.run = run_list,
};
