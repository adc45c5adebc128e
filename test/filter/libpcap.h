/*
 * libpcap.h - libpcap, loaded when it is there: the oracle of filters.
 *
 * By dlopen, so that tests are built without it and say 'skipped' where it is missing.
 */
#ifndef WAGGLE_TEST_FILTER_LIBPCAP_H
#define WAGGLE_TEST_FILTER_LIBPCAP_H

#include <stdbool.h>
#include <stdint.h>

#include "isa/cbpf_insn.h"

/* struct bpf_program */
struct pcap_program {
	unsigned int count;
	struct cbpf_insn *insns;
};

/* Functions of libpcap, as pcap(3PCAP) describes them. */
struct pcap_functions {
	void *(*open_dead)(int link, int snaplen);
	void (*close)(void *pcap);
	int (*compile)(void *pcap, struct pcap_program *program, const char *text, int optimize,
		       uint32_t netmask);
	void (*free)(struct pcap_program *program);
	unsigned int (*run)(const struct cbpf_insn *insns, const uint8_t *packet,
			    unsigned int wire_len, unsigned int len);
	const char *(*error)(void *pcap);
	const char *(*version)(void);
};
extern struct pcap_functions pcap;

/* False if there is none. */
bool pcap_load(void);

#endif
