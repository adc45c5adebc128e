/*
 * both.h - the same calls of bpf(2) on two kernels: what each says is written down and compared.
 *
 * A scene makes calls through 'sys' and writes down what comes back.  Numbers that differ between kernels by
 * right (descriptors, ids, times) are not written.
 */
#ifndef TEST_BOTH_H
#define TEST_BOTH_H

#include "base/strbuf.h"
#include "kern/syscall/attr.h"
#include "sys/sys.h"

struct both {
	const struct sys *sys;
	struct strbuf said;
};

/* Call @command with @attr (all of it) and write down the result: an errno's name, or "ok". */
int both_call(struct both *both, const char *what, int command, union attr *attr);
/* The same with another size. */
int both_call_sized(struct both *both, const char *what, int command, void *attr, size_t bytes);
/* Write down a line. */
void both_say(struct both *both, const char *format, ...) PRINTF_LIKE(2, 3);
void both_say_bytes(struct both *both, const char *what, const void *bytes, size_t len);
/* Close @fd if it is one. */
void both_close(struct both *both, int fd);

static inline uint64_t both_address(const void *p)
{
	return (uintptr_t)p;
}

/* Scenes: both_maps.c, both_progs.c */
void scene_attr_sizes(struct both *both);
void scene_map_create(struct both *both);
void scene_map_elements(struct both *both);
void scene_map_access(struct both *both);
void scene_map_info(struct both *both);
void scene_map_memory(struct both *both);
void scene_map_batch(struct both *both);
void scene_prog_load(struct both *both);
void scene_prog_info(struct both *both);
void scene_run_skb(struct both *both);
void scene_run_skb_context(struct both *both);
void scene_run_xdp(struct both *both);
void scene_run_others(struct both *both);
void scene_btf(struct both *both);
void scene_links(struct both *both);

#endif
