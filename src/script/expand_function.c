/*
 * expand_function.c - functions of the kernel, also those that go by another name today.
 *
 * Scripts live longer than the names of functions.  What is not there is looked up among those that were
 * renamed, and what serves instead is taken, with a warning that says so; unless the script asks for
 * arguments that mean something else there.
 */
#include <errno.h>
#include <string.h>

#include "probe/catalog.h"
#include "script/expand.h"

/* On entry of a system call's function, the arguments are in a struct pt_regs that the first one points at. */
static bool has_other_args(const char *name)
{
	return !strncmp(name, "__x64_sys_", 10) || !strncmp(name, "__arm64_sys_", 12);
}

static void hint_tracepoint(const struct expanding *x, const struct catalog_instead *instead,
			    struct diag *diag)
{
	if (instead->tracepoint)
		diag_hint(diag, "tracepoint:%s tells the same%s", instead->tracepoint,
			  x->uses_argn ? ", and its args have names" : "");
}

/* Is there a function that the probe at work can take? */
static const char *choose(const struct expanding *x, const struct catalog_instead *instead)
{
	for (uint32_t i = 0; i < instead->function_count; i++)
		if (!x->uses_argn || !has_other_args(instead->functions[i]))
			return instead->functions[i];
	return NULL;
}

static int find_instead(struct expanding *x, struct diag *diag)
{
	const struct attach *a = x->written;
	const uint64_t before = x->total;
	struct catalog_instead instead;
	const char *name;

	if (a->has_wildcard || a->offset || !a->name ||
	    !catalog_function_instead(x->options->catalog, a->name, &instead))
		return 0;
	name = choose(x, &instead);
	if (!name) {
		diag_error(diag, a->span, "this kernel has no function '%s' to probe", a->name);
		if (instead.function_count)
			diag_hint(diag,
				  "'%s' does its work, but has its arguments in the struct "
				  "pt_regs that arg0 points at",
				  instead.functions[0]);
		hint_tracepoint(x, &instead, diag);
		return -ENOENT;
	}
	x->is_instead = true;
	(void)expand_found(x, a->target, NULL, name);
	x->is_instead = false;
	if (x->total == before) /* it is in the list, too */
		return 1;
	diag_warning(diag, a->span, "this kernel has no function '%s': '%s' is taken instead",
		     a->name, name);
	if (x->uses_argn)
		diag_hint(diag, "see that its arguments are the same");
	hint_tracepoint(x, &instead, diag);
	return 1;
}

int expand_function(struct expanding *x, struct diag *diag)
{
	const struct attach *a = x->written;
	const bool is_typed = a->provider->id == PROVIDER_FENTRY ||
			      a->provider->id == PROVIDER_FEXIT;
	int count;

	/* an address, or a program of BPF */
	if (a->is_address || (is_typed && a->target && !strcmp(a->target, "bpf")))
		return expand_add(x, a), 1;
	count = catalog_functions(x->options->catalog, a->target, a->name, is_typed, expand_found,
				  x, diag);
	if (count == 0 || count == -ENOENT)
		return find_instead(x, diag);
	return count;
}
