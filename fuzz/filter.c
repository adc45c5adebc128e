/*
 * filter.c - packet filters of any text: compiled or refused with a message, for libFuzzer.
 *
 * The first byte picks the link type and the options; the rest is the filter.  What compiles must
 * survive the optimiser and become classic BPF that passes the check and runs, and eBPF.
 */
#include "filter/filter.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ir/ir_emit.h"
#include "ir/ir_pass.h"
#include "isa/cbpf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const int links[] = {
	DLT_EN10MB, DLT_RAW,        DLT_LINUX_SLL,        DLT_PPP,
	DLT_C_HDLC, DLT_IEEE802_11, DLT_IEEE802_11_RADIO, DLT_NULL,
};

static void must(bool good)
{
	if (!good)
		abort();
}

/* No name server is asked: every host has the same addresses. */
static int find_host(void *data, const char *name, struct filter_addresses *ret)
{
	const struct filter_address ip4 = { false, { 0xc0000201, 0, 0, 0 } };
	const struct filter_address ip6 = { true, { 0x20010db8, 0, 0, 1 } };
	int err;

	(void)data;
	if (name[0] == 'x')
		return -ENOENT;
	err = filter_addresses_add(ret, &ip4);
	return err ? err : filter_addresses_add(ret, &ip6);
}

static void compile(const struct source *source, const struct filter_options *options, bool ebpf)
{
	const struct ir_options passes = { .target = ebpf ? IR_TARGET_EBPF : IR_TARGET_CBPF };
	const struct ir_ebpf_options skb = { .packet = IR_PACKET_SKB };
	static const uint8_t packet[64] = { 0x45 };
	const struct cbpf_packet on = { .data = packet, .len = sizeof packet, .wire_len = 64 };
	struct arena arena = { 0 };
	struct diag diag = { .source = source };
	struct strbuf text = { 0 };
	struct ir_ebpf program;
	struct ir_cbpf classic;
	struct ir_fn *fn;
	int err = filter_compile(source, options, &arena, &diag, &fn);

	must(err == 0 || err == -EINVAL);
	must((err == 0) == (diag.error_count == 0));
	diag_render(&diag, &text);
	if (!err) {
		must(ir_optimize(fn, &passes) == 0);
		if (ebpf) {
			must(ir_emit_ebpf(fn, &skb, NULL, &program) == 0);
		} else {
			err = ir_emit_cbpf(fn, false, NULL, &classic);
			must(err == 0 || err == -ENOTSUP);
			if (!err && classic.count <= CBPF_MOST_INSNS) {
				struct cbpf_prog prog = { classic.insns, classic.count, NULL };

				must(cbpf_check(&prog, NULL) == 0);
				(void)cbpf_run(classic.insns, &on);
			}
		}
	}
	strbuf_release(&text);
	diag_release(&diag);
	arena_release(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct filter_resolver resolver = { find_host, NULL };
	struct filter_options options = { .resolver = &resolver };
	struct source source = { .name = "<filter>" };
	struct strbuf text = { 0 };

	if (size < 1 || size > 4096)
		return 0;
	options.link = links[data[0] & 7];
	options.scoped = data[0] & 8;
	options.live = data[0] & 16;
	options.has_netmask = data[0] & 32;
	source.text = (const char *)data + 1;
	source.len = size - 1;
	compile(&source, &options, data[0] & 64);
	(void)filter_explain(&source, &options, NULL, &text);
	strbuf_release(&text);
	return 0;
}
