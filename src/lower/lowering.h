/*
 * lowering.h - the inside of the lowering: its state, and what its files share.
 *
 *	lower.c      scripts: settings, kernel maps, the bundle
 *	prog.c       probes: which programs they become, where those attach
 *	shape.c      types to shapes: how values lie in memory
 *	value.c      values: reading, writing, converting; memory of the program
 *	expr.c       expressions
 *	stmt.c       statements, variables
 *	map.c        tables: keys, plain values
 *	aggregate.c  count() and its kin
 *	action.c     printf and what else is done outside
 *	builtin.c    builtins
 *	call.c       functions
 *	system.c     functions that reach further: signals, symbols, sockets, packets
 *	field.c      fields, elements, pointers: reading memory
 *	args.c       what the probe gives: arguments, registers, the task
 *	usdt.c       arguments of USDT probes
 *	compare.c    comparisons of strings, tuples, arrays
 *	string.c     functions of strings
 *	glob.c       patterns
 *	rounds.c     loops over the bytes of strings
 *	names.c      names of errors, signals, system calls
 *	stack.c      stacks
 *	unwound.c    stacks without frame pointers
 *	loop.c       loops of the script
 *	join.c       join()
 *
 * Values.  What an expression is worth is a struct value, and 'at' says where it is.  Scalars
 * (integers, bool, enums, pointers, and the types of one number: ksym_t, username_t ...) are as wide as
 * their shape.  All others are bytes in memory, laid out as shape.h says; never by type->size.
 *
 * Where the result goes.  Who wants bytes at some place passes it ('want'), with room for the
 * expression's type; whoever can makes them there at once.  Who passes none gets them wherever they happen to
 * be: in a map, in the context, in the kernel's memory, not read yet.
 *
 * Padding.  A string that can become a key must be zero behind its NUL.  So strings made in memory of one's
 * own, in variables and in maps always are, and those made where they were wanted if want->is_padded.
 *
 * Errors.  lower_refuse reports what cannot be done, once for each expression, and sets l->err; all goes on with some
 * harmless value (lower_nothing), so that several errors are found.
 *
 * The builder.  l->b always has a current block, except between an end and the next ir_build_at;
 * lower_unreachable gives code behind 'return' one to go to.
 */
#ifndef WAGGLE_LOWER_LOWERING_H
#define WAGGLE_LOWER_LOWERING_H

#include "ir/ir_build.h"
#include "script/ast.h"
#include "script/kernel.h"
#include "lower/lower.h"

struct lowering;

/* --- values ---------------------------------------------------------------------------------- */

enum at {
	AT_NOWHERE, /* it has none: void */
	AT_REG,     /* a scalar: 'ir', of lower_ir_type(type) */
	AT_TEXT,    /* a string that is known: text, text_len */
	AT_MEMORY,  /* the bytes at 'ir' (a ptr) + offset; loads work there */
	AT_POINTED, /* the bytes at 'ir' + offset of the memory of 'space', which must be read first */
};

struct value {
	const struct type *type;
	enum at at;
	struct ir_value *ir;
	int32_t offset;
	enum space space; /* POINTED */
	/* The verifier knows what 'ir' points at: it is a ptr from its types, and plain loads read there.
	 * REG: a pointer; 'ir' is a ptr then, not an i64.  POINTED: the struct's address. */
	bool is_typed;
	bool is_ended; /* POINTED, a string: it ends at its NUL, and what is behind may not be there */
	const char *text;
	size_t text_len;
};

/* Memory of the program: on the stack, in scratch, in a map, in a record. */
struct place {
	struct ir_value *base; /* a ptr */
	int32_t offset;
	uint32_t align; /* that its address has for sure: 1, 2, 4, 8 */
	bool is_padded; /* strings written there must be zero behind the NUL: a key */
	bool has_room;  /* a NUL may be written behind what belongs there */
};

static inline struct place place_at(struct place place, uint32_t offset)
{
	place.offset += (int32_t)offset;
	place.has_room = false;
	while (place.align > 1 && offset % place.align)
		place.align /= 2;
	return place;
}

/* --- the script ------------------------------------------------------------------------------ */

struct lower_config {
	uint64_t max_map_keys;
	uint32_t max_strlen;
	uint32_t on_stack_limit;
	const char *stack_mode;
	struct bundle_config bundle;
};

/* A map of the script: a bundle_table and how programs get at it. */
struct table {
	const struct map *map;
	struct bundle_table out; /* key and value are filled in at the end */
	const struct shape *key; /* layout: NULL when it has no key */
	const struct shape *value;
	uint32_t key_bytes; /* of the kernel map, with the bucket */
	uint32_t bucket_offset;
	bool has_buckets;
	const struct expr *key_from; /* what the first key and value came from: for shapes */
	const struct expr *value_from;
};

/* A variable that is visible: scalars that nobody else needs are variables of the builder; all others are in
 * memory. */
struct binding {
	struct binding *next;
	const struct variable *variable;
	const struct type *type;
	bool in_memory;
	uint32_t var;           /* of the builder */
	struct place place;     /* of shape(type)->size bytes */
	struct binding *length; /* of a stack that is measured: an i64 beside it; or NULL */
};

/* Memory that expressions use, and that others use again when their statement is over. */
struct temporary {
	struct temporary *next;
	struct place place;
	uint32_t bytes;
	uint32_t used_at; /* 0: free */
};

/* Per-CPU memory for what is too large for the stack: a kernel map of its own for each program, found
 * once. */
struct scratch {
	uint32_t map; /* BUNDLE_NONE: not wanted yet */
	uint32_t bytes;
	struct ir_value *pointer;
	struct ir_value *key; /* the store of it */
	bool is_borrowed;     /* of the function that calls this one, which also sees to its size */
};

/* Where 'return' goes: NULL block: the program ends. */
struct returning {
	struct ir_block *block;
	struct binding *result;
};

/* Where 'break' and 'continue' go. */
struct looping {
	struct looping *outer;
	struct ir_block *after;
	struct ir_block *next;
	const struct rounds *rounds; /* that must be left by rounds_leave; or NULL */
};

/* What the context of a program is, its first argument. */
enum context {
	CONTEXT_NONE, /* nothing of use */
	CONTEXT_REGS, /* struct pt_regs: probes of functions; it is the first part of that of perf events */
	CONTEXT_RECORD, /* of a tracepoint, as tracefs describes it */
	CONTEXT_ARGS,   /* u64 args[]: raw tracepoints */
	CONTEXT_TYPED, /* the same, of types that the verifier knows: fentry, fexit, typed tracepoints */
	CONTEXT_ITER,    /* struct bpf_iter__* */
	CONTEXT_SYSCALL, /* args[] of sys_enter or sys_exit, for one of the system calls */
};

/* What a program is made for: attach points that one program can serve. */
struct prog_group {
	const struct probe *probe;
	const struct provider *provider;
	struct bundle_prog out;
	const struct attach *first; /* of those it serves */
	enum context context;
	uint32_t args_bytes; /* TYPED: of the function; behind them is what it returns */
	uint32_t first_name; /* in l->names, its name */
	struct ir_value
		*name;     /* the number of the name, where the program has to find it out anyway */
	int64_t *syscalls; /* SYSCALL: by number, one more than the name's; 0: not asked for */
	bool is_exit;      /* SYSCALL: of sys_exit */
	bool is_branchy; /* so many ways lead through it that the verifier must not learn of each: lower_aside */
	uint32_t served; /* attach points */
};

/* What is the same throughout a run of the program: asked for once, where that comes before all uses. */
enum cached {
	CACHED_PERCPU, /* element of the per-CPU array of aggregates */
	CACHED_PID_TGID,
	CACHED_NS_PID_TGID,
	CACHED_UID_GID,
	CACHED_TASK,
	CACHED_COOKIE,
	CACHED_COUNT,
};
struct cache {
	struct ir_value *values[CACHED_COUNT];
};

/* The function at work. */
struct lower_fn {
	struct ir_fn *fn;
	struct ir_block *prelude; /* dominates what is being lowered; has no end yet */
	struct ir_block *prelude_next;
	uint32_t frame_bytes; /* of slots */
	struct temporary *temporaries;
	uint32_t uses; /* of temporaries, counted */
	struct scratch scratch;
	struct binding *bindings;
	struct returning returning;
	struct looping *loop;
	struct ir_value *context; /* PARAM 0, once it is wanted */
	unsigned int inlined;     /* calls around this place */
	struct cache cache;
	bool in_chain; /* of conditions that must all hold for the rest of the program to run */
};

/* What is cached in code that may not run is not known behind it: keep l->f->cache before, and put it back
 * there. */
static inline struct ir_value *lower_cache(struct lower_fn *f, enum cached what,
					   struct ir_value *value)
{
	f->cache.values[what] = value;
	return value;
}

struct lowering {
	struct script *script;
	const struct script_options *script_options;
	const struct lower_options *options;
	struct arena *arena;
	struct diag *diag;
	struct types *types;
	struct lower_config config;
	int err;
	bool no_memory;

	struct table *tables; /* one for each of script->maps, in order */
	uint32_t table_count;
	struct bundle_map *maps;
	uint32_t map_count, map_size;
	struct bundle_prog *progs;
	uint32_t prog_count, prog_size;
	struct bundle_action *actions;
	uint32_t action_count, action_size;
	struct bundle_check *checks;
	uint32_t check_count, check_size;
	const char **names;
	uint32_t name_count, name_size;

	/* maps that are made when they are first wanted; BUNDLE_NONE before */
	uint32_t globals, percpu, counters, parameters, zeroes, data_ring, control_ring, bits;
	uint32_t globals_bytes, percpu_bytes, counter_bytes, parameter_bytes, zero_bytes;
	uint32_t lost_offset, cpid_offset, start_offset;
	bool has_data;           /* some probe puts records into the data ring */
	uint32_t unknown_offset; /* in counters: a u64 that nobody changes */

	/* The program at work: its functions, of which the first is entered by the kernel. */
	struct prog_group *group;
	struct ir_fn **fns;
	uint32_t fn_count, fn_size;
	struct bundle_fit *fits; /* of the program, by number of RELOC */
	uint32_t fit_count, fit_size;
	struct ir_builder b;
	struct lower_fn *f;
};

/* --- lower.c --------------------------------------------------------------------------------- */

/* Report an error at @span. */
void lower_refuse(struct lowering *l, struct span span, const char *format, ...) PRINTF_LIKE(3, 4);
/* A value to go on with: zero. */
struct value lower_nothing(struct lowering *l, const struct type *type);
/* Zeroed memory that lives as long as the bundle; NULL, and l->no_memory, when there is none. */
void *lower_alloc(struct lowering *l, size_t count, size_t size);
/* The array with room for one more than its @count elements; or NULL, as above. */
void *lower_grow(struct lowering *l, void *array, uint32_t count, uint32_t *size, size_t each);
bool lower_has(const struct lowering *l, unsigned int feature); /* enum feature */

/* The BTF id of the kernel's function @name that programs may call; 0: there is none. */
uint32_t lower_kfunc(struct lowering *l, const char *name);

uint32_t lower_add_map(struct lowering *l, struct bundle_map map);
/* A u64 of the counters: its offset. */
uint32_t lower_counter(struct lowering *l);
/* The address of a u64 that is 1. */
struct ir_value *lower_one(struct lowering *l);
uint32_t lower_lost_counter(struct lowering *l);
uint32_t lower_parameter(struct lowering *l, uint32_t *offset); /* one of l's *_offset */
uint32_t lower_data_ring(struct lowering *l);
uint32_t lower_control_ring(struct lowering *l);
uint32_t lower_name(struct lowering *l, const char *name); /* its index in bundle->names */
/* A pointer to 8 bytes of zeroes that the verifier takes for any number. */
struct ir_value *lower_unknown_zero(struct lowering *l);
/* A pointer to at least @bytes of zeroes, which cannot be written. */
struct ir_value *lower_zeroes(struct lowering *l, uint32_t bytes);
/* The address of @offset in element 0 of array @map. */
struct ir_value *lower_map_value(struct lowering *l, uint32_t map, uint32_t offset);

/* --- prog.c ---------------------------------------------------------------------------- */

int lower_probe(struct lowering *l, const struct probe *probe);
/* A function of the program at work; its number is that of IR_FUNCTION and IR_CALL_FN. */
struct ir_fn *lower_add_fn(struct lowering *l, const char *name, uint32_t *ret_number);
/* Begin to build @fn with @f, which is zeroed; lower_fn_end when its last block has its end.  In between, others
 * may be built, if l->f and l->b are kept. */
void lower_fn_begin(struct lowering *l, struct lower_fn *f, struct ir_fn *fn);
int lower_fn_end(struct lowering *l);

/* --- shape.c --------------------------------------------------------------------------- */

/* How values of @type lie in memory, and how they are shown.  @from: the expression it comes from, which
 * says what the type does not (a format of strftime, the mode of a stack), or NULL. */
const struct shape *lower_shape(struct lowering *l, const struct type *type,
				const struct expr *from);
uint32_t lower_size(struct lowering *l, const struct type *type);
/* Is it a scalar: at home in a register? */
bool lower_is_scalar(const struct type *type);
enum ir_type lower_ir_type(const struct type *type);
/* A tuple's shape of these parts, laid out from offset @at on. */
struct shape *lower_tuple_shape(struct lowering *l, uint32_t count, uint32_t at,
				const struct type *const *types, const struct expr *const *from);

/* --- value.c --------------------------------------------------------------------------- */

struct value value_reg(const struct type *type, struct ir_value *ir);
struct value value_memory(const struct type *type, struct place place);

struct ir_value *lower_const(struct lowering *l, enum ir_type type, uint64_t value);
/* Calls of helpers (enum lower_helper); unused arguments are NULL.  The result is an i64, or a ptr. */
struct ir_value *lower_call(struct lowering *l, enum ir_type type, int64_t helper,
			    struct ir_value *a, struct ir_value *b, struct ir_value *c,
			    struct ir_value *d, struct ir_value *e);

/* @bytes of memory of the program's own, with any contents: on the stack, or scratch if they are many.
 * It is free again when lower_release is called with a mark set before, unless it is @lasting. */
struct place lower_memory(struct lowering *l, uint32_t bytes, bool lasting);
/* The address of the scratch, which there is from now on. */
struct ir_value *lower_scratch(struct lowering *l);
uint32_t lower_mark(const struct lowering *l);
void lower_release(struct lowering *l, uint32_t mark);
/* The prelude is over: give it its end. */
void lower_finish_prelude(struct lowering *l);
/* base + offset as a ptr */
struct ir_value *lower_address(struct lowering *l, struct ir_value *base, int64_t offset);
static inline struct ir_value *lower_place_address(struct lowering *l, struct place place)
{
	return lower_address(l, place.base, place.offset);
}

/* The scalar itself, read from where it is.  Not for values without one. */
struct ir_value *lower_scalar(struct lowering *l, struct value value);
/* ... as the scalar @type: widened, narrowed, made bool. */
struct ir_value *lower_scalar_as(struct lowering *l, struct value value, const struct type *type);
struct ir_value *lower_convert(struct lowering *l, struct ir_value *ir, const struct type *from,
			       const struct type *to);
/* The value in memory of the program, for helpers that want an address: as @type. */
struct value lower_in_memory(struct lowering *l, struct value value, const struct type *type);
/* Write @value as a @type to @to; strings are cut or padded, tuples converted part by part. */
void lower_store(struct lowering *l, struct value value, const struct type *type, struct place to);
void lower_zero(struct lowering *l, struct place to, uint32_t bytes);
void lower_copy(struct lowering *l, struct place to, struct ir_value *from, int32_t offset,
		uint32_t bytes, uint32_t align);

/* --- expr.c ---------------------------------------------------------------------------- */

/* @want: where bytes are welcome; or NULL.  The result need not be there. */
struct value lower_expr(struct lowering *l, const struct expr *e, const struct place *want);
/* lower_expr and lower_store. */
void lower_expr_into(struct lowering *l, const struct expr *e, const struct type *type,
		     struct place to);
struct ir_value *lower_expr_as(struct lowering *l, const struct expr *e, const struct type *type);
/* Go to @yes if @e is true, else to @no. */
void lower_condition(struct lowering *l, const struct expr *e, struct ir_block *yes,
		     struct ir_block *no);
/* x op y, of a type of 64 bits; @span for warnings */
/* x op y of two i64, where y is not 0; IR_DIV, IR_SDIV, IR_MOD, IR_SMOD. */
struct ir_value *lower_quotient(struct lowering *l, enum ir_op op, struct ir_value *x,
				struct ir_value *y);
struct ir_value *lower_arithmetic(struct lowering *l, enum op op, bool is_signed,
				  struct ir_value *x, struct ir_value *y);
/* @x (an integer) for a comparison: where the program has many ways and rounds, of the comparison the verifier
 * learns nothing about @x itself.  What it learned would differ on each way, and as soon as one of them
 * depends on it, it would follow every way by itself, times those before, through all that comes behind. */
struct ir_value *lower_aside(struct lowering *l, struct ir_value *x);
/* A bool: 1 where control came by @yes, 0 by @no, joined in a new current block. */
struct ir_value *lower_bool(struct lowering *l, struct ir_block *yes, struct ir_block *no);

/* --- stmt.c ---------------------------------------------------------------------------- */

/* Statements of @block; its value, if it has one. */
struct value lower_block(struct lowering *l, const struct block *block, const struct place *want);
void lower_return(struct lowering *l, struct ir_value *value); /* NULL: 0 */
/* A block for code that cannot be reached, when there is no current one. */
void lower_unreachable(struct lowering *l);
struct binding *lower_bind(struct lowering *l, const struct variable *variable,
			   const struct type *type, bool in_memory);
struct binding *lower_binding(struct lowering *l,
			      const struct variable *variable); /* made if new */
struct value lower_variable(struct lowering *l, struct binding *binding);
void lower_set_variable(struct lowering *l, struct binding *binding, struct value value);

/* --- map.c ----------------------------------------------------------------------------- */

int lower_tables(struct lowering *l);
struct table *lower_table(struct lowering *l, const struct map *map);
/* The key of @args in memory: NULL where the table has none. */
struct ir_value *lower_key(struct lowering *l, struct table *table, const struct expr *args,
			   uint32_t count);
/* bpf_map_lookup_elem: a ptr, maybe NULL. */
struct ir_value *lower_lookup(struct lowering *l, const struct table *table, struct ir_value *key);
/* bpf_map_update_elem; failures are counted for the table.  There is a current block afterwards. */
void lower_update(struct lowering *l, struct table *table, struct ir_value *key,
		  struct ir_value *value, uint64_t flags);
/* The same for a key that was not found, which is rare: without a branch, the sign of the result is added to
 * the failures.  Only 32 bits of it count: before Linux 6.4 the result is an int. */
void lower_insert(struct lowering *l, struct table *table, struct ir_value *key,
		  struct ir_value *value);
/* Where the value of a table without key lies: in the array of all such. */
struct place lower_global(struct lowering *l, const struct table *table);
/* Add 1 to the counter at @offset. */
void lower_count(struct lowering *l, uint32_t offset);
/* Count an error of @helper at the current place. */
void lower_count_error(struct lowering *l, const char *helper);
/* With -k: count it if @result, of @helper, is negative. */
void lower_check_result(struct lowering *l, struct ir_value *result, const char *helper);
struct value lower_map_read(struct lowering *l, const struct expr *e, const struct place *want);
void lower_map_assign(struct lowering *l, const struct stmt *s);
/* '@x++'; @is_used: its value matters. */
struct value lower_map_step(struct lowering *l, const struct expr *e, bool is_used);
struct value lower_map_call(struct lowering *l,
			    const struct expr *e); /* delete, has_key, find, len */

/* --- aggregate.c ----------------------------------------------------------------------- */

void lower_aggregate(struct lowering *l, const struct expr *target, const struct expr *call);
struct value lower_aggregate_read(struct lowering *l, struct table *table, struct ir_value *key);

/* --- action.c -------------------------------------------------------------------------- */

/* Actions that are functions: printf, print, exit ...; false: @e is none. */
bool lower_action(struct lowering *l, const struct expr *e);
/* Have the map that is the first argument of call @e emptied by the session. */
void lower_clear(struct lowering *l, const struct expr *e);

enum {
	SKB_HEAD_BYTES = 20, /* in front of a packet: action, time, length */
	MOST_PACKET = 2048,
};
/* The record of @size bytes (a value) at @place, but for the number of @action, which it gets.  The result is
 * an i64: 0 when it was sent. */
struct ir_value *lower_send_bytes(struct lowering *l, const struct bundle_action *action,
				  struct place place, struct ir_value *size);
void lower_join(struct lowering *l, const struct expr *e); /* join.c */
/* The packet of @bytes (a value, at most MOST_PACKET) at @place + SKB_HEAD_BYTES goes to the file @path. */
void lower_send_packet(struct lowering *l, const struct expr *e, const char *path,
		       struct place place, struct ir_value *bytes);

/* --- args.c ---------------------------------------------------------------------------- */

/* Where the probe was hit, or of one of a function's return, that function: an i64. */
struct ir_value *lower_probe_address(struct lowering *l);

/* --- system.c -------------------------------------------------------------------------- */

/* False: @e is none of its functions. */
bool lower_system(struct lowering *l, const struct expr *e, const struct place *want,
		  struct value *ret_value);

/* --- builtin.c, call.c, field.c -------------------------------------------- */

/* Store the process (upper half) and thread of the moment, 8 bytes; false: they are those of another
 * namespace, and nothing was done. */
bool lower_put_ids(struct lowering *l, struct place to);
struct value lower_builtin(struct lowering *l, const struct expr *e, const struct place *want);
struct value lower_function(struct lowering *l, const struct expr *e, const struct place *want);
struct value lower_field(struct lowering *l, const struct expr *e, const struct place *want);
struct value lower_element(struct lowering *l, const struct expr *e, const struct place *want);
struct value lower_index(struct lowering *l, const struct expr *e, const struct place *want);
struct value lower_dereference(struct lowering *l, const struct expr *e);
/* What @pointer (a value of pointer type) points at + offset, as a @type. */
struct value lower_pointed(struct lowering *l, struct value pointer, const struct type *type,
			   int32_t offset);
/* Read @bytes of a POINTED value into @to: with plain loads where they work. */
void lower_fetch(struct lowering *l, struct value value, struct place to, uint32_t bytes);
/* bpf_probe_read_kernel or _user of @bytes at @address; failures leave zeroes, and are counted with -k. */
void lower_probe_read(struct lowering *l, enum space space, struct place to, uint32_t bytes,
		      struct ir_value *address);
/* bpf_probe_read_kernel_str or _user_str: at most @bytes, and a NUL; padded if @to asks for it. */
void lower_read_string(struct lowering *l, enum space space, struct place to, uint32_t bytes,
		       struct ir_value *address);
/* ... of what is at @address of @space as a @type: a scalar. */
struct ir_value *lower_read(struct lowering *l, enum space space, const struct type *type,
			    struct ir_value *address);

/* --- args.c ---------------------------------------------------------------------------- */

/* The context as a pointer. */
struct ir_value *lower_context(struct lowering *l);
/* Which space pointers of unknown origin are of in this probe. */
enum space lower_default_space(const struct lowering *l);
struct value lower_arg(struct lowering *l, const struct expr *e); /* arg0 ... */
/* The same of a USDT probe (usdt.c). */
struct value lower_usdt_arg(struct lowering *l, const struct expr *e);
/* The field @e of args or ctx. */
struct value lower_args_field(struct lowering *l, const struct expr *e);
/* Builtins that depend on the probe: ctx, retval, func, curtask, usermode, probe, probetype. */
struct value lower_probe_value(struct lowering *l, const struct expr *e, const struct place *want);
/* ppid, pcomm, leader_tid, leader_comm: of @task, or NULL for that of the moment. */
struct value lower_task_value(struct lowering *l, const struct expr *e, const struct expr *task,
			      const struct place *want);
/* SYSCALL: the number of the system call. */
struct ir_value *lower_syscall_number(struct lowering *l);
/* SYSCALL: go on when the number is one of this machine's system calls.  Those that a program of 32 bits makes, or any
 * by 'int $0x80', have others; the kernel's own tracepoints of system calls pass over them, too. */
void lower_test_compat(struct lowering *l, struct ir_block *other);
/* reg("name") */
struct value lower_register(struct lowering *l, const struct expr *e);
int lower_reg_offset(const char *name); /* in struct pt_regs; -1: there is none called so */
/* The kernel's task_struct of the moment, as a value of @type (a pointer to it). */
struct value lower_current_task(struct lowering *l, const struct type *type);

/* Helpers of the kernel, by their numbers (include/uapi/linux/bpf.h). */
enum lower_helper {
	HELPER_MAP_LOOKUP = 1,
	HELPER_MAP_UPDATE = 2,
	HELPER_MAP_DELETE = 3,
	HELPER_KTIME_GET_NS = 5,
	HELPER_TRACE_PRINTK = 6,
	HELPER_PRANDOM = 7,
	HELPER_CPU = 8,
	HELPER_PID_TGID = 14,
	HELPER_UID_GID = 15,
	HELPER_COMM = 16,
	HELPER_PERF_EVENT_OUTPUT = 25,
	HELPER_CURRENT_TASK = 35,
	HELPER_PROBE_WRITE_USER = 36,
	HELPER_NUMA_NODE = 42,
	HELPER_SOCKET_COOKIE = 46,
	HELPER_OVERRIDE_RETURN = 58,
	HELPER_CGROUP_ID = 80,
	HELPER_SEND_SIGNAL = 109,
	HELPER_PROBE_READ_USER = 112,
	HELPER_PROBE_READ_KERNEL = 113,
	HELPER_PROBE_READ_USER_STR = 114,
	HELPER_PROBE_READ_KERNEL_STR = 115,
	HELPER_SEND_SIGNAL_THREAD = 117,
	HELPER_JIFFIES = 118,
	HELPER_NS_PID_TGID = 120,
	HELPER_ANCESTOR_CGROUP_ID = 123,
	HELPER_KTIME_GET_BOOT_NS = 125,
	HELPER_RINGBUF_OUTPUT = 130,
	HELPER_RINGBUF_RESERVE = 131,
	HELPER_RINGBUF_SUBMIT = 132,
	HELPER_RINGBUF_DISCARD = 133,
	HELPER_RINGBUF_QUERY = 134,
	HELPER_PER_CPU_PTR = 153,
	HELPER_CURRENT_TASK_BTF = 158,
	HELPER_FOR_EACH_MAP_ELEM = 164,
	HELPER_FUNC_IP = 173,
	HELPER_ATTACH_COOKIE = 174,
	HELPER_TASK_PT_REGS = 175,
	HELPER_MAP_LOOKUP_PERCPU = 195,
	HELPER_KTIME_GET_TAI_NS = 208,
};

#endif
