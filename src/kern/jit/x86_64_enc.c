/*
 * x86_64_enc.c - the rarer instructions, and what the processor can do.
 */
#include "kern/jit/x86_64_enc.h"

#include <cpuid.h>
#include <stddef.h>

/* Writing one word twice is harmless: every thread finds the same. */
static struct x86_features features;
static bool known;

static void detect(struct x86_features *found)
{
	unsigned int a, b, c, d;

	if (__get_cpuid(1, &a, &b, &c, &d))
		found->movbe = c & bit_MOVBE;
	if (__get_cpuid_count(7, 0, &a, &b, &c, &d))
		found->bmi2 = b & bit_BMI2;
}

const struct x86_features *x86_features(void)
{
	struct x86_features found = { 0 };

	if (!__atomic_load_n(&known, __ATOMIC_ACQUIRE)) {
		detect(&found);
		features = found;
		__atomic_store_n(&known, true, __ATOMIC_RELEASE);
	}
	return &features;
}

void x86_features_restrict(const struct x86_features *allowed)
{
	struct x86_features found = { 0 };

	detect(&found);
	features.bmi2 = found.bmi2 && allowed->bmi2;
	features.movbe = found.movbe && allowed->movbe;
	__atomic_store_n(&known, true, __ATOMIC_RELEASE);
}

void x86_mov_imm(struct x86_enc *e, unsigned int reg, uint64_t v)
{
	if (!v) {
		x86_rr(e, X86_XOR, reg, reg);
	} else if (v <= UINT32_MAX) {
		if (reg >= X86_R8)
			x86_u8(e, 0x41);
		x86_u8(e, 0xb8 | (reg & 7));
		x86_u32(e, (uint32_t)v);
	} else if (x86_is32((int64_t)v)) {
		x86_rr(e, 0xc7 | X86_W, 0, reg);
		x86_u32(e, (uint32_t)v);
	} else {
		x86_u8(e, reg >= X86_R8 ? 0x49 : 0x48);
		x86_u8(e, 0xb8 | (reg & 7));
		x86_u64(e, v);
	}
}

void x86_bswap(struct x86_enc *e, unsigned int w, unsigned int reg)
{
	const unsigned int rex = (w ? 0x48 : 0x40) | reg >> 3;

	if (rex != 0x40)
		x86_u8(e, rex);
	x86_u8(e, 0x0f);
	x86_u8(e, 0xc8 | (reg & 7));
}

void x86_vex(struct x86_enc *e, unsigned int w, enum x86_vex op, unsigned int reg, unsigned int rm,
	     unsigned int vvvv)
{
	x86_u8(e, 0xc4);
	x86_u8(e, (reg < X86_R8 ? 0x80u : 0) | 0x40 | (rm < X86_R8 ? 0x20 : 0) | 2);
	x86_u8(e, (w ? 0x80u : 0) | (~vvvv & 15) << 3 | (unsigned int)op >> 8);
	x86_u8(e, op & 0xff);
	x86_u8(e, 0xc0 | (reg & 7) << 3 | (rm & 7));
}

void x86_store_imm(struct x86_enc *e, unsigned int bytes, struct x86_mem mem, int32_t imm)
{
	switch (bytes) {
	case 1: x86_rm(e, 0xc6, 0, mem); break;
	case 2: x86_rm(e, 0xc7 | X86_16, 0, mem); break;
	case 4: x86_rm(e, 0xc7, 0, mem); break;
	default: x86_rm(e, 0xc7 | X86_W, 0, mem); break;
	}
	store_u32(e->p, (uint32_t)imm);
	e->p += bytes < 4 ? bytes : 4;
}

void x86_load_thread_u32(struct x86_enc *e, unsigned int reg, int32_t offset)
{
	x86_u8(e, 0x64); /* fs */
	if (reg >= X86_R8)
		x86_u8(e, 0x44);
	x86_u8(e, 0x8b);
	x86_u8(e, (reg & 7) << 3 | 4); /* no base, no index: the displacement alone */
	x86_u8(e, 0x25);
	x86_u32(e, (uint32_t)offset);
}
