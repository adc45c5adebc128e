/*
 * telnet.c - commands of Telnet (RFC 854), up to the first byte that is data.
 *
 * A command is walked twice: to see whether all of it is there, and to print it.
 */
#include "dissect/proto.h"

enum { FIRST_COMMAND = 236, SE = 240, SB = 250, WILL = 251, DONT = 254, IAC = 255 };

enum { AUTHENTICATION = 37, ENCRYPT = 38 };

/* clang-format off */
static const char *const commands[] = {
	"EOF", "SUSP", "ABORT", "EOR", "SE", "NOP", "DMARK", "BRK", "IP", "AO", "AYT", "EC", "EL", "GA",
	"SB", "WILL", "WONT", "DO", "DONT", "IAC",
};

static const char *const options[] = {
	"BINARY", "ECHO", "RCP", "SUPPRESS GO AHEAD", "NAME", "STATUS", "TIMING MARK", "RCTE", "NAOL",
	"NAOP", "NAOCRD", "NAOHTS", "NAOHTD", "NAOFFD", "NAOVTS", "NAOVTD", "NAOLFD", "EXTEND ASCII",
	"LOGOUT", "BYTE MACRO", "DATA ENTRY TERMINAL", "SUPDUP", "SUPDUP OUTPUT", "SEND LOCATION",
	"TERMINAL TYPE", "END OF RECORD", "TACACS UID", "OUTPUT MARKING", "TTYLOC", "3270 REGIME",
	"X.3 PAD", "NAWS", "TSPEED", "LFLOW", "LINEMODE", "XDISPLOC", "OLD-ENVIRON", "AUTHENTICATION",
	"ENCRYPT", "NEW-ENVIRON",
};

static const struct name qualifiers[] = {
	{ 0, "IS" }, { 1, "SEND" }, { 2, "INFO" },
};

static const struct name authentication_commands[] = {
	{ 0, "IS" }, { 1, "SEND" }, { 2, "REPLY" }, { 3, "NAME" },
};

static const struct name authentication_types[] = {
	{ 0, "NULL" }, { 1, "KERBEROS_V4" }, { 2, "KERBEROS_V5" }, { 3, "SPX" }, { 4, "MINK" }, { 5, "SRP" },
	{ 6, "RSA" }, { 7, "SSL" }, { 10, "LOKI" }, { 11, "SSA" }, { 12, "KEA_SJ" }, { 13, "KEA_SJ_INTEG" },
	{ 14, "DSS" }, { 15, "NTLM" },
};

static const struct name encryption_commands[] = {
	{ 0, "IS" }, { 1, "SUPPORT" }, { 2, "REPLY" }, { 3, "START" }, { 4, "END" }, { 5, "REQUEST-START" },
	{ 6, "REQUEST-END" }, { 7, "END_KEYID" }, { 8, "DEC_KEYID" },
};

static const struct name encryption_types[] = {
	{ 0, "NULL" }, { 1, "DES_CFB64" }, { 2, "DES_OFB64" }, { 3, "DES3_CFB64" }, { 4, "DES3_OFB64" },
	{ 6, "CAST5_40_CFB64" }, { 7, "CAST5_40_OFB64" }, { 8, "CAST128_CFB64" }, { 9, "CAST128_OFB64" },
};

/* What the first two bytes of a subnegotiation are; others have one of qualifiers. */
static const struct vocabulary {
	const struct name *names[2];
	size_t counts[2];
} authentication = {
	{ authentication_commands, authentication_types },
	{ ARRAY_LEN(authentication_commands), ARRAY_LEN(authentication_types) },
}, encryption = {
	{ encryption_commands, encryption_types },
	{ ARRAY_LEN(encryption_commands), ARRAY_LEN(encryption_types) },
}, other = {
	{ qualifiers, NULL },
	{ ARRAY_LEN(qualifiers), 0 },
};
/* clang-format on */

/* What is between SB and its option, and IAC SE. */
static void put_subnegotiation(struct dissect *d, uint8_t option, const uint8_t *p,
			       const uint8_t *end)
{
	const struct vocabulary *v = option == AUTHENTICATION ? &authentication :
				     option == ENCRYPT        ? &encryption :
								&other;

	for (int i = 0; i < 2 && v->names[i] && p < end; i++) {
		put_char(d, ' ');
		put_name(d, v->names[i], v->counts[i], "%#x", *p++);
	}
	while (p < end)
		putf(d, " %#x", *p++);
	put(d, " SE");
}

/* The command at @p of @len bytes: how long it is, or 0.  It is printed if @print is set. */
static uint32_t walk(struct dissect *d, const uint8_t *p, uint32_t len, bool print)
{
	const uint8_t *start = p;
	const uint8_t *end;
	uint8_t command, option;

	if (len < 2)
		return 0;
	command = get_u8(d, p + 1);
	if (command < FIRST_COMMAND)
		return 0;
	p += 2;
	if (print && command == IAC)
		put(d, "IAC ");
	if (print)
		put(d, commands[command - FIRST_COMMAND]);
	if (command < SB || command > DONT)
		return 2;
	if (len < 3)
		return 0;
	option = get_u8(d, p++);
	if (print) {
		put_char(d, ' ');
		if (option < ARRAY_LEN(options))
			put(d, options[option]);
		else
			putf(d, "%#x", option);
	}
	if (command != SB)
		return 3;
	for (end = p; end + 1 < start + len; end++)
		if (get_u8(d, end) == IAC && get_u8(d, end + 1) == SE)
			break;
	if (get_u8(d, end) != IAC)
		return 0;
	if (print)
		put_subnegotiation(d, option, p, end);
	return (uint32_t)(end + 2 - start);
}

/* With -X and -vvv each command stands beside its bytes. */
static void put_bytes(struct dissect *d, const uint8_t *p, uint32_t len, uint32_t offset)
{
	for (uint32_t i = 0; i < len; i++) {
		uint8_t byte;

		if (i % 16 == 0) {
			put(d, "\n0x");
			put_hex(d, offset + i, 4);
			put(d, ": ");
		}
		byte = get_u8(d, p + i);
		if (i % 2 == 0)
			put_char(d, ' ');
		put_hex(d, byte, 2);
	}
	if (len > 8)
		put(d, "\n\t\t\t\t");
	else
		putf(d, "%*s\t", (int)(8 - len) * 3, "");
}

void print_telnet(struct dissect *d, const uint8_t *p, uint32_t len)
{
	bool bytes = d->o->dump == DISSECT_DUMP_HEX_ASCII && d->o->verbose > 2;
	const uint8_t *start = p;

	d->protocol = "telnet";
	while (len > 0 && get_u8(d, p) == IAC) {
		uint32_t n = walk(d, p, len, false);

		if (n == 0)
			break;
		if (bytes && p == start)
			put(d, "\nTelnet:");
		if (bytes)
			put_bytes(d, p, n, (uint32_t)(p - start));
		else
			put(d, p == start ? " [telnet " : ", ");
		(void)walk(d, p, len, true);
		p += n;
		len -= n; /* may be one more than there were: then the packet ends here */
	}
	if (p != start)
		put(d, bytes ? "\n" : "]");
}
