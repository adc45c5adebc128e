/*
 * capture_process.c - whose packets they are: what stands at the end of their lines.
 *
 * Of several interfaces it is "[eth0]", the one that the packet came by.  With --process it is "[curl/1234]" for the process that sends it or that it goes to, or
 * for packets from here to here "[curl/1234 > nginx/77]".
 */
#include <string.h>

#include "cmd/capture.h"
#include "dissect/headers.h"

int capture_find_processes(struct capture *capture)
{
	int err;

	if (!args_flag(capture->args, "process"))
		return 0;
	err = processes_new(&capture->processes);
	if (err)
		diag_error(capture->diag, SPAN_NONE, "the kernel tells nothing of sockets: %s",
			   strerror(-err));
	return err;
}

bool capture_process_of(struct capture *capture, int dlt, const struct packet *packet,
			struct process *ret_src, struct process *ret_dst)
{
	struct packet_headers h;
	struct process_flow flow;

	if (!capture->processes || packet_headers(packet, dlt, &h) ||
	    (h.has & (HAS_NETWORK | HAS_PORTS)) != (HAS_NETWORK | HAS_PORTS))
		return false;
	flow = (struct process_flow){
		.ip_version = h.ip_version,
		.protocol = h.protocol,
		.src_port = h.src_port,
		.dst_port = h.dst_port,
	};
	memcpy(flow.src, h.src, sizeof flow.src);
	memcpy(flow.dst, h.dst, sizeof flow.dst);
	processes_find(capture->processes, &flow, ret_src, ret_dst);
	return ret_src->pid || ret_dst->pid;
}

/* Processes choose their names, and terminals obey what they show. */
static void add_process(const struct process *process, struct strbuf *out)
{
	for (const char *p = process->command; *p; p++)
		strbuf_putc(out, *p >= ' ' && *p < 0x7f ? *p : '.');
	strbuf_printf(out, "/%d", process->pid);
}

/* Where the packet's line ends: before what is dumped of it, or before the last newline. */
static size_t end_of_line(const struct capture *capture, const struct strbuf *out, size_t start)
{
	const char *newline;

	if (capture->dissect.dump == DISSECT_DUMP_NONE)
		return out->len - 1;
	newline = memchr(out->data + start, '\n', out->len - start);
	return newline ? (size_t)(newline - out->data) : out->len;
}

static void add_processes(struct capture *capture, int dlt, const struct packet *packet,
			  struct strbuf *out)
{
	struct process src, dst;

	if (!capture_process_of(capture, dlt, packet, &src, &dst))
		return;
	strbuf_puts(out, " [");
	add_process(src.pid ? &src : &dst, out);
	if (src.pid && dst.pid) {
		strbuf_puts(out, " > ");
		add_process(&dst, out);
	}
	strbuf_putc(out, ']');
}

void capture_annotate(struct capture *capture, const struct packet_source *source,
		      const struct packet *packet, struct strbuf *out, size_t start)
{
	const struct packet_interface *interface = &source->interfaces[packet->interface];
	struct strbuf text = { 0 };
	size_t at, old_len = out->len;

	if (out->failed || old_len == start)
		return;
	if (source->interface_count > 1 && capture_is_live(capture))
		strbuf_printf(&text, " [%s]", interface->name);
	add_processes(capture, interface->dlt, packet, &text);
	if (text.len == 0)
		return;
	at = end_of_line(capture, out, start);
	strbuf_add(out, strbuf_text(&text), text.len);
	if (!out->failed) {
		memmove(out->data + at + text.len, out->data + at, old_len - at);
		memcpy(out->data + at, strbuf_text(&text), text.len);
	}
	strbuf_release(&text);
}
