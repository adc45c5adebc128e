/*
 * names.h - names for addresses and ports, where the user did not ask for numbers.
 *
 * Each function returns NULL or false where there is no name.  Names of hosts are asked for once each
 * and kept; see names.c.
 */
#ifndef WAGGLE_DISSECT_NAMES_H
#define WAGGLE_DISSECT_NAMES_H

#include <stdbool.h>
#include <stdint.h>

struct dissect;
struct names;

/* 0, or -ENOMEM. */
int names_new(struct names **ret_names);
void names_free(struct names *names); /* NULL is fine */

const char *names_ip4(struct dissect *d, const uint8_t *p);
const char *names_ip6(struct dissect *d, const uint8_t *p);
const char *names_tcp_port(struct dissect *d, uint16_t port);
const char *names_udp_port(struct dissect *d, uint16_t port);

/* IANA's name of an IP protocol. */
const char *names_protocol(uint8_t protocol);

/* The whole name of an Ethernet address, if /etc/ethers or convention gives it one. */
bool names_put_mac(struct dissect *d, const uint8_t *p);
/* " (oui Cisco)": who made it. */
void names_put_vendor(struct dissect *d, const uint8_t *p);

#endif
