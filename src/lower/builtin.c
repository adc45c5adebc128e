/*
 * builtin.c - names that stand for a value: pid, comm, nsecs ...
 *
 * What cannot change while a program runs (its process, its CPU's task) is asked for once.
 */
#include "lower/bytes.h"

#include <string.h>
#include <sys/stat.h>

enum { INIT_PID_NAMESPACE = 0xeffffffc }; /* inode of the first one: PROC_PID_INIT_INO of Linux */

static struct ir_value *call0(struct lowering *l, enum ir_type type, int64_t helper)
{
	return lower_call(l, type, helper, NULL, NULL, NULL, NULL, NULL);
}

static struct ir_value *cached_call(struct lowering *l, enum cached what, enum ir_type type,
				    int64_t helper)
{
	if (l->f->cache.values[what])
		return l->f->cache.values[what];
	return lower_cache(l->f, what, call0(l, type, helper));
}

/* --- processes ------------------------------------------------------------------------------- */

/* Ids as our own namespace of processes has them: process (high half) and thread. */
static struct ir_value *namespace_ids(struct lowering *l, const struct stat *st)
{
	struct place info;
	struct ir_value *pid, *tgid, *ids;

	if (l->f->cache.values[CACHED_NS_PID_TGID])
		return l->f->cache.values[CACHED_NS_PID_TGID];
	info = lower_memory(l, 8, false);
	lower_zero(l, info, 8);
	(void)lower_call(l, IR_I64, HELPER_NS_PID_TGID, lower_const(l, IR_I64, st->st_dev),
			 lower_const(l, IR_I64, st->st_ino), lower_place_address(l, info),
			 lower_const(l, IR_I64, 8), NULL);
	pid = ir_build_load(&l->b, IR_I64, info.base, info.offset, 4);
	tgid = ir_build_load(&l->b, IR_I64, info.base, info.offset + 4, 4);
	ids = ir_build_op2(&l->b, IR_OR,
			   ir_build_op2(&l->b, IR_SHL, tgid, lower_const(l, IR_I64, 32)), pid);
	return lower_cache(l->f, CACHED_NS_PID_TGID, ids);
}

/* Does @e ask for the ids of the first namespace: pid(init)? */
static bool asks_init(const struct expr *e)
{
	return e->args && e->args->name && !strcmp(e->args->name, "init");
}

/* Are we in another namespace of processes than the first? */
static bool in_namespace(struct stat *ret_st)
{
	return stat("/proc/self/ns/pid", ret_st) == 0 &&
	       ret_st->st_ino != (ino_t)INIT_PID_NAMESPACE;
}

static struct ir_value *ids(struct lowering *l, const struct expr *e)
{
	struct stat st;

	if (!asks_init(e) && in_namespace(&st))
		return namespace_ids(l, &st);
	return cached_call(l, CACHED_PID_TGID, IR_I64, HELPER_PID_TGID);
}

bool lower_put_ids(struct lowering *l, struct place to)
{
	struct stat st;

	if (in_namespace(&st))
		return false;
	ir_build_store(&l->b, to.base, to.offset, 8,
		       cached_call(l, CACHED_PID_TGID, IR_I64, HELPER_PID_TGID));
	return true;
}

static struct ir_value *half(struct lowering *l, struct ir_value *x, bool is_high)
{
	if (is_high)
		x = ir_build_op2(&l->b, IR_SHR, x, lower_const(l, IR_I64, 32));
	return ir_build_op1(&l->b, IR_TRUNC, IR_I32, x);
}

static struct value number(const struct expr *e, struct ir_value *ir)
{
	return value_reg(e->type, ir);
}

static struct value comm(struct lowering *l, const struct expr *e, const struct place *want)
{
	struct place place = want ? *want : lower_memory(l, 16, false);

	(void)lower_call(l, IR_I64, HELPER_COMM, lower_place_address(l, place),
			 lower_const(l, IR_I64, 16), NULL, NULL, NULL);
	return value_memory(e->type, place);
}

/* --- time ------------------------------------------------------------------------------------ */

static struct value nsecs(struct lowering *l, const struct expr *e)
{
	const char *clock = e->args && e->args->name ? e->args->name : "boot";
	int64_t helper = !strcmp(clock, "monotonic") ? HELPER_KTIME_GET_NS :
			 !strcmp(clock, "tai")       ? HELPER_KTIME_GET_TAI_NS :
			 !strcmp(clock, "sw_tai")    ? HELPER_KTIME_GET_TAI_NS :
						       HELPER_KTIME_GET_BOOT_NS;

	return number(e, call0(l, IR_I64, helper));
}

static struct ir_value *parameter(struct lowering *l, uint32_t *offset)
{
	uint32_t at = lower_parameter(l, offset);

	return ir_build_load(&l->b, IR_I64, lower_map_value(l, l->parameters, 0), at, 8);
}

static struct value elapsed(struct lowering *l, const struct expr *e)
{
	struct ir_value *now = call0(l, IR_I64, HELPER_KTIME_GET_BOOT_NS);

	return number(e, ir_build_op2(&l->b, IR_SUB, now, parameter(l, &l->start_offset)));
}

static struct value cpid(struct lowering *l, const struct expr *e)
{
	struct ir_value *pid = parameter(l, &l->cpid_offset);

	if (e->type->kind == TYPE_BOOL)
		return number(e, lower_convert(l, pid, type_int(8, false), e->type));
	return number(e, ir_build_op1(&l->b, IR_TRUNC, IR_I32, pid));
}

/* --- all ------------------------------------------------------------------------------------- */

static struct value narrow_call(struct lowering *l, const struct expr *e, int64_t helper)
{
	return number(e, ir_build_op1(&l->b, IR_TRUNC, IR_I32, call0(l, IR_I64, helper)));
}

struct value lower_builtin(struct lowering *l, const struct expr *e, const struct place *want)
{
	switch (e->builtin->id) {
	case BUILTIN_PID: return number(e, half(l, ids(l, e), true));
	case BUILTIN_TID: return number(e, half(l, ids(l, e), false));
	case BUILTIN_UID:
	case BUILTIN_USERNAME:
		return number(e, half(l, cached_call(l, CACHED_UID_GID, IR_I64, HELPER_UID_GID),
				      false));
	case BUILTIN_GID:
		return number(e, half(l, cached_call(l, CACHED_UID_GID, IR_I64, HELPER_UID_GID),
				      true));
	case BUILTIN_COMM: return comm(l, e, want);
	case BUILTIN_CPU: return narrow_call(l, e, HELPER_CPU);
	case BUILTIN_NUMAID: return narrow_call(l, e, HELPER_NUMA_NODE);
	case BUILTIN_RAND: return narrow_call(l, e, HELPER_PRANDOM);
	case BUILTIN_NCPUS: return number(e, lower_const(l, IR_I32, l->options->cpus));
	case BUILTIN_CGROUP: return number(e, call0(l, IR_I64, HELPER_CGROUP_ID));
	case BUILTIN_JIFFIES: return number(e, call0(l, IR_I64, HELPER_JIFFIES));
	case BUILTIN_NSECS: return nsecs(l, e);
	case BUILTIN_ELAPSED: return elapsed(l, e);
	case BUILTIN_CPID:
	case BUILTIN_HAS_CPID: return cpid(l, e);
	case BUILTIN_ARGN: return lower_arg(l, e);
	case BUILTIN_ARGS:
	case BUILTIN_CTX:
	case BUILTIN_RETVAL:
	case BUILTIN_FUNC:
	case BUILTIN_CURTASK:
	case BUILTIN_USERMODE:
	case BUILTIN_PROBE:
	case BUILTIN_PROBETYPE: return lower_probe_value(l, e, want);
	case BUILTIN_PPID:
	case BUILTIN_PCOMM:
	case BUILTIN_LEADER_TID:
	case BUILTIN_LEADER_COMM: return lower_task_value(l, e, NULL, want);
	case BUILTIN_KSTACK: return lower_stack(l, e, false, want);
	case BUILTIN_USTACK: return lower_stack(l, e, true, want);
	}
	return lower_function(l, e, want);
}
