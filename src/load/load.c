/*
 * load.c - the order in which an object is loaded, and letting go of it.
 */
#include <errno.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>

#include "load/load_in.h"
#include "sys/bpf.h"

/* Maps as they were before BTF say too little: libbpf has not taken them since 1.0 either. */
static int refuse_old_maps(struct loading *loading)
{
	if (!object_section_size(loading->object, "maps"))
		return 0;
	diag_error(loading->diag, SPAN_NONE,
		   "the object defines maps in section 'maps', as was done before 2020");
	diag_hint(loading->diag, "define them with SEC(\".maps\"): struct { __uint(type, "
				 "BPF_MAP_TYPE_HASH); __type(key, int); __type(value, long); "
				 "__uint(max_entries, 1024); } name SEC(\".maps\");");
	return -EINVAL;
}

static int read_types(struct loading *loading)
{
	size_t size;
	const uint8_t *data = object_bytes(loading->object, ".BTF", &size);
	int err = data ? btf_parse(data, size, loading->diag, &loading->declared) : 0;

	if (!err)
		err = types_make(loading->object, loading->diag, &loading->types);
	if (err)
		return err;
	loading->out.types = loading->types.btf;
	data = object_bytes(loading->object, ".BTF.ext", &size);
	return data && loading->declared ? ext_read(data, size, loading->diag, &loading->ext) : 0;
}

/* A kernel that does not know types, or not these, still may run the programs. */
static void hand_over_types(struct loading *loading)
{
	int fd;

	if (!loading->types.data)
		return;
	fd = sys_btf_load(loading->options.sys, loading->types.data, (uint32_t)loading->types.size,
			  NULL);
	if (fd >= 0) {
		loading->btf_fd = fd;
		return;
	}
	diag_warning(loading->diag, SPAN_NONE, "%s does not take the object's types: %s",
		     loading->options.sys->name, strerror(-fd));
}

static const char *license_of(const struct object *object)
{
	size_t size;
	const uint8_t *text = object_bytes(object, "license", &size);

	return text && memchr(text, 0, size) ? (const char *)text : "";
}

static int run(struct loading *loading)
{
	int err = refuse_old_maps(loading);

	if (!err)
		err = read_types(loading);
	if (err)
		return err;
	hand_over_types(loading);
	loading->license = license_of(loading->object);
	err = load_maps(loading);
	if (!err)
		err = load_progs(loading);
	if (!err)
		err = load_fill_slots(loading);
	return err;
}

int load_object(struct object *object, const struct load_options *options, struct diag *diag,
		struct loaded **ret_loaded)
{
	struct loading *loading = calloc(1, sizeof *loading);
	int err;

	if (!loading)
		return -ENOMEM;
	loading->options = *options;
	loading->object = object;
	loading->out.object = object;
	loading->diag = diag;
	loading->config_map = UINT32_MAX;
	err = run(loading);
	loading->diag = NULL;
	if (err) {
		loaded_free(&loading->out);
		return err;
	}
	*ret_loaded = &loading->out;
	return 0;
}

static void close_fd(const struct loading *loading, int fd)
{
	if (fd >= 0)
		(void)loading->options.sys->close(loading->options.sys, fd);
}

void loaded_free(struct loaded *loaded)
{
	struct loading *loading = (struct loading *)loaded;

	if (!loading)
		return;
	for (size_t i = 0; loaded->progs && i < loaded->prog_count; i++)
		close_fd(loading, loaded->progs[i].fd);
	for (size_t i = 0; loaded->maps && i < loaded->map_count; i++)
		close_fd(loading, loaded->maps[i].fd);
	close_fd(loading, loading->btf_fd ? loading->btf_fd : -1);
	types_release(&loading->types);
	btf_free(loading->declared);
	arena_release(&loading->arena);
	free(loading);
}
