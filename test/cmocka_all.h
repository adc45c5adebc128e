/*
 * cmocka_all.h - cmocka with the headers that its own one needs before it.
 */
#ifndef WAGGLE_TEST_CMOCKA_ALL_H
#define WAGGLE_TEST_CMOCKA_ALL_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#endif
