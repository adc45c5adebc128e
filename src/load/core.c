/*
 * core.c - from what a path means in the target to the number in an instruction.
 */
#include "load/core.h"

#include <errno.h>
#include <string.h>

#include "base/strbuf.h"

enum {
	CLASS_LD = 0,
	CLASS_LDX = 1,
	CLASS_ST = 2,
	CLASS_STX = 3,
	CLASS_ALU = 4,
	CLASS_ALU64 = 7,
	CODE_LDDW = 0x18,
	CODE_CALL = 0x85,
	SIZE_MASK = 0x18,
	SOURCE_REG = 0x08,
};

/* What comes out: a number, and of offsets, the width of the field. */
struct outcome {
	uint64_t value;
	uint32_t bytes; /* FIELD_BYTE_OFFSET: 0: not one that a load can read */
	bool is_missing;
	bool is_plain; /* an unsigned number or a pointer: a load may have another width */
};

static const char *const kind_names[CORE_KIND_COUNT] = {
	"field offset", "field size",  "field existence",
	"field sign",   "field shift", "field shift",
	"type",         "type",        "type",
	"type size",    "enumerator",  "enumerator",
	"type match",
};

/* The storage unit of the bitfield, as a load can read it. */
struct unit {
	uint64_t byte_offset;
	uint32_t bytes;
	uint32_t bits;
};

static bool unit_of(const struct core_path *path, struct unit *ret_unit)
{
	const int64_t size = btf_size(path->btf, path->field);
	const uint64_t bits = path->bit_offset;
	uint64_t bytes = (uint64_t)size, at;

	if (size < 0)
		return false;
	if (!path->bit_count) {
		*ret_unit = (struct unit){ bits / 8, (uint32_t)size, (uint32_t)size * 8 };
		return true;
	}
	if (!bytes)
		return false;
	at = bits / 8 / bytes * bytes;
	while (bits + path->bit_count - at * 8 > bytes * 8) {
		if (bytes >= 8)
			return false; /* lies across two units */
		bytes *= 2;
		at = bits / 8 / bytes * bytes;
	}
	*ret_unit = (struct unit){ at, (uint32_t)bytes, path->bit_count };
	return true;
}

static bool is_signed(const struct core_path *path)
{
	struct btf_enumerator value;
	struct btf_type type;

	if (!btf_type(path->btf, btf_strip(path->btf, path->field), &type))
		return false;
	if (type.kind == BTF_INT)
		return btf_int_is_signed(&type);
	for (uint32_t i = 0; i < type.count && btf_enumerator(path->btf, &type, i, &value); i++)
		if ((int64_t)value.value < 0)
			return true;
	return false;
}

/* May a load be made wider or narrower for it? */
static bool is_plain(const struct core_path *path)
{
	struct btf_type type;

	if (!btf_type(path->btf, btf_strip(path->btf, path->field), &type))
		return false;
	return type.kind == BTF_PTR || (type.kind == BTF_INT && !btf_int_is_signed(&type));
}

static uint64_t enumerator_of(const struct core_path *path)
{
	struct btf_enumerator value = { 0 };
	struct btf_type type;

	if (btf_type(path->btf, path->root, &type))
		(void)btf_enumerator(path->btf, &type, path->steps[0].index, &value);
	return value.value;
}

static bool field_value(enum core_kind kind, const struct core_path *path, struct outcome *out)
{
	struct unit unit;

	if (!unit_of(path, &unit))
		return false;
	switch (kind) {
	case CORE_FIELD_BYTE_OFFSET:
		out->value = unit.byte_offset;
		out->bytes = path->bit_count ? 0 : unit.bytes;
		out->is_plain = is_plain(path);
		return true;
	case CORE_FIELD_BYTE_SIZE: out->value = unit.bytes; return true;
	case CORE_FIELD_SIGNED: out->value = is_signed(path); return true;
	case CORE_FIELD_LSHIFT_U64:
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
		out->value = 64 - (path->bit_offset + unit.bits - unit.byte_offset * 8);
#else
		out->value = (8 - unit.bytes) * 8 + (path->bit_offset - unit.byte_offset * 8);
#endif
		return true;
	default: /* CORE_FIELD_RSHIFT_U64 */ out->value = 64 - unit.bits; return true;
	}
}

/* What @path, of either side, gives. */
static bool value_of(const struct core_request *request, const struct core_path *path,
		     uint32_t type, struct outcome *out)
{
	int64_t size;

	*out = (struct outcome){ 0 };
	switch (request->kind) {
	case CORE_FIELD_EXISTS:
	case CORE_TYPE_EXISTS:
	case CORE_TYPE_MATCHES:
	case CORE_ENUMVAL_EXISTS: out->value = 1; return true;
	case CORE_TYPE_ID_LOCAL:
	case CORE_TYPE_ID_TARGET: out->value = type; return true;
	case CORE_TYPE_SIZE:
		size = btf_size(path->btf, type);
		out->value = (uint64_t)size;
		return size >= 0;
	case CORE_ENUMVAL_VALUE: out->value = enumerator_of(path); return true;
	default: return field_value(request->kind, path, out);
	}
}

/* Is it an answer, too, that there is none? */
static bool asks_existence(enum core_kind kind)
{
	return kind == CORE_FIELD_EXISTS || kind == CORE_TYPE_EXISTS || kind == CORE_TYPE_MATCHES ||
	       kind == CORE_ENUMVAL_EXISTS;
}

static void resolve(const struct core_request *request, const struct core_path *local,
		    struct outcome *out)
{
	struct core_path target;

	if (request->kind == CORE_TYPE_ID_LOCAL) {
		*out = (struct outcome){ .value = request->type };
		return;
	}
	if (core_path_find(request, local, &target) &&
	    value_of(request, &target, target.steps[0].type, out))
		return;
	*out = (struct outcome){ .is_missing = !asks_existence(request->kind) };
}

/* --- instructions ----------------------------------------------------------------------------- */

static void poison(struct insn *insn)
{
	*insn = (struct insn){ .code = CODE_CALL, .imm = CORE_POISON };
}

static int refuse(const struct core_request *request, struct diag *diag, const char *reason)
{
	struct strbuf text = { 0 };

	core_describe(request, &text);
	diag_error(diag, SPAN_NONE, "the %s of %s cannot be put into its instruction: %s",
		   kind_names[request->kind], strbuf_text(&text), reason);
	strbuf_release(&text);
	return -EINVAL;
}

/* The width of a load or store follows that of the field. */
static bool fit_width(const struct outcome *before, const struct outcome *after, struct insn *insn)
{
	static const uint8_t codes[] = { [1] = 0x10, [2] = 0x08, [4] = 0x00, [8] = 0x18 };

	if (!before->bytes || !after->bytes || before->bytes == after->bytes)
		return true;
	if (!before->is_plain || !after->is_plain || after->bytes > 8 ||
	    (after->bytes & (after->bytes - 1)))
		return false;
	insn->code = (uint8_t)((insn->code & ~SIZE_MASK) | codes[after->bytes]);
	return true;
}

static int patch(const struct core_request *request, const struct outcome *before,
		 const struct outcome *after, struct insn *insn, size_t left, struct diag *diag)
{
	switch (insn->code & 7) {
	case CLASS_ALU:
	case CLASS_ALU64:
		if (insn->code & SOURCE_REG)
			return refuse(request, diag, "it has no immediate");
		if (after->is_missing)
			poison(insn);
		else
			insn->imm = (int32_t)after->value;
		return 0;
	case CLASS_LDX:
	case CLASS_ST:
	case CLASS_STX:
		if (after->is_missing || !fit_width(before, after, insn)) {
			poison(insn);
			return 0;
		}
		if (after->value > INT16_MAX)
			return refuse(request, diag, "offsets of loads reach to 32767");
		insn->off = (int16_t)after->value;
		return 0;
	case CLASS_LD:
		if (insn->code != CODE_LDDW || left < 2)
			break;
		if (after->is_missing) {
			poison(&insn[0]);
			poison(&insn[1]);
			return 0;
		}
		insn[0].imm = (int32_t)after->value;
		insn[1].imm = (int32_t)(after->value >> 32);
		return 0;
	default: break;
	}
	return refuse(request, diag, "it is neither arithmetic nor a load nor a store");
}

int core_apply(const struct core_request *request, struct insn *insn, size_t left,
	       struct diag *diag)
{
	struct outcome before, after;
	struct core_path local;
	int err;

	if (request->kind >= CORE_KIND_COUNT) {
		diag_error(diag, SPAN_NONE,
			   "a record of .BTF.ext (CO-RE) is of an unknown kind (%u)",
			   (unsigned int)request->kind);
		return -EINVAL;
	}
	err = core_path_read(request, &local, diag);
	if (err)
		return err;
	if (!value_of(request, &local, request->type, &before))
		return refuse(request, diag, "it has no value even where it was compiled");
	resolve(request, &local, &after);
	return patch(request, &before, &after, insn, left, diag);
}

static const char *keyword(enum btf_kind kind)
{
	switch (kind) {
	case BTF_STRUCT: return "struct ";
	case BTF_UNION: return "union ";
	case BTF_ENUM:
	case BTF_ENUM64: return "enum ";
	default: return "";
	}
}

void core_describe(const struct core_request *request, struct strbuf *out)
{
	struct core_path path;
	struct btf_type type;

	if (core_path_read(request, &path, NULL) || !btf_type(path.btf, path.root, &type)) {
		strbuf_printf(out, "type %u", request->type);
		return;
	}
	strbuf_printf(out, "%s%s", keyword(type.kind), *type.name ? type.name : "(nameless)");
	for (uint32_t i = 0; i < path.count; i++) {
		if (path.steps[i].name)
			strbuf_printf(out, "%s%s", i ? "." : "::", path.steps[i].name);
		else if (i || path.steps[i].index)
			strbuf_printf(out, "[%u]", path.steps[i].index);
	}
}
