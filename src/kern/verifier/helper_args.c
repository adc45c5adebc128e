/*
 * helper_args.c - is each argument of a helper what its prototype asks for?
 */
#include <errno.h>
#include <linux/bpf.h>
#include <string.h>

#include "base/bits.h"
#include "kern/verifier/btf_access.h"
#include "kern/verifier/call.h"

enum { FLAG_RDONLY_PROG = 1 << 7 };

#define T(type) (UINT32_C(1) << REG_##type)

/* The types of registers that each kind of argument takes. */
enum {
	MEMORY_TYPES = T(STACK) | T(PACKET) | T(PACKET_META) | T(MAP_KEY) | T(MAP_VALUE) | T(MEM) |
		       T(BUF) | T(BTF_ID),
	SOCK_TYPES = T(SOCK_COMMON) | T(SOCKET) | T(TCP_SOCK) | T(XDP_SOCK),
};

static uint32_t types_for(enum abi_arg arg)
{
	switch (arg) {
	case ABI_ARG_NONE:
	case ABI_ARG_ANY: return UINT32_MAX;
	case ABI_ARG_CTX: return T(CTX);
	case ABI_ARG_CONST_MAP: return T(CONST_MAP);
	case ABI_ARG_MAP_KEY:
	case ABI_ARG_MAP_VALUE:
	case ABI_ARG_MEM:
	case ABI_ARG_LONG:
	case ABI_ARG_INT: return MEMORY_TYPES;
	case ABI_ARG_CONST_SIZE:
	case ABI_ARG_CONST_SIZE_OR_ZERO:
	case ABI_ARG_CONST_ALLOC_SIZE_OR_ZERO: return T(SCALAR);
	case ABI_ARG_CONST_STR:
	case ABI_ARG_TIMER:
	case ABI_ARG_KPTR: return T(MAP_VALUE);
	case ABI_ARG_SPIN_LOCK: return T(MAP_VALUE) | T(BTF_ID);
	case ABI_ARG_DYNPTR: return T(STACK) | T(DYNPTR);
	case ABI_ARG_RINGBUF_MEM: return T(MEM);
	case ABI_ARG_FUNC: return T(FUNC);
	case ABI_ARG_STACK: return T(STACK);
	case ABI_ARG_BTF_ID: return T(BTF_ID);
	case ABI_ARG_SOCK_COMMON: return SOCK_TYPES;
	case ABI_ARG_SOCKET: return T(SOCKET);
	case ABI_ARG_SOCK_OR_CTX_BTF: return SOCK_TYPES | T(BTF_ID);
	case ABI_ARG_PERCPU_BTF_ID: return T(BTF_ID);
	}
	return 0;
}

#undef T

/* Flags of a register that the kind of argument does not mind. */
static uint16_t flags_for(const struct reg *reg, enum abi_arg arg, uint16_t flags)
{
	uint16_t allowed = flags & ABI_ARG_MAYBE_NULL ? REG_MAYBE_NULL : 0;

	if (!(flags & ABI_ARG_WRITE))
		allowed |= REG_RDONLY;
	if (arg == ABI_ARG_RINGBUF_MEM ||
	    (reg->type == REG_MEM &&
	     (arg == ABI_ARG_MEM || arg == ABI_ARG_MAP_KEY || arg == ABI_ARG_MAP_VALUE ||
	      arg == ABI_ARG_LONG || arg == ABI_ARG_INT)))
		allowed |= REG_RINGBUF | REG_DYNPTR_PACKET;
	if (reg->type == REG_BTF_ID) {
		if (arg == ABI_ARG_PERCPU_BTF_ID)
			return REG_PERCPU | REG_TRUSTED | REG_RCU;
		allowed |= REG_TRUSTED;
		if (arg == ABI_ARG_BTF_ID)
			allowed |= REG_RCU;
		if (arg == ABI_ARG_SPIN_LOCK)
			allowed |= REG_ALLOC | REG_NON_OWNING;
	}
	return allowed;
}

static int check_type(struct verifier *v, int regno, enum abi_arg arg, uint16_t flags)
{
	const struct reg *reg = &v_regs(v)[regno];
	const bool is_null_problem = reg_maybe_null(reg) && !(flags & ABI_ARG_MAYBE_NULL);
	char name[64];

	if (types_for(arg) >> reg->type & 1 &&
	    !(reg->flags & (uint16_t)~flags_for(reg, arg, flags)) &&
	    !(arg == ABI_ARG_RINGBUF_MEM && !(reg->flags & REG_RINGBUF)) &&
	    !(reg->type == REG_BTF_ID && (types_for(arg) == MEMORY_TYPES) &&
	      !(reg->flags & REG_TRUSTED)))
		return 0;
	return v_refuse(v, is_null_problem ? VERIFIER_RULE_NULL : VERIFIER_RULE_ARG, regno,
			"R%d type=%s expected=another type", regno,
			reg_type_name(reg, name, sizeof name));
}

/* What may have been added to the pointer? */
static int check_offset(struct verifier *v, int regno, uint16_t flags)
{
	const struct reg *reg = &v_regs(v)[regno];

	if (flags & ABI_ARG_RELEASE) {
		if (reg->off)
			return v_refuse(
				v, VERIFIER_RULE_ARG_VALUE, regno,
				"R%d must have zero offset when passed to release func or trusted arg to kfunc",
				regno);
		return reg->type == REG_STACK || reg->type == REG_SCALAR ?
			       0 :
			       v_unmodified(v, regno, false);
	}
	switch (reg->type) {
	case REG_STACK:
	case REG_PACKET:
	case REG_PACKET_META:
	case REG_MAP_KEY:
	case REG_MAP_VALUE:
	case REG_MEM:
	case REG_BUF:
	case REG_SCALAR: return 0;
	case REG_BTF_ID: return v_unmodified(v, regno, true);
	default: return v_unmodified(v, regno, false);
	}
}

int v_helper_memory(struct verifier *v, struct v_helper_call *call, int regno, int64_t bytes,
		    bool is_write, bool zero_ok, bool is_raw)
{
	const struct reg *reg = &v_regs(v)[regno];
	int64_t raw = 0;
	char name[64];
	int err;

	if (is_write && (reg->flags & REG_RDONLY) && reg->type != REG_SCALAR)
		return v_refuse(v, VERIFIER_RULE_READ_ONLY, regno, "R%d cannot write into %s",
				regno, reg_type_name(reg, name, sizeof name));
	switch (reg->type) {
	case REG_PACKET:
	case REG_PACKET_META:
		if (is_write && !v->row->direct_packet_write)
			return v_refuse(v, VERIFIER_RULE_READ_ONLY, regno,
					"cannot write into packet");
		return v_within_packet(v, regno, reg->off, bytes, zero_ok);
	case REG_MAP_KEY:
		if (is_write)
			return v_refuse(v, VERIFIER_RULE_READ_ONLY, regno,
					"R%d cannot write into map_key", regno);
		return v_within(v, regno, reg->off, bytes, reg->map->key_size, false);
	case REG_MAP_VALUE:
		err = v_map_allows(v, regno, reg->off, bytes, is_write);
		return err ? err : v_within_map(v, regno, reg->off, bytes, zero_ok, true);
	case REG_MEM: return v_within(v, regno, reg->off, bytes, reg->mem_bytes, zero_ok);
	case REG_STACK:
		err = v_stack_range(v, regno, bytes, zero_ok, is_write, is_raw, &raw);
		if (!err && raw && call) {
			call->raw_reg = regno;
			call->raw_bytes = raw;
		}
		return err;
	case REG_BTF_ID:
		return v_btf_access(v,
				    &(struct v_access){ .reg = regno,
							.bytes = (uint32_t)bytes,
							.value = VERIFIER_NOWHERE,
							.by_helper = true },
				    reg->off);
	case REG_BUF:
		if (reg->off < 0 || !range_is_const(&reg->range))
			break;
		return 0;
	default: break;
	}
	if (zero_ok && !bytes && reg_is_null(reg))
		return 0;
	return v_refuse(v, reg_maybe_null(reg) ? VERIFIER_RULE_NULL : VERIFIER_RULE_ARG, regno,
			"R%d type=%s expected=fp", regno, reg_type_name(reg, name, sizeof name));
}

/* The size of the memory in the argument before. */
static int check_size(struct verifier *v, struct v_helper_call *call, int regno, bool zero_ok)
{
	const struct reg *reg = &v_regs(v)[regno];
	const uint16_t of = call->proto->flags[regno - 2];
	const bool is_raw = (of & ABI_ARG_UNINIT) && range_is_const(&reg->range);
	int err;

	call->size_most = reg->range.umax;
	if (reg->range.smin < 0)
		return v_refuse(v, VERIFIER_RULE_ARG, regno,
				"R%d min value is negative, either use unsigned or 'var &= const'",
				regno);
	if (!reg->range.umin && !zero_ok)
		return v_refuse(v, VERIFIER_RULE_ARG, regno,
				"R%d invalid zero-sized read: u64=[%llu,%llu]", regno,
				(unsigned long long)reg->range.umin,
				(unsigned long long)reg->range.umax);
	if (reg->range.umax >= REG_MOST_OFFSET)
		return v_refuse(
			v, VERIFIER_RULE_ARG, regno,
			"R%d unbounded memory access, use 'var &= const' or 'if (var < const)'",
			regno);
	err = v_helper_memory(v, call, regno - 1, (int64_t)reg->range.umax, of & ABI_ARG_WRITE,
			      zero_ok, is_raw);
	return err ? err : v_need_precise(v, regno);
}

/* ------------------------------------------------------------ maps */

/* The key of an array that a constant on the stack is, or -1: then a lookup cannot fail. */
static int64_t constant_key(struct verifier *v, int regno, uint32_t key_bytes)
{
	const struct reg *reg = &v_regs(v)[regno];
	const struct frame *frame;
	const struct slot *slot;
	int64_t off, at;
	unsigned int byte, zeroes = 0, spilled = 0;

	if (reg->type != REG_STACK || !range_is_const(&reg->range))
		return -1;
	frame = v_frame_of(v, reg);
	off = reg->off + (int64_t)reg->range.bits.value;
	at = (-off - 1) / SLOT_BYTES;
	byte = (unsigned int)(off + (at + 1) * SLOT_BYTES);
	slot = &frame->slots[at];
	for (unsigned int i = byte; i < SLOT_BYTES && slot->kind[i] == SLOT_ZERO; i++)
		zeroes++;
	if (zeroes >= key_bytes)
		return 0;
	if (!slot_is_scalar(slot) || !range_is_const(&slot->reg.range))
		return -1;
	for (unsigned int i = byte; i < SLOT_BYTES && slot->kind[i] == SLOT_SPILL; i++)
		spilled++;
	if (spilled != key_bytes)
		return -1;
	if (v_need_precise_slot(v, frame->index, (uint32_t)at))
		return -1;
	return (int64_t)slot->reg.range.bits.value;
}

static int check_key(struct verifier *v, struct v_helper_call *call, int regno)
{
	const struct verifier_map *map = call->map;
	int err;

	if (!map)
		return v_refuse(v, VERIFIER_RULE_ARG, regno, "invalid map_ptr to access map->key");
	err = v_helper_memory(v, call, regno, map->key_size, false, false, false);
	if (!err && (map->type == BPF_MAP_TYPE_ARRAY || map->type == BPF_MAP_TYPE_PERCPU_ARRAY))
		call->const_key = constant_key(v, regno, map->key_size);
	return err;
}

static int check_value(struct verifier *v, struct v_helper_call *call, int regno, uint16_t flags)
{
	if (!call->map)
		return v_refuse(v, VERIFIER_RULE_ARG, regno,
				"invalid map_ptr to access map->value");
	return v_helper_memory(v, call, regno, call->map->value_size, flags & ABI_ARG_WRITE, false,
			       flags & ABI_ARG_UNINIT);
}

static int check_string(struct verifier *v, int regno)
{
	const struct reg *reg = &v_regs(v)[regno];
	const struct verifier_map *map = reg->map;
	int64_t off;
	int err;

	if (!(map->flags & FLAG_RDONLY_PROG) || !map->constant)
		return v_refuse(v, VERIFIER_RULE_ARG, regno,
				"R%d does not point to a readonly map'", regno);
	if (!range_is_const(&reg->range))
		return v_refuse(v, VERIFIER_RULE_ARG, regno, "R%d is not a constant address'",
				regno);
	off = reg->off + (int64_t)reg->range.bits.value;
	err = v_within_map(v, regno, reg->off, (int64_t)map->value_size - reg->off, false, true);
	if (err)
		return err;
	if (!memchr(map->constant + off, '\0', map->value_size - (size_t)off))
		return v_refuse(v, VERIFIER_RULE_ARG_VALUE, regno, "string is not zero-terminated");
	return 0;
}

/* ------------------------------------------------------------ locks */

/* The lock must be the one field of its map's value, taken where the pointer cannot have moved. */
static int check_lock(struct verifier *v, struct v_helper_call *call, int regno)
{
	const bool takes = call->id == ABI_HELPER_spin_lock;
	struct state *s = v->cur;
	const struct reg *reg = &v_regs(v)[regno];
	const struct verifier_special *lock = NULL;

	if (reg->type != REG_MAP_VALUE)
		return v_refuse(v, VERIFIER_RULE_UNKNOWN, regno,
				"locks in objects of the program are not known to this verifier");
	if (!range_is_const(&reg->range))
		return v_refuse(
			v, VERIFIER_RULE_ARG_VALUE, regno,
			"R%d doesn't have constant offset. bpf_spin_lock has to be at the constant offset",
			regno);
	for (size_t i = 0; i < reg->map->special_count; i++)
		if (reg->map->special[i].kind == VERIFIER_SPIN_LOCK)
			lock = &reg->map->special[i];
	if (!lock)
		return v_refuse(v, VERIFIER_RULE_ARG_VALUE, regno,
				"map '%s' has no valid bpf_spin_lock",
				reg->map->name ? reg->map->name : "");
	if (lock->offset != reg->off + (int64_t)reg->range.bits.value)
		return v_refuse(v, VERIFIER_RULE_ARG_VALUE, regno,
				"off %lld doesn't point to 'struct bpf_spin_lock' that is at %u",
				(long long)(reg->off + (int64_t)reg->range.bits.value),
				lock->offset);
	if (takes) {
		if (s->lock_count)
			return v_refuse(v, VERIFIER_RULE_LOCK, regno,
					"Locking two bpf_spin_locks are not allowed");
		if (!state_hold(s, reg->id, REF_LOCK, v->insn, reg->map))
			return -ENOMEM;
		s->lock_count++;
		return 0;
	}
	for (uint32_t i = 0; i < s->ref_count; i++)
		if (s->refs[i].kind == REF_LOCK && s->refs[i].id == reg->id &&
		    s->refs[i].of == reg->map) {
			(void)state_give_up(s, reg->id);
			s->lock_count--;
			return 0;
		}
	return v_refuse(v, VERIFIER_RULE_LOCK, regno,
			s->lock_count ? "bpf_spin_unlock of different lock" :
					"bpf_spin_unlock without taking a lock");
}

/* ------------------------------------------------------------ one argument */

static int check_kind(struct verifier *v, struct v_helper_call *call, int regno, enum abi_arg arg,
		      uint16_t flags)
{
	const struct reg *reg = &v_regs(v)[regno];
	const bool writes = flags & ABI_ARG_WRITE, is_raw = flags & ABI_ARG_UNINIT;

	switch (arg) {
	case ABI_ARG_NONE:
	case ABI_ARG_ANY:
	case ABI_ARG_CTX:
	case ABI_ARG_RINGBUF_MEM:
	case ABI_ARG_STACK:
	case ABI_ARG_SOCK_COMMON:
	case ABI_ARG_SOCKET:
	case ABI_ARG_SOCK_OR_CTX_BTF: return 0;
	case ABI_ARG_CONST_MAP:
		call->map = reg->map;
		call->map_uid = reg->m.uid;
		return 0;
	case ABI_ARG_MAP_KEY: return check_key(v, call, regno);
	case ABI_ARG_MAP_VALUE: return check_value(v, call, regno, flags);
	case ABI_ARG_MEM:
		if (!(flags & ABI_ARG_FIXED_SIZE))
			return 0; /* with its size */
		return v_helper_memory(v, call, regno, call->proto->mem_size[regno - 1], writes,
				       false, is_raw);
	case ABI_ARG_LONG: return v_helper_memory(v, call, regno, 8, writes, false, is_raw);
	case ABI_ARG_INT: return v_helper_memory(v, call, regno, 4, writes, false, is_raw);
	case ABI_ARG_CONST_SIZE: return check_size(v, call, regno, false);
	case ABI_ARG_CONST_SIZE_OR_ZERO: return check_size(v, call, regno, true);
	case ABI_ARG_CONST_ALLOC_SIZE_OR_ZERO:
		if (!range_is_const(&reg->range))
			return v_refuse(v, VERIFIER_RULE_ARG, regno, "R%d is not a known constant'",
					regno);
		call->mem_bytes = (uint32_t)reg->range.bits.value;
		if (reg->range.bits.value > UINT32_MAX)
			return v_refuse(v, VERIFIER_RULE_ARG, regno, "R%d is too large", regno);
		return v_need_precise(v, regno);
	case ABI_ARG_CONST_STR: return check_string(v, regno);
	case ABI_ARG_SPIN_LOCK: return check_lock(v, call, regno);
	case ABI_ARG_FUNC: call->func = (int)reg->func; return 0;
	case ABI_ARG_BTF_ID:
	case ABI_ARG_PERCPU_BTF_ID:
	case ABI_ARG_TIMER:
	case ABI_ARG_KPTR:
	case ABI_ARG_DYNPTR: break;
	}
	return v_refuse(v, VERIFIER_RULE_UNKNOWN, regno,
			"the verifier does not know such arguments of helper bpf_%s yet",
			abi_helper_name(call->id) + strlen("bpf_"));
}

/* In an array or hash of sockets, values are sockets. */
static enum abi_arg resolve(const struct v_helper_call *call, enum abi_arg arg)
{
	if (arg == ABI_ARG_MAP_VALUE && call->map &&
	    (call->map->type == BPF_MAP_TYPE_SOCKMAP || call->map->type == BPF_MAP_TYPE_SOCKHASH) &&
	    call->id == ABI_HELPER_map_update_elem)
		return ABI_ARG_SOCK_OR_CTX_BTF;
	return arg;
}

static int note_reference(struct verifier *v, struct v_helper_call *call, int regno, uint16_t flags)
{
	const struct reg *reg = &v_regs(v)[regno];

	if (flags & ABI_ARG_RELEASE) {
		if (!reg->ref_id && !reg_is_null(reg))
			return v_refuse(v, VERIFIER_RULE_ARG_VALUE, regno,
					"R%d must be referenced when passed to release function",
					regno);
		call->release_reg = regno;
	}
	if (!reg->ref_id)
		return 0;
	if (call->ref_id)
		return v_refuse(v, VERIFIER_RULE_ARG, regno,
				"more than one arg with ref_obj_id R%d %u %u", regno, reg->ref_id,
				call->ref_id);
	call->ref_id = reg->ref_id;
	return 0;
}

static int check_arg(struct verifier *v, struct v_helper_call *call, unsigned int i)
{
	const int regno = (int)i + 1;
	const enum abi_arg arg = resolve(call, (enum abi_arg)call->proto->args[i]);
	const uint16_t flags = call->proto->flags[i];
	const struct reg *reg = &v_regs(v)[regno];
	int err;

	if (arg == ABI_ARG_NONE)
		return 0;
	err = v_need_read(v, (unsigned int)regno);
	if (err || arg == ABI_ARG_ANY)
		return err;
	if (reg_is_packet(reg) && !(v->row->direct_packet && call->proto->pkt_access))
		return v_refuse(v, VERIFIER_RULE_ARG, regno,
				"helper access to the packet is not allowed");
	if (!(reg_is_null(reg) && (flags & ABI_ARG_MAYBE_NULL))) {
		err = check_type(v, regno, arg, flags);
		err = err ? err : check_offset(v, regno, flags);
		if (err)
			return err;
	} else if (arg == ABI_ARG_CONST_MAP || arg == ABI_ARG_FUNC || arg == ABI_ARG_SPIN_LOCK) {
		return 0;
	}
	err = note_reference(v, call, regno, flags);
	if (err)
		return err;
	if (reg_is_null(reg) && (flags & ABI_ARG_MAYBE_NULL) &&
	    (arg == ABI_ARG_MAP_VALUE || arg == ABI_ARG_MAP_KEY || arg == ABI_ARG_BTF_ID ||
	     (arg == ABI_ARG_MEM && (flags & ABI_ARG_FIXED_SIZE)) || arg == ABI_ARG_LONG ||
	     arg == ABI_ARG_INT))
		return 0;
	return check_kind(v, call, regno, arg, flags);
}

int v_check_args(struct verifier *v, struct v_helper_call *call)
{
	for (unsigned int i = 0; i < V_MOST_HELPER_ARGS; i++) {
		const int err = check_arg(v, call, i);

		if (err)
			return err;
	}
	return 0;
}
