/*
 * element.c - the commands of bpf(2) that work on elements of a map, one or many at a time.
 *
 * What they do is kern/map/access.h's; here, descriptors become maps and the caller's memory is copied.
 */
#include "kern/syscall/map_object.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <stdlib.h>

#include "base/bits.h"
#include "kern/map/access.h"
#include "kern/syscall/prog_object.h"
#include "kern/syscall/user.h"

/* --- Descriptors as elements ------------------------------------------------------------------- */

static int file_map(void *data, int fd, struct map **ret_map)
{
	struct map_object *map;
	int err = map_object_find(data, fd, &map, NULL);

	if (!err)
		*ret_map = map_get(map->map);
	return err;
}

/* --- A command under way ----------------------------------------------------------------------- */

struct element {
	struct map_object *object;
	struct map_files files;
	struct map_view view;
	uint8_t *key;
	uint8_t *value;
};

static size_t value_bytes(const struct element *element)
{
	return map_value_bytes(element->view.map);
}

static void element_release(struct element *element)
{
	free(element->key);
	free(element->value);
}

/* Look at the map that the caller's @fd is a descriptor of. */
static int element_view(struct call *call, struct element *element, uint32_t fd)
{
	int mode, err = map_object_find(call, (int)fd, &element->object, &mode);

	if (err)
		return err;
	element->files = (struct map_files){ .data = call, .map = file_map };
	element->view = (struct map_view){ .map = element->object->map,
					   .may_read = mode != O_WRONLY,
					   .may_write = mode != O_RDONLY,
					   .files = &element->files };
	return 0;
}

/* The same, with room for a key and a value. */
static int element_init(struct call *call, struct element *element)
{
	int err;

	*element = (struct element){ 0 };
	err = element_view(call, element, call->attr.elem.map_fd);
	if (err)
		return err;
	element->key = malloc(element->view.map->key_size + 1);
	element->value = calloc(1, value_bytes(element));
	if (element->key && element->value)
		return 0;
	element_release(element);
	return -ENOMEM;
}

/* What a command is refused for before it looks at the caller's memory. */
static int may_access(const struct element *element, bool reads, bool writes)
{
	if (reads && !element->view.may_read)
		return -EPERM;
	if (writes && (!element->view.may_write || element->view.map->is_frozen))
		return -EPERM;
	return 0;
}

/* Maps without keys must be given none. */
static int read_key(const struct call *call, struct element *element)
{
	const uint32_t bytes = element->view.map->key_size;

	if (!bytes)
		return call->attr.elem.key ? -EINVAL : 0;
	return user_read(call->caller, element->key, call->attr.elem.key, bytes);
}

static const void *key_of(const struct element *element)
{
	return element->view.map->key_size ? element->key : NULL;
}

static bool has_lock(const struct map *map)
{
	for (uint32_t i = 0; i < map->field_count; i++)
		if (map->fields[i].kind == MAP_FIELD_SPIN_LOCK)
			return true;
	return false;
}

static int check_lock(const struct element *element, uint64_t flags)
{
	return flags & MAP_LOCK && !has_lock(element->view.map) ? -EINVAL : 0;
}

/* --- Programs as elements ---------------------------------------------------------------------- */

static int read_member(struct element *element)
{
	uint32_t index = load_u32(element->key);

	if (index >= element->view.map->max_entries || !element->object->members[index])
		return -ENOENT;
	store_u32(element->value, element->object->members[index]->id);
	return 0;
}

static int write_member(const struct call *call, struct element *element, uint64_t flags)
{
	uint32_t index = load_u32(element->key);
	struct prog_object *prog;
	int err;

	if (flags != BPF_ANY)
		return -EINVAL;
	if (index >= element->view.map->max_entries)
		return -E2BIG;
	err = prog_object_find(call, (int)load_u32(element->value), &prog);
	if (err)
		return err;
	(void)prog_array_set(element->view.map, index, prog_object_code(prog));
	object_get(&prog->object);
	object_put(call->kernel, element->object->members[index]);
	element->object->members[index] = &prog->object;
	return 0;
}

static int remove_member(const struct call *call, struct element *element)
{
	uint32_t index = load_u32(element->key);
	int err = map_delete_elem(&element->view, element->key);

	if (err)
		return err;
	object_put(call->kernel, element->object->members[index]);
	element->object->members[index] = NULL;
	return 0;
}

/* --- One element ------------------------------------------------------------------------------- */

static int lookup(struct call *call, struct element *element)
{
	const uint64_t flags = call->attr.elem.flags;
	int err = may_access(element, true, false);

	if (!err)
		err = check_lock(element, flags);
	if (!err)
		err = read_key(call, element);
	/* Bloom filters are asked for a value. */
	if (!err && element->view.map->ops->peek)
		err = user_read(call->caller, element->value, call->attr.elem.value,
				value_bytes(element));
	if (!err)
		err = element->object->members ? read_member(element) :
						 map_lookup_elem(&element->view, key_of(element),
								 element->value, flags);
	return err ? err :
		     user_write(call->caller, call->attr.elem.value, element->value,
				value_bytes(element));
}

static int update(struct call *call, struct element *element)
{
	const uint64_t flags = call->attr.elem.flags;
	int err = may_access(element, false, true);

	if (!err)
		err = check_lock(element, flags);
	if (!err)
		err = read_key(call, element);
	if (!err)
		err = user_read(call->caller, element->value, call->attr.elem.value,
				value_bytes(element));
	if (err)
		return err;
	return element->object->members ?
		       write_member(call, element, flags) :
		       map_update_elem(&element->view, key_of(element), element->value, flags);
}

static int delete (struct call *call, struct element *element)
{
	int err = may_access(element, false, true);

	if (!err)
		err = read_key(call, element);
	if (err)
		return err;
	return element->object->members ? remove_member(call, element) :
					  map_delete_elem(&element->view, key_of(element));
}

static int next_key(struct call *call, struct element *element)
{
	const uint32_t bytes = element->view.map->key_size;
	const bool is_first = !call->attr.elem.key;
	uint8_t *next;
	int err = may_access(element, true, false);

	if (!err && !is_first)
		err = read_key(call, element);
	if (err)
		return err;
	next = malloc(bytes + 1);
	if (!next)
		return -ENOMEM;
	err = map_next_key(&element->view, is_first ? NULL : element->key, next);
	if (!err)
		err = user_write(call->caller, call->attr.elem.value, next, bytes);
	free(next);
	return err;
}

static int take(struct call *call, struct element *element)
{
	const uint64_t flags = call->attr.elem.flags;
	int err = may_access(element, true, true);

	if (!err)
		err = check_lock(element, flags);
	if (!err)
		err = read_key(call, element);
	if (!err)
		err = map_take_elem(&element->view, key_of(element), element->value, flags);
	return err ? err :
		     user_write(call->caller, call->attr.elem.value, element->value,
				value_bytes(element));
}

static int on_element(struct call *call, int (*command)(struct call *call, struct element *element))
{
	struct element element;
	int err = element_init(call, &element);

	if (err)
		return err;
	err = command(call, &element);
	element_release(&element);
	return err;
}

int call_map_lookup(struct call *call)
{
	return call->attr.elem.flags & ~(uint64_t)MAP_LOCK ? -EINVAL : on_element(call, lookup);
}

int call_map_update(struct call *call)
{
	return on_element(call, update);
}

int call_map_delete(struct call *call)
{
	return on_element(call, delete);
}

int call_map_next_key(struct call *call)
{
	return on_element(call, next_key);
}

int call_map_lookup_and_delete(struct call *call)
{
	return call->attr.elem.flags & ~(uint64_t)MAP_LOCK ? -EINVAL : on_element(call, take);
}

int call_map_freeze(struct call *call)
{
	struct element element = { 0 };
	int err = element_view(call, &element, call->attr.elem.map_fd);

	if (!err)
		err = map_freeze(&element.view);
	/* Nobody may map the values to write any more; our own mapping stays. */
	if (!err && fcntl(element.object->object.fd, F_ADD_SEALS, F_SEAL_FUTURE_WRITE))
		err = -errno;
	return err;
}

/* --- Many elements ----------------------------------------------------------------------------- */

/* Linux copies an element at a time; here all are at once, so there is a limit. */
enum { MOST_BATCH_BYTES = 1 << 28 };

enum batch_command { BATCH_LOOKUP, BATCH_TAKE, BATCH_UPDATE, BATCH_DELETE };

/* Copies of what the caller has, in one block: keys, values, where to go on. */
struct batch_memory {
	uint8_t *keys, *values, *in, *out;
	size_t key_bytes, value_bytes, resume_bytes; /* of one */
};

static int batch_alloc(struct batch_memory *memory, const struct map *map, uint32_t count)
{
	memory->key_bytes = map->key_size;
	memory->value_bytes = map_value_bytes(map);
	memory->resume_bytes = map_resume_bytes(map);
	if (count > MOST_BATCH_BYTES / (memory->key_bytes + memory->value_bytes))
		return -ENOMEM;
	memory->keys = calloc(1, count * (memory->key_bytes + memory->value_bytes) +
					 2 * memory->resume_bytes + 1);
	if (!memory->keys)
		return -ENOMEM;
	memory->values = memory->keys + count * memory->key_bytes;
	memory->in = memory->values + count * memory->value_bytes;
	memory->out = memory->in + memory->resume_bytes;
	return 0;
}

static int batch_read(const struct call *call, const struct batch_memory *memory,
		      enum batch_command command)
{
	const uint32_t count = call->attr.batch.count;
	int err;

	if (command == BATCH_LOOKUP || command == BATCH_TAKE)
		return call->attr.batch.in_batch ?
			       user_read(call->caller, memory->in, call->attr.batch.in_batch,
					 memory->resume_bytes) :
			       0;
	err = user_read(call->caller, memory->keys, call->attr.batch.keys,
			count * memory->key_bytes);
	if (!err && command == BATCH_UPDATE)
		err = user_read(call->caller, memory->values, call->attr.batch.values,
				count * memory->value_bytes);
	return err;
}

static int batch_run(const struct map_view *view, struct map_batch *batch,
		     enum batch_command command)
{
	switch (command) {
	case BATCH_LOOKUP: return map_batch_lookup(view, batch);
	case BATCH_TAKE: return map_batch_take(view, batch);
	case BATCH_UPDATE: return map_batch_update(view, batch);
	case BATCH_DELETE: return map_batch_delete(view, batch);
	}
	return -EINVAL;
}

/* What was read goes to the caller when all went well, or the map came to its end. */
static int batch_write(struct call *call, const struct batch_memory *memory,
		       enum batch_command command, uint32_t done, int result)
{
	const bool reads = command == BATCH_LOOKUP || command == BATCH_TAKE;
	int err = 0;

	if (reads && (!result || result == -ENOENT)) {
		err = user_write(call->caller, call->attr.batch.keys, memory->keys,
				 done * memory->key_bytes);
		if (!err)
			err = user_write(call->caller, call->attr.batch.values, memory->values,
					 done * memory->value_bytes);
		if (!err && !result)
			err = user_write(call->caller, call->attr.batch.out_batch, memory->out,
					 memory->resume_bytes);
	}
	call->attr.batch.count = done;
	if (!err && result != -EFAULT)
		err = CALL_RETURN(call, batch.count);
	return err ? err : result;
}

static int on_batch(struct call *call, enum batch_command command)
{
	struct batch_memory memory = { 0 };
	struct element element = { 0 };
	struct map_batch batch;
	int err = element_view(call, &element, call->attr.batch.map_fd);

	if (!err)
		err = may_access(&element, command <= BATCH_TAKE, command != BATCH_LOOKUP);
	if (!err)
		err = batch_alloc(&memory, element.view.map, call->attr.batch.count);
	if (!err)
		err = batch_read(call, &memory, command);
	if (!err) {
		batch = (struct map_batch){
			.in = call->attr.batch.in_batch ? memory.in : NULL,
			.out = memory.out,
			.keys = memory.keys,
			.values = memory.values,
			.count = call->attr.batch.count,
			.elem_flags = call->attr.batch.elem_flags,
			.flags = call->attr.batch.flags,
		};
		err = batch_run(&element.view, &batch, command);
		err = batch_write(call, &memory, command, batch.count, err);
	}
	free(memory.keys);
	return err;
}

int call_map_lookup_batch(struct call *call)
{
	return on_batch(call, BATCH_LOOKUP);
}

int call_map_take_batch(struct call *call)
{
	return on_batch(call, BATCH_TAKE);
}

int call_map_update_batch(struct call *call)
{
	return on_batch(call, BATCH_UPDATE);
}

int call_map_delete_batch(struct call *call)
{
	return on_batch(call, BATCH_DELETE);
}
