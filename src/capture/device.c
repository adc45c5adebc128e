/*
 * device.c - the list of interfaces through getifaddrs(3), details through ioctls: neither needs
 * privileges, nor a /sys that belongs to our network namespace.
 */
#include "capture/device.h"

#include <errno.h>
#include <ifaddrs.h>
#include <linux/ethtool.h>
#include <linux/if_link.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "abi/link.h"
#include "base/bits.h"
#include "base/chars.h"
#include "base/nearest.h"

/* --- link types ----------------------------------------------------------------------------- */

/* Hardware types whose packets Linux hands over with a header that has a name, or with none and nothing but
 * IP in them.  All others are captured cooked.  PPP is: its packets have lost half of their header on
 * the way out. */
/* clang-format off */
static const struct {
	uint16_t hardware;
	uint16_t dlt;
} link_types[] = {
	{ ARPHRD_ETHER,              DLT_EN10MB },
	{ ARPHRD_LOOPBACK,           DLT_EN10MB },
	{ ARPHRD_METRICOM,           DLT_EN10MB },
	{ ARPHRD_IEEE802,            DLT_IEEE802 },
	{ ARPHRD_IEEE802_TR,         DLT_IEEE802 },
	{ ARPHRD_PRONET,             DLT_IEEE802 },
	{ ARPHRD_ARCNET,             DLT_ARCNET_LINUX },
	{ ARPHRD_FDDI,               DLT_FDDI },
	{ ARPHRD_IEEE80211,          DLT_IEEE802_11 },
	{ ARPHRD_IEEE80211_PRISM,    DLT_PRISM_HEADER },
	{ ARPHRD_IEEE80211_RADIOTAP, DLT_IEEE802_11_RADIO },
	{ ARPHRD_HDLC,               DLT_C_HDLC },
	{ ARPHRD_FRAD,               DLT_FRELAY },
	{ ARPHRD_NONE,               DLT_RAW },
	{ 519 /* ARPHRD_RAWIP */,    DLT_RAW },
	{ 825 /* ARPHRD_6LOWPAN */,  DLT_RAW },
	{ ARPHRD_TUNNEL,             DLT_RAW },
	{ ARPHRD_TUNNEL6,            DLT_RAW },
	{ ARPHRD_SIT,                DLT_RAW },
	{ ARPHRD_SLIP,               DLT_RAW },
	{ ARPHRD_CSLIP,              DLT_RAW },
	{ ARPHRD_SLIP6,              DLT_RAW },
	{ ARPHRD_CSLIP6,             DLT_RAW },
	{ ARPHRD_ADAPT,              DLT_RAW },
	{ ARPHRD_DLCI,               DLT_RAW },
};
/* clang-format on */

static int link_type(uint16_t hardware)
{
	for (size_t i = 0; i < ARRAY_LEN(link_types); i++)
		if (link_types[i].hardware == hardware)
			return link_types[i].dlt;
	return DLT_LINUX_SLL2;
}

/* --- one interface -------------------------------------------------------------------------- */

/* A socket to ask through: any will do. */
static int open_query(void)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	return fd < 0 ? -errno : fd;
}

static int query(int fd, unsigned long request, const char *name, struct ifreq *ret)
{
	if (strlen(name) >= sizeof ret->ifr_name)
		return -ENODEV;
	/* What is asked for may be in there: only the name is ours. */
	memcpy(ret->ifr_name, name, strlen(name) + 1);
	return ioctl(fd, request, ret) < 0 ? -errno : 0;
}

int device_kind(const char *name, struct device_kind *ret_kind)
{
	struct device_kind kind = { .dlt = DLT_LINUX_SLL2, .is_cooked = true, .is_up = true };
	struct ifreq request = { 0 };
	int fd, err;

	if (strcmp(name, "any") == 0) {
		*ret_kind = kind;
		return 0;
	}
	fd = open_query();
	if (fd < 0)
		return fd;
	err = query(fd, SIOCGIFINDEX, name, &request);
	kind.index = request.ifr_ifindex;
	if (!err)
		err = query(fd, SIOCGIFFLAGS, name, &request);
	kind.is_up = request.ifr_flags & IFF_UP;
	kind.is_loopback = request.ifr_flags & IFF_LOOPBACK;
	if (!err)
		err = query(fd, SIOCGIFHWADDR, name, &request);
	kind.dlt = link_type(request.ifr_hwaddr.sa_family);
	kind.is_cooked = kind.dlt == DLT_LINUX_SLL2;
	(void)close(fd);
	if (!err)
		*ret_kind = kind;
	return err;
}

bool device_exists(int index)
{
	struct ifreq request = { .ifr_ifindex = index };
	int fd = open_query();
	bool exists = fd < 0 || ioctl(fd, SIOCGIFNAME, &request) == 0;

	if (fd >= 0)
		(void)close(fd);
	return exists;
}

uint64_t device_drops(int index)
{
	struct ifaddrs *list;
	uint64_t drops = 0;

	if (index == 0 || getifaddrs(&list) < 0)
		return 0;
	for (const struct ifaddrs *p = list; p; p = p->ifa_next) {
		const struct rtnl_link_stats *stats = p->ifa_data;

		if (p->ifa_addr && p->ifa_addr->sa_family == AF_PACKET && stats &&
		    (int)if_nametoindex(p->ifa_name) == index)
			drops = (uint64_t)stats->rx_missed_errors + stats->rx_fifo_errors;
	}
	freeifaddrs(list);
	return drops;
}

/* --- the list ------------------------------------------------------------------------------- */

static enum device_link query_link(int fd, const char *name)
{
	struct ethtool_value value = { .cmd = ETHTOOL_GLINK };
	struct ifreq request = { .ifr_data = (char *)&value };

	if (query(fd, SIOCETHTOOL, name, &request) < 0)
		return DEVICE_LINK_UNKNOWN;
	return value.data ? DEVICE_LINK_CONNECTED : DEVICE_LINK_DISCONNECTED;
}

static bool query_wireless(int fd, const char *name)
{
	/* linux/wireless.h, whose struct iwreq is no larger and begins alike, does not agree
	 * with the C library's headers. */
	enum { SIOCGIWNAME = 0x8b01 };
	struct ifreq request = { 0 };

	return query(fd, SIOCGIWNAME, name, &request) == 0;
}

static void fill(struct device *device, int fd, unsigned int flags)
{
	device->is_up = flags & IFF_UP;
	device->is_running = flags & IFF_RUNNING;
	device->is_loopback = flags & IFF_LOOPBACK;
	if (fd < 0 || device->is_loopback)
		return;
	device->is_wireless = query_wireless(fd, device->name);
	device->link = query_link(fd, device->name);
}

/* The lower the earlier: what works before what does not, the loopback last of it, and by the number
 * at the end of the name.  This is libpcap's order. */
static uint32_t rank(const struct device *device)
{
	const char *end = device->name + strlen(device->name), *p = end;
	uint32_t rank = 0;

	while (p > device->name && char_is_digit(p[-1]))
		p--;
	if (device->index == 0)
		rank = 0x0fffffff;
	else if (p < end)
		rank = ((uint32_t)strtoul(p, NULL, 10) + 1) & 0x0fffffff;
	if (!device->is_running)
		rank |= 0x80000000;
	if (!device->is_up)
		rank |= 0x40000000;
	if (!device->is_wireless && device->link == DEVICE_LINK_DISCONNECTED)
		rank |= 0x20000000;
	if (device->is_loopback)
		rank |= 0x10000000;
	return rank;
}

/* By rank; equals stay in the kernel's order. */
static void sort(struct device *devices, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		struct device device = devices[i];
		size_t to = i;

		for (; to > 0 && rank(&devices[to - 1]) > rank(&device); to--)
			devices[to] = devices[to - 1];
		devices[to] = device;
	}
}

static bool is_interface(const struct ifaddrs *p)
{
	return p->ifa_addr && p->ifa_addr->sa_family == AF_PACKET;
}

static int list_interfaces(const struct ifaddrs *list, struct arena *arena,
			   struct device **ret_devices, size_t *ret_count)
{
	size_t count = 1, i = 0;
	struct device *devices;
	int fd = open_query();

	for (const struct ifaddrs *p = list; p; p = p->ifa_next)
		count += is_interface(p);
	devices = arena_alloc_array(arena, count, sizeof *devices);
	for (const struct ifaddrs *p = list; p && devices; p = p->ifa_next) {
		if (!is_interface(p))
			continue;
		devices[i].name = arena_strndup(arena, p->ifa_name, strlen(p->ifa_name));
		if (!devices[i].name) {
			devices = NULL;
			break;
		}
		devices[i].index = (int)if_nametoindex(p->ifa_name);
		fill(&devices[i++], fd, p->ifa_flags);
	}
	if (fd >= 0)
		(void)close(fd);
	if (!devices)
		return -ENOMEM;
	devices[i] = (struct device){ .name = "any", .is_up = true, .is_running = true };
	sort(devices, count);
	*ret_devices = devices;
	*ret_count = count;
	return 0;
}

int device_list(struct arena *arena, struct device **ret_devices, size_t *ret_count)
{
	struct ifaddrs *list;
	int err;

	if (getifaddrs(&list) < 0)
		return -errno;
	err = list_interfaces(list, arena, ret_devices, ret_count);
	freeifaddrs(list);
	return err;
}

static void print_flags(const struct device *device, struct strbuf *out)
{
	const char *const words[] = {
		device->is_up ? "Up" : NULL,
		device->is_running ? "Running" : NULL,
		device->is_loopback ? "Loopback" : NULL,
		device->is_wireless ? "Wireless" : NULL,
	};
	const char *before = " [";

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (!words[i])
			continue;
		strbuf_printf(out, "%s%s", before, words[i]);
		before = ", ";
	}
	if (*before == ' ')
		strbuf_puts(out, " [none");
	if (device->link == DEVICE_LINK_CONNECTED)
		strbuf_puts(out, device->is_wireless ? ", Associated" : ", Connected");
	else if (device->link == DEVICE_LINK_DISCONNECTED)
		strbuf_puts(out, device->is_wireless ? ", Not associated" : ", Disconnected");
	strbuf_putc(out, ']');
}

void device_print_list(const struct device *devices, size_t count, struct strbuf *out)
{
	for (size_t i = 0; i < count; i++) {
		strbuf_printf(out, "%zu.%s", i + 1, devices[i].name);
		if (devices[i].index == 0)
			strbuf_puts(out, " (Pseudo-device that captures on all interfaces)");
		print_flags(&devices[i], out);
		strbuf_putc(out, '\n');
	}
}

/* --- names ---------------------------------------------------------------------------------- */

static bool is_number(const char *text)
{
	const char *p = text;

	while (char_is_digit(*p))
		p++;
	return p > text && !*p;
}

int device_find(const char *text, struct arena *arena, struct diag *diag, const char **ret_name)
{
	struct nearest nearest = nearest_begin(text);
	struct device *devices;
	size_t count;
	int err = device_list(arena, &devices, &count);

	if (err)
		return err;
	for (size_t i = 0; i < count; i++) {
		nearest_offer(&nearest, devices[i].name);
		if (strcmp(devices[i].name, text) != 0)
			continue;
		*ret_name = devices[i].name;
		return 0;
	}
	if (is_number(text)) {
		unsigned long number = strtoul(text, NULL, 10);

		if (number >= 1 && number <= count) {
			*ret_name = devices[number - 1].name;
			return 0;
		}
		diag_error(diag, SPAN_NONE, "there is no interface number %s", text);
		diag_hint(diag, "they are numbered from 1 to %zu: list them with -D", count);
		return -ENODEV;
	}
	diag_error(diag, SPAN_NONE, "there is no interface '%s'", text);
	if (nearest.best)
		diag_hint(diag, "did you mean '%s'?  list them with -D", nearest.best);
	else
		diag_hint(diag, "list them with -D");
	return -ENODEV;
}
