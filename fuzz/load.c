/*
 * load.c - bytecode of any bytes: refused with a reason, or run without harm, alike by both engines.
 *
 * The input is the program's bytes.  What the machine takes is run in guarded mode and limited, by
 * the interpreter and by the JIT.  They must end the same way, unless the program reads
 * what nobody wrote (defined.h).
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "defined.h"
#include "machine.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MOST_STEPS = 1 << 14 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct fuzz_machine *machine;
	static struct insn insns[FUZZ_MOST_INSNS];
	static struct fuzz_outcome interpreted, compiled;
	const size_t count = size / sizeof insns[0];
	struct diag diag = { 0 };

	if (!machine) {
		machine = fuzz_machine_new(false);
		if (!machine)
			abort();
		fuzz_machine_limit(machine, MOST_STEPS);
	}
	if (count > FUZZ_MOST_INSNS)
		return 0;
	memcpy(insns, data, count * sizeof insns[0]);
	fuzz_machine_load(machine, insns, count, 0);
	if (fuzz_machine_run(machine, &fuzz_engines[FUZZ_ENGINE_BOTH], &diag, &interpreted)) {
		if (!diag.error_count)
			abort(); /* refused, and nobody knows why */
		diag_release(&diag);
		return 0;
	}
	diag_release(&diag);
	if (fuzz_machine_run(machine, &fuzz_engines[FUZZ_ENGINE_BOTH_JIT], NULL, &compiled))
		return 0; /* there is no JIT for this processor */
	if (!fuzz_outcome_equal(&interpreted, &compiled) && fuzz_is_defined(insns, count))
		abort();
	return 0;
}
