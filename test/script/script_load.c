/*
 * script_load.c - from text to programs in the kernel.
 */
#include "script_load.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cpus.h"
#include "probe/catalog.h"
#include "probe/features.h"
#include "run/load.h"
#include "lower/lower.h"

static enum script_outcome load_progs(struct script_load *load)
{
	const struct bundle *bundle = load->bundle;

	load->fds = malloc((bundle->prog_count + 1) * sizeof *load->fds);
	for (uint32_t i = 0; i < bundle->prog_count; i++)
		load->fds[i] = -1;
	for (uint32_t i = 0; i < bundle->prog_count; i++) {
		load->fds[i] = run_load(&load->maps, &bundle->progs[i], &load->diag);
		if (load->fds[i] < 0)
			return SCRIPT_REFUSED;
	}
	return SCRIPT_LOADED;
}

void script_machine_init(struct script_machine *machine)
{
	const struct catalog_options options = { .sys = &sys_linux };

	machine->catalog = catalog_new(&options);
	machine->kernel = kernel_new(NULL, machine->catalog);
	machine->features = features_new(&sys_linux, machine->catalog);
}

void script_machine_release(struct script_machine *machine)
{
	features_free(machine->features);
	catalog_free(machine->catalog);
	kernel_free(machine->kernel);
}

enum script_outcome script_load(struct script_load *load, const struct script_machine *machine,
				const char *text)
{
	struct script_options options = { .kernel = machine->kernel,
					  .catalog = machine->catalog,
					  .unsafe = true };
	struct lower_options lower = { .cpus = cpus_possible(), .features = machine->features };
	struct run_parameters parameters = { 0 };
	struct script *script;
	int err;

	*load = (struct script_load){
		.source = { .name = "script", .text = text, .len = strlen(text) }
	};
	load->diag.source = &load->source;
	err = script_parse(&load->source, &options, &load->arena, &load->diag, &script);
	if (!err)
		err = script_check(script, &options, &load->arena, &load->diag);
	if (err)
		return SCRIPT_WRONG;
	if (script_lower(script, &options, &lower, &load->arena, &load->diag, &load->bundle))
		return SCRIPT_REFUSED;
	load->has_maps = true;
	err = run_maps_make(&load->maps, &sys_linux, load->bundle, &parameters, &load->diag);
	if (err)
		return err == -EPERM || err == -ENOSYS ? SCRIPT_DENIED : SCRIPT_REFUSED;
	return load_progs(load);
}

void script_unload(struct script_load *load)
{
	for (uint32_t i = 0; load->fds && i < load->bundle->prog_count; i++)
		if (load->fds[i] >= 0)
			(void)close(load->fds[i]);
	free(load->fds);
	if (load->has_maps)
		run_maps_release(&load->maps);
	diag_release(&load->diag);
	arena_release(&load->arena);
}
