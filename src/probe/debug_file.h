/*
 * debug_file.h - finding the file that has the symbols and the DWARF of a stripped one.
 *
 * By build id it is DIR/.build-id/ab/cdef....debug; by .gnu_debuglink, a name and a checksum, it is beside the
 * file, in its folder .debug, or in DIR under the folder of the file.
 */
#ifndef WAGGLE_PROBE_DEBUG_FILE_H
#define WAGGLE_PROBE_DEBUG_FILE_H

#include "probe/elf_file.h"

/* The debug file of @file (yours: elf_file_free), or NULL.  @dirs and @root as elf_file_set_debug has
 * them. */
struct elf_file *debug_file_open(const struct elf_file *file, const char *dirs, const char *root);

#endif
