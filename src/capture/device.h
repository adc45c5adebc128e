/*
 * device.h - the network interfaces of this machine: what there is to capture from, and what its packets
 * begin with.
 *
 * The list and its order are those of 'tcpdump -D', so that '-i 2' means the same.  (Of tcpdump's list the
 * devices that are no network interfaces are missing: netfilter's logs, Bluetooth, D-Bus, USB.)
 */
#ifndef WAGGLE_CAPTURE_DEVICE_H
#define WAGGLE_CAPTURE_DEVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/strbuf.h"

enum device_link {
	DEVICE_LINK_UNKNOWN, /* the driver does not say, or it makes no sense: loopback */
	DEVICE_LINK_CONNECTED,
	DEVICE_LINK_DISCONNECTED,
};

struct device {
	const char *name;
	int index; /* the kernel's; 0: all of them, "any" */
	bool is_up;
	bool is_running;
	bool is_loopback;
	bool is_wireless;
	enum device_link link;
};

/* All interfaces, in @arena.  Returns 0 or a negative errno. */
int device_list(struct arena *arena, struct device **ret_devices, size_t *ret_count);

/* Append the list as 'tcpdump -D' prints it. */
void device_print_list(const struct device *devices, size_t count, struct strbuf *out);

/* What @text, a name or a number of the list, means: a name in @arena.  Returns 0; -ENODEV with the
 * reason in @diag, or another negative errno. */
int device_find(const char *text, struct arena *arena, struct diag *diag, const char **ret_name);

/* What of an interface decides how it is captured. */
struct device_kind {
	int index;      /* 0: "any" */
	int dlt;        /* enum dlt */
	bool is_cooked; /* Linux gives the packets without their link header: see cooked.h */
	bool is_loopback;
	bool is_up;
};

/* Returns 0; -ENODEV where there is no such interface, or another negative errno. */
int device_kind(const char *name, struct device_kind *ret_kind);

/* Is there an interface with this index? */
bool device_exists(int index);

/* The packets that interface @index lost before anybody saw them; 0 where it does not say. */
uint64_t device_drops(int index);

#endif
