/*
 * formats.h - how a format of savefiles is read.
 *
 * The inside of savefile.c, pcap.c and pcapng.c.  Each reads records straight out of the input's
 * buffer: a batch is what the buffer holds, and only an empty-handed reader asks for more bytes.
 */
#ifndef WAGGLE_CAPTURE_FORMATS_H
#define WAGGLE_CAPTURE_FORMATS_H

#include "base/arena.h"
#include "capture/input.h"
#include "capture/savefile.h"

struct savefile;

struct savefile_format {
	const char *name;
	/* Is a file that begins with the 4 bytes @magic one? */
	bool (*is_it)(const uint8_t *magic);
	/* Read what comes before the packets. */
	int (*begin)(struct savefile *file, struct diag *diag);
	/* As packet_source_read. */
	int (*read)(struct savefile *file, struct packet *ret, size_t most, struct diag *diag);
};
extern const struct savefile_format savefile_pcap, savefile_pcapng;

/* What pcap.c remembers. */
struct pcap_reader {
	bool swapped;       /* the other byte order */
	bool nano;          /* the fraction of seconds counts nanoseconds */
	bool lengths_maybe; /* the two lengths are exchanged in some records: where it is needed */
	bool lengths_swapped; /* ... in all */
	size_t header_bytes;  /* before each packet */
	uint32_t most_bytes;  /* of a packet that can be */
};

/* A clock of pcapng. */
struct pcapng_clock {
	bool binary; /* 2^-digits s, else 10^-digits s */
	uint8_t digits;
	int64_t offset_s;
};

/* What pcapng.c remembers. */
struct pcapng_reader {
	bool swapped;                /* this section */
	uint32_t first;              /* interface 0 of this section is this one of the file */
	struct pcapng_clock *clocks; /* of each interface */
	uint64_t skip;               /* bytes still to be passed over */
};

struct savefile {
	struct packet_source source; /* first */
	const struct savefile_format *format;
	struct input input;
	struct packet_interface *interfaces; /* what source.interfaces shows */
	size_t interface_size;
	struct arena arena; /* names and comments */
	union {
		struct pcap_reader pcap;
		struct pcapng_reader pcapng;
	};
};

enum {
	SAVEFILE_MOST_INTERFACES = 65536,
	SAVEFILE_DEFAULT_SNAPLEN = 262144,
};

/* The longest packet that there can be of a link type: longer ones mean that the file is damaged. */
uint32_t savefile_most_bytes(int dlt);

/* Add an interface.  0, -ENOMEM, or -E2BIG with the reason in @diag. */
int savefile_add_interface(struct savefile *file, const struct packet_interface *interface,
			   struct diag *diag);

/* Some types of packets have headers in the byte order of the machine that wrote them: change it, in
 * place, in the @len bytes at @data. */
void savefile_swap_packet(int dlt, uint8_t *data, uint32_t len);

/* "... at byte N of FILE", as a hint. */
void savefile_say_place(const struct savefile *file, const char *what, struct diag *diag);

#endif
