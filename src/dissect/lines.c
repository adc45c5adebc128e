/*
 * lines.c - protocols of lines of text: FTP, HTTP, RTSP, SIP, SMTP, whois, and how SSH begins.
 *
 * In some of them any segment begins a line.  In those like HTTP most segments are of a body, so only
 * one that begins with a request's method, or a response's version and code of three digits, is printed.
 * A line is one if it is printable throughout, and ends in LF or CR LF; a last one without an end is
 * printed as cut short.
 */
#include "dissect/proto.h"

#include <string.h>
#include <strings.h>

#include "base/chars.h"

enum { MOST_TOKEN_BYTES = 128 };

/* clang-format off */
static const char *const http_methods[] = {
	"GET", "PUT", "COPY", "HEAD", "LOCK", "MOVE", "POLL", "POST", "BCOPY", "BMOVE", "MKCOL", "TRACE",
	"LABEL", "MERGE", "DELETE", "SEARCH", "UNLOCK", "REPORT", "UPDATE", "NOTIFY", "BDELETE", "CONNECT",
	"OPTIONS", "CHECKIN", "PROPFIND", "CHECKOUT", "CCM_POST", "SUBSCRIBE", "PROPPATCH", "BPROPFIND",
	"BPROPPATCH", "UNCHECKOUT", "MKACTIVITY", "MKWORKSPACE", "UNSUBSCRIBE", "RPC_CONNECT",
	"VERSION-CONTROL", "BASELINE-CONTROL", NULL,
};

static const char *const rtsp_methods[] = {
	"DESCRIBE", "ANNOUNCE", "GET_PARAMETER", "OPTIONS", "PAUSE", "PLAY", "RECORD", "REDIRECT", "SETUP",
	"SET_PARAMETER", "TEARDOWN", NULL,
};

static const char *const sip_methods[] = {
	"ACK", "BYE", "CANCEL", "DO", "INFO", "INVITE", "MESSAGE", "NOTIFY", "OPTIONS", "PRACK", "QAUTH",
	"REFER", "REGISTER", "SPRACK", "SUBSCRIBE", "UPDATE", "PUBLISH", NULL,
};
/* clang-format on */

static bool is_printable(uint8_t byte)
{
	return byte >= ' ' && byte < 0x7f;
}

static bool ends_token(uint8_t byte)
{
	return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

struct token {
	const uint8_t *text;
	uint32_t len;
};

/* The token at *at of @len bytes, which moves on to the next; false if there is none, or not all of it
 * was captured. */
static bool next_token(const struct dissect *d, const uint8_t *p, uint32_t len, uint32_t *at,
		       struct token *ret)
{
	uint32_t i = *at;

	for (; i < len; i++) {
		if (!dissect_has(d, p, i + 1))
			return false;
		if (ends_token(p[i]))
			break;
		if (!is_printable(p[i]))
			return false;
	}
	*ret = (struct token){ p + *at, i - *at };
	if (ret->len == 0 || ret->len > MOST_TOKEN_BYTES)
		return false;
	while (i < len && dissect_has(d, p, i + 1) && p[i] == ' ')
		i++;
	*at = i;
	return true;
}

static bool is_method(const struct token *token, const char *const *methods)
{
	for (; *methods; methods++)
		if (strlen(*methods) == token->len &&
		    !strncasecmp(*methods, (const char *)token->text, token->len))
			return true;
	return false;
}

/* Do the @len bytes at @p begin with a request or a response? */
static bool begins_message(const struct dissect *d, const uint8_t *p, uint32_t len,
			   const char *const *methods)
{
	uint32_t at = 0;
	struct token token;

	if (!next_token(d, p, len, &at, &token))
		return false;
	if (is_method(&token, methods))
		return true;
	return next_token(d, p, len, &at, &token) && token.len == 3 &&
	       char_is_digit((char)token.text[0]) && char_is_digit((char)token.text[1]) &&
	       char_is_digit((char)token.text[2]);
}

/* Print the line at @at behind @prefix.  Returns where the next one begins, or 0 if there is none. */
static uint32_t put_line(struct dissect *d, const char *prefix, const uint8_t *p, uint32_t at,
			 uint32_t len)
{
	uint32_t start = at;
	uint32_t next = 0;

	for (; at < len; at++) {
		uint8_t byte = get_u8(d, p + at);

		if (byte == '\n') {
			next = at + 1;
			break;
		}
		if (byte == '\r') {
			if (at + 1 >= len || get_u8(d, p + at + 1) != '\n')
				return 0;
			next = at + 2;
			break;
		}
		if (!is_printable(byte) && byte != '\t')
			return 0;
	}
	put(d, prefix);
	strbuf_add(d->out, p + start, at - start);
	if (next == 0)
		put_truncated(d);
	return next;
}

/* The first line behind the name in capitals, or with -v all of them. */
static void put_lines(struct dissect *d, const char *name, const uint8_t *p, uint32_t len)
{
	uint32_t at = 0;

	put(d, name);
	if (!d->o->verbose) {
		(void)put_line(d, ": ", p, 0, len);
		return;
	}
	put(d, ", length: ");
	put_dec(d, len);
	do
		at = put_line(d, "\n\t", p, at, len);
	while (at > 0 && at < len);
}

static void put_messages(struct dissect *d, const char *name, const uint8_t *p, uint32_t len,
			 const char *const *methods)
{
	if (begins_message(d, p, len, methods))
		put_lines(d, name, p, len);
	else
		put(d, name);
}

void print_ftp(struct dissect *d, const uint8_t *p, uint32_t len)
{
	d->protocol = "ftp";
	put_lines(d, ": FTP", p, len);
}

void print_smtp(struct dissect *d, const uint8_t *p, uint32_t len)
{
	d->protocol = "smtp";
	put_lines(d, ": SMTP", p, len);
}

void print_whois(struct dissect *d, const uint8_t *p, uint32_t len)
{
	d->protocol = "whois";
	put_lines(d, ": WHOIS", p, len);
}

void print_http(struct dissect *d, const uint8_t *p, uint32_t len)
{
	d->protocol = "http";
	put_messages(d, ": HTTP", p, len, http_methods);
}

void print_rtsp(struct dissect *d, const uint8_t *p, uint32_t len)
{
	d->protocol = "rtsp";
	put_messages(d, ": RTSP", p, len, rtsp_methods);
}

void print_sip(struct dissect *d, const uint8_t *p, uint32_t len)
{
	d->protocol = "sip";
	put_messages(d, "SIP", p, len, sip_methods);
}

/* The version that either side begins with (RFC 4253, section 4.2); nothing of what follows it. */
void print_ssh(struct dissect *d, const uint8_t *p, uint32_t len)
{
	static const char magic[] = "SSH-";
	uint32_t at;

	d->protocol = "ssh";
	for (at = 0; at < sizeof magic - 1; at++)
		if (get_u8(d, p + at) != (uint8_t)magic[at])
			return;
	while (at < len && is_printable(get_u8(d, p + at)))
		at++;
	if (at >= len || (p[at] != '\n' && p[at] != '\r'))
		return;
	if (p[at] == '\r' && (at + 1 >= len || get_u8(d, p + at + 1) != '\n'))
		return;
	put(d, ": SSH: ");
	strbuf_add(d->out, p, at);
}
