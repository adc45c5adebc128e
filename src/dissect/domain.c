/*
 * domain.c - messages of the Domain Name System (RFC 1035), over UDP and TCP, and multicast (RFC 6762).
 *
 * A message is a header that counts, a section of questions and three of records.  Of a question the type
 * is printed before the name, so that names are walked twice.  A section that ends early is " [|domain]";
 * but where a record's header is cut short the message just ends there.  In this file a place beyond the
 * packet is d->end.
 */
#include "dissect/domain.h"

#include <string.h>

#include "dissect/field.h"

enum {
	HEADER_BYTES = 12,
	TYPE_OPT = 41,
	CLASS_IN = 1,
	RECORD_BYTES = 10, /* of a record, between its name and its data */
};

/* Bits of the header's flags. */
enum {
	RESPONSE = 0x8000,
	AUTHORITATIVE = 0x0400,
	TRUNCATED = 0x0200,
	RECURSION_DESIRED = 0x0100,
	RECURSION_AVAILABLE = 0x0080,
	AUTHENTIC = 0x0020,
	CHECKING_DISABLED = 0x0010,
	ODD_IN_A_QUERY = 0x06cf,

	INVERSE_QUERY = 1, /* an opcode */
};

static const char *const opcodes[16] = {
	"",         " inv_q",    " stat",     " op3",     " notify",  " update",
	" op6",     " op7",      " op8",      " updateA", " updateD", " updateDA",
	" updateM", " updateMA", " zoneInit", " zoneRef",
};

/* Two of them lack their space in tcpdump. */
static const char *const rcodes[] = {
	"",          " FormErr", " ServFail", " NXDomain", " NotImp",  " Refused",
	" YXDomain", " YXRRSet", " NXRRSet",  " NotAuth",  " NotZone", " Resp11",
	" Resp12",   " Resp13",  " Resp14",   " NoChange", " BadVers", "Resp17",
	" Resp18",   " Resp19",  " Resp20",   "Resp21",    " Resp22",  " BadCookie",
};

static const struct name classes[] = {
	{ 3, "CHAOS" },
	{ 4, "HS" },
	{ 255, "ANY" },
};

struct message {
	struct dissect *d;
	const uint8_t *start;
	uint32_t len;
	bool multicast;
	uint16_t flags;
	uint16_t questions;
	uint16_t answers;
	uint16_t authorities;
	uint16_t additionals;
};

/* @n bytes further on, or the packet's end. */
static const uint8_t *ahead(const struct dissect *d, const uint8_t *p, size_t n)
{
	return dissect_has(d, p, n) ? p + n : d->end;
}

/* --- Data of records -------------------------------------------------------------------------- */

struct record {
	const uint8_t *data; /* len bytes, which are there */
	uint16_t len;
	uint16_t class;
	uint16_t ttl_low; /* of an OPT record: its flags */
};

/* Print the data of @r, often more of it than its length says; false if it is cut short. */
typedef bool put_data_fn(const struct message *m, const struct record *r);

static bool put_a(const struct message *m, const struct record *r)
{
	if (!dissect_has(m->d, r->data, 4))
		return false;
	put_char(m->d, ' ');
	put_ip4_digits(m->d, r->data);
	return true;
}

static bool put_aaaa(const struct message *m, const struct record *r)
{
	if (!dissect_has(m->d, r->data, 16))
		return false;
	put_char(m->d, ' ');
	put_ip6_digits(m->d, r->data);
	return true;
}

/* " name" */
static const uint8_t *put_next_name(const struct message *m, const uint8_t *p)
{
	put_char(m->d, ' ');
	return put_domain_name(m->d, p, m->start);
}

static bool put_name_rdata(const struct message *m, const struct record *r)
{
	return put_next_name(m, r->data) != NULL;
}

static bool put_soa(const struct message *m, const struct record *r)
{
	const uint8_t *p = r->data;

	if (!m->d->o->verbose)
		return true;
	for (int i = 0; i < 2; i++) {
		p = put_next_name(m, p);
		if (!p)
			return false;
	}
	if (!dissect_has(m->d, p, 20))
		return false;
	for (int i = 0; i < 5; i++) {
		put_char(m->d, ' ');
		put_dec(m->d, load_be32(p + 4 * i));
	}
	return true;
}

static bool put_mx(const struct message *m, const struct record *r)
{
	if (!dissect_has(m->d, r->data, 2)) {
		put_char(m->d, ' ');
		return false;
	}
	if (!put_next_name(m, r->data + 2))
		return false;
	put_char(m->d, ' ');
	put_dec(m->d, load_be16(r->data));
	return true;
}

static bool put_txt(const struct message *m, const struct record *r)
{
	struct dissect *d = m->d;
	const uint8_t *p = r->data;
	const uint8_t *end = p + r->len;

	while (p < end) {
		uint32_t len = *p++;

		put(d, " \"");
		if (!put_text_there(d, p, len))
			return false;
		put_char(d, '"');
		p += len;
	}
	return true;
}

static bool put_srv(const struct message *m, const struct record *r)
{
	struct dissect *d = m->d;

	if (!dissect_has(d, r->data, 6)) {
		put_char(d, ' ');
		return false;
	}
	if (!put_next_name(m, r->data + 6))
		return false;
	put_char(d, ':');
	put_dec(d, load_be16(r->data + 4));
	put_char(d, ' ');
	put_dec(d, load_be16(r->data));
	put_char(d, ' ');
	put_dec(d, load_be16(r->data + 2));
	return true;
}

/* A prefix's length, the address's other bytes, and the name of the prefix (RFC 2874). */
static bool put_a6(const struct message *m, const struct record *r)
{
	struct dissect *d = m->d;
	uint8_t address[16] = { 0 };
	uint32_t bits;
	uint32_t skipped;

	if (!dissect_has(d, r->data, 1))
		return false;
	bits = r->data[0];
	skipped = bits / 8;
	if (bits > 128) {
		put_char(d, ' ');
		put_dec(d, bits);
		put(d, "(bad plen)");
		return true;
	}
	dissect_need(d, r->data, 1 + 16 - skipped);
	if (bits < 128) {
		memcpy(address + skipped, r->data + 1, 16 - skipped);
		put_char(d, ' ');
		put_dec(d, bits);
		put_char(d, ' ');
		put_ip6_digits(d, address);
	}
	return bits == 0 || put_next_name(m, r->data + 1 + 16 - skipped);
}

static bool put_uri(const struct message *m, const struct record *r)
{
	struct dissect *d = m->d;

	dissect_need(d, r->data, 4);
	putf(d, " %u %u ", load_be16(r->data), load_be16(r->data + 2));
	/* Data that is too short is taken for very long by tcpdump. */
	return put_text_there(d, r->data + 4, r->len - 4u);
}

static bool put_opt(const struct message *m, const struct record *r)
{
	put(m->d, " UDPsize=");
	put_dec(m->d, r->class);
	if (r->ttl_low & 0x8000)
		put(m->d, " DO");
	return r->len == 0 || put_edns_options(m->d, r->data, r->len);
}

static bool put_unspeca(const struct message *m, const struct record *r)
{
	return put_text_there(m->d, r->data, r->len);
}

static bool put_tsig(const struct message *m, const struct record *r)
{
	static const char *const fields[] = { " fudge=", " maclen=", " origid=", " error=",
					      " otherlen=" };
	struct dissect *d = m->d;
	const uint8_t *p = r->data;

	if (!d->o->verbose)
		return true;
	p = put_next_name(m, p);
	if (!p)
		return false;
	p = ahead(d, p, 6); /* when it was signed */
	for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
		uint32_t value;

		if (!dissect_has(d, p, 2))
			return false;
		value = load_be16(p);
		put(d, fields[i]);
		put_dec(d, value);
		p = ahead(d, p, i == 1 ? 2 + value : 2); /* the MAC is skipped */
	}
	return true;
}

static const struct type {
	const char *name;
	put_data_fn *put_data; /* or NULL */
} types[] = {
#define DNS_TYPE(number, name, put_data) [number] = { #name, put_data },
#include "dissect/dns_type.def"
#undef DNS_TYPE
};

static const struct type *find_type(uint16_t number)
{
	return number < ARRAY_LEN(types) && types[number].name ? &types[number] : NULL;
}

static void put_type(struct dissect *d, uint16_t number)
{
	const struct type *type = find_type(number);

	put_char(d, ' ');
	if (type) {
		put(d, type->name);
	} else {
		put(d, "Type");
		put_dec(d, number);
	}
}

static void put_class(struct dissect *d, uint16_t class)
{
	if (class == CLASS_IN)
		return;
	put_char(d, ' ');
	put_name(d, classes, ARRAY_LEN(classes), "(Class %u)", class);
}

/* --- Sections --------------------------------------------------------------------------------- */

/* " A (QM)? name"; returns where it ends, or NULL. */
static const uint8_t *put_question(const struct message *m, const uint8_t *p)
{
	struct dissect *d = m->d;
	const uint8_t *fields = skip_domain_name(d, p);
	uint16_t class;

	if (!fields || !dissect_has(d, fields, 4))
		return NULL;
	put_type(d, load_be16(fields));
	class = load_be16(fields + 2);
	put_class(d, m->multicast ? class & 0x7fff : class);
	if (m->multicast)
		put(d, class & 0x8000 ? " (QU)" : " (QM)");
	put(d, "? ");
	p = put_domain_name(d, p, m->start);
	return p ? ahead(d, p, 4) : NULL;
}

/* " name A 10.0.0.1"; returns where it ends, or NULL. */
static const uint8_t *put_record(const struct message *m, const uint8_t *p)
{
	struct dissect *d = m->d;
	const struct type *type;
	struct record r;
	uint16_t number;

	if (d->o->verbose) {
		p = put_next_name(m, p);
		if (!p)
			return NULL;
	} else {
		p = skip_domain_name(d, p);
	}
	if (!p || !dissect_has(d, p, RECORD_BYTES))
		return d->end;
	number = load_be16(p);
	type = find_type(number);
	r.class = load_be16(p + 2);
	r.ttl_low = load_be16(p + 6);
	r.len = load_be16(p + 8);
	r.data = p + RECORD_BYTES;
	if (m->multicast) {
		bool flush = r.class & 0x8000;

		r.class &= 0x7fff;
		if (number != TYPE_OPT)
			put_class(d, r.class);
		if (flush)
			put(d, " (Cache flush)");
	} else if (number != TYPE_OPT) {
		put_class(d, r.class);
	}
	if (number != TYPE_OPT && d->o->verbose > 2) {
		put(d, " [");
		put_seconds(d, load_be32(p + 4));
		put_char(d, ']');
	}
	put_type(d, number);
	if (!dissect_has(d, r.data, r.len))
		return NULL;
	if (type && type->put_data && !type->put_data(m, &r))
		return NULL;
	return r.data + r.len;
}

/* Print a section of @count records behind its @title, if it has one, and move *p behind it.  False
 * if it is cut short. */
static bool put_records(const struct message *m, const uint8_t **p, uint32_t count,
			const char *title)
{
	if (count == 0)
		return true;
	if (title) {
		if (*p >= m->d->end)
			return false;
		put(m->d, title);
	}
	for (;;) {
		*p = put_record(m, *p);
		if (!*p)
			return false;
		if (--count == 0)
			return true;
		if (*p >= m->d->end)
			return false;
		put_char(m->d, ',');
	}
}

static bool put_authorities_and_additionals(const struct message *m, const uint8_t *p)
{
	return put_records(m, &p, m->authorities, " ns:") &&
	       put_records(m, &p, m->additionals, " ar:");
}

/* --- Messages --------------------------------------------------------------------------------- */

/* Behind the questions, or NULL. */
static const uint8_t *skip_questions(const struct message *m, const uint8_t *p)
{
	for (uint32_t i = 0; i < m->questions; i++) {
		p = skip_domain_name(m->d, p);
		if (!p)
			return NULL;
		p = ahead(m->d, p, 4);
	}
	return p;
}

/* Behind a record of which *ret_type is the type and *ret_rcode the upper bits of the response code, if
 * it is an OPT record; or NULL. */
static const uint8_t *skip_record(const struct dissect *d, const uint8_t *p, uint16_t *ret_type,
				  uint8_t *ret_rcode)
{
	if (!dissect_has(d, p, 5))
		return NULL;
	*ret_type = load_be16(p);
	*ret_rcode = p[4];
	if (!dissect_has(d, p, RECORD_BYTES))
		return NULL;
	return ahead(d, p + RECORD_BYTES, load_be16(p + 8));
}

/* The response code, of which an OPT record has eight bits more. */
static uint32_t find_rcode(const struct message *m)
{
	uint32_t rcode = m->flags & 0xf;
	uint32_t before = (uint32_t)m->answers + m->authorities;
	const uint8_t *p = skip_questions(m, m->start + HEADER_BYTES);

	for (uint32_t i = 0; i < before + m->additionals; i++) {
		uint16_t type = 0;
		uint8_t high = 0;

		if (p)
			p = skip_domain_name(m->d, p);
		if (!p)
			return rcode;
		p = skip_record(m->d, p, &type, &high);
		if (i >= before && type == TYPE_OPT)
			return rcode | (uint32_t)high << 4;
	}
	return rcode;
}

static void put_count(struct dissect *d, uint32_t count, const char *unit)
{
	put(d, " [");
	put_dec(d, count);
	put(d, unit);
	put_char(d, ']');
}

static void put_rcode(const struct message *m)
{
	uint32_t rcode = m->additionals ? find_rcode(m) : m->flags & 0xf;

	if (rcode < ARRAY_LEN(rcodes)) {
		put(m->d, rcodes[rcode]);
	} else {
		put(m->d, " Resp");
		put_dec(m->d, rcode);
	}
}

/* The questions of a response: only more than -v shows them. */
static const uint8_t *put_asked(const struct message *m, const uint8_t *p)
{
	for (uint32_t i = 0; i < m->questions; i++) {
		if (i > 0)
			put_char(m->d, ',');
		if (m->d->o->verbose > 1) {
			put(m->d, " q:");
			p = put_question(m, p);
		} else {
			p = skip_domain_name(m->d, p);
			if (p)
				p = ahead(m->d, p, 4);
		}
		if (!p)
			return NULL;
	}
	return p;
}

static bool put_response(const struct message *m)
{
	struct dissect *d = m->d;
	const uint8_t *p;

	put_rcode(m);
	if (m->flags & AUTHORITATIVE)
		put_char(d, '*');
	if (!(m->flags & RECURSION_AVAILABLE))
		put_char(d, '-');
	if (m->flags & TRUNCATED)
		put_char(d, '|');
	if (m->flags & AUTHENTIC)
		put_char(d, '$');
	if (m->questions != 1)
		put_count(d, m->questions, "q");
	p = put_asked(m, m->start + HEADER_BYTES);
	if (!p)
		return false;
	put_char(d, ' ');
	put_dec(d, m->answers);
	put_char(d, '/');
	put_dec(d, m->authorities);
	put_char(d, '/');
	put_dec(d, m->additionals);
	if (!put_records(m, &p, m->answers, NULL))
		return false;
	return d->o->verbose < 2 || put_authorities_and_additionals(m, p);
}

/* Numbers of questions and records that are unusual for a query. */
static void put_query_counts(const struct message *m)
{
	bool inverse = (m->flags >> 11 & 0xf) == INVERSE_QUERY;

	if (inverse && m->questions)
		put_count(m->d, m->questions, "q");
	if (m->answers != inverse)
		put_count(m->d, m->answers, "a");
	if (!inverse && m->questions != 1)
		put_count(m->d, m->questions, "q");
	if (m->authorities)
		put_count(m->d, m->authorities, "n");
	if (m->additionals)
		put_count(m->d, m->additionals, "au");
}

static bool put_query(const struct message *m)
{
	struct dissect *d = m->d;
	const uint8_t *p = m->start + HEADER_BYTES;

	if (m->flags & RECURSION_DESIRED)
		put_char(d, '+');
	if (m->flags & CHECKING_DISABLED)
		put_char(d, '%');
	if (m->flags & ODD_IN_A_QUERY) {
		put(d, " [b2&3=0x");
		put_hex(d, m->flags, 1);
		put_char(d, ']');
	}
	put_query_counts(m);
	for (uint32_t i = 0; i < m->questions; i++) {
		if (i > 0 && p >= d->end)
			return false;
		p = put_question(m, p);
		if (!p)
			return false;
	}
	if (d->o->verbose < 2)
		return true;
	return put_records(m, &p, m->answers, NULL) && put_authorities_and_additionals(m, p);
}

static void put_message(struct dissect *d, const uint8_t *p, uint32_t len, bool multicast)
{
	struct message m = { .d = d, .start = p, .len = len, .multicast = multicast };

	d->protocol = "domain";
	if (len < HEADER_BYTES) {
		putf(d, "domain [length %u < 12] (invalid)", len);
		return;
	}
	if (!dissect_has(d, p, HEADER_BYTES)) {
		put_truncated(d);
		return;
	}
	m.flags = load_be16(p + 2);
	m.questions = load_be16(p + 4);
	m.answers = load_be16(p + 6);
	m.authorities = load_be16(p + 8);
	m.additionals = load_be16(p + 10);
	put_dec(d, load_be16(p));
	put(d, opcodes[m.flags >> 11 & 0xf]);
	if (m.flags & RESPONSE ? put_response(&m) : put_query(&m)) {
		put(d, " (");
		put_dec(d, len);
		put_char(d, ')');
	} else {
		put_truncated(d);
	}
}

void print_domain(struct dissect *d, const uint8_t *p, uint32_t len)
{
	put_message(d, p, len, false);
}

void print_mdns(struct dissect *d, const uint8_t *p, uint32_t len)
{
	put_message(d, p, len, true);
}

/* A message behind its length (RFC 1035, section 4.2.2), if the segment has just one. */
void print_domain_tcp(struct dissect *d, const uint8_t *p, uint32_t len)
{
	uint16_t prefix;

	d->protocol = "domain";
	if (len < 2) {
		putf(d, " [DNS over TCP: length %u < 2] (invalid)", len);
		return;
	}
	prefix = get_be16(d, p);
	if (prefix != len - 2) {
		putf(d, " [prefix length(%u) != length(%u)] (invalid)", prefix, len - 2);
		return;
	}
	put_char(d, ' ');
	put_message(d, p + 2, len - 2, false);
}
