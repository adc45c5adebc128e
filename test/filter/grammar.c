/*
 * grammar.c - the language of filters, spoken at random.
 *
 * Numbers and addresses come from small sets, so that parts of an expression have something to do with each
 * other: tests repeat, imply and exclude each other, which is what optimisers work on.
 */
#include "grammar.h"

#include "abi/link.h"
#include "base/bits.h"

struct speaker {
	struct random_source *r;
	struct strbuf *out;
	int link;
	unsigned int budget; /* primitives that may still be said */
	bool has_moved;      /* 'vlan' and the like have moved what follows */
};

static const char *one_of(struct speaker *s, const char *const *words, size_t count)
{
	return words[pick(s->r, (uint32_t)count)];
}

#define SAY(s, ...)                                                            \
	do {                                                                   \
		static const char *const words_[] = { __VA_ARGS__ };           \
		strbuf_puts((s)->out, one_of((s), words_, ARRAY_LEN(words_))); \
	} while (0)

static bool is_ethernet(const struct speaker *s)
{
	return s->link == DLT_EN10MB || s->link == DLT_NETANALYZER ||
	       s->link == DLT_NETANALYZER_TRANSPARENT;
}

static bool is_wlan(const struct speaker *s)
{
	return s->link == DLT_IEEE802_11 || s->link == DLT_IEEE802_11_RADIO ||
	       s->link == DLT_IEEE802_11_RADIO_AVS || s->link == DLT_PRISM_HEADER ||
	       s->link == DLT_PPI;
}

static bool has_mac(const struct speaker *s)
{
	return is_ethernet(s) || is_wlan(s) || s->link == DLT_FDDI || s->link == DLT_IEEE802 ||
	       s->link == DLT_IP_OVER_FC;
}

/* --- names and numbers ----------------------------------------------------------------------- */

static void say_ip4(struct speaker *s)
{
	SAY(s, "10.20.0.5", "198.51.100.7", "203.0.113.1", "10.20.0.6", "10.21.0.5");
}

static void say_ip6(struct speaker *s)
{
	SAY(s, "2001:db8::5", "2001:db8:1::6", "::1", "fe80::1", "2001:db8::6");
}

static void say_net4(struct speaker *s)
{
	SAY(s, "10", "10.20", "10.20.0", "10.20.0.0/16", "10.16.0.0/12", "198.51.100.0/25",
	    "198.51.100.4/30", "0.0.0.0/0", "128.0.0.0/1", "10.20.0.5/32",
	    "10.20.0.0 mask 255.255.0.0", "10.0.0.5 mask 255.0.0.255");
}

static void say_net6(struct speaker *s)
{
	SAY(s, "2001:db8::/32", "2001:db8:1::/48", "2001:db8::/64", "fe80::/10", "2000::/3",
	    "2001:db8::5/128", "2001:db8::4/126");
}

static void say_mac(struct speaker *s)
{
	SAY(s, "02:00:5e:20:00:01", "02:00:5e:20:00:02", "ff:ff:ff:ff:ff:ff", "02:00:5e:20:00:03");
}

static void say_port(struct speaker *s)
{
	SAY(s, "22", "53", "80", "81", "443", "8080", "domain", "http", "0", "65535");
}

static void say_range(struct speaker *s)
{
	SAY(s, "20-25", "53-80", "1024-65535", "0-1023", "80-80", "100-50", "443-8080");
}

static void say_proto_number(struct speaker *s)
{
	SAY(s, "6", "17", "1", "58", "132", "44", "0", "50", "255", "2");
}

static void say_direction(struct speaker *s)
{
	SAY(s, "", "", "", "src ", "dst ", "src or dst ", "src and dst ", "dst or src ");
}

/* --- primitives ------------------------------------------------------------------------------ */

/* More of the same kind, without their qualifiers. */
static void say_more(struct speaker *s, void (*what)(struct speaker *s))
{
	while (one_in(s->r, 4)) {
		SAY(s, " or ", " or ", " and ", " and not ");
		what(s);
	}
}

static void say_host(struct speaker *s)
{
	bool is_ip6 = one_in(s->r, 4);

	if (is_ip6)
		SAY(s, "", "", "ip6 ");
	else
		SAY(s, "", "", "", "ip ", "arp ", "rarp ");
	say_direction(s);
	strbuf_puts(s->out, "host ");
	if (is_ip6)
		say_ip6(s);
	else
		say_ip4(s);
	say_more(s, is_ip6 ? say_ip6 : say_ip4);
}

static void say_net(struct speaker *s)
{
	bool is_ip6 = one_in(s->r, 4);

	if (is_ip6)
		SAY(s, "", "", "ip6 ");
	else
		SAY(s, "", "", "", "ip ", "arp ", "rarp ");
	say_direction(s);
	strbuf_puts(s->out, "net ");
	if (is_ip6)
		say_net6(s);
	else
		say_net4(s);
}

static void say_port_number(struct speaker *s)
{
	SAY(s, "22", "53", "80", "81", "443", "8080", "0", "65535");
}

static void say_ports(struct speaker *s)
{
	bool is_sctp = one_in(s->r, 6); /* of which we take the names of others too */

	if (is_sctp)
		strbuf_puts(s->out, "sctp ");
	else
		SAY(s, "", "", "tcp ", "udp ", "tcp ");
	say_direction(s);
	if (one_in(s->r, 3)) {
		strbuf_puts(s->out, "portrange ");
		say_range(s);
		return;
	}
	strbuf_puts(s->out, "port ");
	if (is_sctp)
		say_port_number(s);
	else
		say_port(s);
	say_more(s, is_sctp ? say_port_number : say_port);
}

static void say_protocol(struct speaker *s)
{
	switch (pick(s->r, 4)) {
	case 0:
		SAY(s, "ip proto ", "ip6 proto ", "proto ");
		say_proto_number(s);
		say_more(s, say_proto_number);
		break;
	case 1: SAY(s, "ip", "ip6", "arp", "rarp", "ip", "ip6"); break;
	default:
		SAY(s, "tcp", "udp", "sctp", "icmp", "icmp6", "igmp", "igrp", "pim", "vrrp", "carp",
		    "ah", "esp", "tcp", "udp");
		break;
	}
}

/* Of the link layer: protocols by EtherType or SAP. */
static void say_link_protocol(struct speaker *s)
{
	if (one_in(s->r, 3))
		SAY(s, "ether proto 0x800", "ether proto 0x86dd", "ether proto 0x806",
		    "ether proto 0x88f7", "ether proto 5", "ether proto 0xaa", "ether proto 0xfe",
		    "ether proto 1500", "ether proto 1501", "ether proto \\\\ip",
		    "ether proto \\\\arp");
	else
		SAY(s, "atalk", "aarp", "ipx", "netbeui", "stp", "iso", "clnp", "esis", "isis",
		    "decnet", "lat", "moprc", "mopdl", "sca");
}

static void say_mac_test(struct speaker *s)
{
	if (one_in(s->r, 3)) {
		SAY(s, "broadcast", "multicast", "ether broadcast", "ether multicast");
		return;
	}
	strbuf_puts(s->out, "ether ");
	say_direction(s);
	strbuf_puts(s->out, "host ");
	say_mac(s);
	say_more(s, say_mac);
}

static void say_wlan(struct speaker *s)
{
	switch (s->link == DLT_PPI ? 4 : pick(s->r, 5)) { /* libpcap knows PPI's addresses only */
	case 0:
		SAY(s, "type mgt", "type ctl", "type data", "type 0x8", "type mgt subtype beacon",
		    "type ctl subtype ack", "type data subtype qos-data", "subtype probe-req",
		    "subtype rts", "subtype cts");
		break;
	case 1: SAY(s, "dir nods", "dir tods", "dir fromds", "dir dstods", "dir 2"); break;
	default:
		strbuf_puts(s->out, "wlan ");
		SAY(s, "src ", "dst ", "addr1 ", "addr2 ", "addr3 ", "addr4 ", "ra ", "ta ",
		    "host ", "src or dst ", "src and dst ");
		say_mac(s);
		break;
	}
}

static void say_llc(struct speaker *s)
{
	SAY(s, "llc", "llc i", "llc s", "llc u", "llc rr", "llc rnr", "llc rej", "llc ui", "llc ua",
	    "llc disc", "llc sabme", "llc test", "llc xid", "llc frmr");
}

static void say_encapsulation(struct speaker *s)
{
	s->has_moved = true;
	SAY(s, "vlan", "vlan 10", "vlan 20", "mpls", "mpls 3", "mpls 1000", "pppoes", "pppoes 5",
	    "pppoed", "geneve", "geneve 7", "vlan", "vlan 10");
}

static void say_other(struct speaker *s)
{
	if ((s->link == DLT_LINUX_SLL || s->link == DLT_LINUX_SLL2) && !s->has_moved) {
		SAY(s, "inbound", "outbound");
		return;
	}
	SAY(s, "ip broadcast", "ip6 multicast", "less 80", "greater 100", "less 0", "greater 60");
}

/* --- arithmetic ------------------------------------------------------------------------------ */

/* Within one relation all bytes are of one protocol. */
static const char *say_accessor(struct speaker *s)
{
	static const char *const words[] = { "ip",    "ip",  "tcp",  "udp",  "icmp", "ip6",
					     "icmp6", "arp", "sctp", "igmp", "link", "ether" };

	return one_of(s, words, ARRAY_LEN(words));
}

static void say_number(struct speaker *s)
{
	SAY(s, "0", "1", "2", "4", "5", "6", "0x45", "80", "255", "0xffff", "65536", "0x80000000",
	    "0xffffffff");
}

static void say_value(struct speaker *s, const char *accessor, unsigned int depth);

static void say_bytes(struct speaker *s, const char *accessor, unsigned int depth)
{
	strbuf_printf(s->out, "%s[", accessor);
	if (depth < 2 && one_in(s->r, 8)) {
		strbuf_printf(s->out, "%s[0] & 0xf", accessor);
	} else {
		strbuf_printf(s->out, "%u", pick(s->r, 20));
	}
	SAY(s, "", "", ":1", ":2", ":4");
	strbuf_puts(s->out, "]");
}

static void say_value(struct speaker *s, const char *accessor, unsigned int depth)
{
	switch (depth < 3 ? pick(s->r, 10) : pick(s->r, 3)) {
	case 0: strbuf_puts(s->out, "len"); break;
	case 1: say_number(s); break;
	case 2:
	case 3:
	case 4:
	case 5: say_bytes(s, accessor, depth); break;
	case 6:
		strbuf_puts(s->out, "-");
		say_bytes(s, accessor, depth);
		break;
	case 7: /* what a constant must be */
		strbuf_puts(s->out, "(");
		say_value(s, accessor, depth + 1);
		SAY(s, " / 3", " / 16", " % 7", " % 8", " << 2", " >> 4", " << 31", " >> 1",
		    " / 1");
		strbuf_puts(s->out, ")");
		break;
	default:
		strbuf_puts(s->out, "(");
		say_value(s, accessor, depth + 1);
		SAY(s, " + ", " - ", " * ", " & ", " | ", " ^ ", " & ", " & ");
		say_value(s, accessor, depth + 1);
		strbuf_puts(s->out, ")");
		break;
	}
}

static void say_relation(struct speaker *s)
{
	const char *accessor = say_accessor(s);

	if (one_in(s->r, 6)) {
		SAY(s, "tcp[tcpflags] & tcp-syn != 0", "tcp[13] & (tcp-syn|tcp-ack) = tcp-syn",
		    "icmp[icmptype] = icmp-echo", "icmp6[icmp6type] = icmp6-echo",
		    "ip[0] & 0xf != 5", "ip[6:2] & 0x1fff = 0", "tcp[0:2] = 80", "udp[2:2] > 1023",
		    "ip[9] = 6", "ip[16:4] & 0xffff0000 = 0x0a140000");
		return;
	}
	say_bytes(s, accessor, 0);
	if (one_in(s->r, 3)) {
		SAY(s, " & 0xf0", " & 1", " & 0xff00", " - 20", " + 1", " >> 4", " * 2", " ^ 3");
	} else if (one_in(s->r, 4)) {
		SAY(s, " + ", " & ", " - ");
		say_value(s, accessor, 0);
	}
	SAY(s, " = ", " != ", " > ", " < ", " >= ", " <= ", " == ");
	if (one_in(s->r, 2))
		say_number(s);
	else
		say_value(s, accessor, 0);
}

/* --- expressions ----------------------------------------------------------------------------- */

static void say_primitive(struct speaker *s)
{
	switch (pick(s->r, 16)) {
	case 0:
	case 1: say_host(s); break;
	case 2: say_net(s); break;
	case 3:
	case 4:
	case 5: say_ports(s); break;
	case 6:
	case 7:
	case 8: say_protocol(s); break;
	case 9:
		if (has_mac(s) || one_in(s->r, 20))
			say_mac_test(s);
		else
			say_protocol(s);
		break;
	case 10: say_link_protocol(s); break;
	case 11:
		if (is_wlan(s) || one_in(s->r, 20))
			say_wlan(s);
		else
			say_ports(s);
		break;
	case 12:
		if (is_ethernet(s) || one_in(s->r, 4))
			say_llc(s);
		else
			say_host(s);
		break;
	case 13:
		if (is_ethernet(s) || one_in(s->r, 8))
			say_encapsulation(s);
		else
			say_net(s);
		break;
	case 14: say_other(s); break;
	default: say_relation(s); break;
	}
}

static void say_expression(struct speaker *s, unsigned int depth)
{
	unsigned int members = 1 + (one_in(s->r, 2) ? pick(s->r, 4) : 0);

	for (unsigned int i = 0; i < members && s->budget > 0; i++) {
		if (i > 0)
			SAY(s, " and ", " or ", " or ", " and ", " && ", " || ");
		if (one_in(s->r, 5))
			SAY(s, "not ", "not ", "! ");
		if (depth < 4 && one_in(s->r, 4)) {
			strbuf_puts(s->out, "(");
			say_expression(s, depth + 1);
			strbuf_puts(s->out, ")");
			continue;
		}
		s->budget--;
		say_primitive(s);
	}
}

void grammar_expression(struct random_source *r, struct strbuf *out, int *ret_link)
{
	static const int links[] = {
		DLT_RAW,        DLT_LINUX_SLL,   DLT_LINUX_SLL2,           DLT_IEEE802_11,
		DLT_FDDI,       DLT_IEEE802,     DLT_IEEE802_11_RADIO,     DLT_PPP,
		DLT_PPI,        DLT_C_HDLC,      DLT_IEEE802_11_RADIO_AVS, DLT_PPP_ETHER,
		DLT_PPP_SERIAL, DLT_NETANALYZER, DLT_PRISM_HEADER,         DLT_IP_OVER_FC,
		DLT_IPV4,       DLT_IPV6,
	};
	struct speaker s = { .r = r, .out = out, .budget = 1 + pick(r, 8) };

	s.link = one_in(r, 2) ? DLT_EN10MB : links[pick(r, ARRAY_LEN(links))];
	*ret_link = s.link;
	say_expression(&s, 0);
}
