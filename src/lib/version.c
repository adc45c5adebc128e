/*
 * version.c - the library's version.
 */
#include "waggle/version.h"

#include "config.h"
#include "lib/public.h"

WAGGLE_PUBLIC const char *waggle_version(void)
{
	return WAGGLE_VERSION;
}
