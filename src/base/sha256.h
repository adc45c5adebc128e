/*
 * sha256.h - the hash function SHA-256 (FIPS 180-4).
 */
#ifndef WAGGLE_BASE_SHA256_H
#define WAGGLE_BASE_SHA256_H

#include <stddef.h>
#include <stdint.h>

enum { SHA256_BYTES = 32 };

void sha256(const void *data, size_t len, uint8_t ret_hash[SHA256_BYTES]);

#endif
