/*
 * link.c - making one program of an entry and the functions that it needs.
 *
 * Functions are appended in the order in which they are first referred to, so a queue of them is
 * also the program's layout.  In the instructions of each, references are put right:
 *
 *  - a call with a relocation leads to symbol + 8 * (imm + 1): a global function's imm is -1, that
 *    of a static one counts from the start of its section.  One without leads to imm + 1
 *    instructions on, as everywhere in BPF; the target is in the same section;
 *  - a wide load with a relocation loads a map, a variable (whose imm is an addend), or a
 *    function that is to be called back (imm is an addend, too);
 *  - a call of what the object does not define is a helper's, if the host knows the name.
 */
#include "object/elf.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The source register of a wide load or call says what its immediate means. */
enum {
	SRC_MAP_IDX = 5,
	SRC_MAP_IDX_VALUE = 6,
	SRC_FUNC = 4,
	SRC_CALL = 1,
	CODE_CALL = 0x85,
	CODE_LDDW = 0x18,
};

struct linker {
	struct elf *elf;
	const struct object_resolver *resolver;
	uint32_t *queue; /* functions, in the order of their places */
	size_t queued;
	int64_t *places; /* first slot of each function in the program, or -1 */
	size_t insn_count;
	struct insn *insns;
};

/* An instruction being put right. */
struct site {
	const struct object_func *func;
	const struct elf_section *section;
	size_t slot;       /* in its section */
	struct insn *insn; /* in the program; of a wide load, two */
	size_t at;         /* its slot there */
};

PRINTF_LIKE(3, 4)
static int refuse(struct linker *linker, const struct site *site, const char *reason, ...)
{
	struct strbuf text = { 0 };
	va_list args;

	va_start(args, reason);
	strbuf_vprintf(&text, reason, args);
	va_end(args);
	diag_error(linker->elf->diag, SPAN_NONE, "%s, instruction %zu: %s", site->func->name,
		   site->slot - site->func->start, strbuf_text(&text));
	strbuf_release(&text);
	return -EINVAL;
}

static const struct elf_reloc *find_reloc(const struct elf_section *section, size_t slot)
{
	const uint64_t offset = (uint64_t)slot * sizeof(struct insn);
	size_t low = 0, high = section->reloc_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (section->relocs[middle].offset < offset)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == section->reloc_count || section->relocs[low].offset != offset)
		return NULL;
	return &section->relocs[low];
}

/* The first slot of function @func in the program; it is queued when it has none yet. */
static int place_of(struct linker *linker, uint32_t func, size_t *ret_place)
{
	const size_t count = linker->elf->funcs[func].count;

	if (linker->places[func] < 0) {
		if (linker->insn_count + count > ISA_MOST_INSNS) {
			diag_error(linker->elf->diag, SPAN_NONE,
				   "the program has more than %d instructions", ISA_MOST_INSNS);
			return -EINVAL;
		}
		linker->places[func] = (int64_t)linker->insn_count;
		linker->queue[linker->queued++] = func;
		linker->insn_count += count;
	}
	*ret_place = (size_t)linker->places[func];
	return 0;
}

/* Make the instruction at @site lead to the function at slot @start of section @section. */
static int refer_to_func(struct linker *linker, const struct site *site, uint32_t section,
			 int64_t start)
{
	const int64_t func = start < 0 ? -1 : elf_func_at(linker->elf, section, (uint64_t)start);
	size_t place;
	int err;

	if (func < 0)
		return refuse(linker, site, "no function begins at slot %lld of section '%s'",
			      (long long)start, linker->elf->sections[section].name);
	err = place_of(linker, (uint32_t)func, &place);
	if (err)
		return err;
	site->insn->imm = (int32_t)((int64_t)place - (int64_t)site->at - 1);
	return 0;
}

static int call_undefined(struct linker *linker, const struct site *site,
			  const struct elf_symbol *symbol)
{
	const struct object_resolver *resolver = linker->resolver;
	int err = resolver && resolver->call ?
			  resolver->call(resolver->data,
					 &(struct object_extern){ symbol->name, symbol->weak },
					 site->insn) :
			  -ENOENT;

	if (err != -ENOENT)
		return err;
	(void)refuse(linker, site, "it calls '%s', which this object does not define",
		     symbol->name);
	diag_hint(linker->elf->diag,
		  "kernel functions are only to be had in the kernel; helpers are called by "
		  "number, as <bpf/bpf_helpers.h> does");
	return -EINVAL;
}

static int link_call(struct linker *linker, const struct site *site, const struct elf_reloc *reloc)
{
	const struct elf *elf = linker->elf;
	const struct elf_symbol *symbol;
	const int64_t after = (int64_t)site->insn->imm + 1;

	if (!reloc) {
		const uint32_t section = site->func->section;
		const int64_t start = (int64_t)site->slot + after;

		/* Into the function that it is in, a loop of calls: not a start of anything. */
		return refer_to_func(linker, site, section, start);
	}
	symbol = &elf->symbols[reloc->symbol];
	if (!symbol->section)
		return call_undefined(linker, site, symbol);
	if (symbol->value % sizeof(struct insn) || symbol->value > INT32_MAX)
		return refuse(linker, site,
			      "it calls '%s', which is in the middle of an instruction",
			      symbol->name);
	return refer_to_func(linker, site, symbol->section,
			     (int64_t)(symbol->value / sizeof(struct insn)) + after);
}

static void load_map(const struct site *site, uint8_t source, uint32_t map, uint32_t offset)
{
	site->insn[0].src = (uint8_t)(source & 0xf);
	site->insn[0].imm = (int32_t)map;
	site->insn[1].imm = (int32_t)offset;
}

static int load_variable(struct linker *linker, const struct site *site,
			 const struct elf_symbol *symbol)
{
	const struct elf_section *section = &linker->elf->sections[symbol->section];
	const uint64_t offset = symbol->value + (uint64_t)(int64_t)site->insn->imm;

	if (!section->size || offset >= section->size)
		return refuse(linker, site,
			      "it loads an address outside of section '%s' (%llu of %llu bytes)",
			      section->name, (unsigned long long)offset,
			      (unsigned long long)section->size);
	load_map(site, SRC_MAP_IDX_VALUE, section->map, (uint32_t)offset);
	return 0;
}

static int load_func(struct linker *linker, const struct site *site,
		     const struct elf_symbol *symbol)
{
	const uint64_t offset = symbol->value + (uint64_t)(int64_t)site->insn->imm;

	if (offset % sizeof(struct insn) || offset > INT32_MAX)
		return refuse(linker, site, "it loads the address of the middle of an instruction");
	site->insn[0].src = SRC_FUNC;
	site->insn[1].imm = 0;
	return refer_to_func(linker, site, symbol->section,
			     (int64_t)(offset / sizeof(struct insn)));
}

static int load_undefined(struct linker *linker, const struct site *site,
			  const struct elf_symbol *symbol)
{
	const struct object_resolver *resolver = linker->resolver;
	int err = resolver && resolver->load ?
			  resolver->load(resolver->data,
					 &(struct object_extern){ symbol->name, symbol->weak },
					 site->insn) :
			  -ENOENT;

	if (err != -ENOENT)
		return err;
	(void)refuse(linker, site, "it uses '%s', which this object does not define", symbol->name);
	diag_hint(linker->elf->diag, "symbols of the kernel are only to be had in the kernel");
	return -EINVAL;
}

static int link_load(struct linker *linker, const struct site *site, const struct elf_reloc *reloc)
{
	const struct elf_symbol *symbol = &linker->elf->symbols[reloc->symbol];
	int64_t map;

	if (!symbol->section)
		return load_undefined(linker, site, symbol);
	switch (linker->elf->sections[symbol->section].role) {
	case ELF_ROLE_CODE: return load_func(linker, site, symbol);
	case ELF_ROLE_DATA: return load_variable(linker, site, symbol);
	case ELF_ROLE_MAPS:
	case ELF_ROLE_LEGACY_MAPS:
		map = elf_map_at(linker->elf, symbol->section,
				 symbol->value + (uint64_t)(int64_t)site->insn->imm);
		if (map < 0)
			return refuse(linker, site, "there is no map '%s'", symbol->name);
		load_map(site, SRC_MAP_IDX, (uint32_t)map, 0);
		return 0;
	case ELF_ROLE_OTHER: break;
	}
	return refuse(linker, site, "it uses '%s' in section '%s', which holds no variables",
		      symbol->name, linker->elf->sections[symbol->section].name);
}

/* Put right what stands at @site; sets *ret_slots to the slots it takes. */
static int link_insn(struct linker *linker, const struct site *site, size_t left, size_t *ret_slots)
{
	const struct elf_reloc *reloc = find_reloc(site->section, site->slot);
	const bool wide = site->insn->code == CODE_LDDW;

	*ret_slots = wide && left > 1 ? 2 : 1;
	if (site->insn->code == CODE_CALL && (reloc || site->insn->src == SRC_CALL))
		return link_call(linker, site, reloc);
	if (!reloc)
		return 0;
	if (!wide || left < 2)
		return refuse(linker, site, "it refers to '%s', and is neither a load nor a call",
			      linker->elf->symbols[reloc->symbol].name);
	return link_load(linker, site, reloc);
}

static int link_func(struct linker *linker, uint32_t number)
{
	const struct object_func *func = &linker->elf->funcs[number];
	struct site site = { .func = func, .section = &linker->elf->sections[func->section] };
	const size_t place = (size_t)linker->places[number];
	size_t slots;
	int err;

	memcpy(linker->insns + place, site.section->data + func->start * sizeof(struct insn),
	       func->count * sizeof(struct insn));
	for (size_t i = 0; i < func->count; i += slots) {
		site.slot = func->start + i;
		site.at = place + i;
		site.insn = &linker->insns[site.at];
		err = link_insn(linker, &site, func->count - i, &slots);
		if (err)
			return err;
	}
	return 0;
}

/* The program's array is made for all functions that could be needed: unused ones cost little. */
static int prepare(struct linker *linker)
{
	struct elf *elf = linker->elf;
	size_t most = 0;

	for (size_t i = 0; i < elf->func_count; i++)
		most += elf->funcs[i].count;
	linker->queue = calloc(elf->func_count, sizeof *linker->queue);
	linker->places = calloc(elf->func_count, sizeof *linker->places);
	linker->insns = arena_alloc_array(
		&elf->arena, most < ISA_MOST_INSNS ? most : ISA_MOST_INSNS, sizeof *linker->insns);
	if (!linker->queue || !linker->places || !linker->insns)
		return -ENOMEM;
	for (size_t i = 0; i < elf->func_count; i++)
		linker->places[i] = -1;
	return 0;
}

/* What went where, in the order of the program. */
static const struct object_piece *pieces_of(const struct linker *linker)
{
	struct elf *elf = linker->elf;
	struct object_piece *pieces =
		arena_alloc_array(&elf->arena, linker->queued + 1, sizeof *pieces);

	for (size_t i = 0; pieces && i < linker->queued; i++) {
		const struct object_func *func = &elf->funcs[linker->queue[i]];

		pieces[i] = (struct object_piece){
			.section = elf->sections[func->section].name,
			.start = func->start,
			.count = func->count,
			.at = (size_t)linker->places[linker->queue[i]],
		};
	}
	return pieces;
}

int object_link(struct object *object, size_t entry, const struct object_resolver *resolver,
		struct diag *diag, struct object_linked *ret_linked)
{
	struct elf *elf = (struct elf *)object;
	struct linker linker = { .elf = elf, .resolver = resolver };
	size_t place;
	int err = prepare(&linker);

	elf->diag = diag;
	if (!err)
		err = place_of(&linker, elf->entry_funcs[entry], &place);
	for (size_t i = 0; i < linker.queued && !err; i++)
		err = link_func(&linker, linker.queue[i]);
	if (!err) {
		*ret_linked = (struct object_linked){ linker.insns, linker.insn_count,
						      pieces_of(&linker), linker.queued };
		err = ret_linked->pieces ? 0 : -ENOMEM;
	}
	elf->diag = NULL;
	free(linker.queue);
	free(linker.places);
	return err;
}
