/*
 * tcp_flows.c - a hash table of TCP connections.
 *
 * Both directions find the same slot, because a key names the low side first.  What a packet says
 * decides only which slot, so a packet can slow a search but not mislead one; the hash depends on where
 * the table lies in memory, and so nobody can choose packets that collide.
 */
#include "dissect/tcp_flows.h"

#include <stdlib.h>
#include <string.h>

#include "base/bits.h"

enum { FIRST_SLOTS = 256 };

struct flow_key {
	uint8_t low[16]; /* of IPv4 the first four bytes, the rest is zero */
	uint8_t high[16];
	uint16_t low_port;
	uint16_t high_port;
};

struct tcp_flow_slot {
	struct flow_key key;
	struct tcp_flow flow;
	bool used;
};

bool tcp_direction_is_low(const struct tcp_direction *direction)
{
	if (direction->source_port != direction->destination_port)
		return direction->source_port < direction->destination_port;
	return memcmp(direction->source, direction->destination, direction->address_len) <= 0;
}

static struct flow_key key_of(const struct tcp_direction *direction)
{
	bool low = tcp_direction_is_low(direction);
	struct flow_key key = {
		.low_port = low ? direction->source_port : direction->destination_port,
		.high_port = low ? direction->destination_port : direction->source_port,
	};

	memcpy(key.low, low ? direction->source : direction->destination, direction->address_len);
	memcpy(key.high, low ? direction->destination : direction->source, direction->address_len);
	return key;
}

static size_t hash(const struct flow_key *key, const void *seed)
{
	uint64_t h = (uintptr_t)seed;

	for (size_t i = 0; i < sizeof *key - 4; i += 8)
		h = (h ^ load_u64((const uint8_t *)key + i)) * 0x9e3779b97f4a7c15u;
	h = (h ^ h >> 32 ^ ((uint32_t)key->low_port << 16 | key->high_port)) * 0x9e3779b97f4a7c15u;
	return (size_t)(h >> 20);
}

/* The slot of @key, or the unused one where it belongs. */
static struct tcp_flow_slot *find(const struct tcp_flow_table *table, const struct flow_key *key)
{
	size_t i = hash(key, table->slots);

	for (;; i++) {
		struct tcp_flow_slot *slot = &table->slots[i & (table->slot_count - 1)];

		if (!slot->used || memcmp(&slot->key, key, sizeof *key) == 0)
			return slot;
	}
}

/* Make room for one more. */
static bool grow(struct tcp_flow_table *table)
{
	struct tcp_flow_table bigger = {
		.slot_count = table->slot_count ? table->slot_count * 2 : FIRST_SLOTS,
	};

	if (table->used >= TCP_FLOWS_MOST) {
		memset(table->slots, 0, table->slot_count * sizeof *table->slots);
		table->used = 0;
		return true;
	}
	bigger.slots = calloc(bigger.slot_count, sizeof *bigger.slots);
	if (!bigger.slots)
		return false;
	for (size_t i = 0; i < table->slot_count; i++)
		if (table->slots[i].used)
			*find(&bigger, &table->slots[i].key) = table->slots[i];
	bigger.used = table->used;
	free(table->slots);
	*table = bigger;
	return true;
}

struct tcp_flow *tcp_flows_get(struct tcp_flows *flows, const struct tcp_direction *direction,
			       bool *ret_new)
{
	struct tcp_flow_table *table = direction->address_len == 4 ? &flows->ip4 : &flows->ip6;
	struct flow_key key = key_of(direction);
	struct tcp_flow_slot *slot;

	if (table->used * 2 >= table->slot_count && !grow(table))
		return NULL;
	slot = find(table, &key);
	*ret_new = !slot->used;
	if (!slot->used) {
		slot->key = key;
		slot->used = true;
		table->used++;
	}
	return &slot->flow;
}

void tcp_flows_release(struct tcp_flows *flows)
{
	free(flows->ip4.slots);
	free(flows->ip6.slots);
}
