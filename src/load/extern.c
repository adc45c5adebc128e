/*
 * extern.c - what an object declares and others have: settings of the kernel's configuration, and its
 * functions and variables.
 */
#include <errno.h>
#include <linux/bpf.h>
#include <string.h>

#include "load/core.h"
#include "load/load_in.h"

/* Is variable or function @name declared in section @section?  Its type: of functions, the BTF_FUNC itself; of variables
 * what they are declared as. */
static bool find_declared(const struct loading *loading, const char *section, const char *name,
			  uint32_t *ret_type)
{
	const struct btf *btf = loading->declared;
	const uint32_t id = btf ? btf_find(btf, BTF_DATASEC, section) : 0;
	struct btf_type datasec, type;
	struct btf_placed placed;

	if (!id || !btf_type(btf, id, &datasec))
		return false;
	for (uint32_t i = 0; i < datasec.count && btf_placed(&datasec, i, &placed); i++) {
		if (!btf_type(btf, placed.type, &type) || strcmp(type.name, name) != 0)
			continue;
		*ret_type = type.kind == BTF_VAR ? type.type : placed.type;
		return true;
	}
	return false;
}

static void put_wide(struct insn *insn, uint8_t source, uint64_t value)
{
	insn[0].src = (uint8_t)(source & 0xf);
	insn[0].imm = (int32_t)value;
	insn[1].imm = (int32_t)(value >> 32);
}

static int load_config(struct loading *loading, const char *name, struct insn *insn)
{
	for (uint32_t i = 0; i < loading->types.config_count; i++) {
		const struct types_config *config = &loading->types.configs[i];

		if (strcmp(config->name, name) != 0)
			continue;
		put_wide(insn, BPF_PSEUDO_MAP_IDX_VALUE,
			 (uint64_t)config->offset << 32 | loading->config_map);
		return 0;
	}
	return -ENOENT;
}

static int refuse_symbol(struct loading *loading, const char *what, const char *name)
{
	diag_error(loading->diag, SPAN_NONE, "the kernel has no %s '%s', which the object uses",
		   what, name);
	diag_hint(loading->diag, "where it may be missing, declare it with __ksym __weak, and "
				 "check bpf_ksym_exists() before it is used");
	return -EINVAL;
}

/* Variables without a type are just addresses. */
static int load_address(struct loading *loading, const struct object_extern *symbol,
			struct insn *insn)
{
	uint64_t address = 0;

	if (loading->options.sym) {
		(void)sym_need_kernel(loading->options.sym, NULL);
		address = sym_kernel_address(loading->options.sym, symbol->name);
	}
	if (!address && !symbol->is_weak)
		return refuse_symbol(loading, "symbol", symbol->name);
	put_wide(insn, 0, address);
	return 0;
}

static int load_typed(struct loading *loading, const struct object_extern *symbol,
		      enum btf_kind kind, struct insn *insn)
{
	const uint32_t id =
		loading->options.kernel ? btf_find(loading->options.kernel, kind, symbol->name) : 0;

	if (!id && !symbol->is_weak)
		return refuse_symbol(loading, kind == BTF_VAR ? "variable" : "function",
				     symbol->name);
	put_wide(insn, id ? BPF_PSEUDO_BTF_ID : 0, id);
	return 0;
}

int extern_load(void *data, const struct object_extern *symbol, struct insn *insn)
{
	struct loading *loading = data;
	struct btf_type type;
	uint32_t id;

	if (find_declared(loading, ".kconfig", symbol->name, &id))
		return load_config(loading, symbol->name, insn);
	if (!find_declared(loading, ".ksyms", symbol->name, &id))
		return -ENOENT;
	if (!btf_strip(loading->declared, id))
		return load_address(loading, symbol, insn);
	if (!btf_type(loading->declared, id, &type))
		return -ENOENT;
	return load_typed(loading, symbol, type.kind == BTF_FUNC ? BTF_FUNC : BTF_VAR, insn);
}

int extern_call(void *data, const struct object_extern *symbol, struct insn *insn)
{
	struct loading *loading = data;
	uint32_t id, type;

	if (!find_declared(loading, ".ksyms", symbol->name, &type))
		return -ENOENT;
	id = loading->options.kernel ? btf_find(loading->options.kernel, BTF_FUNC, symbol->name) :
				       0;
	if (!id && !symbol->is_weak)
		return refuse_symbol(loading, "function", symbol->name);
	/* What is not there is not called, or no verifier lets it. */
	insn->src = id ? BPF_PSEUDO_KFUNC_CALL : 0;
	insn->off = 0;
	insn->imm = id ? (int32_t)id : CORE_POISON;
	return 0;
}

bool extern_is_weak(void *data, const char *name)
{
	const struct loading *loading = data;

	return object_is_weak(loading->object, name);
}
