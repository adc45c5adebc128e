/*
 * ipsec.c - AH (RFC 4302), ESP (RFC 4303) and IPComp (RFC 3173): what can be seen without keys.
 */
#include "dissect/proto.h"

enum { AH_BYTES = 12, ESP_BYTES = 8, IPCOMP_BYTES = 4 };

void print_ah(struct dissect *d, const uint8_t *p, uint32_t len)
{
	uint32_t header_len;

	d->protocol = "ah";
	if (!dissect_has(d, p, 1)) {
		put_truncated(d);
		return;
	}
	put(d, "AH");
	header_len = (get_u8(d, p + 1) + 2u) * 4;
	put_char(d, '(');
	if (d->o->verbose > 0)
		putf(d, "length=%u(%u-bytes),", p[1], header_len);
	if (get_be16(d, p + 2) != 0)
		putf(d, "reserved=0x%x[MustBeZero],", load_be16(p + 2));
	putf(d, "spi=0x%08x,", get_be32(d, p + 4));
	putf(d, "seq=0x%x,", get_be32(d, p + 8));
	put(d, "icv=0x");
	if (header_len > AH_BYTES)
		put_hex_bytes(d, p + AH_BYTES, header_len - AH_BYTES);
	put(d, "): ");
	print_ip_protocol(d, p[0], p + header_len, len - header_len);
}

void print_esp(struct dissect *d, const uint8_t *p, uint32_t len)
{
	d->protocol = "esp";
	if (!dissect_has(d, p, ESP_BYTES + 1)) { /* and something within */
		put_truncated(d);
		return;
	}
	put(d, "ESP(spi=0x");
	put_hex(d, load_be32(p), 8);
	put(d, ",seq=0x");
	put_hex(d, load_be32(p + 4), 1);
	put(d, "), length ");
	put_dec(d, len);
}

void print_ipcomp(struct dissect *d, const uint8_t *p, uint32_t len)
{
	(void)len;
	d->protocol = "ipcomp";
	if (!dissect_has(d, p, IPCOMP_BYTES)) {
		put_truncated(d);
		return;
	}
	putf(d, "IPComp(cpi=0x%04x)", load_be16(p + 2));
}
