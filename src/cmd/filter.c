/*
 * filter.c - 'waggle filter': what a packet filter becomes.
 *
 * The options are tcpdump's where it has them.
 */
#include "cmd/command.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "cmd/filter_graph.h"
#include "cmd/filter_text.h"
#include "filter/filter.h"
#include "ir/ir_emit.h"
#include "ir/ir_pass.h"
#include "isa/cbpf.h"
#include "isa/disasm.h"

static int read_link(const struct command_args *args, struct diag *diag, int *ret_link)
{
	if (!args_value(args, "linktype") && args_flag(args, "d")) /* as tcpdump */
		diag_warning(diag, SPAN_NONE, "no link type was given with -y: assuming Ethernet");
	return filter_text_link(args, diag, DLT_EN10MB, ret_link);
}

static int read_netmask(const struct command_args *args, struct diag *diag,
			struct filter_options *options)
{
	const char *text = args_value(args, "netmask");
	struct in_addr mask;

	if (!text)
		return 0;
	if (inet_pton(AF_INET, text, &mask) != 1) {
		diag_error(diag, SPAN_NONE, "'%s' is no mask; expected one like 255.255.255.0",
			   text);
		return -EINVAL;
	}
	options->has_netmask = true;
	options->netmask = ntohl(mask.s_addr);
	return 0;
}

static int read_options(const struct command_args *args, struct diag *diag,
			struct filter_options *ret)
{
	bool failed = false;
	int err;

	*ret = (struct filter_options){
		.scoped = args_flag(args, "scoped"),
		.live = args_flag(args, "live"),
		.snaplen = (uint32_t)args_number(args, "snapshot-length", 0, INT32_MAX, 0, &failed),
	};
	err = read_link(args, diag, &ret->link);
	if (!err)
		err = read_netmask(args, diag, ret);
	return failed ? -EINVAL : err;
}

/* --- what to print -------------------------------------------------------------------------- */

static int print_ebpf(struct ir_fn *fn, struct diag *diag, struct strbuf *out)
{
	const struct ir_ebpf_options options = { .packet = IR_PACKET_SKB };
	const struct isa_disasm_options list = { .names = &isa_linux_names, .numbers = true };
	struct ir_ebpf program;
	int err = ir_emit_ebpf(fn, &options, diag, &program);

	return err ? err : isa_disasm(program.insns, program.count, &list, out);
}

static int print_classic(struct ir_fn *fn, bool optimize, unsigned int form, struct diag *diag,
			 struct strbuf *out)
{
	struct ir_cbpf program;
	struct cbpf_prog prog;
	int err = ir_emit_cbpf(fn, optimize, diag, &program);

	if (err)
		return err;
	prog = (struct cbpf_prog){ program.insns, program.count, NULL };
	if (program.count > CBPF_MOST_INSNS) {
		diag_warning(diag, SPAN_NONE,
			     "the filter has %zu instructions, and Linux takes %d of classic BPF",
			     program.count, CBPF_MOST_INSNS);
		diag_hint(diag, "as eBPF it can be loaded: --ebpf");
	}
	cbpf_disasm(&prog,
		    form <= 1 ? CBPF_TEXT_PCAP :
		    form == 2 ? CBPF_TEXT_C :
				CBPF_TEXT_DECIMAL,
		    out);
	return out->failed ? -ENOMEM : 0;
}

static int print_function(const struct command_args *args, struct ir_fn *fn, struct diag *diag,
			  struct strbuf *out)
{
	bool ebpf = args_flag(args, "ebpf"), optimize = !args_flag(args, "no-optimize");
	const struct ir_options passes = {
		.target = ebpf ? IR_TARGET_EBPF : IR_TARGET_CBPF,
		.drop_traps = true,
	};
	const char *graph = args_value(args, "graph");
	int err = optimize ? ir_optimize(fn, &passes) : 0;

	if (err)
		return err;
	if (optimize && !filter_can_match(fn)) {
		diag_error(diag, SPAN_NONE, "the filter rejects every packet");
		diag_hint(diag, "'--explain' says what it means; with -O it is compiled anyway");
		return -EINVAL;
	}
	if (args_flag(args, "ir"))
		ir_print(fn, out);
	else if (graph && !strcmp(graph, "svg"))
		return filter_graph_svg(fn, out);
	else if (graph)
		filter_graph_dot(fn, out);
	else if (ebpf)
		return print_ebpf(fn, diag, out);
	else
		return print_classic(fn, optimize, args_flag_count(args, "d"), diag, out);
	return out->failed ? -ENOMEM : 0;
}

static int compile(const struct command_args *args, const struct source *source, struct diag *diag,
		   struct strbuf *out)
{
	struct filter_options options;
	struct arena arena = { 0 };
	struct ir_fn *fn;
	int err = read_options(args, diag, &options);

	if (!err && args_flag(args, "explain"))
		return filter_explain(source, &options, diag, out);
	if (!err)
		err = filter_compile(source, &options, &arena, diag, &fn);
	if (!err)
		err = print_function(args, fn, diag, out);
	arena_release(&arena);
	return err;
}

static int run_filter(const struct command_args *args)
{
	struct source source = { .name = filter_text_name(args) };
	struct diag diag = { .name = "waggle filter" };
	struct strbuf text = { 0 }, out = { 0 };
	int err = filter_text_read(args, &diag, &text);
	int status = EXIT_USAGE;

	if (!err) {
		source.text = strbuf_text(&text);
		source.len = text.len;
		diag.source = &source;
		err = compile(args, &source, &diag, &out);
		status = err ? EXIT_FAILED : EXIT_OK;
	}
	if (err == -ENOMEM)
		diag_error(&diag, SPAN_NONE, "out of memory");
	command_report(&diag);
	if (!err)
		(void)fwrite(strbuf_text(&out), 1, out.len, stdout);
	diag_release(&diag);
	strbuf_release(&text);
	strbuf_release(&out);
	return status;
}

/* clang-format off */
static const struct command_option options[] = {
	{ 'd', NULL,              NULL,   NULL, "print classic BPF as tcpdump does: -d as text, -dd as C, -ddd as numbers" },
	{ 0,   "ebpf",            NULL,   NULL, "print eBPF, for a socket" },
	{ 0,   "ir",              NULL,   NULL, "print the intermediate form" },
	{ 0,   "graph",           "FORM", "svg|dot", "draw the intermediate form: as a picture, or for Graphviz's dot" },
	{ 0,   "explain",         NULL,   NULL, "say in words what the filter means" },
	{ 'y', "linktype",        "TYPE", NULL, "what kind of packets: EN10MB, RAW, LINUX_SLL2 ..." },
	{ 'O', "no-optimize",     NULL,   NULL, "leave the code as it comes from the text" },
	{ 's', "snapshot-length", "N",    NULL, "what the program returns for packets that match" },
	{ 'm', "netmask",         "MASK", NULL, "the network's mask, for 'ip broadcast'" },
	{ 0,   "scoped",          NULL,   NULL, "let 'vlan' and the like count for their own side of 'or' only" },
	{ 0,   "live",            NULL,   NULL, "for a socket of Linux, which keeps VLAN tags beside the packet" },
	{ 'F', NULL,              "FILE", NULL, "read the filter from FILE" },
	{ 0 },
};
/* clang-format on */

const struct command command_filter = {
	.name = "filter",
	.operands = "[EXPRESSION]...",
	.summary = "compile a packet filter",
	.details =
		"The language is that of tcpdump and libpcap; pcap-filter(7) describes it. Without an "
		"option that says what to print, it is classic BPF, as with -d.\n"
		"\n"
		"Mind that 'and' and 'or' bind alike, to the left, and that 'vlan', 'mpls', 'pppoes', "
		"'geneve' and 'vxlan' change where everything to their right is looked for; --explain "
		"shows the former, --scoped confines the latter.\n"
		"\n"
		"Of the language is left out, and refused by name: ATM (lane, vpi, vci, oam ...), SS7 "
		"(fisu, sio, opc ...), OpenBSD's pf (on, rnr, rset, reason, action ...), addresses of "
		"DECnet and ARCNET, and the link types of Juniper and SunATM but for link[...].",
	.examples = "waggle filter -d tcp port 443\n"
		    "waggle filter --explain 'tcp or udp and port 53'\n"
		    "waggle filter --ebpf -y LINUX_SLL2 'host 192.0.2.1'",
	.options = options,
	.least_operands = 0,
	.most_operands = 1000,
	.run = run_filter,
};
