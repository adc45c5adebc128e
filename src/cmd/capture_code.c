/*
 * capture_code.c - a filter's code and meaning in place of packets: -d and --explain.
 */
#include <errno.h>
#include <stdio.h>

#include "cmd/capture.h"
#include "isa/cbpf.h"

/* An exit status, and everything is said. */
static int conclude(struct capture *capture, int err, struct strbuf *out)
{
	if (err == -ENOMEM || out->failed)
		diag_error(capture->diag, SPAN_NONE, "out of memory");
	else if (!err)
		(void)fwrite(strbuf_text(out), 1, out->len, stdout);
	capture_report(capture);
	strbuf_release(out);
	return err ? EXIT_FAILED : EXIT_OK;
}

int capture_print_code(struct capture *capture, int dlt)
{
	unsigned int form = args_flag_count(capture->args, "d");
	struct socket_filter code;
	struct cbpf_prog prog;
	struct strbuf out = { 0 };
	int err;

	capture->diag->source = &capture->text;
	err = match_socket(capture->matcher, dlt, capture->diag, &code);
	if (!err && !code.classic) {
		diag_error(capture->diag, SPAN_NONE, "classic BPF cannot say this filter");
		diag_hint(capture->diag, "'waggle filter --ebpf' prints it as eBPF");
		err = -ENOTSUP;
	}
	if (!err) {
		prog = (struct cbpf_prog){ code.classic, code.classic_count, NULL };
		cbpf_disasm(&prog,
			    form == 1 ? CBPF_TEXT_PCAP :
			    form == 2 ? CBPF_TEXT_C :
					CBPF_TEXT_DECIMAL,
			    &out);
	}
	return conclude(capture, err, &out);
}

int capture_explain(struct capture *capture)
{
	const struct filter_options options = { .link = DLT_EN10MB };
	struct strbuf out = { 0 };
	int err;

	capture->diag->source = &capture->text;
	err = filter_explain(&capture->text, &options, capture->diag, &out);
	return conclude(capture, err, &out);
}
