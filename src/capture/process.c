/*
 * process.c - from a packet to a socket, from a socket to a process.
 *
 * Both answers are remembered: the process of a flow in a table with one place for each hash, and the sockets
 * that processes have open in a list that is made anew when a socket is not in it, though not so often that
 * it takes more than a quarter of the time.
 */
#include "capture/process.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/bits.h"
#include "base/hash.h"

enum {
	MEMORY_BITS = 12,
	MEMORY_SIZE = 1 << MEMORY_BITS, /* flows */
	MOST_LOCAL = 256,               /* addresses of this machine that are known */
	MOST_SOCKETS = 1 << 20,
	SCAN_SHARE = 4, /* of the time, at most one part is spent on looking through /proc */
};

#define NS_PER_S    1000000000ll
#define GOOD_FOR_NS (10 * NS_PER_S) /* then a flow is asked for again */
#define BAD_FOR_NS  (1 * NS_PER_S)  /* the same where nobody was found */

/* One end of a flow, seen from the process there. */
struct end {
	uint8_t ip_version, protocol;
	uint16_t local_port, remote_port;
	uint8_t local[16], remote[16];
};

struct memory {
	struct end end;
	struct process process;
	int64_t until_ns; /* 0: nothing is remembered */
};

struct open_socket {
	uint64_t inode;
	int pid;
};

struct address {
	uint8_t ip_version;
	uint8_t bytes[16];
};

struct processes {
	int diag_fd;
	uint32_t sequence;
	struct open_socket *sockets; /* by inode, then pid */
	size_t socket_count;
	size_t socket_size;
	int64_t next_scan_ns;
	struct address local[MOST_LOCAL];
	size_t local_count;
	int64_t next_local_ns;
	struct memory memory[MEMORY_SIZE];
};

static int64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * NS_PER_S + now.tv_nsec;
}

static size_t address_bytes(uint8_t ip_version)
{
	return ip_version == 4 ? 4 : 16;
}

/* --- addresses of this machine -------------------------------------------------------------- */

static void add_local(struct processes *p, const struct sockaddr *from)
{
	struct address *address = &p->local[p->local_count];

	if (!from || p->local_count == MOST_LOCAL)
		return;
	if (from->sa_family == AF_INET) {
		address->ip_version = 4;
		memcpy(address->bytes, &((const struct sockaddr_in *)(const void *)from)->sin_addr,
		       4);
	} else if (from->sa_family == AF_INET6) {
		address->ip_version = 6;
		memcpy(address->bytes,
		       &((const struct sockaddr_in6 *)(const void *)from)->sin6_addr, 16);
	} else {
		return;
	}
	p->local_count++;
}

static void list_local(struct processes *p)
{
	struct ifaddrs *list;

	if (getifaddrs(&list) < 0)
		return;
	p->local_count = 0;
	for (const struct ifaddrs *a = list; a; a = a->ifa_next)
		add_local(p, a->ifa_addr);
	freeifaddrs(list);
}

/* A socket that listens for any address would also be found for a packet that is not for us. */
static bool is_local(struct processes *p, const struct end *end, int64_t now)
{
	if (end->ip_version == 4 && end->local[0] == 127)
		return true;
	if (now >= p->next_local_ns) {
		p->next_local_ns = now + NS_PER_S;
		list_local(p);
	}
	for (size_t i = 0; i < p->local_count; i++)
		if (p->local[i].ip_version == end->ip_version &&
		    memcmp(p->local[i].bytes, end->local, address_bytes(end->ip_version)) == 0)
			return true;
	return false;
}

/* --- from a packet to a socket -------------------------------------------------------------- */

struct question {
	struct nlmsghdr header;
	struct inet_diag_req_v2 request;
};

static void fill_question(struct question *q, const struct end *end, uint32_t sequence)
{
	/* Of a UDP socket the kernel wants to know the ends as the packet has them that comes to it. */
	bool is_swapped = end->protocol == IPPROTO_UDP;
	struct inet_diag_sockid *id = &q->request.id;
	size_t bytes = address_bytes(end->ip_version);

	*q = (struct question){
		.header = {
			.nlmsg_len = sizeof *q,
			.nlmsg_type = SOCK_DIAG_BY_FAMILY,
			.nlmsg_flags = NLM_F_REQUEST,
			.nlmsg_seq = sequence,
		},
		.request = {
			.sdiag_family = end->ip_version == 4 ? AF_INET : AF_INET6,
			.sdiag_protocol = end->protocol,
			.idiag_states = UINT32_MAX,
		},
	};
	id->idiag_sport = htobe16(is_swapped ? end->remote_port : end->local_port);
	id->idiag_dport = htobe16(is_swapped ? end->local_port : end->remote_port);
	memcpy(id->idiag_src, is_swapped ? end->remote : end->local, bytes);
	memcpy(id->idiag_dst, is_swapped ? end->local : end->remote, bytes);
	id->idiag_cookie[0] = id->idiag_cookie[1] = INET_DIAG_NOCOOKIE;
}

/* The inode of the socket at @end, or 0. */
static uint64_t find_socket(struct processes *p, const struct end *end)
{
	struct question question;
	union {
		struct nlmsghdr header;
		char bytes[4096];
	} answer;

	fill_question(&question, end, ++p->sequence);
	if (send(p->diag_fd, &question, sizeof question, 0) < 0)
		return 0;
	do {
		ssize_t n = recv(p->diag_fd, &answer, sizeof answer, 0);
		const struct inet_diag_msg *socket;

		if (n < 0 && errno == EINTR)
			continue;
		if (n < (ssize_t)sizeof answer.header)
			return 0;
		if (answer.header.nlmsg_seq != p->sequence)
			continue; /* to an earlier question */
		if (answer.header.nlmsg_type != SOCK_DIAG_BY_FAMILY ||
		    n < (ssize_t)NLMSG_LENGTH(sizeof *socket))
			return 0;
		socket = NLMSG_DATA(&answer.header);
		return socket->idiag_inode;
	} while (true);
}

/* --- from a socket to a process ------------------------------------------------------------- */

static void add_socket(struct processes *p, uint64_t inode, int pid)
{
	if (p->socket_count == p->socket_size) {
		size_t size = p->socket_size ? p->socket_size * 2 : 1024;
		struct open_socket *more;

		if (size > MOST_SOCKETS)
			return;
		more = reallocarray(p->sockets, size, sizeof *more);
		if (!more)
			return;
		p->sockets = more;
		p->socket_size = size;
	}
	p->sockets[p->socket_count++] = (struct open_socket){ inode, pid };
}

static void scan_process(struct processes *p, int pid)
{
	char path[64], link[64];
	struct dirent *entry;
	DIR *folder;

	(void)snprintf(path, sizeof path, "/proc/%d/fd", pid);
	folder = opendir(path);
	if (!folder)
		return;
	while ((entry = readdir(folder))) {
		ssize_t n = readlinkat(dirfd(folder), entry->d_name, link, sizeof link - 1);
		unsigned long long inode;

		link[n > 0 ? n : 0] = '\0';
		if (sscanf(link, "socket:[%llu]", &inode) == 1)
			add_socket(p, inode, pid);
	}
	(void)closedir(folder);
}

static int compare_sockets(const void *a, const void *b)
{
	const struct open_socket *x = a, *y = b;

	if (x->inode != y->inode)
		return x->inode < y->inode ? -1 : 1;
	return (x->pid > y->pid) - (x->pid < y->pid);
}

static void scan(struct processes *p)
{
	DIR *folder = opendir("/proc");
	struct dirent *entry;

	if (!folder)
		return;
	p->socket_count = 0;
	while ((entry = readdir(folder)))
		if (isdigit((unsigned char)entry->d_name[0]))
			scan_process(p, atoi(entry->d_name));
	(void)closedir(folder);
	if (p->socket_count)
		qsort(p->sockets, p->socket_count, sizeof *p->sockets, compare_sockets);
}

static int look_up(const struct processes *p, uint64_t inode)
{
	size_t low = 0, high = p->socket_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (p->sockets[middle].inode < inode)
			low = middle + 1;
		else
			high = middle;
	}
	return low < p->socket_count && p->sockets[low].inode == inode ? p->sockets[low].pid : 0;
}

static int find_pid(struct processes *p, uint64_t inode)
{
	int64_t begin, end;
	int pid = look_up(p, inode);

	if (pid)
		return pid;
	begin = now_ns();
	if (begin < p->next_scan_ns)
		return 0;
	scan(p);
	end = now_ns();
	p->next_scan_ns = end + (end - begin) * (SCAN_SHARE - 1);
	return look_up(p, inode);
}

static void read_command(int pid, char command[16])
{
	char path[64];
	ssize_t n = -1;
	int fd;

	(void)snprintf(path, sizeof path, "/proc/%d/comm", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		n = read(fd, command, 15);
		(void)close(fd);
	}
	command[n > 0 ? n : 0] = '\0';
	command[strcspn(command, "\n")] = '\0';
}

/* --- together ------------------------------------------------------------------------------- */

int processes_new(struct processes **ret_processes)
{
	struct processes *p = calloc(1, sizeof *p);

	if (!p)
		return -ENOMEM;
	p->diag_fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
	if (p->diag_fd < 0) {
		int err = -errno;

		free(p);
		return err;
	}
	*ret_processes = p;
	return 0;
}

void processes_free(struct processes *processes)
{
	if (!processes)
		return;
	(void)close(processes->diag_fd);
	free(processes->sockets);
	free(processes);
}

/* Folded. */
static uint32_t hash(const struct end *end)
{
	uint32_t h = hash_bytes(end, sizeof *end);

	return (h ^ h >> MEMORY_BITS) % MEMORY_SIZE;
}

static struct process find(struct processes *p, const struct end *end)
{
	struct memory *memory = &p->memory[hash(end)];
	bool is_same = memory->until_ns && memcmp(&memory->end, end, sizeof *end) == 0;
	struct process process = { 0 };
	int64_t now = now_ns();
	uint64_t inode;

	if (is_same && now < memory->until_ns)
		return memory->process;
	inode = is_local(p, end, now) ? find_socket(p, end) : 0;
	process.pid = inode ? find_pid(p, inode) : 0;
	if (process.pid)
		read_command(process.pid, process.command);
	else if (is_same) /* its last packets come when it has closed the socket */
		process = memory->process;
	*memory = (struct memory){
		.end = *end,
		.process = process,
		.until_ns = now + (process.pid ? GOOD_FOR_NS : BAD_FOR_NS),
	};
	return process;
}

void processes_find(struct processes *processes, const struct process_flow *flow,
		    struct process *ret_src, struct process *ret_dst)
{
	size_t bytes = address_bytes(flow->ip_version);
	struct end src, dst;

	*ret_src = *ret_dst = (struct process){ 0 };
	if (flow->protocol != IPPROTO_TCP && flow->protocol != IPPROTO_UDP)
		return;
	/* All bytes, for they are compared and hashed. */
	memset(&src, 0, sizeof src);
	src.ip_version = flow->ip_version;
	src.protocol = flow->protocol;
	dst = src;
	src.local_port = dst.remote_port = flow->src_port;
	src.remote_port = dst.local_port = flow->dst_port;
	memcpy(src.local, flow->src, bytes);
	memcpy(dst.remote, flow->src, bytes);
	memcpy(src.remote, flow->dst, bytes);
	memcpy(dst.local, flow->dst, bytes);
	*ret_src = find(processes, &src);
	*ret_dst = find(processes, &dst);
}
