/*
 * dissect.c - packets of any bytes: printed, and taken for their plain facts, for libFuzzer.
 *
 * The first three bytes pick the link type, the options, and how much longer the packet was on the wire;
 * the rest is the packet.  What comes out must be text for a terminal, whatever went in.
 */
#include "dissect/dissect.h"

#include <stdlib.h>
#include <string.h>

#include "abi/link.h"
#include "base/bits.h"
#include "dissect/headers.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const int links[] = {
	DLT_EN10MB, DLT_RAW, DLT_LINUX_SLL, DLT_LINUX_SLL2, DLT_NULL, DLT_LOOP, DLT_PPP, DLT_C_HDLC,
};

static bool is_for_terminals(const struct strbuf *text)
{
	for (size_t i = 0; i < text->len; i++)
		if ((text->data[i] < 0x20 || text->data[i] > 0x7e) && text->data[i] != '\n' &&
		    text->data[i] != '\t')
			return false;
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dissect_options options = { .numeric = true };
	struct dissector *dissector;
	struct packet_headers headers;
	struct packet packet;
	struct strbuf out = { 0 };
	int dlt;

	if (size < 3)
		return 0;
	dlt = links[data[0] % ARRAY_LEN(links)];
	options.verbose = data[1] & 3;
	options.quick = data[1] & 4;
	options.link = data[1] & 8;
	options.absolute_sequence = data[1] & 16;
	options.no_checksums = data[1] & 32;
	options.dump = data[1] >> 6;
	packet = (struct packet){ .data = data + 3,
				  .len = (uint32_t)size - 3,
				  .wire_len = (uint32_t)size - 3 + data[2] };

	if (dissector_new(&options, &dissector))
		abort();
	for (int i = 0; i < 2; i++) /* a second time, as what goes on may be told apart */
		dissector_print(dissector, dlt, &packet, &out);
	if (out.failed || !is_for_terminals(&out))
		abort();
	dissector_free(dissector);
	strbuf_release(&out);
	(void)packet_headers(&packet, dlt, &headers);
	return 0;
}
