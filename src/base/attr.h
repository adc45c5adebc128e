/*
 * attr.h - the compiler attributes we use, under short names.
 */
#ifndef WAGGLE_BASE_ATTR_H
#define WAGGLE_BASE_ATTR_H

#define PRINTF_LIKE(text, first) __attribute__((__format__(__printf__, text, first)))
#define MUST_USE                 __attribute__((warn_unused_result))
#define UNUSED                   __attribute__((unused))
#define ALWAYS_INLINE            inline __attribute__((always_inline))
#define NO_UBSAN                 __attribute__((no_sanitize("undefined")))
#define NORETURN                 __attribute__((noreturn))
#define LIKELY(x)                __builtin_expect(!!(x), 1)
#define UNLIKELY(x)              __builtin_expect(!!(x), 0)

#endif
