/*
 * btf_object.c - BPF_BTF_LOAD.
 */
#include "kern/syscall/btf_object.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

#include "base/diag.h"
#include "kern/syscall/log.h"
#include "kern/syscall/user.h"

enum {
	MOST_BTF_BYTES = 16 << 20, /* the kernel's BTF_MAX_SIZE */
	TOKEN_FD = 1 << 16,
};

static void btf_object_free(struct embedded *kernel, struct object *object)
{
	struct btf_object *btf = (struct btf_object *)object;

	(void)kernel;
	btf_free(btf->btf);
	free(btf->data);
	free(btf);
}

static int parse(struct call *call, struct btf_object *btf)
{
	const struct log_given given = { call->attr.btf_load.btf_log_buf,
					 call->attr.btf_load.btf_log_size,
					 call->attr.btf_load.btf_log_level };
	struct diag diag = { 0 };
	struct strbuf log = { 0 };
	void *data;
	int err = log_check(&given), log_err;

	if (!err)
		err = user_copy(call->caller, call->attr.btf_load.btf, call->attr.btf_load.btf_size,
				MOST_BTF_BYTES, &data);
	if (err)
		return err;
	btf->data = data;
	btf->bytes = call->attr.btf_load.btf_size;
	err = btf_parse(btf->data, btf->bytes, &diag, &btf->btf);
	diag_render(&diag, &log);
	log_err = log_write(call, &given, &log, &call->attr.btf_load.btf_log_true_size);
	strbuf_release(&log);
	diag_release(&diag);
	return log_err ? log_err : err;
}

int call_btf_load(struct call *call)
{
	struct btf_object *btf;
	int err;

	if (call->attr.btf_load.btf_flags & ~(uint32_t)TOKEN_FD)
		return -EINVAL;
	if (call->attr.btf_load.btf_flags & TOKEN_FD)
		return -EBADF; /* there are no tokens */
	if (call->attr.btf_load.btf_size > MOST_BTF_BYTES)
		return -E2BIG;
	btf = calloc(1, sizeof *btf);
	if (!btf)
		return -ENOMEM;
	btf->object.free = btf_object_free;
	err = parse(call, btf);
	if (!err)
		err = object_init(call->kernel, &btf->object, OBJECT_BTF, "btf", 0);
	if (err) {
		btf_object_free(call->kernel, &btf->object);
		return err;
	}
	err = object_open(call, &btf->object, O_RDONLY);
	object_put(call->kernel, &btf->object);
	return err;
}

int btf_object_get(const struct call *call, int fd, struct btf_object **ret_btf)
{
	struct object *object;
	int err = object_find(call, fd, OBJECT_BTF, &object, NULL);

	if (!err)
		*ret_btf = (struct btf_object *)object_get(object);
	return err;
}

const struct btf *embedded_linux_btf(struct embedded *kernel)
{
	if (!kernel->btf && !kernel->has_no_btf)
		kernel->has_no_btf = btf_open("/sys/kernel/btf/vmlinux", NULL, &kernel->btf) != 0;
	return kernel->btf;
}
