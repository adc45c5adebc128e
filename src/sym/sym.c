/*
 * sym.c - names of addresses, put together: which process, which file, which function.
 *
 * Nothing is allocated for an address whose function was named before.
 */
#include "sym/sym.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "sym/demangle.h"
#include "sym/files.h"
#include "sym/intern.h"
#include "sym/kallsyms.h"
#include "sym/lines.h"
#include "sym/process.h"
#include "sym/watch.h"

#define KALLSYMS_PATH "/proc/kallsyms"

/* An address that is not in what is known may be in what was mapped since; but not every unknown
 * address is worth reading it all again. */
static const uint64_t reread_ns = UINT64_C(100000000);

struct sym {
	struct sym_options options;
	struct arena arena; /* all names */
	struct intern names;
	struct kallsyms kernel;
	bool is_kernel_read;
	int kernel_err;
	struct files files;
	struct processes processes;
	struct watch *watch; /* NULL: nothing is watched */
};

struct sym *sym_new(const struct sym_options *options)
{
	struct sym *sym = calloc(1, sizeof *sym);

	if (!sym)
		return NULL;
	sym->options = *options;
	sym->names.arena = &sym->arena;
	sym->processes.names = &sym->names;
	if (files_init(&sym->files, &sym->arena, &sym->names, options->debug_dirs)) {
		free(sym);
		return NULL;
	}
	sym->files.wants_lines = options->lines;
	return sym;
}

void sym_free(struct sym *sym)
{
	if (!sym)
		return;
	watch_free(sym->watch);
	kallsyms_release(&sym->kernel);
	processes_release(&sym->processes);
	files_release(&sym->files);
	intern_release(&sym->names);
	arena_release(&sym->arena);
	free(sym);
}

/* --- the kernel ------------------------------------------------------------------------------- */

static void read_kernel(struct sym *sym)
{
	if (sym->is_kernel_read)
		return;
	sym->is_kernel_read = true;
	sym->kernel_err = kallsyms_read(&sym->kernel, KALLSYMS_PATH);
	if (!sym->kernel_err && sym->kernel.is_hidden)
		sym->kernel_err = -EPERM;
}

int sym_need_kernel(struct sym *sym, struct diag *diag)
{
	read_kernel(sym);
	if (sym->kernel_err == -EPERM) {
		diag_warning(diag, SPAN_NONE,
			     "the kernel hides the addresses of its functions, "
			     "so they are shown as numbers");
		diag_hint(diag, "run as root with sysctl kernel.kptr_restrict=0 or 1, "
				"or give CAP_SYSLOG");
	} else if (sym->kernel_err) {
		diag_warning(diag, SPAN_NONE,
			     "cannot read '%s': %s; kernel functions are shown as numbers",
			     KALLSYMS_PATH, strerror(-sym->kernel_err));
	}
	return sym->kernel_err;
}

bool sym_kernel(struct sym *sym, uint64_t address, struct sym_frame *ret_frame)
{
	const struct kallsym *symbol;

	*ret_frame = (struct sym_frame){ 0 };
	read_kernel(sym);
	symbol = kallsyms_at(&sym->kernel, address);
	if (!symbol)
		return false;
	ret_frame->name = kallsyms_text(&sym->kernel, symbol->name);
	ret_frame->offset = address - symbol->address;
	if (symbol->module)
		ret_frame->module = kallsyms_text(&sym->kernel, symbol->module);
	return true;
}

uint64_t sym_kernel_address(struct sym *sym, const char *name)
{
	const struct kallsym *symbol;

	if (!sym->is_kernel_read)
		return kallsyms_find(KALLSYMS_PATH, name);
	symbol = kallsyms_named(&sym->kernel, name);
	return symbol ? symbol->address : 0;
}

/* --- processes -------------------------------------------------------------------------------- */

/* A process that runs the same program as @process and whose mappings are known, or NULL. */
static struct process *find_sibling(struct sym *sym, const struct process *process)
{
	char path[32];
	struct stat stat_of, other_stat;

	(void)snprintf(path, sizeof path, "/proc/%u/exe", process->pid);
	if (stat(path, &stat_of))
		return NULL;
	for (struct process *other = sym->processes.newest; other; other = other->older) {
		if (!other->space || other == process || other->has_ended)
			continue;
		(void)snprintf(path, sizeof path, "/proc/%u/exe", other->pid);
		if (!stat(path, &other_stat) && other_stat.st_ino == stat_of.st_ino &&
		    other_stat.st_dev == stat_of.st_dev)
			return other;
	}
	return NULL;
}

static void read_process(struct sym *sym, struct process *process)
{
	const struct process *sibling = sym->options.cache == SYM_PER_PROGRAM && !process->read_ns ?
						find_sibling(sym, process) :
						NULL;

	if (sibling) {
		space_put(process->space);
		process->space = space_get(sibling->space);
		process->read_ns = now_ns();
	} else {
		(void)process_read(&sym->processes, process);
	}
}

static struct process *find_process(struct sym *sym, uint32_t pid)
{
	struct process *process = process_get(&sym->processes, pid);

	if (!process)
		return NULL;
	if (!process->has_ended &&
	    ((!process->space && !process->read_ns) || sym->options.cache == SYM_NONE))
		read_process(sym, process);
	return process;
}

static struct mapping *find_mapping(struct sym *sym, struct process *process, uint64_t address)
{
	struct mapping *mapping = process->space ? space_at(process->space, address) : NULL;

	if (!mapping && !process->has_ended && now_ns() - process->read_ns > reread_ns) {
		(void)process_read(&sym->processes, process);
		mapping = process->space ? space_at(process->space, address) : NULL;
	}
	if (!mapping && process->before)
		mapping = space_at(process->before, address);
	return mapping;
}

/* --- files ------------------------------------------------------------------------------------ */

static bool name_by_perfmap(struct sym *sym, struct process *process, uint64_t address,
			    struct sym_frame *ret_frame)
{
	const struct perf_symbol *symbol = perfmap_at(&process->perfmap, address);
	const uint64_t now = now_ns();

	if (!symbol && (!process->perfmap_ns || now - process->perfmap_ns > reread_ns)) {
		process->perfmap_ns = now;
		(void)perfmap_read(&process->perfmap, process->pid, &sym->arena);
		symbol = perfmap_at(&process->perfmap, address);
	}
	if (!symbol)
		return false;
	ret_frame->name = symbol->name;
	ret_frame->offset = address - symbol->address;
	return true;
}

/* Where a user address is. */
struct place {
	struct process *process;
	struct mapping *mapping;
	struct symfile *file; /* NULL: none */
	uint64_t address;     /* as the file's symbols count; without a file, as given */
};

static bool find_place(struct sym *sym, uint32_t pid, uint64_t address, struct place *ret_place)
{
	struct place *place = ret_place;
	uint64_t offset;

	place->file = NULL;
	place->process = find_process(sym, pid);
	place->mapping = place->process ? find_mapping(sym, place->process, address) : NULL;
	if (!place->mapping)
		return false;
	place->address = address;
	place->file = files_of(&sym->files, place->mapping, pid, false);
	if (!place->file)
		return true;
	offset = address - place->mapping->start + place->mapping->offset;
	if (!symtab_address(files_symbols(&sym->files, place->file, pid), offset, &place->address))
		place->address = offset;
	return true;
}

/* The name of @symbol, demangled the first time. */
static const char *name_of(struct sym *sym, struct symbol *symbol)
{
	struct strbuf readable = { 0 };
	const char *name = NULL;

	if (symbol->is_final)
		return symbol->name;
	symbol->is_final = true;
	if (sym->options.demangle && demangle(symbol->name, &readable))
		name = arena_strndup(&sym->arena, readable.data, readable.len);
	strbuf_release(&readable);
	if (name)
		symbol->name = name;
	return symbol->name;
}

static bool name_place(struct sym *sym, const struct place *place, uint64_t address,
		       struct sym_frame *ret_frame)
{
	struct symbol *symbol = place->file ? symtab_at(&place->file->table, place->address) : NULL;

	ret_frame->module = place->mapping->path;
	if (symbol) {
		ret_frame->name = name_of(sym, symbol);
		ret_frame->offset = place->address - symbol->address;
		return true;
	}
	if (name_by_perfmap(sym, place->process, address, ret_frame))
		return true;
	ret_frame->offset = place->address;
	return ret_frame->module != NULL;
}

bool sym_user(struct sym *sym, uint32_t pid, uint64_t address, struct sym_frame *ret_frame)
{
	struct place place;

	*ret_frame = (struct sym_frame){ 0 };
	return find_place(sym, pid, address, &place) && name_place(sym, &place, address, ret_frame);
}

bool sym_user_build_id(struct sym *sym, uint32_t pid, uint64_t address,
		       uint8_t ret_id[BUILD_ID_BYTES], uint64_t *ret_offset)
{
	struct place place;

	if (!find_place(sym, pid, address, &place) || !place.file ||
	    !place.file->table.build_id_len)
		return false;
	memset(ret_id, 0, BUILD_ID_BYTES);
	memcpy(ret_id, place.file->table.build_id, place.file->table.build_id_len);
	*ret_offset = address - place.mapping->start + place.mapping->offset;
	return true;
}

/* From one function to its caller.  A return address is behind the call, which may be the last of
 * its function: the call itself is looked up. */
static bool step(struct sym *sym, uint32_t pid, const struct unwind_stack *stack, bool is_exact,
		 struct unwind_registers *registers, bool *ret_is_signal)
{
	const struct unwind_table *frames;
	const struct unwind_row *row = NULL;
	struct place place;

	*ret_is_signal = false;
	if (!find_place(sym, pid, registers->ip - !is_exact, &place))
		return false;
	if (place.file) {
		frames = files_frames(&sym->files, place.file, place.mapping, pid);
		row = unwind_find(frames, place.address);
	}
	if (!row || row->rule == UNWIND_UNKNOWN)
		return unwind_by_frame(stack, registers);
	*ret_is_signal = row->rule == UNWIND_SIGNAL;
	return unwind_step(row, stack, place.file->machine, registers);
}

unsigned int sym_unwind(struct sym *sym, uint32_t pid, const struct sym_registers *registers,
			const void *stack, size_t bytes, uint64_t *ret_addresses, unsigned int most)
{
	const struct unwind_stack copy = { .data = stack, .len = bytes, .address = registers->sp };
	struct unwind_registers now = {
		.ip = registers->ip,
		.sp = registers->sp,
		.fp = registers->fp,
		.lr = registers->lr,
	};
	unsigned int count = 0;
	bool is_exact = true;

	while (count < most) {
		ret_addresses[count++] = now.ip;
		if (!step(sym, pid, &copy, is_exact, &now, &is_exact))
			break;
	}
	return count;
}

/* The name that linkers know as something to read; it is kept. */
static const char *readable_name(struct sym *sym, const char *name)
{
	struct strbuf readable = { 0 };
	const char *kept = NULL;

	if (name && sym->options.demangle && demangle(name, &readable))
		kept = intern(&sym->names, readable.data, readable.len);
	strbuf_release(&readable);
	return kept ? kept : name;
}

/* Put the functions that DWARF knows at the place in front of and around the symbol @frames[0]. */
static unsigned int add_lines(struct sym *sym, const struct place *place, struct sym_frame *frames,
			      unsigned int most)
{
	enum { MOST_INLINED = 64 };
	struct line_frame found[MOST_INLINED];
	const struct sym_frame symbol = frames[0];
	const unsigned int count = lines_at(place->file->lines, place->address, found,
					    most < MOST_INLINED ? most : MOST_INLINED);

	for (unsigned int i = 0; i < count; i++) {
		const bool is_last = i + 1 == count;

		frames[i] = is_last ? symbol : (struct sym_frame){ .module = symbol.module };
		frames[i].is_inlined = !is_last;
		frames[i].file = found[i].file;
		frames[i].line = found[i].line;
		if (!is_last || !symbol.name)
			frames[i].name = readable_name(sym, found[i].name);
	}
	return count ? count : 1;
}

unsigned int sym_user_inlined(struct sym *sym, uint32_t pid, uint64_t address, bool is_return,
			      struct sym_frame *ret_frames, unsigned int most)
{
	struct place place;

	if (!most)
		return 0;
	ret_frames[0] = (struct sym_frame){ 0 };
	if (!find_place(sym, pid, address - is_return, &place) ||
	    !name_place(sym, &place, address - is_return, &ret_frames[0]))
		return 0;
	ret_frames[0].offset += is_return;
	if (!place.file || !place.file->lines)
		return 1;
	return add_lines(sym, &place, ret_frames, most);
}

/* --- watching --------------------------------------------------------------------------------- */

void sym_note(struct sym *sym, uint32_t pid)
{
	struct process *process = process_get(&sym->processes, pid);

	if (process)
		(void)process_read(&sym->processes, process);
}

/* Note the processes that are there: when they end, it is too late. */
static void note_all(struct sym *sym)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;

	while (proc && (entry = readdir(proc)) && sym->processes.count < MOST_PROCESSES / 2)
		if (isdigit((unsigned char)entry->d_name[0]))
			sym_note(sym, (uint32_t)strtoul(entry->d_name, NULL, 10));
	if (proc)
		(void)closedir(proc);
}

int sym_watch(struct sym *sym, struct diag *diag)
{
	int err = sym->watch ? 0 :
			       watch_new(sym->options.sys, &sym->processes, &sym->files, diag,
					 &sym->watch);

	if (!err)
		note_all(sym);
	return err;
}

int sym_fd(const struct sym *sym)
{
	return sym->watch ? watch_fd(sym->watch) : -1;
}

void sym_poll(struct sym *sym)
{
	if (sym->watch)
		watch_poll(sym->watch);
}
