/*
 * waggle/version.h - which libwaggle a program runs with.
 */
#ifndef WAGGLE_VERSION_H
#define WAGGLE_VERSION_H

#ifdef __cplusplus
extern "C" {
#endif

/* "0.1.0": of the library that was loaded, which may be newer than this header.  The text is
 * constant and lives as long as the library does. */
const char *waggle_version(void);

#ifdef __cplusplus
}
#endif

#endif
