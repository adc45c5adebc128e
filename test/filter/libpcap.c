/*
 * libpcap.c - find libpcap's functions.
 */
#include "libpcap.h"

#include <dlfcn.h>
#include <string.h>

#include "base/bits.h"

struct pcap_functions pcap;

bool pcap_load(void)
{
	static const struct {
		const char *name;
		void *to;
	} symbols[] = {
		{ "pcap_open_dead", &pcap.open_dead }, { "pcap_close", &pcap.close },
		{ "pcap_compile", &pcap.compile },     { "pcap_freecode", &pcap.free },
		{ "bpf_filter", &pcap.run },           { "pcap_geterr", &pcap.error },
		{ "pcap_lib_version", &pcap.version },
	};
	void *library = dlopen("libpcap.so.0.8", RTLD_NOW);

	if (!library)
		library = dlopen("libpcap.so.1", RTLD_NOW);
	for (size_t i = 0; library && i < ARRAY_LEN(symbols); i++) {
		void *symbol = dlsym(library, symbols[i].name);

		if (!symbol)
			return false;
		memcpy(symbols[i].to, &symbol, sizeof symbol);
	}
	return library != NULL;
}
