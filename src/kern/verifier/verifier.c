/*
 * verifier.c - one verification, from the request to the verdict.
 */
#include "kern/verifier/verifier.h"

#include <errno.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "kern/verifier/internal.h"

static uint64_t now_ns(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static void free_kept(struct verifier *v)
{
	for (uint32_t i = 0; v->kept && i < v->count; i++)
		while (v->kept[i]) {
			struct state *s = v->kept[i];

			v->kept[i] = s->next;
			state_free(s);
		}
	while (v->dropped) {
		struct state *s = v->dropped;

		v->dropped = s->next;
		state_free(s);
	}
	v->kept_count = 0;
}

static void free_paths(struct verifier *v)
{
	state_free(v->cur);
	v->cur = NULL;
	while (v->pending) {
		struct v_pending *pending = v->pending;

		v->pending = pending->next;
		state_free(pending->s);
		free(pending);
	}
	v->pending_count = 0;
	free_kept(v);
}

/* Verify function @func from its beginning: main, or a global one. */
static int check_func(struct verifier *v, uint32_t func)
{
	int err = 0;

	v->cur = state_new();
	if (!v->cur)
		return -ENOMEM;
	v->cur->frames[0] = frame_new(func, -1, 0);
	if (!v->cur->frames[0])
		return -ENOMEM;
	v->insn = v->funcs[func].start;
	v->prev = UINT32_MAX;
	v->cur->first_insn = v->insn;
	v->cur->in_sleepable = v->req->is_sleepable;
	v->jumps = v->kept_jumps = v->kept_steps = 0;
	v->kept_steps = v->steps;
	if (func)
		err = v_global_enter(v, func);
	else
		reg_set_pointer(&v->cur->frames[0]->regs[1], REG_CTX, 0);
	err = err ? err : v_check_paths(v);
	if (err && !v->out->err)
		v->out->err = err;
	free_paths(v);
	return err;
}

/* Global functions that some path calls, as long as there are any that were not verified. */
static int check_globals(struct verifier *v)
{
	bool again = true;

	while (again) {
		again = false;
		for (uint32_t i = 1; i < v->func_count; i++) {
			int err;

			if (!v->funcs[i].is_global || !v->funcs[i].called ||
			    v->funcs[i].is_verified)
				continue;
			again = v->funcs[i].is_verified = true;
			err = check_func(v, i);
			if (err)
				return err;
		}
	}
	return 0;
}

static int check_request(struct verifier *v)
{
	const struct verifier_request *req = v->req;

	if (!v->row)
		return v_refuse(v, VERIFIER_RULE_TYPE, VERIFIER_NOWHERE,
				"programs of type %u, attach type %u, are not known", req->type,
				req->attach);
	if (!req->count || req->count > ISA_MOST_INSNS)
		return v_refuse(v, VERIFIER_RULE_SIZE, VERIFIER_NOWHERE, "%zu instructions",
				req->count);
	if (req->is_sleepable && !v->row->may_sleep)
		return v_refuse(
			v, VERIFIER_RULE_TYPE, VERIFIER_NOWHERE,
			"Only fentry/fexit/fmod_ret, lsm, iter, uprobe, and struct_ops programs can be sleepable");
	return 0;
}

static int run(struct verifier *v)
{
	int err = check_request(v);

	err = err ? err : v_check_flow(v);
	err = err ? err : check_func(v, 0);
	err = err ? err : check_globals(v);
	err = err ? err : v_check_stack_depth(v);
	if (!err)
		return 0;
	return v->out->err ? v->out->err : err;
}

static void report(struct verifier *v)
{
	v->out->steps = v->steps;
	v->out->func_count = v->func_count;
	for (uint32_t i = 0; i < v->func_count; i++)
		v->out->funcs[i] = (struct verifier_func){ v->funcs[i].start,
							   v->funcs[i].stack_bytes,
							   v->funcs[i].is_global };
}

int verifier_run(const struct verifier_request *request, struct verifier_verdict *verdict)
{
	const uint64_t begin = now_ns();
	struct verifier *v = calloc(1, sizeof *v);
	int err = -ENOMEM;

	memset(verdict, 0, sizeof *verdict);
	if (!v)
		return -ENOMEM;
	v->req = request;
	v->out = verdict;
	v->insns = request->insns;
	v->count = request->count <= ISA_MOST_INSNS ? (uint32_t)request->count : 0;
	v->row = abi_prog_type(request->type, request->attach);
	v->most_steps = request->most_steps ? request->most_steps : V_MOST_STEPS;
	v->info = calloc(v->count + 2, sizeof *v->info);
	v->kept = calloc(v->count + 1, sizeof(struct state *));
	verdict->facts = calloc(v->count + 1, 1);
	if (v->info && v->kept && verdict->facts) {
		verdict->err = run(v);
		err = verdict->err == -ENOMEM ? -ENOMEM : 0;
		report(v);
	}
	verdict->time_ns = now_ns() - begin;
	free_paths(v);
	free(v->info);
	free(v->kept);
	free(v);
	if (err)
		verifier_release(verdict);
	return err;
}

void verifier_release(struct verifier_verdict *verdict)
{
	free(verdict->facts);
	verdict->facts = NULL;
	strbuf_release(&verdict->log);
}
