/*
 * mptcp.c - Multipath TCP's option (RFC 8684).
 */
#include "dissect/proto.h"
#include "dissect/tcp.h"

bool put_mptcp(struct dissect *d, const uint8_t *p, uint32_t len, uint8_t flags)
{
	(void)p;
	(void)flags;
	putf(d, " %u", len);
	return true;
}
