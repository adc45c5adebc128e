/*
 * version.h - kernels by number, as the tables' columns 'since' say which one was the first.
 */
#ifndef WAGGLE_ABI_VERSION_H
#define WAGGLE_ABI_VERSION_H

/* 5.15 is 0x050f: later kernels are greater. */
#define ABI_KERNEL(major, minor) (((major) << 8) | (minor))

#endif
