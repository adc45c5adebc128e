/*
 * emit.h - a bundle as an ELF object, which libbpf loads on other machines.
 *
 * What becomes of a bundle:
 *
 *	programs   one function each, in the section that tells libbpf where it attaches: "kprobe/vfs_read".
 *	           Places that no name of a section can say (USDT probes, addresses without a symbol, timers and
 *	           events) give the kind alone: "uprobe", "perf_event"; the loader attaches them.  So do
 *	           begin, end and the like, which are run once ("raw_tp")
 *	callbacks  functions of .text
 *	maps       .maps, with BTF of their keys and values; arrays of one element whose insides
 *	           programs address become sections of data: .data.NAME, .rodata.NAME
 *	fits       CO-RE relocations in .BTF.ext, with the structs they are about in .BTF
 *	places     line information: libbpf shows the script's lines when the verifier refuses a program
 *	kernel     functions and variables of the kernel are externs of .ksyms
 */
#ifndef WAGGLE_EMIT_EMIT_H
#define WAGGLE_EMIT_EMIT_H

#include "base/diag.h"
#include "btf/btf.h"
#include "bundle/bundle.h"

/* Append the object to @out.  The bundle was lowered for it (lower_options.for_object) with the types of
 * @kernel, which may be NULL if it needs none.  0; -ENOTSUP with what no object can hold in @diag; -ENOMEM. */
int emit_object(const struct bundle *bundle, const struct btf *kernel, struct diag *diag,
		struct strbuf *out);

#endif
