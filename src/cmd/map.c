/*
 * map.c - 'waggle map list' and 'waggle map dump': the kernel's maps and what is in them.
 */
#include <errno.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/inspect.h"
#include "load/kernel_btf.h"
#include "load/report.h"

static const struct command_option options[] = {
	{ 'j', "json", NULL, NULL, "as JSON" },
	{ 0, NULL, NULL, NULL, NULL },
};

static int name_of(struct inspect *in, int fd, char ret_name[static 64])
{
	struct bpf_map_info info = { 0 };
	const int err = sys_map_info(in->sys, fd, &info);

	if (!err)
		memcpy(ret_name, info.name, sizeof info.name);
	return err;
}

static int show(struct inspect *in, int fd)
{
	struct bpf_map_info info = { 0 };
	const int err = sys_map_info(in->sys, fd, &info);
	const char *type;

	if (err)
		return err;
	type = inspect_word(in, "bpf_map_type", "BPF_MAP_TYPE_", info.type);
	if (!in->is_json) {
		strbuf_printf(&in->out,
			      "%5u  %-15s  %-18s key %u, value %u bytes, %u elements, flags 0x%x\n",
			      info.id, *info.name ? info.name : "-", type, info.key_size,
			      info.value_size, info.max_entries, info.map_flags);
		return 0;
	}
	json_object(&in->json, NULL);
	json_unsigned(&in->json, "id", info.id);
	json_string(&in->json, "name", info.name);
	json_string(&in->json, "type", type);
	json_unsigned(&in->json, "key_size", info.key_size);
	json_unsigned(&in->json, "value_size", info.value_size);
	json_unsigned(&in->json, "max_entries", info.max_entries);
	json_unsigned(&in->json, "flags", info.map_flags);
	json_unsigned(&in->json, "btf_id", info.btf_id);
	json_end(&in->json);
	return 0;
}

/* As if it had been loaded from an object with these types. */
static int dump(struct inspect *in, int fd)
{
	struct bpf_map_info info = { 0 };
	int err = sys_map_info(in->sys, fd, &info);
	struct kernel_btf types = { 0 };
	struct object_map def;
	struct loaded loaded;
	struct loaded_map map;

	if (err)
		return err;
	if (info.btf_id)
		(void)kernel_btf_read(in->sys, info.btf_id, &types);
	def = (struct object_map){ .name = info.name,
				   .type = info.type,
				   .key_size = info.key_size,
				   .value_size = info.value_size,
				   .max_entries = info.max_entries,
				   .key_type = info.btf_key_type_id,
				   .value_type = info.btf_value_type_id };
	map = (struct loaded_map){ &def, info.name, info.max_entries, fd };
	loaded = (struct loaded){ .types = types.btf };
	if (report_has_elements(&map)) {
		err = report_map(&(struct report_options){ in->sys, &loaded, in->is_json, NULL },
				 &map, &in->out);
	} else {
		diag_error(&in->diag, SPAN_NONE, "map '%s' (%s) has no elements to be shown",
			   info.name, inspect_word(in, "bpf_map_type", "BPF_MAP_TYPE_", info.type));
		err = -EINVAL;
	}
	kernel_btf_release(&types);
	return err;
}

static int run_list(const struct command_args *args)
{
	struct inspect in;

	inspect_begin(&in, args, args_flag(args, "json"));
	return inspect_end(&in, args_operand_count(args) ?
					inspect_one(&in, SYS_MAP, name_of, show) :
					inspect_each(&in, SYS_MAP, show));
}

/* One JSON object for each line, as 'waggle run' shows them: no array. */
static int run_dump(const struct command_args *args)
{
	struct inspect in;
	int err;

	inspect_begin(&in, args, args_flag(args, "json"));
	strbuf_reset(&in.out);
	err = inspect_one(&in, SYS_MAP, name_of, dump);
	in.is_json = false; /* there is no array to be closed */
	return inspect_end(&in, err);
}

const struct command command_map_list = {
	.name = "map list",
	.operands = "[ID|NAME|PATH]",
	.summary = "list the kernel's maps, or those of a name",
	.details = "All maps of the machine, whoever made them: number, name, type, sizes.",
	.examples = "waggle map list\nwaggle map list --json counts",
	.options = options,
	.most_operands = 1,
	.run = run_list,
};

const struct command command_map_dump = {
	.name = "map dump",
	.operands = "ID|NAME|PATH",
	.summary = "show what is in a map of the kernel",
	.details =
		"Keys and values are shown by the types that the map came with, or as numbers and bytes.",
	.examples = "waggle map dump counts\nwaggle map dump --json /sys/fs/bpf/counts",
	.options = options,
	.least_operands = 1,
	.most_operands = 1,
	.run = run_dump,
};
