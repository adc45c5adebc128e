/*
 * names.c - names of hosts, services and Ethernet cards.
 *
 * The system is asked for a host once, for it may take seconds to answer; that there is no name is an
 * answer too.  Services are read once, when the dissector is made.
 */
#include "dissect/names.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/ether.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/hash.h"
#include "dissect/proto.h"
#include "dissect/state.h"

/* When so many hosts are known, all are forgotten and asked for again. */
enum { NAMES_MOST_HOSTS = 1 << 16, NAMES_BUCKETS = 1 << 12 };

struct host {
	struct host *next;
	uint8_t address[16];
	size_t address_len;
	char *name; /* NULL: it has none */
};

struct service {
	uint16_t port;
	bool is_udp;
	size_t order; /* in /etc/services: the first one counts */
	char *name;
};

struct names {
	struct host *hosts[NAMES_BUCKETS];
	size_t host_count;
	struct service *services; /* sorted by port and protocol, then order */
	size_t service_count;
};

static const struct name vendors[] = {
#define VENDOR(number, name) { number, name },
#include "dissect/oui.def"
};

static int compare_services(const void *a, const void *b)
{
	const struct service *x = a;
	const struct service *y = b;

	if (x->is_udp != y->is_udp)
		return x->is_udp - y->is_udp;
	if (x->port != y->port)
		return x->port - y->port;
	return (x->order > y->order) - (x->order < y->order);
}

static int add_service(struct names *names, const struct servent *entry)
{
	size_t n = names->service_count;
	struct service *more;
	char *name;

	if (strcmp(entry->s_proto, "tcp") != 0 && strcmp(entry->s_proto, "udp") != 0)
		return 0;
	more = realloc(names->services, (n + 1) * sizeof *more);
	if (!more)
		return -ENOMEM;
	names->services = more;
	name = strdup(entry->s_name);
	if (!name)
		return -ENOMEM;
	more[n] = (struct service){ ntohs((uint16_t)entry->s_port), entry->s_proto[0] == 'u', n,
				    name };
	names->service_count++;
	return 0;
}

static int read_services(struct names *names)
{
	const struct servent *entry;
	int err = 0;

	setservent(1);
	while (!err && (entry = getservent()))
		err = add_service(names, entry);
	endservent();
	if (names->service_count > 0)
		qsort(names->services, names->service_count, sizeof *names->services,
		      compare_services);
	return err;
}

int names_new(struct names **ret_names)
{
	struct names *names = calloc(1, sizeof *names);
	int err;

	if (!names)
		return -ENOMEM;
	err = read_services(names);
	if (err) {
		names_free(names);
		return err;
	}
	*ret_names = names;
	return 0;
}

static void forget_hosts(struct names *names)
{
	for (size_t i = 0; i < NAMES_BUCKETS; i++) {
		while (names->hosts[i]) {
			struct host *host = names->hosts[i];

			names->hosts[i] = host->next;
			free(host->name);
			free(host);
		}
	}
	names->host_count = 0;
}

void names_free(struct names *names)
{
	if (!names)
		return;
	forget_hosts(names);
	for (size_t i = 0; i < names->service_count; i++)
		free(names->services[i].name);
	free(names->services);
	free(names);
}

/* The addresses' lengths tell what they are. */
enum { MAC_BYTES = 6, IP4_BYTES = 4, IP6_BYTES = 16 };

/* The system's name for an address, cut at the first dot if so wished; NULL if there is none. */
static char *ask(const uint8_t *address, size_t address_len, bool no_domain)
{
	struct sockaddr_in6 sin6 = { .sin6_family = AF_INET6 };
	struct sockaddr_in sin = { .sin_family = AF_INET };
	struct ether_addr mac;
	char name[NI_MAXHOST];
	int err;

	if (address_len == MAC_BYTES) { /* of /etc/ethers; it has no domain */
		memcpy(&mac, address, sizeof mac);
		return ether_ntohost(name, &mac) == 0 ? strdup(name) : NULL;
	}
	if (address_len == IP4_BYTES) {
		memcpy(&sin.sin_addr, address, IP4_BYTES);
		err = getnameinfo((const struct sockaddr *)&sin, sizeof sin, name, sizeof name,
				  NULL, 0, NI_NAMEREQD);
	} else {
		memcpy(&sin6.sin6_addr, address, IP6_BYTES);
		err = getnameinfo((const struct sockaddr *)&sin6, sizeof sin6, name, sizeof name,
				  NULL, 0, NI_NAMEREQD);
	}
	if (err)
		return NULL;
	if (no_domain)
		name[strcspn(name, ".")] = '\0';
	return strdup(name);
}

static const char *name_of_host(struct dissect *d, const uint8_t *address, size_t address_len)
{
	struct names *names = d->dissector->names;
	size_t bucket = hash_bytes(address, address_len) % NAMES_BUCKETS;
	struct host *host;

	for (host = names->hosts[bucket]; host; host = host->next)
		if (host->address_len == address_len &&
		    memcmp(host->address, address, address_len) == 0)
			return host->name;
	if (names->host_count >= NAMES_MOST_HOSTS)
		forget_hosts(names);
	host = calloc(1, sizeof *host);
	if (!host)
		return NULL;
	memcpy(host->address, address, address_len);
	host->address_len = address_len;
	host->name = ask(address, address_len, d->o->no_domain);
	host->next = names->hosts[bucket];
	names->hosts[bucket] = host;
	names->host_count++;
	return host->name;
}

const char *names_ip4(struct dissect *d, const uint8_t *p)
{
	return name_of_host(d, p, IP4_BYTES);
}

const char *names_ip6(struct dissect *d, const uint8_t *p)
{
	return name_of_host(d, p, IP6_BYTES);
}

static const char *name_of_service(const struct names *names, uint16_t port, bool is_udp)
{
	size_t low = 0;
	size_t high = names->service_count;
	struct service wanted = { .port = port, .is_udp = is_udp };

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare_services(&names->services[middle], &wanted) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == names->service_count || names->services[low].port != port ||
	    names->services[low].is_udp != is_udp)
		return NULL;
	return names->services[low].name;
}

const char *names_tcp_port(struct dissect *d, uint16_t port)
{
	return name_of_service(d->dissector->names, port, false);
}

const char *names_udp_port(struct dissect *d, uint16_t port)
{
	return name_of_service(d->dissector->names, port, true);
}

const char *names_protocol(uint8_t protocol)
{
	static const char *const names[256] = {
#define PROTOCOL_NAME(number, name) [number] = name,
#include "dissect/protocol_name.def"
	};

	return names[protocol];
}

bool names_put_mac(struct dissect *d, const uint8_t *p)
{
	static const uint8_t broadcast[6] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };

	const char *name = name_of_host(d, p, MAC_BYTES);

	if (!name && memcmp(p, broadcast, sizeof broadcast) == 0)
		name = "Broadcast";
	if (name)
		put(d, name);
	return name != NULL;
}

const char *oui_name(uint32_t oui)
{
	return find_name(NAMES(vendors), oui);
}

void names_put_vendor(struct dissect *d, const uint8_t *p)
{
	const char *name = oui_name(get_be24(d, p));

	put(d, " (oui ");
	put(d, name ? name : "Unknown");
	put_char(d, ')');
}
