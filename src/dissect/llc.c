/*
 * llc.c - IEEE 802.2 logical link control, and SNAP within it.
 *
 * A frame's control field has one byte where it is unnumbered, else two.
 */
#include "dissect/link.h"
#include "dissect/proto.h"

enum {
	SAP_IP = 0x06,
	SAP_STP = 0x42,
	SAP_SNAP = 0xaa,
	SAP_GLOBAL = 0xff,
	GROUP = 0x01,    /* in a destination */
	RESPONSE = 0x01, /* in a source */

	UNNUMBERED = 0x03, /* these two bits */
	SUPERVISORY = 0x01,
	INFORMATION = 0x03, /* the unnumbered frame that carries packets */
	EXCHANGE = 0xaf,
	EXCHANGE_FORMAT = 0x81,
	POLL = 0x10,
	NOT_POLL = 0xef,
	POLL_NUMBERED = 0x0100,

	SNAP_BYTES = 5,
};

static const struct name saps[] = {
	{ 0x00, "Null" },  { SAP_GLOBAL, "Global" }, { 0x02, "802.1B I" },  { 0x03, "802.1B G" },
	{ SAP_IP, "IP" },  { 0x04, "SNA" },          { 0x0e, "ProWay NM" }, { SAP_STP, "STP" },
	{ 0x4e, "RS511" }, { 0x7e, "ISO8208" },      { 0x8e, "ProWay" },    { SAP_SNAP, "SNAP" },
	{ 0xe0, "IPX" },   { 0xf0, "NetBeui" },      { 0xfe, "OSI" },
};

static const struct name commands[] = {
	{ 0x03, "ui" },   { 0xe3, "test" }, { EXCHANGE, "xid" }, { 0x63, "ua" },
	{ 0x43, "disc" }, { 0x0f, "dm" },   { 0x6f, "sabme" },   { 0x87, "frmr" },
};

static const struct name frame_flags[] = {
	{ 0, "Command" },          { RESPONSE, "Response" },
	{ POLL, "Poll" },          { RESPONSE | POLL, "Final" },
	{ POLL_NUMBERED, "Poll" }, { RESPONSE | POLL_NUMBERED, "Final" },
};

/* A frame's header. */
struct llc {
	uint8_t dsap, ssap; /* without their lowest bits */
	bool group;
	uint8_t response;
	bool unnumbered;
	uint16_t control;
	uint32_t bytes;
};

/* --- SNAP ------------------------------------------------------------------------------------- */

enum {
	OUI_ETHERNET = 0x000000,
	OUI_CISCO = 0x00000c,
	OUI_CISCO_BRIDGED = 0x0000f8,
	OUI_BRIDGED = 0x0080c2, /* RFC 2684 */
	OUI_APPLETALK = 0x080007,

	TYPE_APPLETALK = 0x809b,
	CISCO_PVST = 0x010b,
	CISCO_VLAN_BRIDGE = 0x010c,
	CISCO_CDP = 0x2000,
	BRIDGED_ETHERNET_FCS = 0x0001,
	BRIDGED_ETHERNET = 0x0007,
	BRIDGED_BPDU = 0x000e,
	BRIDGED_PADDING = 2,
};

static const struct name cisco_pids[] = {
	{ CISCO_CDP, "CDP" }, { 0x2003, "VTP" },      { 0x2004, "DTP" },
	{ 0x0111, "UDLD" },   { CISCO_PVST, "PVST" }, { CISCO_VLAN_BRIDGE, "VLAN Bridge" },
};

static const struct name bridged_pids[] = {
	{ BRIDGED_ETHERNET_FCS, "Ethernet + FCS" },
	{ BRIDGED_ETHERNET, "Ethernet w/o FCS" },
	{ 0x0002, "802.4 + FCS" },
	{ 0x0008, "802.4 w/o FCS" },
	{ 0x0003, "Token Ring + FCS" },
	{ 0x0009, "Token Ring w/o FCS" },
	{ 0x0004, "FDDI + FCS" },
	{ 0x000a, "FDDI w/o FCS" },
	{ 0x0005, "802.6 + FCS" },
	{ 0x000b, "802.6 w/o FCS" },
	{ BRIDGED_BPDU, "BPDU" },
};

static const char *pid_name(uint32_t oui, uint16_t pid)
{
	const char *name = NULL;

	switch (oui) {
	case OUI_ETHERNET:
	case OUI_CISCO_BRIDGED:
	case OUI_APPLETALK: name = ethertype_name(pid); break;
	case OUI_CISCO: name = find_name(NAMES(cisco_pids), pid); break;
	case OUI_BRIDGED: name = find_name(NAMES(bridged_pids), pid); break;
	}
	return name ? name : "Unknown";
}

static const char *known_oui(uint32_t oui)
{
	const char *name = oui_name(oui);

	return name ? name : "Unknown";
}

/* False: nobody knows it. */
static bool print_cisco(struct dissect *d, uint16_t pid, const uint8_t *p, uint32_t len)
{
	switch (pid) {
	case CISCO_CDP: print_cdp(d, p, len); return true;
	case CISCO_PVST:
	case CISCO_VLAN_BRIDGE: print_stp(d, p, len); return true;
	default: return false;
	}
}

static bool print_bridged(struct dissect *d, uint16_t pid, const uint8_t *p, uint32_t len)
{
	switch (pid) {
	case BRIDGED_ETHERNET_FCS:
	case BRIDGED_ETHERNET:
		dissect_need(d, p, BRIDGED_PADDING);
		dissect_enter(d);
		print_ether(d, p + BRIDGED_PADDING, len - BRIDGED_PADDING);
		d->depth--;
		return true;
	case BRIDGED_BPDU: print_stp(d, p, len); return true;
	default: return false;
	}
}

static bool print_snap_payload(struct dissect *d, uint32_t oui, uint16_t pid, const uint8_t *p,
			       uint32_t len)
{
	switch (oui) {
	case OUI_ETHERNET:
	case OUI_CISCO_BRIDGED: return print_ethertype(d, pid, p, len);
	case OUI_APPLETALK: return pid == TYPE_APPLETALK && print_ethertype(d, pid, p, len);
	case OUI_CISCO: return print_cisco(d, pid, p, len);
	case OUI_BRIDGED: return print_bridged(d, pid, p, len);
	default: return false;
	}
}

/* "source > destination ", where there are addresses that nobody has printed. */
static void print_link_addresses(struct dissect *d)
{
	if (!d->link_source || !d->link_destination)
		return;
	put_mac(d, d->link_source);
	put(d, " > ");
	put_mac(d, d->link_destination);
	put_char(d, ' ');
}

static void print_unknown_snap(struct dissect *d, uint32_t oui, uint16_t pid, uint32_t len)
{
	if (d->o->link)
		return;
	print_link_addresses(d);
	if (oui == OUI_ETHERNET)
		putf(d, "SNAP, ethertype %s (0x%04x), length %u: ", pid_name(oui, pid), pid, len);
	else
		putf(d, "SNAP, oui %s (0x%06x), pid %s (0x%04x), length %u: ", known_oui(oui), oui,
		     pid_name(oui, pid), pid, len);
}

/* False: nobody knows what it carries. */
static bool print_snap(struct dissect *d, const uint8_t *p, uint32_t len)
{
	uint32_t oui;
	uint16_t pid;

	d->protocol = "snap";
	if (!dissect_has(d, p, SNAP_BYTES) || len < SNAP_BYTES) {
		put_truncated(d);
		return true;
	}
	oui = get_be24(d, p);
	pid = get_be16(d, p + 3);
	len -= SNAP_BYTES;
	if (d->o->link)
		putf(d, "oui %s (0x%06x), %s %s (0x%04x), length %u: ", known_oui(oui), oui,
		     oui == OUI_ETHERNET ? "ethertype" : "pid", pid_name(oui, pid), pid, len);
	if (print_snap_payload(d, oui, pid, p + SNAP_BYTES, len))
		return true;
	print_unknown_snap(d, oui, pid, len);
	return false;
}

/* --- LLC -------------------------------------------------------------------------------------- */

static void print_header(struct dissect *d, const struct llc *h)
{
	put(d, "LLC, dsap ");
	put_name(d, NAMES(saps), "Unknown", h->dsap);
	putf(d, " (0x%02x) %s, ssap ", h->dsap, h->group ? "Group" : "Individual");
	put_name(d, NAMES(saps), "Unknown", h->ssap);
	putf(d, " (0x%02x) %s, ctrl 0x", h->ssap, h->response ? "Response" : "Command");
	put_hex(d, h->control, h->unnumbered ? 2 : 4);
	put(d, ": ");
}

/* Access points, with addresses if there are any; one where both are the same. */
static void print_access_points(struct dissect *d, const struct llc *h)
{
	bool addresses = d->link_source && d->link_destination;

	if (h->ssap == h->dsap) {
		print_link_addresses(d);
		put_name(d, NAMES(saps), "Unknown DSAP 0x%02x", h->dsap);
		put_char(d, ' ');
		return;
	}
	if (addresses) {
		put_mac(d, d->link_source);
		put_char(d, ' ');
	}
	put_name(d, NAMES(saps), "Unknown SSAP 0x%02x", h->ssap);
	put(d, " > ");
	if (addresses) {
		put_mac(d, d->link_destination);
		put_char(d, ' ');
	}
	put_name(d, NAMES(saps), "Unknown DSAP 0x%02x", h->dsap);
	put_char(d, ' ');
}

static void print_flags(struct dissect *d, const struct llc *h, uint16_t poll, uint32_t len)
{
	put(d, ", Flags [");
	put_name(d, NAMES(frame_flags), "?", h->response | (h->control & poll));
	putf(d, "], length %u", len);
}

/* The identification of an XID frame; false: there is something else. */
static bool print_exchange(struct dissect *d, const uint8_t *p, uint32_t len)
{
	if (len == 0)
		return true;
	if (!dissect_has(d, p, 1)) {
		put_truncated(d);
		return true;
	}
	if (p[0] != EXCHANGE_FORMAT)
		return false;
	if (dissect_has(d, p, 3) && len >= 3) {
		putf(d, ": %02x %02x", p[1], p[2]);
	} else {
		put_truncated(d);
		put_dump(d, "\n\t", p, dissect_available(d, p, UINT32_MAX));
	}
	return true;
}

/* What has no protocol of ours in it; @len is without the header.  False: bytes follow that the
 * caller prints. */
static bool print_frame(struct dissect *d, const struct llc *h, const uint8_t *p, uint32_t len)
{
	static const char *const states[] = { "Receiver Ready", "Receiver not Ready", "Reject",
					      "?" };
	uint16_t control = h->control;

	if (!d->o->link)
		print_access_points(d, h);
	if (h->unnumbered) {
		put(d, "Unnumbered, ");
		put_name(d, NAMES(commands), "%02x", control & NOT_POLL);
		print_flags(d, h, POLL, len + h->bytes);
		return (control & NOT_POLL) == EXCHANGE && print_exchange(d, p, len);
	}
	if (control & SUPERVISORY) {
		putf(d, "Supervisory, %s, rcv seq %u", states[control >> 2 & 3], control >> 9);
		print_flags(d, h, POLL_NUMBERED, len + h->bytes);
		return true;
	}
	putf(d, "Information, send seq %u, rcv seq %u", control >> 1 & 0x7f, control >> 9);
	print_flags(d, h, POLL_NUMBERED, len + h->bytes);
	return false;
}

/* Both access points are the same: what is it?  False: nobody knows. */
static bool print_payload(struct dissect *d, const struct llc *h, const uint8_t *p, uint32_t len,
			  bool *ret_known)
{
	if (h->ssap != h->dsap || h->control != INFORMATION)
		return false;
	*ret_known = true;
	switch (h->dsap) {
	case SAP_SNAP: *ret_known = print_snap(d, p, len); return true;
	case SAP_STP: print_stp(d, p, len); return true;
	case SAP_IP: print_ethertype(d, 0x0800, p, len); return true;
	default: return false;
	}
}

static bool read_header(struct dissect *d, const uint8_t *p, uint32_t len, struct llc *h)
{
	if (!dissect_has(d, p, 3) || len < 3)
		return false;
	h->dsap = p[0] & 0xfe;
	h->group = p[0] & GROUP;
	h->ssap = p[1] & 0xfe;
	h->response = p[1] & RESPONSE;
	h->control = p[2];
	h->bytes = 3;
	h->unnumbered = (h->control & UNNUMBERED) == UNNUMBERED;
	if (h->unnumbered)
		return true;
	if (!dissect_has(d, p, 4) || len < 4)
		return false;
	h->control = get_le16(d, p + 2);
	h->bytes = 4;
	return true;
}

bool print_llc(struct dissect *d, const uint8_t *p, uint32_t len, uint32_t *ret_bytes)
{
	struct llc h = { 0 };
	bool known;

	d->protocol = "llc";
	if (!read_header(d, p, len, &h)) {
		uint32_t there = dissect_available(d, p, UINT32_MAX);

		put_truncated(d);
		put_dump(d, "\n\t", p, there);
		*ret_bytes = there < len ? there : len;
		return true;
	}
	if (d->o->link)
		print_header(d, &h);
	*ret_bytes = h.bytes;
	if (!print_payload(d, &h, p + h.bytes, len - h.bytes, &known))
		return print_frame(d, &h, p + h.bytes, len - h.bytes);
	if (h.dsap == SAP_SNAP)
		*ret_bytes += SNAP_BYTES;
	return known;
}
