/*
 * snmp.c - the Simple Network Management Protocol, versions 1, 2c and 3 (RFC 1157, 3416, 3412, 3414).
 *
 * Messages are values of ASN.1 within each other, each a tag, a length and contents.  A value of the wrong
 * kind is complained of in brackets and printed as what it is, and then its message ends; but what with
 * -v closes the messages around it is still printed.
 */
#include "dissect/proto.h"

#include <string.h>

#include "dissect/mib.h"

/* --- Values ----------------------------------------------------------------------------------- */

enum kind {
	ANY, /* none of the below */
	OCTETS,
	NOTHING,
	OBJECT_ID,
	INTEGER,
	UNSIGNED,
	UNSIGNED64,
	STRING,
	SEQUENCE,
	ADDRESS,
	EXCEPTION,
	PDU,
};

struct value {
	enum kind kind;
	uint8_t id;        /* of its class */
	const uint8_t *at; /* len bytes of contents, which are there */
	uint32_t len;
	uint32_t total; /* with tag and length */
	uint64_t number;
};

/* What is left of a value's contents. */
struct rest {
	const uint8_t *p;
	uint32_t len;
};

enum class { UNIVERSAL, APPLICATION, CONTEXT, PRIVATE };

/* Kinds of PDUs: their ids. */
enum {
	GET = 0,
	GET_NEXT = 1,
	RESPONSE = 2,
	SET = 3,
	TRAP = 4,
	GET_BULK = 5,
	INFORM = 6,
	TRAP2 = 7,
	REPORT = 8,
};

enum { VERSION_1 = 0, VERSION_2 = 1, VERSION_3 = 3 };

struct tag {
	const char *name;
	enum kind kind;
};

/* clang-format off */
static const struct tag universal_tags[] = {
	{ "U-0",       OCTETS },
	{ "Boolean",   OCTETS },
	{ "Integer",   INTEGER },
	{ "Bitstring", OCTETS },
	{ "String",    STRING },
	{ "Null",      NOTHING },
	{ "ObjID",     OBJECT_ID },
	{ "ObjectDes", OCTETS },
	{ "U-8",       OCTETS },
	{ "U-9",       OCTETS },
	{ "U-10",      OCTETS },
	{ "U-11",      OCTETS },
	{ "U-12",      OCTETS },
	{ "U-13",      OCTETS },
	{ "U-14",      OCTETS },
	{ "U-15",      OCTETS },
	{ "Sequence",  OCTETS }, /* unless constructed */
	{ "Set",       OCTETS },
};

static const struct tag application_tags[] = {
	{ "IpAddress", ADDRESS },
	{ "Counter",   UNSIGNED },
	{ "Gauge",     UNSIGNED },
	{ "TimeTicks", UNSIGNED },
	{ "Opaque",    OCTETS },
	{ "C-5",       OCTETS },
	{ "Counter64", UNSIGNED64 },
};

static const struct tag context_tags[] = { /* constructed: PDUs */
	{ "GetRequest",     EXCEPTION },
	{ "GetNextRequest", EXCEPTION },
	{ "GetResponse",    EXCEPTION },
	{ "SetRequest",     ANY },
	{ "Trap",           ANY },
	{ "GetBulk",        ANY },
	{ "Inform",         ANY },
	{ "V2Trap",         ANY },
	{ "Report",         ANY },
};

static const struct tag private_tags[] = {
	{ "P-0", OCTETS },
};

/* For tcpdump some of them are called "x". */
static const struct {
	const char *name;
	const struct tag *tags;
	size_t count;
} classes[] = {
	[UNIVERSAL]   = { "U", universal_tags, ARRAY_LEN(universal_tags) },
	[APPLICATION] = { "A", application_tags, ARRAY_LEN(application_tags) },
	[CONTEXT]     = { NULL, context_tags, ARRAY_LEN(context_tags) },
	[PRIVATE]     = { "x", private_tags, ARRAY_LEN(private_tags) },
};

static const char *const exceptions[] = { "noSuchObject", "noSuchInstance", "endOfMibView" };

static const struct name error_statuses[] = {
	{  0, "noError" },
	{  1, "tooBig" },
	{  2, "noSuchName" },
	{  3, "badValue" },
	{  4, "readOnly" },
	{  5, "genErr" },
	{  6, "noAccess" },
	{  7, "wrongType" },
	{  8, "wrongLength" },
	{  9, "wrongEncoding" },
	{ 10, "wrongValue" },
	{ 11, "noCreation" },
	{ 12, "inconsistentValue" },
	{ 13, "resourceUnavailable" },
	{ 14, "commitFailed" },
	{ 15, "undoFailed" },
	{ 16, "authorizationError" },
	{ 17, "notWritable" },
	{ 18, "inconsistentName" },
};

enum { ENTERPRISE_SPECIFIC = 6 };

static const char *const generic_traps[] = {
	"coldStart", "warmStart", "linkDown", "linkUp", "authenticationFailure", "egpNeighborLoss",
	"enterpriseSpecific",
};
/* clang-format on */

/* --- Reading values ---------------------------------------------------------------------------- */

/* One byte of a value's head; false and a complaint where the contents end before it. */
static bool take_byte(struct dissect *d, struct rest *rest, const char *complaint, uint8_t *ret)
{
	if (rest->len < 1) {
		put(d, complaint);
		return false;
	}
	*ret = get_u8(d, rest->p++);
	rest->len--;
	return true;
}

/* An id that does not fit the tag's byte: seven bits a byte, of which the last eight count. */
static bool take_long_id(struct dissect *d, struct rest *rest, uint8_t *ret_id)
{
	uint8_t id = 0;
	uint8_t byte;

	do {
		byte = get_u8(d, rest->p);
		if (!take_byte(d, rest, "[Xtagfield?]", &byte))
			return false;
		id = (uint8_t)(id << 7 | (byte & 0x7f));
	} while (byte & 0x80);
	*ret_id = id;
	return true;
}

static bool take_length(struct dissect *d, struct rest *rest, uint32_t *ret_len)
{
	uint8_t byte;
	uint32_t count, len = 0;

	if (!take_byte(d, rest, "[no asnlen]", &byte))
		return false;
	*ret_len = byte;
	if (!(byte & 0x80))
		return true;
	count = byte & 0x7f;
	if (rest->len < count) {
		putf(d, "[asnlen? %d<%d]", rest->len, count);
		return false;
	}
	if (!dissect_has(d, rest->p, count)) {
		put_truncated(d);
		return false;
	}
	for (uint32_t i = 0; i < count; i++)
		len = len << 8 | rest->p[i];
	rest->p += count;
	rest->len -= count;
	*ret_len = len;
	return true;
}

static uint64_t read_number(const struct value *v, uint64_t start)
{
	uint64_t number = start;

	for (uint32_t i = 0; i < v->len; i++)
		number = number << 8 | v->at[i];
	return number;
}

/* What a value without values within means. */
static bool read_primitive(struct dissect *d, struct value *v, enum class class)
{
	const struct tag *tag = &classes[class].tags[v->id];

	v->kind = tag->kind;
	switch (tag->kind) {
	case INTEGER:
		if (v->len == 0) {
			put(d, "[asnlen=0]");
			return false;
		}
		v->number = read_number(v, v->at[0] & 0x80 ? UINT64_MAX : 0);
		return true;
	case UNSIGNED:
	case UNSIGNED64: v->number = read_number(v, 0); return true;
	case OCTETS: putf(d, "[P/%s/%s]", classes[class].name, tag->name); return true;
	default: return true;
	}
}

static void read_constructed(struct dissect *d, struct value *v, enum class class)
{
	const struct tag *tag = &classes[class].tags[v->id];

	v->kind = OCTETS;
	if (class == UNIVERSAL && v->id == 16)
		v->kind = SEQUENCE;
	else if (class == CONTEXT)
		v->kind = PDU;
	else
		putf(d, "C/%s/%s", class == UNIVERSAL ? "U" : "x", tag->name);
}

/* The next value, and go behind it; false if there is none, and why is printed. */
static bool take_value(struct dissect *d, struct rest *rest, struct value *v)
{
	struct rest start = *rest;
	enum class class;
	bool constructed;
	uint8_t tag;

	if (!take_byte(d, rest, "[nothing to parse]", &tag))
		return false;
	*v = (struct value){ .id = tag & 0x1f };
	constructed = tag & 0x20;
	class = (enum class)(tag >> 6);
	if (v->id == 0x1f && !take_long_id(d, rest, &v->id))
		return false;
	if (!take_length(d, rest, &v->len))
		return false;
	if (rest->len < v->len) {
		putf(d, "[len%d<asnlen%u]", rest->len, v->len);
		return false;
	}
	if (v->id >= classes[class].count) {
		putf(d, "[id?%c/x/%d]", constructed ? 'C' : 'P', v->id);
		return false;
	}
	if (!dissect_has(d, rest->p, v->len)) {
		put_truncated(d);
		return false;
	}
	v->at = rest->p;
	rest->p += v->len;
	rest->len -= v->len;
	v->total = start.len - rest->len;
	if (!constructed)
		return read_primitive(d, v, class);
	read_constructed(d, v, class);
	return true;
}

/* --- Printing values --------------------------------------------------------------------------- */

static void put_octets(struct dissect *d, const struct value *v)
{
	for (uint32_t i = 0; i < v->len; i++) {
		put_char(d, '_');
		put_hex(d, v->at[i], 2);
	}
}

static bool is_text(const struct value *v)
{
	for (uint32_t i = 0; i < v->len; i++)
		if (v->at[i] < ' ' || v->at[i] > '~')
			return false;
	return true;
}

static void put_string_value(struct dissect *d, const struct value *v)
{
	if (is_text(v)) {
		put_char(d, '"');
		put_text(d, v->at, v->len);
		put_char(d, '"');
		return;
	}
	for (uint32_t i = 0; i < v->len; i++) {
		if (i > 0)
			put_char(d, '_');
		put_hex(d, v->at[i], 2);
	}
}

static void put_address(struct dissect *d, const struct value *v)
{
	if (v->len != 4)
		put(d, "[inetaddr len!=4]");
	for (uint32_t i = 0; i < v->len; i++) {
		if (i > 0)
			put_char(d, '.');
		put_dec(d, v->at[i]);
	}
}

static void put_value(struct dissect *d, const struct value *v)
{
	switch (v->kind) {
	case ANY: put(d, "[BE_ANY!?]"); break;
	case OCTETS: put_octets(d, v); break;
	case NOTHING: break;
	case OBJECT_ID: put_object_id(d, v->at, v->len); break;
	case INTEGER: putf(d, "%d", (int32_t)v->number); break;
	case UNSIGNED: put_dec(d, (uint32_t)v->number); break;
	case UNSIGNED64: put_dec(d, v->number); break;
	case STRING: put_string_value(d, v); break;
	case SEQUENCE: putf(d, "Seq(%u)", v->len); break;
	case ADDRESS: put_address(d, v); break;
	case EXCEPTION: putf(d, "[%s]", exceptions[v->id]); break;
	case PDU: putf(d, "%s(%u)", context_tags[v->id].name, v->len); break;
	}
}

/* The next value, if it is of @kind; or else it is printed behind @complaint. */
static bool take(struct dissect *d, struct rest *rest, enum kind kind, const char *complaint,
		 struct value *v)
{
	if (!take_value(d, rest, v))
		return false;
	if (v->kind == kind)
		return true;
	put(d, complaint);
	put_value(d, v);
	return false;
}

static struct rest contents(const struct value *v)
{
	return (struct rest){ v->at, v->len };
}

/* --- PDUs -------------------------------------------------------------------------------------- */

static bool asks(uint8_t pdu)
{
	return pdu == GET || pdu == GET_NEXT || pdu == GET_BULK;
}

/* A name, and its value unless it is asked for. */
static bool put_variable(struct dissect *d, uint8_t pdu, struct rest *list)
{
	struct rest rest;
	struct value v;

	put_char(d, ' ');
	if (!take(d, list, SEQUENCE, "[!varbind]", &v))
		return false;
	rest = contents(&v);
	if (!take(d, &rest, OBJECT_ID, "[objName!=OID]", &v))
		return false;
	put_value(d, &v);
	if (!asks(pdu))
		put_char(d, '=');
	if (!take_value(d, &rest, &v))
		return false;
	if (v.kind == NOTHING)
		return true;
	if (asks(pdu))
		put(d, "[objVal!=NULL]");
	put_value(d, &v);
	return true;
}

static void put_extra(struct dissect *d, uint32_t extra, const char *after)
{
	if (extra)
		putf(d, "[%d extra after %s]", extra, after);
}

static void put_variables(struct dissect *d, uint8_t pdu, struct rest *rest)
{
	struct value v;
	struct rest list;

	if (!take(d, rest, SEQUENCE, "[!SEQ of varbind]", &v))
		return;
	put_extra(d, rest->len, "SEQ of varbind");
	list = contents(&v);
	while (list.len > 0)
		if (!put_variable(d, pdu, &list))
			return;
}

/* Those that must not tell of errors. */
static bool is_without_error(uint8_t pdu)
{
	return pdu != RESPONSE && pdu != GET_BULK && pdu != TRAP;
}

static void put_error_status(struct dissect *d, uint8_t pdu, int32_t status)
{
	if (pdu == GET_BULK) {
		putf(d, " N=%d", status);
	} else if (status != 0) {
		put(d, is_without_error(pdu) ? "[errorStatus(" : " ");
		put_name(d, error_statuses, ARRAY_LEN(error_statuses), "err=%u", (uint32_t)status);
		if (is_without_error(pdu))
			put(d, ")!=0]");
	}
}

static void put_error_index(struct dissect *d, uint8_t pdu, int32_t status, int32_t error_index)
{
	if (pdu == GET_BULK)
		putf(d, " M=%d", error_index);
	else if (is_without_error(pdu) && error_index != 0)
		putf(d, "[errorIndex(%d)!=0]", error_index);
	else if (is_without_error(pdu))
		return;
	else if (error_index != 0 && status == 0)
		putf(d, "[errorIndex(%d) w/o errorStatus]", error_index);
	else if (error_index != 0)
		putf(d, "@%d", error_index);
	else if (status != 0)
		put(d, "[errorIndex==0]");
}

static void put_pdu(struct dissect *d, uint8_t pdu, struct rest rest)
{
	struct value v;
	int32_t status;

	if (!take(d, &rest, INTEGER, "[reqId!=INT]", &v))
		return;
	if (d->o->verbose)
		putf(d, "R=%d ", (int32_t)v.number);
	if (!take(d, &rest, INTEGER, "[errorStatus!=INT]", &v))
		return;
	status = (int32_t)v.number;
	put_error_status(d, pdu, status);
	if (!take(d, &rest, INTEGER, "[errorIndex!=INT]", &v))
		return;
	put_error_index(d, pdu, status, (int32_t)v.number);
	put_variables(d, pdu, &rest);
}

static void put_trap(struct dissect *d, struct rest rest)
{
	struct value v;
	int32_t generic, specific;

	put_char(d, ' ');
	if (!take(d, &rest, OBJECT_ID, "[enterprise!=OID]", &v))
		return;
	put_value(d, &v);
	put_char(d, ' ');
	if (!take(d, &rest, ADDRESS, "[agent-addr!=INETADDR]", &v))
		return;
	put_value(d, &v);
	if (!take(d, &rest, INTEGER, "[generic-trap!=INT]", &v))
		return;
	generic = (int32_t)v.number;
	if (generic >= 0 && (size_t)generic < ARRAY_LEN(generic_traps))
		putf(d, " %s", generic_traps[generic]);
	else
		putf(d, " gt=%d", generic);
	if (!take(d, &rest, INTEGER, "[specific-trap!=INT]", &v))
		return;
	specific = (int32_t)v.number;
	if (generic == ENTERPRISE_SPECIFIC)
		putf(d, " s=%d", specific);
	else if (specific != 0)
		putf(d, "[specific-trap(%d)!=0]", specific);
	put_char(d, ' ');
	if (!take(d, &rest, UNSIGNED, "[time-stamp!=TIMETICKS]", &v))
		return;
	put_value(d, &v);
	put_variables(d, TRAP, &rest);
}

static void put_any_pdu(struct dissect *d, struct rest rest, int version)
{
	struct value v;

	if (!take_value(d, &rest, &v))
		return;
	if (v.kind != PDU) {
		put(d, "[no PDU]");
		return;
	}
	put_extra(d, rest.len, "PDU");
	if (d->o->verbose)
		put(d, "{ ");
	put_value(d, &v);
	put_char(d, ' ');
	if (version == VERSION_1 && v.id >= GET_BULK) {
		put(d, "[v2 PDU in v1 message]");
		return;
	}
	if (version == VERSION_2 && v.id == TRAP) {
		put(d, "[v1 PDU in v2 message]");
		return;
	}
	if (v.id == TRAP)
		put_trap(d, contents(&v));
	else
		put_pdu(d, v.id, contents(&v));
	if (d->o->verbose)
		put(d, " } ");
}

/* --- Messages ---------------------------------------------------------------------------------- */

/* Versions 1 and 2c: a password, which may be "public". */
static void put_community(struct dissect *d, struct rest rest, int version)
{
	static const char usual[] = "public";
	struct value v;

	if (!take(d, &rest, STRING, "[comm!=STR]", &v))
		return;
	if (v.len != sizeof usual - 1 || memcmp(v.at, usual, v.len) != 0) {
		put(d, "C=");
		put_string_value(d, &v);
		put_char(d, ' ');
	}
	put_any_pdu(d, rest, version);
}

/* A PDU with the engine and context that it is for. */
static void put_scoped_pdu(struct dissect *d, struct rest rest)
{
	struct value v;

	if (!take(d, &rest, SEQUENCE, "[!scoped PDU]", &v))
		return;
	rest = contents(&v);
	if (!take(d, &rest, STRING, "[contextEngineID!=STR]", &v))
		return;
	put(d, "E=");
	put_octets(d, &v);
	put_char(d, ' ');
	if (!take(d, &rest, STRING, "[contextName!=STR]", &v))
		return;
	put(d, "C=");
	put_string_value(d, &v);
	put_char(d, ' ');
	put_any_pdu(d, rest, VERSION_3);
}

/* The user-based security model: who sends it, and when. */
static void put_user(struct dissect *d, struct rest rest)
{
	struct value v;

	if (!take(d, &rest, SEQUENCE, "[!usm]", &v))
		return;
	rest = contents(&v);
	if (!take(d, &rest, STRING, "[msgAuthoritativeEngineID!=STR]", &v) ||
	    !take(d, &rest, INTEGER, "[msgAuthoritativeEngineBoots!=INT]", &v))
		return;
	if (d->o->verbose)
		putf(d, "B=%d ", (int32_t)v.number);
	if (!take(d, &rest, INTEGER, "[msgAuthoritativeEngineTime!=INT]", &v))
		return;
	if (d->o->verbose)
		putf(d, "T=%d ", (int32_t)v.number);
	if (!take(d, &rest, STRING, "[msgUserName!=STR]", &v))
		return;
	put(d, "U=");
	put_string_value(d, &v);
	put_char(d, ' ');
	if (!take(d, &rest, STRING, "[msgAuthenticationParameters!=STR]", &v) ||
	    !take(d, &rest, STRING, "[msgPrivacyParameters!=STR]", &v))
		return;
	/* tcpdump counts the last value twice */
	put_extra(d, rest.len > v.total ? rest.len - v.total : 0, "usm SEQ");
}

/* The header of version 3; false if the message ends with it. */
static bool put_header(struct dissect *d, struct rest *rest)
{
	enum { AUTHENTICATED = 1, PRIVATE_TOO = 2, REPORTABLE = 4 };
	enum { USER_MODEL = 3 };
	struct rest header;
	struct value v;
	uint8_t flags;

	if (!take(d, rest, SEQUENCE, "[!message]", &v))
		return false;
	header = contents(&v);
	if (d->o->verbose)
		put(d, "{ ");
	if (!take(d, &header, INTEGER, "[msgID!=INT]", &v) ||
	    !take(d, &header, INTEGER, "[msgMaxSize!=INT]", &v) ||
	    !take(d, &header, STRING, "[msgFlags!=STR]", &v))
		return false;
	if (v.len != 1) {
		putf(d, "[msgFlags size %d]", v.len);
		return false;
	}
	flags = v.at[0];
	if (flags > 7 || (flags & (AUTHENTICATED | PRIVATE_TOO)) == PRIVATE_TOO) {
		putf(d, "[msgFlags=0x%02X]", flags);
		return false;
	}
	putf(d, "F=%s%s%s ", flags & AUTHENTICATED ? "a" : "", flags & PRIVATE_TOO ? "p" : "",
	     flags & REPORTABLE ? "r" : "");
	if (!take(d, &header, INTEGER, "[msgSecurityModel!=INT]", &v))
		return false;
	put_extra(d, header.len > v.total ? header.len - v.total : 0, "message SEQ");
	if (d->o->verbose)
		put(d, "} ");
	if ((int32_t)v.number != USER_MODEL) {
		putf(d, "[security model %d]", (int32_t)v.number);
		return false;
	}
	/* What follows the model is taken for what follows the header. */
	rest->len += header.len;
	rest->p = header.p;
	return true;
}

static void put_version_3(struct dissect *d, struct rest rest)
{
	struct value v;

	if (!put_header(d, &rest))
		return;
	if (d->o->verbose)
		put(d, "{ USM ");
	if (!take(d, &rest, STRING, "[msgSecurityParameters!=STR]", &v))
		return;
	put_user(d, contents(&v));
	if (d->o->verbose)
		put(d, "} { ScopedPDU ");
	put_scoped_pdu(d, rest);
	if (d->o->verbose)
		put(d, "} ");
}

void print_snmp(struct dissect *d, const uint8_t *p, uint32_t len)
{
	static const char *const versions[] = { "SNMPv1", "SNMPv2c", NULL, "SNMPv3" };
	struct rest rest = { p, len };
	struct value v;
	int32_t version;

	d->protocol = "snmp";
	put_char(d, ' ');
	if (!take(d, &rest, SEQUENCE, "[!init SEQ]", &v))
		return;
	put_extra(d, rest.len, "iSEQ");
	rest = contents(&v);
	if (!take(d, &rest, INTEGER, "[version!=INT]", &v))
		return;
	version = (int32_t)v.number;
	if (version < 0 || (size_t)version >= ARRAY_LEN(versions) || !versions[version]) {
		putf(d, "SNMP [version = %d]", version);
		return;
	}
	if (d->o->verbose)
		putf(d, "{ %s ", versions[version]);
	if (version == VERSION_3)
		put_version_3(d, rest);
	else
		put_community(d, rest, version);
	if (d->o->verbose)
		put(d, "} ");
}
