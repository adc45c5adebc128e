/*
 * cbpf_run.c - the classic machine.
 *
 * The program has been checked, so jumps stay inside, constants are good divisors, scratch cells
 * are written before they are read, and the last instruction returns.  Only what depends on the
 * packet is left to check here.  Loads from inside the packet are the fast path; everything else
 * that a load can mean has addresses of 2^31 and more and shares the one comparison.
 */
#include "isa/cbpf.h"

#include <string.h>

#include "base/bits.h"

/* The attribute of type @type among those in @bytes of @data at @from, or 0.  An attribute is a
 * length and a type of 16 bits in the machine's order, then its contents, padded to 4 bytes. */
static uint32_t find_nlattr(const uint8_t *data, uint32_t from, uint32_t bytes, uint32_t type)
{
	enum { HEADER = 4, TYPE_MASK = 0x3fff };

	while (bytes >= HEADER) {
		uint32_t len = load_u16(data + from), step;

		if (len < HEADER || len > bytes)
			return 0;
		if ((load_u16(data + from + 2) & TYPE_MASK) == type)
			return from;
		step = (len + 3) & ~3u;
		if (step > bytes)
			return 0;
		from += step;
		bytes -= step;
	}
	return 0;
}

/* 'ld nla': the attributes begin at A, the type is in X.  'ld nlan': those inside the one at A. */
static uint32_t load_nlattr(const struct cbpf_packet *packet, uint32_t a, uint32_t x, bool nested)
{
	enum { HEADER = 4 };
	uint32_t len;

	if (packet->len != packet->wire_len) /* Linux: not if the packet is in fragments */
		return 0;
	if (packet->len < HEADER || a > packet->len - HEADER)
		return 0;
	if (!nested)
		return find_nlattr(packet->data, a, packet->len - a, x);
	len = load_u16(packet->data + a);
	if (len < HEADER || len > packet->len - a)
		return 0;
	return find_nlattr(packet->data, a + HEADER, len - HEADER, x);
}

static const struct cbpf_aux no_aux;

/* The value of an extension; false ends the program with A. */
static bool load_ext(const struct cbpf_packet *packet, enum cbpf_ext ext, uint32_t *a, uint32_t x)
{
	const struct cbpf_aux *aux = packet->aux ? packet->aux : &no_aux;

	switch (ext) {
	case CBPF_EXT_PROTOCOL: *a = aux->protocol; break;
	case CBPF_EXT_PKTTYPE: *a = aux->pkt_type; break;
	case CBPF_EXT_IFINDEX:
		if (!aux->has_device)
			return false;
		*a = aux->ifindex;
		break;
	case CBPF_EXT_NLATTR: *a = load_nlattr(packet, *a, x, false); break;
	case CBPF_EXT_NLATTR_NEST: *a = load_nlattr(packet, *a, x, true); break;
	case CBPF_EXT_MARK: *a = aux->mark; break;
	case CBPF_EXT_QUEUE: *a = aux->queue; break;
	case CBPF_EXT_HATYPE:
		if (!aux->has_device)
			return false;
		*a = aux->hatype;
		break;
	case CBPF_EXT_RXHASH: *a = aux->rxhash; break;
	case CBPF_EXT_CPU: *a = aux->cpu; break;
	case CBPF_EXT_XOR_X: *a ^= x; break;
	case CBPF_EXT_VLAN_TCI: *a = aux->vlan_tci; break;
	case CBPF_EXT_VLAN_PRESENT: *a = aux->vlan_present; break;
	case CBPF_EXT_PAY_OFFSET: *a = aux->pay_offset; break;
	case CBPF_EXT_RANDOM: *a = aux->random; break;
	case CBPF_EXT_VLAN_TPID: *a = aux->vlan_tpid; break;
	}
	return true;
}

/* Where in the packet the address @k is that may be relative to a header; false: nowhere. */
static bool find_header(const struct cbpf_packet *packet, uint32_t k, int64_t *ret_offset)
{
	const struct cbpf_aux *aux = packet->aux ? packet->aux : &no_aux;

	if (k <= INT32_MAX) {
		*ret_offset = k;
		return true;
	}
	if (k < CBPF_LINK_OFFSET || !aux->has_headers)
		return false;
	if (k >= CBPF_NET_OFFSET)
		*ret_offset = (int64_t)aux->net_offset + (k - CBPF_NET_OFFSET);
	else
		*ret_offset = (int64_t)aux->link_offset + (k - CBPF_LINK_OFFSET);
	return true;
}

static inline uint32_t load_bytes(const uint8_t *p, unsigned int bytes)
{
	return bytes == 1 ? *p : bytes == 2 ? load_be16(p) : load_be32(p);
}

/* A load that is not plainly inside the packet: relative to a header, or a reject. */
static bool load_header(const struct cbpf_packet *packet, uint32_t k, unsigned int bytes,
			uint32_t *ret_value)
{
	int64_t offset;

	if (!find_header(packet, k, &offset) || offset + bytes > packet->len)
		return false;
	*ret_value = load_bytes(packet->data + offset, bytes);
	return true;
}

/* The same for an absolute load, which may be an extension.  False ends the program with *a. */
static bool load_other(const struct cbpf_packet *packet, const struct cbpf_insn *insn,
		       unsigned int bytes, uint32_t *a, uint32_t x)
{
	if (insn->k >= CBPF_EXT_OFFSET)
		return load_ext(packet, (enum cbpf_ext)(insn->k - CBPF_EXT_OFFSET), a, x);
	if (load_header(packet, insn->k, bytes, a))
		return true;
	*a = 0;
	return false;
}

/* Opcodes by name, for the switch. */
enum {
#define CBPF_OP(name, code, ...) CODE_##name = (code),
#include "isa/cbpf.def"
};

uint32_t cbpf_run(const struct cbpf_insn *insns, const struct cbpf_packet *packet)
{
	const uint8_t *const data = packet->data;
	const uint32_t len = packet->len;
	uint32_t a = 0, x = 0, cells[CBPF_CELLS];

	for (const struct cbpf_insn *insn = insns;; insn++) {
		const uint32_t k = insn->k;

		switch (insn->code) {
/* clang-format off */
#define LOAD_ABS(size, bytes) \
		case CODE_LD_ABS_##size: \
			if (LIKELY((uint64_t)k + (bytes) <= len)) \
				a = load_bytes(data + k, bytes); \
			else if (!load_other(packet, insn, bytes, &a, x)) \
				return a; \
			break;
		LOAD_ABS(W, 4)
		LOAD_ABS(H, 2)
		LOAD_ABS(B, 1)
#undef LOAD_ABS
#define LOAD_IND(size, bytes) \
		case CODE_LD_IND_##size: { \
			const uint32_t at = x + k; \
			if (LIKELY((uint64_t)at + (bytes) <= len)) \
				a = load_bytes(data + at, bytes); \
			else if (!load_header(packet, at, bytes, &a)) \
				return 0; \
			break; \
		}
		LOAD_IND(W, 4)
		LOAD_IND(H, 2)
		LOAD_IND(B, 1)
#undef LOAD_IND
		case CODE_LDX_MSH:
			if (LIKELY(k < len))
				x = data[k];
			else if (!load_header(packet, k, 1, &x))
				return 0;
			x = (x & 0xf) << 2;
			break;
		case CODE_LD_IMM: a = k; break;
		case CODE_LDX_IMM: x = k; break;
		case CODE_LD_MEM: a = cells[k]; break;
		case CODE_LDX_MEM: x = cells[k]; break;
		case CODE_ST: cells[k] = a; break;
		case CODE_STX: cells[k] = x; break;
		case CODE_LD_LEN: a = packet->wire_len; break;
		case CODE_LDX_LEN: x = packet->wire_len; break;
		case CODE_NEG: a = 0 - a; break;
		case CODE_TAX: x = a; break;
		case CODE_TXA: a = x; break;
		case CODE_RET_K: return k;
		case CODE_RET_A: return a;
		case CODE_JA: insn += k; break;
#define CBPF_OP(name, code, form, word, radix)
#define CBPF_JMP(name, code, word, negated, ebpf_not, condition) \
		case CODE_##name##_K: { \
			const uint32_t s = k; \
			insn += (condition) ? insn->jt : insn->jf; \
			break; \
		} \
		case CODE_##name##_X: { \
			const uint32_t s = x; \
			insn += (condition) ? insn->jt : insn->jf; \
			break; \
		}
#define CBPF_ALU(name, code, word, radix, value) \
		case CODE_##name##_K: { \
			const uint32_t s = k; \
			a = (value); \
			break; \
		} \
		case CODE_##name##_X: { \
			const uint32_t s = x; \
			if (((code) == (CODE_DIV_K & 0xf0) || (code) == (CODE_MOD_K & 0xf0)) && !s) \
				return 0; \
			a = (value); \
			break; \
		}
#include "isa/cbpf.def"
		default: assert(!"the program was not checked"); return 0;
			/* clang-format on */
		}
	}
}
