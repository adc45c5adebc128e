/*
 * arp.c - ARP and its kin (RFC 826, RFC 903, RFC 2390), and ATM's (RFC 2225).
 *
 * The addresses stand behind the fixed header in the lengths that it gives.
 */
#include "dissect/proto.h"

enum {
	ARP_BYTES = 8,
	ATM_BYTES = 12,
	HARDWARE_FRAME_RELAY = 15,
	HARDWARE_ATM = 19,
	TYPE_IP = 0x0800,
	TYPE_TRAIL = 0x1000,
	ATM_LENGTH_MASK = 0x3f,

	REQUEST = 1,
	REPLY = 2,
	REVERSE_REQUEST = 3,
	REVERSE_REPLY = 4,
	INVERSE_REQUEST = 8,
	INVERSE_REPLY = 9,
	NAK = 10,
};

/* clang-format off */
static const struct name operations[] = {
	{ REQUEST,         "Request" },
	{ REPLY,           "Reply" },
	{ REVERSE_REQUEST, "Reverse Request" },
	{ REVERSE_REPLY,   "Reverse Reply" },
	{ INVERSE_REQUEST, "Inverse Request" },
	{ INVERSE_REPLY,   "Inverse Reply" },
	{ NAK,             "NACK Reply" },
};

static const struct name hardwares[] = {
	{ 1,                    "Ethernet" },
	{ 6,                    "TokenRing" },
	{ 7,                    "ArcNet" },
	{ HARDWARE_FRAME_RELAY, "FrameRelay" },
	{ 23,                   "Strip" },
	{ 24,                   "IEEE 1394" },
	{ HARDWARE_ATM,         "ATM" },
	{ 32,                   "InfiniBand" },
};
/* clang-format on */

/* One end: its addresses and their lengths. */
struct end {
	const uint8_t *hardware;
	uint32_t hardware_len;
	const uint8_t *subaddress; /* of ATM */
	uint32_t subaddress_len;
	const uint8_t *protocol;
	uint32_t protocol_len;
	const char *wrong_length; /* what to say if that is not 4 */
};

struct arp {
	uint16_t hardware;
	uint16_t protocol;
	uint16_t operation;
	struct end sender;
	struct end target;
};

static bool is_ip(uint16_t protocol)
{
	return protocol == TYPE_IP || protocol == TYPE_TRAIL;
}

static void put_protocol_address(struct dissect *d, const struct arp *arp, const struct end *end)
{
	if (!is_ip(arp->protocol))
		put(d, "<wrong proto type>");
	else if (end->protocol_len != 4)
		put(d, end->wrong_length);
	else
		put_ip4(d, end->protocol);
}

static void put_colons(struct dissect *d, const uint8_t *p, uint32_t len)
{
	dissect_need(d, p, len);
	for (uint32_t i = 0; i < len; i++) {
		if (i > 0)
			put_char(d, ':');
		put_hex(d, p[i], 2);
	}
}

/* Frame Relay's: the number of a circuit (Q.922), in two to four bytes, the last of which is odd.
 * Returns why there is none, or NULL. */
static const char *read_circuit(const uint8_t *p, uint32_t len, uint32_t *ret_number)
{
	uint32_t at = 2;

	if (p[0] & 1)
		return "<Invalid DLCI>";
	if (len < 2)
		return "<Truncated>";
	*ret_number = (p[0] & 0xfcu) << 2 | p[1] >> 4;
	if (p[1] & 1)
		return NULL;
	if (len > at && !(p[at] & 1))
		*ret_number = *ret_number << 7 | p[at++] >> 1;
	if (len <= at)
		return "<Truncated>";
	if (!(p[at] & 1))
		return "<Invalid DLCI>";
	*ret_number = *ret_number << 6 | p[at] >> 2;
	return NULL;
}

static void put_circuit(struct dissect *d, const uint8_t *p, uint32_t len)
{
	uint32_t number = 0;
	const char *complaint;

	dissect_need(d, p, len);
	complaint = read_circuit(p, len, &number);
	if (complaint)
		put(d, complaint);
	else
		putf(d, "DLCI %u", number);
}

static void put_hardware_address(struct dissect *d, const struct arp *arp, const struct end *end)
{
	if (arp->hardware == HARDWARE_ATM) {
		if (end->hardware_len == 0) {
			put(d, "<No address>");
			return;
		}
		put_colons(d, end->hardware, end->hardware_len);
		if (end->subaddress_len > 0) {
			put_char(d, ',');
			put_colons(d, end->subaddress, end->subaddress_len);
		}
	} else if (end->hardware_len == 0) {
		put(d, "<empty>");
	} else if (arp->hardware == HARDWARE_FRAME_RELAY) {
		put_circuit(d, end->hardware, end->hardware_len);
	} else if (end->hardware_len == 6) {
		put_mac(d, end->hardware);
	} else {
		put_colons(d, end->hardware, end->hardware_len);
	}
}

static bool is_known(struct dissect *d, const struct arp *arp)
{
	if (arp->hardware == HARDWARE_ATM)
		return arp->target.hardware_len != 0;
	dissect_need(d, arp->target.hardware, arp->target.hardware_len);
	for (uint32_t i = 0; i < arp->target.hardware_len; i++)
		if (arp->target.hardware[i])
			return true;
	return false;
}

/* False where the operation is not known. */
static bool put_operation(struct dissect *d, const struct arp *arp)
{
	bool is_atm = arp->hardware == HARDWARE_ATM;

	switch (arp->operation) {
	case REQUEST:
		put(d, "who-has ");
		put_protocol_address(d, arp, &arp->target);
		if (is_known(d, arp)) {
			put(d, " (");
			put_hardware_address(d, arp, &arp->target);
			put_char(d, ')');
		}
		put(d, " tell ");
		put_protocol_address(d, arp, &arp->sender);
		return true;
	case REPLY:
		put_protocol_address(d, arp, &arp->sender);
		put(d, " is-at ");
		put_hardware_address(d, arp, &arp->sender);
		return true;
	case REVERSE_REQUEST:
	case INVERSE_REQUEST:
		if (is_atm && arp->operation == REVERSE_REQUEST)
			return false;
		put(d, "who-is ");
		put_hardware_address(d, arp, &arp->target);
		put(d, " tell ");
		put_hardware_address(d, arp, &arp->sender);
		return true;
	case REVERSE_REPLY:
		if (is_atm)
			return false;
		put_hardware_address(d, arp, &arp->target);
		put(d, " at ");
		put_protocol_address(d, arp, &arp->target);
		return true;
	case INVERSE_REPLY:
		put_hardware_address(d, arp, &arp->sender);
		put(d, is_atm ? "at " : " at ");
		put_protocol_address(d, arp, &arp->sender);
		return true;
	case NAK:
		if (!is_atm)
			return false;
		put(d, "for ");
		put_protocol_address(d, arp, &arp->sender);
		return true;
	default: return false;
	}
}

static void put_protocol_name(struct dissect *d, uint16_t protocol)
{
	const char *name = ethertype_name(protocol);

	if (name)
		put(d, name);
	else
		putf(d, "Unknown Protocol (0x%04x)", protocol);
}

static void put_kinds(struct dissect *d, const struct arp *arp)
{
	put_name(d, hardwares, ARRAY_LEN(hardwares), "Unknown Hardware (%u)", arp->hardware);
	if (arp->hardware != HARDWARE_ATM)
		putf(d, " (len %u)", arp->sender.hardware_len);
	put(d, ", ");
	put_protocol_name(d, arp->protocol);
	if (arp->hardware == HARDWARE_ATM)
		putf(d, " (len %u/%u)", arp->sender.protocol_len, arp->target.protocol_len);
	else
		putf(d, " (len %u)", arp->sender.protocol_len);
}

static bool is_usual(const struct arp *arp)
{
	return is_ip(arp->protocol) && arp->sender.protocol_len == 4 &&
	       arp->target.protocol_len == 4 &&
	       (arp->hardware == HARDWARE_ATM || arp->sender.hardware_len > 0);
}

static struct arp read_plain(struct dissect *d, const uint8_t *p)
{
	uint32_t hardware_len = get_u8(d, p + 4);
	uint32_t protocol_len = get_u8(d, p + 5);
	struct end sender = {
		.hardware = p + ARP_BYTES,
		.hardware_len = hardware_len,
		.protocol = p + ARP_BYTES + hardware_len,
		.protocol_len = protocol_len,
		.wrong_length = "<wrong len>",
	};
	struct end target = sender;

	target.hardware += hardware_len + protocol_len;
	target.protocol += hardware_len + protocol_len;
	return (struct arp){ .sender = sender, .target = target };
}

static struct arp read_atm(struct dissect *d, const uint8_t *p)
{
	struct end sender = {
		.hardware = p + ATM_BYTES,
		.hardware_len = get_u8(d, p + 4) & ATM_LENGTH_MASK,
		.subaddress_len = get_u8(d, p + 5) & ATM_LENGTH_MASK,
		.protocol_len = get_u8(d, p + 8),
		.wrong_length = "<wrong splen>",
	};
	struct end target = {
		.hardware_len = get_u8(d, p + 9) & ATM_LENGTH_MASK,
		.subaddress_len = get_u8(d, p + 10) & ATM_LENGTH_MASK,
		.protocol_len = get_u8(d, p + 11),
		.wrong_length = "<wrong tplen>",
	};

	sender.subaddress = sender.hardware + sender.hardware_len;
	sender.protocol = sender.subaddress + sender.subaddress_len;
	target.hardware = sender.protocol + sender.protocol_len;
	target.subaddress = target.hardware + target.hardware_len;
	target.protocol = target.subaddress + target.subaddress_len;
	return (struct arp){ .sender = sender, .target = target };
}

void print_arp(struct dissect *d, const uint8_t *p, uint32_t len)
{
	struct arp arp;

	d->protocol = "arp";
	dissect_need(d, p, ARP_BYTES);
	if (load_be16(p) == HARDWARE_ATM)
		dissect_need(d, p, ATM_BYTES);
	arp = load_be16(p) == HARDWARE_ATM ? read_atm(d, p) : read_plain(d, p);
	arp.hardware = load_be16(p);
	arp.protocol = load_be16(p + 2);
	arp.operation = load_be16(p + 6);
	dissect_need(d, arp.target.protocol, arp.target.protocol_len);
	if (!d->o->link)
		put(d, "ARP, ");
	if (!is_usual(&arp) || d->o->verbose > 0) {
		put_kinds(d, &arp);
		if (d->o->verbose == 0) {
			putf(d, ", length %u", len);
			return;
		}
		put(d, ", ");
	}
	put_name(d, operations, ARRAY_LEN(operations), "Unknown (%u)", arp.operation);
	put_char(d, ' ');
	if (!put_operation(d, &arp)) {
		put_dump(d, "\n\t", p, dissect_available(d, p, UINT32_MAX));
		return;
	}
	put(d, ", length ");
	put_dec(d, len);
}
