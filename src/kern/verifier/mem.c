/*
 * mem.c - loads and stores: what kind of memory a register points to, and whether all of the access lies in it.
 */
#include <errno.h>
#include <linux/bpf.h>
#include <string.h>

#include "base/bits.h"
#include "kern/verifier/btf_access.h"
#include "kern/verifier/internal.h"

enum { FLOW_KEYS_BYTES = 56, FLAG_RDONLY_PROG = 1 << 7, FLAG_WRONLY_PROG = 1 << 8 };

/* ------------------------------------------------------------ bounds */

static int refuse_outside(struct verifier *v, int regno, int64_t off, int64_t bytes,
			  int64_t object_bytes)
{
	const struct reg *reg = &v_regs(v)[regno];

	switch (reg->type) {
	case REG_MAP_VALUE:
		return v_refuse_access(
			v, VERIFIER_RULE_BOUNDS, regno, off, bytes, object_bytes,
			"invalid access to map value, value_size=%lld off=%lld size=%lld",
			(long long)object_bytes, (long long)off, (long long)bytes);
	case REG_MAP_KEY:
		return v_refuse_access(
			v, VERIFIER_RULE_BOUNDS, regno, off, bytes, object_bytes,
			"invalid access to map key, key_size=%lld off=%lld size=%lld",
			(long long)object_bytes, (long long)off, (long long)bytes);
	case REG_PACKET:
	case REG_PACKET_META:
	case REG_PACKET_END:
		return v_refuse_access(
			v, VERIFIER_RULE_PACKET, regno, off, bytes, object_bytes,
			"invalid access to packet, off=%lld size=%lld, R%d(id=%u,off=%d,r=%lld)",
			(long long)off, (long long)bytes, regno, reg->id, reg->off,
			(long long)object_bytes);
	default:
		return v_refuse_access(v, VERIFIER_RULE_BOUNDS, regno, off, bytes, object_bytes,
				       "invalid access to memory, mem_size=%lld off=%lld size=%lld",
				       (long long)object_bytes, (long long)off, (long long)bytes);
	}
}

static bool is_within(int64_t off, int64_t bytes, int64_t object_bytes, bool zero_ok)
{
	return off >= 0 && (bytes > 0 || (!bytes && zero_ok)) && off + bytes <= object_bytes;
}

static int refuse_negative(struct verifier *v, int regno, int64_t off, int64_t bytes,
			   int64_t object_bytes)
{
	return v_refuse_access(
		v, VERIFIER_RULE_BOUNDS, regno, off, bytes, object_bytes,
		"R%d min value is negative, either use unsigned index or do a if (index >=0) check.",
		regno);
}

/* @off includes what is known to have been added to the pointer. */
int v_within(struct verifier *v, int regno, int64_t off, int64_t bytes, int64_t object_bytes,
	     bool zero_ok)
{
	const struct range *added = &v_regs(v)[regno].range;

	if (added->smin < 0 && (added->smin < INT32_MIN || added->smin + off < INT32_MIN ||
				added->smin + off > INT32_MAX || added->smin + off < 0))
		return refuse_negative(v, regno, off, bytes, object_bytes);
	if (added->smin > REG_MOST_OFFSET ||
	    !is_within(added->smin + off, bytes, object_bytes, zero_ok))
		return refuse_outside(v, regno,
				      added->smin > REG_MOST_OFFSET ? off : added->smin + off,
				      bytes, object_bytes);
	if (added->umax >= REG_MOST_OFFSET)
		return v_refuse_access(
			v, VERIFIER_RULE_BOUNDS, regno, off, bytes, object_bytes,
			"R%d unbounded memory access, make sure to bounds check any such access",
			regno);
	if (!is_within((int64_t)added->umax + off, bytes, object_bytes, zero_ok))
		return refuse_outside(v, regno, (int64_t)added->umax + off, bytes, object_bytes);
	return 0;
}

/* What was added and is not known is in both the pointer and the one that was compared with the end. */
int v_within_packet(struct verifier *v, int regno, int64_t off, int64_t bytes, bool zero_ok)
{
	const struct reg *reg = &v_regs(v)[regno];

	if (reg->range.smin < 0)
		return refuse_negative(v, regno, off, bytes, reg->packet_bytes);
	if (reg->packet_bytes < 0)
		return v_refuse_access(v, VERIFIER_RULE_PACKET_LOST, regno, off, bytes, 0,
				       "R%d offset is outside of the packet", regno);
	if (!is_within(off, bytes, reg->packet_bytes, zero_ok))
		return refuse_outside(v, regno, off, bytes, reg->packet_bytes);
	return 0;
}

/* Locks, timers and the like in a map's value are not for programs to touch. */
static int check_special(struct verifier *v, int regno, int64_t off, int64_t bytes, bool is_helper)
{
	const struct reg *reg = &v_regs(v)[regno];
	const int64_t least = off + reg->range.smin,
		      beyond = off + (int64_t)reg->range.umax + bytes;

	for (size_t i = 0; i < reg->map->special_count; i++) {
		const struct verifier_special *field = &reg->map->special[i];
		const bool is_kptr = field->kind == VERIFIER_KPTR ||
				     field->kind == VERIFIER_KPTR_UNTRUSTED ||
				     field->kind == VERIFIER_KPTR_PERCPU;

		if (least >= field->offset + field->size || field->offset >= beyond)
			continue;
		if (!is_kptr || is_helper)
			return v_refuse(v, VERIFIER_RULE_MEMORY, regno,
					is_kptr ? "kptr cannot be accessed indirectly by helper" :
						  "%s cannot be accessed directly by load/store",
					field->kind == VERIFIER_SPIN_LOCK ? "bpf_spin_lock" :
					field->kind == VERIFIER_TIMER     ? "bpf_timer" :
									    "special field");
		if (!range_is_const(&reg->range) || bytes != 8 ||
		    off + (int64_t)reg->range.bits.value != field->offset)
			return v_refuse(v, VERIFIER_RULE_MEMORY, regno,
					"kptr access misaligned expected=%u off=%lld",
					field->offset, (long long)off);
	}
	return 0;
}

int v_within_map(struct verifier *v, int regno, int64_t off, int64_t bytes, bool zero_ok,
		 bool is_helper)
{
	const struct verifier_map *map = v_regs(v)[regno].map;
	const int err = v_within(v, regno, off, bytes, map->value_size, zero_ok);

	return err ? err : check_special(v, regno, off, bytes, is_helper);
}

int v_map_allows(struct verifier *v, int regno, int64_t off, int64_t bytes, bool is_write)
{
	const struct verifier_map *map = v_regs(v)[regno].map;

	if (!(map->flags & (is_write ? FLAG_RDONLY_PROG : FLAG_WRONLY_PROG)))
		return 0;
	return v_refuse_access(v, is_write ? VERIFIER_RULE_READ_ONLY : VERIFIER_RULE_MEMORY, regno,
			       off, bytes, map->value_size,
			       "%s map forbidden, value_size=%u off=%lld size=%lld",
			       is_write ? "write into" : "read from", map->value_size,
			       (long long)off, (long long)bytes);
}

int v_unmodified(struct verifier *v, int regno, bool fixed_ok)
{
	const struct reg *reg = &v_regs(v)[regno];
	char name[64];

	if (reg->off < 0)
		return v_refuse(v, VERIFIER_RULE_MODIFIED, regno,
				"negative offset %s ptr R%d off=%d disallowed",
				reg_type_name(reg, name, sizeof name), regno, reg->off);
	if (!fixed_ok && reg->off)
		return v_refuse(v, VERIFIER_RULE_MODIFIED, regno,
				"dereference of modified %s ptr R%d off=%d disallowed",
				reg_type_name(reg, name, sizeof name), regno, reg->off);
	if (!range_is(&reg->range, 0))
		return v_refuse(v, VERIFIER_RULE_MODIFIED, regno,
				"variable %s access var_off disallowed",
				reg_type_name(reg, name, sizeof name));
	return 0;
}

/* ------------------------------------------------------------ alignment */

static int check_alignment(struct verifier *v, const struct v_access *access)
{
	const struct reg *reg = &v_regs(v)[access->reg];
	const bool strict = (access->is_aligned || v->req->strict_alignment) &&
			    !v->req->any_alignment;
	struct tnum at;
	char name[64];

	if (access->bytes == 1 || !(strict || access->is_aligned || reg->type == REG_STACK))
		return 0;
	at = tnum_add(reg->range.bits, tnum_const((uint64_t)((int64_t)reg->off + access->off)));
	if (reg_is_packet(reg)) /* behind a 14-byte Ethernet header that leaves room for 2 */
		at = tnum_add(at, tnum_const(2));
	if (!((at.value | at.mask) & (access->bytes - 1)))
		return 0;
	return v_refuse_access(
		v, VERIFIER_RULE_ALIGN, access->reg, reg->off + access->off, access->bytes,
		VERIFIER_NOWHERE, "misaligned %s access off %d+%d size %u",
		reg->type == REG_STACK ? "stack" : reg_type_name(reg, name, sizeof name), reg->off,
		access->off, access->bytes);
}

/* ------------------------------------------------------------ kinds of memory */

static void load_unknown(struct verifier *v, const struct v_access *access)
{
	if (!access->is_write && access->value >= 0)
		reg_set_unknown(&v_regs(v)[access->value]);
}

static int refuse_write(struct verifier *v, const struct v_access *access)
{
	char name[64];

	return v_refuse(v, VERIFIER_RULE_READ_ONLY, access->reg, "R%d cannot write into %s",
			access->reg, reg_type_name(&v_regs(v)[access->reg], name, sizeof name));
}

/* A pointer to a kernel object in a map's value. */
static const struct verifier_special *kptr_at(const struct reg *reg, int64_t off)
{
	if (!range_is_const(&reg->range))
		return NULL;
	for (size_t i = 0; i < reg->map->special_count; i++) {
		const struct verifier_special *field = &reg->map->special[i];

		if (field->offset == off + (int64_t)reg->range.bits.value &&
		    (field->kind == VERIFIER_KPTR || field->kind == VERIFIER_KPTR_UNTRUSTED ||
		     field->kind == VERIFIER_KPTR_PERCPU))
			return field;
	}
	return NULL;
}

static int access_kptr(struct verifier *v, const struct v_access *access,
		       const struct verifier_special *field)
{
	struct reg *value = access->value >= 0 ? &v_regs(v)[access->value] : NULL;

	if (!access->is_write && value) {
		reg_set_pointer(value, REG_BTF_ID, REG_MAYBE_NULL | REG_UNTRUSTED);
		value->id = ++v->ids;
		value->btf.id = field->btf_id;
		return 0;
	}
	if (access->is_write && field->kind != VERIFIER_KPTR_UNTRUSTED)
		return v_refuse(v, VERIFIER_RULE_MEMORY, access->reg,
				"store to referenced kptr disallowed");
	if (access->is_write && (value ? reg_is_null(value) : !v_at(v)->imm))
		return 0;
	return v_refuse(v, VERIFIER_RULE_UNKNOWN, access->reg,
			"stores of kernel pointers to maps are not known to this verifier");
}

/* What a read-only map holds is a constant. */
static bool load_constant(struct verifier *v, const struct v_access *access, int64_t off)
{
	const struct reg *reg = &v_regs(v)[access->reg];
	const struct verifier_map *map = reg->map;
	uint64_t value = 0;

	if (!map->constant || map->type != BPF_MAP_TYPE_ARRAY || map->max_entries != 1 ||
	    !(map->flags & FLAG_RDONLY_PROG) || !range_is_const(&reg->range))
		return false;
	off += (int64_t)reg->range.bits.value;
	memcpy(&value, map->constant + off, access->bytes);
	reg_set_const(&v_regs(v)[access->value], value);
	if (access->is_signed)
		range_sign_extend(&v_regs(v)[access->value].range, access->bytes);
	return true;
}

static int access_map(struct verifier *v, const struct v_access *access, int64_t off)
{
	const struct reg *reg = &v_regs(v)[access->reg];
	const struct verifier_special *field;
	int err = v_map_allows(v, access->reg, off, access->bytes, access->is_write);

	err = err ? err : v_within_map(v, access->reg, off, access->bytes, false, false);
	if (err)
		return err;
	field = kptr_at(reg, off);
	if (field)
		return access_kptr(v, access, field);
	if (!access->is_write && access->value >= 0 && !load_constant(v, access, off))
		load_unknown(v, access);
	return 0;
}

static int access_mem(struct verifier *v, const struct v_access *access, int64_t off,
		      int64_t object_bytes)
{
	const int err = v_within(v, access->reg, off, access->bytes, object_bytes, false);

	if (!err)
		load_unknown(v, access);
	return err;
}

static void set_ctx_value(struct verifier *v, struct reg *reg, enum abi_ctx_value kind)
{
	static const struct {
		uint8_t type;
		uint16_t flags;
	} types[] = {
		[ABI_CTX_PACKET] = { REG_PACKET, 0 },
		[ABI_CTX_PACKET_META] = { REG_PACKET_META, 0 },
		[ABI_CTX_PACKET_END] = { REG_PACKET_END, 0 },
		[ABI_CTX_FLOW_KEYS] = { REG_FLOW_KEYS, 0 },
		[ABI_CTX_SOCK_COMMON_OR_NULL] = { REG_SOCK_COMMON, REG_MAYBE_NULL },
		[ABI_CTX_SOCKET_OR_NULL] = { REG_SOCKET, REG_MAYBE_NULL },
		[ABI_CTX_SOCKET] = { REG_SOCKET, 0 },
		[ABI_CTX_BUFFER] = { REG_TP_BUFFER, 0 },
	};

	if (kind == ABI_CTX_SCALAR) {
		reg_set_unknown(reg);
		return;
	}
	reg_set_pointer(reg, (enum reg_type)types[kind].type, types[kind].flags);
	if (reg_maybe_null(reg))
		reg->id = ++v->ids;
}

static int access_ctx(struct verifier *v, const struct v_access *access)
{
	struct reg *value = access->value >= 0 ? &v_regs(v)[access->value] : NULL;
	const int32_t off = access->off;
	const char *field;
	enum abi_ctx_value kind = ABI_CTX_NONE;
	int err = v_unmodified(v, access->reg, false);

	if (err)
		return err;
	if (!v->row->ctx_size)
		return v_btf_ctx(v, access);
	if (off >= 0)
		kind = abi_ctx_access(v->row, (uint32_t)off, access->bytes, access->is_write,
				      &field);
	if (kind == ABI_CTX_BTF)
		return v_btf_ctx(v, access);
	if (kind == ABI_CTX_NONE || (access->is_signed && kind != ABI_CTX_SCALAR))
		return v_refuse_access(v, VERIFIER_RULE_CONTEXT, access->reg, off, access->bytes,
				       v->row->ctx_size,
				       "invalid bpf_context access off=%d size=%u", off,
				       access->bytes);
	if (!access->is_write && value)
		set_ctx_value(v, value, kind);
	return 0;
}

static int access_packet(struct verifier *v, const struct v_access *access, int64_t off)
{
	int err;

	if (access->is_write && !v->row->direct_packet_write)
		return v_refuse(v, VERIFIER_RULE_READ_ONLY, access->reg,
				"cannot write into packet");
	err = v_within_packet(v, access->reg, off, access->bytes, false);
	if (err)
		return err;
	v->writes_packet |= access->is_write;
	load_unknown(v, access);
	return 0;
}

static int access_flow_keys(struct verifier *v, const struct v_access *access, int64_t off)
{
	if (off < 0 || off + access->bytes > FLOW_KEYS_BYTES)
		return v_refuse_access(v, VERIFIER_RULE_BOUNDS, access->reg, off, access->bytes,
				       FLOW_KEYS_BYTES,
				       "invalid access to flow keys off=%lld size=%u",
				       (long long)off, access->bytes);
	load_unknown(v, access);
	return 0;
}

/* A buffer of the kernel's: its size is checked when the program is attached. */
static int access_buffer(struct verifier *v, const struct v_access *access, int64_t off)
{
	const struct reg *reg = &v_regs(v)[access->reg];

	if (off < 0 || !range_is_const(&reg->range))
		return v_refuse_access(v, VERIFIER_RULE_BOUNDS, access->reg, off, access->bytes,
				       VERIFIER_NOWHERE,
				       "R%d invalid buffer access: off=%lld, size=%u", access->reg,
				       (long long)off, access->bytes);
	if (access->is_write && (reg->flags & REG_RDONLY))
		return refuse_write(v, access);
	load_unknown(v, access);
	return 0;
}

static int refuse_kind(struct verifier *v, const struct v_access *access)
{
	const struct reg *reg = &v_regs(v)[access->reg];
	char name[64];

	return v_refuse_access(v, reg_maybe_null(reg) ? VERIFIER_RULE_NULL : VERIFIER_RULE_MEMORY,
			       access->reg, reg->off + access->off, access->bytes, VERIFIER_NOWHERE,
			       "R%d invalid mem access '%s'", access->reg,
			       reg_type_name(reg, name, sizeof name));
}

static int access_stack(struct verifier *v, const struct v_access *access)
{
	const int err = v_stack_bounds(v, access);

	if (err)
		return err;
	return access->is_write ? v_stack_write(v, access) : v_stack_read(v, access);
}

static int access_by_type(struct verifier *v, const struct v_access *access)
{
	const struct reg *reg = &v_regs(v)[access->reg];
	const int64_t off = (int64_t)reg->off + access->off;

	if (reg_maybe_null(reg))
		return refuse_kind(v, access);
	switch (reg->type) {
	case REG_MAP_KEY:
		if (access->is_write)
			return v_refuse(v, VERIFIER_RULE_READ_ONLY, access->reg,
					"write to change key R%d not allowed", access->reg);
		return access_mem(v, access, off, reg->map->key_size);
	case REG_MAP_VALUE: return access_map(v, access, off);
	case REG_MEM:
		if (access->is_write && (reg->flags & REG_RDONLY))
			return refuse_write(v, access);
		return access_mem(v, access, off, reg->mem_bytes);
	case REG_CTX: return access_ctx(v, access);
	case REG_STACK: return access_stack(v, access);
	case REG_PACKET:
	case REG_PACKET_META: return access_packet(v, access, off);
	case REG_FLOW_KEYS: return access_flow_keys(v, access, off);
	case REG_SOCKET:
	case REG_SOCK_COMMON:
	case REG_TCP_SOCK:
	case REG_XDP_SOCK:
		if (access->is_write)
			return refuse_write(v, access);
		return v_sock_access(v, access, off);
	case REG_BTF_ID: return v_btf_access(v, access, off);
	case REG_CONST_MAP: return v_btf_map_access(v, access, off);
	case REG_TP_BUFFER:
	case REG_BUF: return access_buffer(v, access, off);
	default: return refuse_kind(v, access);
	}
}

int v_access(struct verifier *v, const struct v_access *access)
{
	int err = check_alignment(v, access);
	struct reg *value;

	err = err ? err : access_by_type(v, access);
	if (err || access->is_write || access->value < 0 || access->bytes == 8)
		return err;
	value = &v_regs(v)[access->value];
	if (value->type != REG_SCALAR)
		return 0;
	if (access->is_signed)
		range_sign_extend(&value->range, access->bytes);
	else
		range_truncate(&value->range, access->bytes);
	return 0;
}

/* ------------------------------------------------------------ instructions */

static bool must_agree(uint8_t type)
{
	return type == REG_CTX || type == REG_SOCKET || type == REG_SOCK_COMMON ||
	       type == REG_TCP_SOCK || type == REG_XDP_SOCK || type == REG_BTF_ID;
}

/* The kernel rewrites accesses to some kinds of memory, so all paths must agree. */
static int same_kind(struct verifier *v, uint8_t type, uint16_t flags, bool trust_may_differ)
{
	struct v_insn *info = &v->info[v->insn];
	const bool objects = (type == REG_MEM || type == REG_BTF_ID) &&
			     (info->pointer_type == REG_MEM || info->pointer_type == REG_BTF_ID);

	if (info->pointer_type == REG_NONE) {
		info->pointer_type = type;
		info->pointer_flags = flags;
		return 0;
	}
	if ((info->pointer_type == type && info->pointer_flags == flags) ||
	    (!must_agree(type) && !must_agree(info->pointer_type)) || (trust_may_differ && objects))
		return 0;
	return v_refuse(v, VERIFIER_RULE_SAME_INSN, VERIFIER_NOWHERE,
			"same insn cannot be used with different pointers");
}

static int load(struct verifier *v, enum isa_op op, bool is_atomic)
{
	const struct insn *insn = v_at(v);
	const struct reg from = v_regs(v)[insn->src];
	const struct v_access access = { .reg = insn->src,
					 .off = insn->off,
					 .bytes = isa_ops[op].access_bytes,
					 .value = insn->dst,
					 .is_signed = isa_ops[op].form == ISA_FORM_LDXS,
					 .is_aligned = is_atomic };
	int err = v_access(v, &access);

	err = err ? err : same_kind(v, from.type, from.flags, true);
	range_mend(&v_regs(v)[insn->dst].range);
	return err;
}

static int store(struct verifier *v, enum isa_op op, int value, bool is_atomic)
{
	const struct insn *insn = v_at(v);
	const struct reg to = v_regs(v)[insn->dst];
	const struct v_access access = { .reg = insn->dst,
					 .off = insn->off,
					 .bytes = isa_ops[op].access_bytes,
					 .is_write = true,
					 .value = value,
					 .is_aligned = is_atomic };
	const int err = v_access(v, &access);

	return err ? err : same_kind(v, to.type, to.flags, false);
}

/* Memory that instructions of the processor's own atomic kind may be used on. */
static int check_atomic_memory(struct verifier *v, int regno)
{
	const struct reg *reg = &v_regs(v)[regno];
	char name[64];

	switch (reg->type) {
	case REG_CTX:
	case REG_PACKET:
	case REG_PACKET_META:
	case REG_FLOW_KEYS:
	case REG_SOCKET:
	case REG_SOCK_COMMON:
	case REG_TCP_SOCK:
	case REG_XDP_SOCK:
		return v_refuse(v, VERIFIER_RULE_MEMORY, regno,
				"R%d atomic access into %s is not allowed", regno,
				reg_type_name(reg, name, sizeof name));
	default: return 0;
	}
}

static int atomic(struct verifier *v, enum isa_op op)
{
	const struct insn *insn = v_at(v);
	const enum isa_fetch fetch = isa_atomic_fetch(op);
	const int loaded = fetch == ISA_FETCH_R0  ? 0 :
			   fetch == ISA_FETCH_SRC ? insn->src :
						    VERIFIER_NOWHERE;
	struct v_access access = { .reg = insn->dst,
				   .off = insn->off,
				   .bytes = isa_ops[op].access_bytes,
				   .value = VERIFIER_NOWHERE,
				   .is_aligned = true };
	int err = fetch == ISA_FETCH_R0 ? v_need_read(v, 0) : 0;

	err = err ? err : check_atomic_memory(v, insn->dst);
	if (!err && loaded >= 0) {
		err = v_need_write(v, (unsigned int)loaded);
		if (!err)
			reg_set_unknown(&v_regs(v)[loaded]);
	}
	err = err ? err : v_access(v, &access);
	if (!err && loaded >= 0) {
		access.value = loaded;
		err = v_access(v, &access);
		access.value = VERIFIER_NOWHERE;
	}
	access.is_write = true;
	return err ? err : v_access(v, &access);
}

int v_memory(struct verifier *v, enum isa_op op)
{
	const struct insn *insn = v_at(v);
	int err;

	switch (isa_ops[op].form) {
	case ISA_FORM_LDX:
	case ISA_FORM_LDXS:
	case ISA_FORM_LOAD_ACQ:
		err = v_need_read(v, insn->src);
		err = err ? err : v_need_write(v, insn->dst);
		if (!err && isa_ops[op].form == ISA_FORM_LOAD_ACQ)
			err = check_atomic_memory(v, insn->src);
		return err ? err : load(v, op, isa_ops[op].form == ISA_FORM_LOAD_ACQ);
	case ISA_FORM_ST:
		err = v_need_read(v, insn->dst);
		return err ? err : store(v, op, VERIFIER_NOWHERE, false);
	case ISA_FORM_STX:
	case ISA_FORM_STORE_REL:
		err = v_need_read(v, insn->src);
		err = err ? err : v_need_read(v, insn->dst);
		if (!err && isa_ops[op].form == ISA_FORM_STORE_REL)
			err = check_atomic_memory(v, insn->dst);
		return err ? err : store(v, op, insn->src, isa_ops[op].form == ISA_FORM_STORE_REL);
	default:
		err = v_need_read(v, insn->src);
		err = err ? err : v_need_read(v, insn->dst);
		return err ? err : atomic(v, op);
	}
}
