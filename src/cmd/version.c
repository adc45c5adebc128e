/*
 * version.c - 'waggle version': what this program is and how it was made.
 */
#include "cmd/command.h"

#include <stdio.h>

#include "config.h"

static int run_version(const struct command_args *args)
{
	(void)args;
	printf("waggle %s\n", WAGGLE_VERSION);
	printf("build:         %s, %s\n", WAGGLE_BUILD_TYPE, WAGGLE_COMPILER);
	printf("architecture:  %s\n", WAGGLE_ARCHITECTURE);
	printf("libelf:        %s\n", WAGGLE_LIBELF_VERSION);
	printf("libdw:         %s\n", WAGGLE_LIBDW_VERSION);
	return EXIT_OK;
}

const struct command command_version = {
	.name = "version",
	.operands = "",
	.summary = "show the version and how the program was built",
	.run = run_version,
};
