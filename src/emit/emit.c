/*
 * emit.c - an object: its sections, symbols and relocations.
 *
 * Programs of one place share a section.  Functions that helpers call back are what libbpf calls
 * subprograms: they stand in .text, and each program brings its own.
 */
#include "emit/emitting.h"

#include <ctype.h>
#include <errno.h>
#include <linux/bpf.h>
#include <string.h>

/* --- names ----------------------------------------------------------------------------------- */

static bool is_taken(const struct emitting *e, const char *name)
{
	for (uint32_t i = 0; i < e->name_count; i++)
		if (!strcmp(e->names[i], name))
			return true;
	return false;
}

/* A name of C like @name that no other symbol has: e->names has room for it. */
static const char *new_name(struct emitting *e, const char *name)
{
	char *clean = arena_strndup(&e->arena, name, strlen(name)), *result = clean;

	for (char *p = clean; p && *p; p++)
		if (!isalnum((unsigned char)*p))
			*p = '_';
	for (uint32_t i = 2; result && is_taken(e, result); i++)
		result = arena_printf(&e->arena, "%s_%u", clean, i);
	if (!result) {
		e->failed = true;
		return "";
	}
	e->names[e->name_count++] = result;
	return result;
}

/* --- maps ------------------------------------------------------------------------------------ */

/* How do programs use @map: by its descriptor, or by addresses in it? */
static bool is_used_as(const struct bundle *bundle, uint32_t map, uint8_t src)
{
	for (uint32_t i = 0; i < bundle->prog_count; i++) {
		const struct bundle_prog *prog = &bundle->progs[i];

		for (uint32_t k = 0; k < prog->insn_count; k++) {
			const struct insn *insn = &prog->insns[k];

			if (insn->code != (BPF_LD | BPF_IMM | BPF_DW))
				continue;
			if (insn->src == src && (uint32_t)insn->imm == map)
				return true;
			k++; /* the second half */
		}
	}
	return false;
}

/* What programs address the inside of is a section of data for libbpf, and can be nothing else. */
static int classify(struct emitting *e, uint32_t number)
{
	const struct bundle_map *map = &e->bundle->maps[number];
	bool by_address = is_used_as(e->bundle, number, BPF_PSEUDO_MAP_VALUE);
	bool by_fd = is_used_as(e->bundle, number, BPF_PSEUDO_MAP_FD);

	e->maps[number].is_data = map->type == BPF_MAP_TYPE_ARRAY && map->max_entries == 1 &&
				  !by_fd && (by_address || map->data || map->is_frozen);
	if (e->maps[number].is_data || (!by_address && !map->data))
		return 0;
	diag_error(e->diag, SPAN_NONE,
		   "an object cannot hold the map '%s': programs use what is in it by address, and "
		   "it is no single value",
		   map->name);
	return -ENOTSUP;
}

static void add_data(struct emitting *e, uint32_t number)
{
	const struct bundle_map *map = &e->bundle->maps[number];
	bool is_fixed = map->flags & BPF_F_RDONLY_PROG;
	const char *name = new_name(e, map->name);
	const char *place = arena_printf(&e->arena, "%s.%s", is_fixed ? ".rodata" : ".data", name);
	struct btf_placed placed = { .size = map->value_size };
	uint32_t section = object_add_section(&e->w, place ? place : "",
					      is_fixed ? OBJECT_RODATA : OBJECT_DATA);
	struct strbuf *data = object_section(&e->w, section);
	uint32_t len = map->data ? map->data_len : 0;

	if (len)
		strbuf_add(data, map->data, len < map->value_size ? len : map->value_size);
	while (!data->failed && data->len < map->value_size)
		strbuf_putc(data, '\0');
	e->maps[number].name = name;
	e->maps[number].symbol =
		object_add_symbol(&e->w, &(struct object_symbol){ .name = name,
								  .section = section,
								  .size = map->value_size,
								  .type = ELF_SYMBOL_OBJECT,
								  .is_global = true });
	placed.type = btf_build_var(&e->types, name, emit_value_type(e, number), BTF_GLOBAL);
	(void)btf_build_datasec(&e->types, place, map->value_size, &placed, 1);
	e->failed |= !place;
}

static int add_maps(struct emitting *e)
{
	const struct bundle *bundle = e->bundle;
	struct btf_placed *placed =
		arena_alloc_array(&e->arena, bundle->map_count + 1, sizeof *placed);
	uint32_t section = 0, count = 0, at = 0;
	int err = placed ? 0 : -ENOMEM;

	for (uint32_t i = 0; i < bundle->map_count && !err; i++)
		err = classify(e, i);
	for (uint32_t i = 0; i < bundle->map_count && !err; i++) {
		uint32_t bytes, type;

		if (e->maps[i].is_data) {
			add_data(e, i);
			continue;
		}
		if (!section)
			section = object_add_section(&e->w, ".maps", OBJECT_DATA);
		e->maps[i].name = new_name(e, bundle->maps[i].name);
		type = emit_map_type(e, i, &bytes);
		e->maps[i].symbol =
			object_add_symbol(&e->w, &(struct object_symbol){ .name = e->maps[i].name,
									  .section = section,
									  .value = at,
									  .size = bytes,
									  .type = ELF_SYMBOL_OBJECT,
									  .is_global = true });
		placed[count++] = (struct btf_placed){
			btf_build_var(&e->types, e->maps[i].name, type, BTF_GLOBAL), at, bytes
		};
		at += bytes;
	}
	if (count)
		(void)btf_build_datasec(&e->types, ".maps", at, placed, count);
	for (uint32_t i = 0; i < at; i++)
		strbuf_putc(object_section(&e->w, section), '\0');
	return err;
}

/* --- code ------------------------------------------------------------------------------------ */

static struct emit_code *code_of(struct emitting *e, const char *name)
{
	struct emit_code **at = &e->codes;

	while (*at && strcmp((*at)->name, name) != 0)
		at = &(*at)->next;
	if (*at)
		return *at;
	*at = arena_alloc_array(&e->arena, 1, sizeof **at);
	if (!*at) {
		e->failed = true;
		return NULL;
	}
	(*at)->name = name;
	(*at)->section = object_add_section(&e->w, name, OBJECT_CODE);
	return *at;
}

static uint32_t section_symbol(struct emitting *e, struct emit_code *code)
{
	if (!code->symbol)
		code->symbol = object_add_symbol(
			&e->w, &(struct object_symbol){ .name = "",
							.section = code->section,
							.type = ELF_SYMBOL_SECTION });
	return code->symbol;
}

/* A stretch of a program's instructions on its way to a section. */
struct stretch {
	const struct bundle_prog *prog;
	uint32_t first, end;
	struct emit_code *code;
	uint64_t at;
	struct emit_code *text; /* where the program's other functions are, from ... */
	uint64_t text_at;       /* ... this byte on */
};

/* Where instruction @insn of the program's other functions came to stand, in bytes of .text. */
static uint64_t text_place(const struct stretch *s, uint32_t insn)
{
	return s->text_at + (insn - s->prog->subs[1].insn) * sizeof(struct insn);
}

/* What instruction @i names becomes a symbol. */
static void relocate(struct emitting *e, const struct stretch *s, uint32_t i, struct insn *insn)
{
	uint64_t at = s->at + (i - s->first) * sizeof *insn;
	bool is_wide = insn->code == (BPF_LD | BPF_IMM | BPF_DW);
	uint32_t to = i + 1 + (uint32_t)insn->imm;
	enum elf_reloc_type type = is_wide ? ELF_RELOC_64_64 : ELF_RELOC_64_32;
	uint32_t symbol;

	if (is_wide && (insn->src == BPF_PSEUDO_MAP_FD || insn->src == BPF_PSEUDO_MAP_VALUE)) {
		symbol = e->maps[insn->imm].symbol;
		insn->imm = insn->src == BPF_PSEUDO_MAP_VALUE ? insn[1].imm : 0;
		insn[1].imm = 0;
		insn->src = 0;
	} else if (is_wide && insn->src == BPF_PSEUDO_BTF_ID) {
		symbol = emit_extern(e, (uint32_t)insn->imm);
		insn->imm = 0;
		insn->src = 0;
	} else if (is_wide && insn->src == BPF_PSEUDO_FUNC) {
		symbol = section_symbol(e, s->text);
		insn->imm = (int32_t)text_place(s, to);
	} else if (!is_wide && insn->src == BPF_PSEUDO_KFUNC_CALL) {
		symbol = emit_extern(e, (uint32_t)insn->imm);
		insn->src = BPF_PSEUDO_CALL;
		insn->imm = -1;
	} else if (!is_wide && insn->src == BPF_PSEUDO_CALL) {
		symbol = section_symbol(e, s->text);
		insn->imm = (int32_t)(text_place(s, to) / sizeof *insn) - 1;
	} else {
		return;
	}
	object_add_reloc(&e->w, s->code->section, at, symbol, type);
}

static void add_stretch(struct emitting *e, const struct stretch *s)
{
	uint32_t count = s->end - s->first;
	struct insn *insns = arena_alloc_array(&e->arena, count + 1, sizeof *insns);

	if (!insns) {
		e->failed = true;
		return;
	}
	memcpy(insns, s->prog->insns + s->first, count * sizeof *insns);
	for (uint32_t i = 0; i < count; i++) {
		bool is_wide = insns[i].code == (BPF_LD | BPF_IMM | BPF_DW);

		if (is_wide || insns[i].code == (BPF_JMP | BPF_CALL))
			relocate(e, s, s->first + i, &insns[i]);
		i += is_wide;
	}
	strbuf_add(object_section(&e->w, s->code->section), insns, count * sizeof *insns);
	emit_describe(e, s->code, s->prog, s->first, s->end, s->at);
}

static void add_function(struct emitting *e, const struct stretch *s, const char *name,
			 bool is_global)
{
	object_add_symbol(
		&e->w, &(struct object_symbol){ .name = name,
						.section = s->code->section,
						.value = s->at,
						.size = (s->end - s->first) * sizeof(struct insn),
						.type = ELF_SYMBOL_FUNC,
						.is_global = is_global });
}

/* The functions but for the program itself, each with a symbol. */
static void add_subs(struct emitting *e, struct stretch s)
{
	const struct bundle_prog *prog = s.prog;

	s.code = s.text;
	for (uint32_t i = 1; i < prog->sub_count; i++) {
		s.first = prog->subs[i].insn;
		s.end = i + 1 < prog->sub_count ? prog->subs[i + 1].insn : prog->insn_count;
		s.at = text_place(&s, s.first);
		add_function(e, &s, new_name(e, prog->subs[i].name), false);
		add_stretch(e, &s);
	}
}

static void add_prog(struct emitting *e, const struct bundle_prog *prog)
{
	struct stretch s = { .prog = prog, .end = prog->insn_count };

	s.code = code_of(e, emit_place(e, prog));
	if (prog->sub_count > 1) {
		s.end = prog->subs[1].insn;
		s.text = code_of(e, ".text");
	}
	if (e->failed || !s.code)
		return;
	s.at = object_section(&e->w, s.code->section)->len;
	if (s.text)
		s.text_at = object_section(&e->w, s.text->section)->len;
	add_function(e, &s, new_name(e, prog->name), true);
	add_stretch(e, &s);
	if (s.text)
		add_subs(e, s);
}

/* --- the object ------------------------------------------------------------------------------ */

static int prepare(struct emitting *e)
{
	uint32_t symbols = e->bundle->map_count, externs = 0;
	uint32_t ids = e->kernel ? btf_last_id(e->kernel) + 1 : 1;

	for (uint32_t i = 0; i < e->bundle->prog_count; i++) {
		symbols += e->bundle->progs[i].sub_count;
		externs += e->bundle->progs[i].insn_count;
	}
	e->maps = arena_alloc_array(&e->arena, e->bundle->map_count + 1, sizeof *e->maps);
	e->names = arena_alloc_array(&e->arena, symbols + 1, sizeof *e->names);
	e->copies = arena_alloc_array(&e->arena, ids, sizeof *e->copies);
	e->shallow = arena_alloc_array(&e->arena, ids, sizeof *e->shallow);
	e->externs = arena_alloc_array(&e->arena, externs + 1, sizeof *e->externs);
	e->extern_ids = arena_alloc_array(&e->arena, externs + 1, sizeof *e->extern_ids);
	e->extern_symbols = arena_alloc_array(&e->arena, externs + 1, sizeof *e->extern_symbols);
	return e->maps && e->names && e->copies && e->shallow && e->externs && e->extern_ids &&
			       e->extern_symbols ?
		       0 :
		       -ENOMEM;
}

static int add_info(struct emitting *e)
{
	const char *license = e->bundle->config.license ? e->bundle->config.license : "GPL";
	uint32_t section = object_add_section(&e->w, "license", OBJECT_DATA);
	int err;

	strbuf_add(object_section(&e->w, section), license, strlen(license) + 1);
	if (e->extern_count)
		(void)btf_build_datasec(&e->types, ".ksyms", 0, e->externs, e->extern_count);
	section = object_add_section(&e->w, ".BTF.ext", OBJECT_INFO);
	emit_ext(e, object_section(&e->w, section));
	section = object_add_section(&e->w, ".BTF", OBJECT_INFO);
	err = btf_build_finish(&e->types, object_section(&e->w, section));
	return e->failed ? -ENOMEM : err;
}

static void release(struct emitting *e)
{
	for (struct emit_code *code = e->codes; code; code = code->next) {
		strbuf_release(&code->funcs);
		strbuf_release(&code->lines);
		strbuf_release(&code->fits);
	}
	btf_build_release(&e->types);
	object_writer_release(&e->w);
	arena_release(&e->arena);
}

int emit_object(const struct bundle *bundle, const struct btf *kernel, struct diag *diag,
		struct strbuf *out)
{
	struct emitting e = { .bundle = bundle, .kernel = kernel, .diag = diag };
	int err;

	object_writer_init(&e.w);
	btf_build_init(&e.types);
	err = prepare(&e);
	if (!err)
		err = add_maps(&e);
	for (uint32_t i = 0; i < bundle->prog_count && !err; i++)
		if (bundle->progs[i].attach_count)
			add_prog(&e, &bundle->progs[i]);
	if (!err)
		err = add_info(&e);
	if (!err)
		err = object_write(&e.w, out);
	release(&e);
	return err;
}
