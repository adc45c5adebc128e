/*
 * lower_wlan.c - 802.11, alone or behind a header of a capturing driver.
 *
 * Neither header has a fixed length.  The driver's says its own; 802.11's follows from its first
 * byte: 24 bytes, and two more for data frames with quality of service.  (A fourth address is not
 * counted: libpcap does not either.)  Both lengths are computed once, before all tests, and
 * only if a test needs them, for a packet too short for them is rejected.
 *
 * Which of the addresses is source or destination depends on two bits of the second byte.
 */
#include "filter/lower.h"

enum {
	/* the first byte */
	TYPE_MASK = 0x0c,
	TYPE_CONTROL = 0x04,
	CONTROL_BIT = 0x04,
	DATA_BIT = 0x08, /* with CONTROL_BIT clear: a data frame */
	QOS_BIT = 0x80,
	FRAME_CTS = 0xc0, /* subtypes of control frames, which have one address */
	FRAME_ACK = 0xd0,
	/* the second */
	TO_DS = 1,
	FROM_DS = 2,
	/* where the addresses are */
	ADDR1 = 4,
	ADDR2 = 10,
	ADDR3 = 16,
	ADDR4 = 24,
	HEADER_BYTES = 24,
};

/* --- lengths of headers --------------------------------------------------------------------- */

/* Two bytes, the lower first.  They are loaded the other way round, as lo:hi; the product has
 * hi:lo:hi:0, of which the upper half is wanted. */
static struct ir_value *load_le16(struct lower *c, uint32_t at)
{
	struct ir_value *value = ir_build_packet(&c->b, NULL, at, 2);

	value = ir_build_op2(&c->b, IR_MUL, value, lower_number(c, 0x01000100));
	return ir_build_op2(&c->b, IR_SHR, value, lower_number(c, 16));
}

/* Prism's header has 144 bytes, unless its place is taken by an AVS header. */
static struct ir_value *prism_len(struct lower *c)
{
	uint32_t len = ir_build_var(&c->b, IR_I32);
	struct ways is_avs = { ir_build_block(&c->b), ir_build_block(&c->b) };

	ir_build_set(&c->b, len, lower_number(c, 144));
	lower_masked(c, AT_PACKET, 0, 4, 0x80211000, 0xfffff000, is_avs);
	begin(c, is_avs.yes);
	ir_build_set(&c->b, len, ir_build_packet(&c->b, NULL, 4, 4));
	ir_build_jump(&c->b, is_avs.no);
	begin(c, is_avs.no);
	return ir_build_get(&c->b, len);
}

void lower_wlan_start(struct lower *c)
{
	enum { DLT_OF_PPI = 4, DLT_802_11_LE = 0x69000000 };
	struct ways is_wlan;

	begin(c, c->prologue);
	switch (c->layout.link->dlt) {
	case DLT_PRISM_HEADER: c->layout.header.base = prism_len(c); break;
	case DLT_IEEE802_11_RADIO_AVS:
		c->layout.header.base = ir_build_packet(&c->b, NULL, 4, 4);
		break;
	case DLT_IEEE802_11_RADIO: c->layout.header.base = load_le16(c, 2); break;
	case DLT_PPI:
		is_wlan = need(c, c->reject);
		lower_equal(c, AT_PACKET, DLT_OF_PPI, 4, DLT_802_11_LE, is_wlan);
		begin(c, is_wlan.yes);
		c->layout.header.base = load_le16(c, 2);
		break;
	default: break;
	}
	c->prologue = c->b.block;
}

/* radiotap may say that the header is padded to a multiple of four.  Its flags are the first field
 * or the second, behind a timestamp; and only without further words of presence do we know. */
static void add_padding(struct lower *c, uint32_t len)
{
	enum { PRESENT = 4, HAS_FLAGS = 0x02000000, HAS_MORE = 0x80, HAS_TIME = 0x01000000 };
	enum { FLAGS = 8, FLAGS_BEHIND_TIME = 16, PADDED = 0x20 };
	struct ir_block *padded = ir_build_block(&c->b), *done = ir_build_block(&c->b);
	struct ways flags = need(c, done), more = { done, ir_build_block(&c->b) };
	struct ways time = { ir_build_block(&c->b), ir_build_block(&c->b) };
	struct ir_value *value;

	lower_any_bit(c, AT_PACKET, PRESENT, 4, HAS_FLAGS, flags);
	begin(c, flags.yes);
	lower_any_bit(c, AT_PACKET, PRESENT, 4, HAS_MORE, more);
	begin(c, more.no);
	lower_any_bit(c, AT_PACKET, PRESENT, 4, HAS_TIME, time);
	begin(c, time.yes);
	lower_any_bit(c, AT_PACKET, FLAGS_BEHIND_TIME, 1, PADDED, (struct ways){ padded, done });
	begin(c, time.no);
	lower_any_bit(c, AT_PACKET, FLAGS, 1, PADDED, (struct ways){ padded, done });
	begin(c, padded);
	value = ir_build_op2(&c->b, IR_ADD, ir_build_get(&c->b, len), lower_number(c, 3));
	value = ir_build_op2(&c->b, IR_AND, value, lower_number(c, ~3u));
	ir_build_set(&c->b, len, value);
	ir_build_jump(&c->b, done);
	begin(c, done);
}

void lower_wlan_payload(struct lower *c)
{
	struct layout *layout = &c->layout;
	struct ir_block *here = c->b.block, *done;
	struct ir_value *base = layout->header.base, *start;
	struct ways data, not_control, qos;
	uint32_t len;

	if (layout->link->kind != LINK_WLAN || layout->payload.base)
		return;
	if (c->wlan_payload) {
		layout->payload.base = c->wlan_payload;
		return;
	}
	begin(c, c->prologue);
	done = ir_build_block(&c->b);
	data = need(c, done);
	not_control = (struct ways){ done, ir_build_block(&c->b) };
	qos = (struct ways){ ir_build_block(&c->b), ir_build_block(&c->b) };
	len = ir_build_var(&c->b, IR_I32);
	start = base ? base : lower_number(c, 0);
	start = ir_build_op2(&c->b, IR_ADD, start, lower_number(c, HEADER_BYTES));
	ir_build_set(&c->b, len, start);
	lower_any_bit(c, AT_HEADER, 0, 1, CONTROL_BIT, not_control); /* as in is_data */
	begin(c, not_control.no);
	lower_any_bit(c, AT_HEADER, 0, 1, DATA_BIT, data);
	begin(c, data.yes);
	lower_any_bit(c, AT_HEADER, 0, 1, QOS_BIT, qos);
	begin(c, qos.yes);
	ir_build_set(&c->b, len, ir_build_op2(&c->b, IR_ADD, start, lower_number(c, 2)));
	ir_build_jump(&c->b, qos.no);
	begin(c, qos.no);
	if (layout->link->dlt == DLT_IEEE802_11_RADIO)
		add_padding(c, len);
	ir_build_jump(&c->b, done);
	begin(c, done);
	c->wlan_payload = layout->payload.base = ir_build_get(&c->b, len);
	c->prologue = c->b.block;
	begin(c, here);
}

/* --- kinds of frames ------------------------------------------------------------------------ */

void lower_wlan_is_data(struct lower *c, struct ways w)
{
	struct ways not_control = { w.no, ir_build_block(&c->b) };

	lower_any_bit(c, AT_HEADER, 0, 1, CONTROL_BIT, not_control);
	begin(c, not_control.no);
	lower_any_bit(c, AT_HEADER, 0, 1, DATA_BIT, w);
}

void lower_wlan_frame(struct lower *c, const struct node *node, struct ways w)
{
	if (c->layout.link->kind != LINK_WLAN)
		lower_fail(c, w, "only 802.11 has types and directions of frames, not %s",
			   c->layout.link->words);
	else if (node->kind == NODE_WLAN_DIR)
		lower_masked(c, AT_HEADER, 1, 1, node->number, TO_DS | FROM_DS, w);
	else
		lower_masked(c, AT_HEADER, 0, 1, node->number, node->mask, w);
}

/* --- addresses ------------------------------------------------------------------------------ */

/* Where the source is: address 2, but in data frames from the distribution system 3, and of those that
 * are to it as well 4. */
static void lower_src(struct lower *c, const uint8_t mac[6], struct ways w)
{
	struct ways control = { w.no, ir_build_block(&c->b) };
	struct ways data = { ir_build_block(&c->b), ir_build_block(&c->b) };
	struct ways from = data, to = data;

	from = (struct ways){ ir_build_block(&c->b), data.no };
	to = (struct ways){ ir_build_block(&c->b), ir_build_block(&c->b) };
	lower_any_bit(c, AT_HEADER, 0, 1, CONTROL_BIT, control);
	begin(c, control.no);
	lower_any_bit(c, AT_HEADER, 0, 1, DATA_BIT, data);
	begin(c, data.yes);
	lower_any_bit(c, AT_HEADER, 1, 1, FROM_DS, from);
	begin(c, data.no); /* management, or from a station */
	lower_mac_at(c, ADDR2, mac, w);
	begin(c, from.yes);
	lower_any_bit(c, AT_HEADER, 1, 1, TO_DS, to);
	begin(c, to.yes);
	lower_mac_at(c, ADDR4, mac, w);
	begin(c, to.no);
	lower_mac_at(c, ADDR3, mac, w);
}

/* What @at, between the two places of a destination, asks: address 1, or 3 in data frames to the
 * distribution system. */
static void split_dst(struct lower *c, struct ir_block *first, struct ir_block *third,
		      struct ir_block *no)
{
	struct ways control = { no, ir_build_block(&c->b) };
	struct ways data = { ir_build_block(&c->b), first };

	lower_any_bit(c, AT_HEADER, 0, 1, CONTROL_BIT, control);
	begin(c, control.no);
	lower_any_bit(c, AT_HEADER, 0, 1, DATA_BIT, data);
	begin(c, data.yes);
	lower_any_bit(c, AT_HEADER, 1, 1, TO_DS, (struct ways){ third, first });
}

static void lower_dst(struct lower *c, const uint8_t mac[6], struct ways w)
{
	struct ir_block *first = ir_build_block(&c->b), *third = ir_build_block(&c->b);

	split_dst(c, first, third, w.no);
	begin(c, first);
	lower_mac_at(c, ADDR1, mac, w);
	begin(c, third);
	lower_mac_at(c, ADDR3, mac, w);
}

void lower_wlan_multicast(struct lower *c, struct ways w)
{
	struct ir_block *first = ir_build_block(&c->b), *third = ir_build_block(&c->b);

	split_dst(c, first, third, w.no);
	begin(c, first);
	lower_any_bit(c, AT_HEADER, ADDR1, 1, 1, w);
	begin(c, third);
	lower_any_bit(c, AT_HEADER, ADDR3, 1, 1, w);
}

/* Address 2 is in all frames but two kinds of control frames. */
static void lower_addr2(struct lower *c, const uint8_t mac[6], struct ways w)
{
	struct ir_block *has = ir_build_block(&c->b);
	struct ways control = { ir_build_block(&c->b), has };
	struct ways cts = { w.no, ir_build_block(&c->b) };

	lower_masked(c, AT_HEADER, 0, 1, TYPE_CONTROL, TYPE_MASK, control);
	begin(c, control.yes);
	lower_masked(c, AT_HEADER, 0, 1, FRAME_CTS, 0xf0, cts);
	begin(c, cts.no);
	lower_masked(c, AT_HEADER, 0, 1, FRAME_ACK, 0xf0, (struct ways){ w.no, has });
	begin(c, has);
	lower_mac_at(c, ADDR2, mac, w);
}

void lower_wlan_mac(struct lower *c, const uint8_t mac[6], enum direction direction, struct ways w)
{
	struct ways first;

	switch (direction) {
	case DIRECTION_SRC: lower_src(c, mac, w); break;
	case DIRECTION_DST: lower_dst(c, mac, w); break;
	case DIRECTION_AND:
		first = need(c, w.no);
		lower_src(c, mac, first);
		begin(c, first.yes);
		lower_dst(c, mac, w);
		break;
	case DIRECTION_NONE:
	case DIRECTION_OR:
		first = suffice(c, w.yes);
		lower_src(c, mac, first);
		begin(c, first.no);
		lower_dst(c, mac, w);
		break;
	case DIRECTION_ADDR1: lower_mac_at(c, ADDR1, mac, w); break;
	case DIRECTION_ADDR2: lower_addr2(c, mac, w); break;
	case DIRECTION_ADDR3:
		first = need(c, w.no);
		lower_masked(c, AT_HEADER, 0, 1, TYPE_CONTROL, TYPE_MASK, negate(first));
		begin(c, first.yes);
		lower_mac_at(c, ADDR3, mac, w);
		break;
	case DIRECTION_ADDR4:
		first = need(c, w.no);
		lower_masked(c, AT_HEADER, 1, 1, TO_DS | FROM_DS, TO_DS | FROM_DS, first);
		begin(c, first.yes);
		lower_mac_at(c, ADDR4, mac, w);
		break;
	case DIRECTION_RA:
		first = need(c, w.no);
		lower_any_bit(c, AT_HEADER, 0, 1, DATA_BIT, first);
		begin(c, first.yes);
		lower_mac_at(c, ADDR1, mac, w);
		break;
	case DIRECTION_TA:
		first = need(c, w.no);
		lower_any_bit(c, AT_HEADER, 0, 1, DATA_BIT, first);
		begin(c, first.yes);
		lower_addr2(c, mac, w);
		break;
	}
}
