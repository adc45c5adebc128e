/*
 * group_record.h - reports of multicast groups: IGMPv3 (RFC 3376) and MLDv2 (RFC 3810) have the same, with
 * addresses of 4 and of 16 bytes.
 */
#ifndef WAGGLE_DISSECT_GROUP_RECORD_H
#define WAGGLE_DISSECT_GROUP_RECORD_H

#include "dissect/proto.h"

struct group_form {
	uint32_t address_bytes;
	void (*put_address)(struct dissect *d, const uint8_t *p);
	const char *unknown; /* a type of record without a name: a format with one %u */
};

/* " { A B }": the @count addresses at @p. */
void print_group_sources(struct dissect *d, const struct group_form *form, const uint8_t *p,
			 uint32_t count);

/* The records of the report at @p, from their number on. */
void print_group_report(struct dissect *d, const struct group_form *form, const uint8_t *p,
			uint32_t len);

#endif
