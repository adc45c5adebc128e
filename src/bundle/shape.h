/*
 * shape.h - what the bytes of a value mean: enough to print, sort and compare it.
 *
 * A compiler describes with shapes what its programs leave in maps and send in records.  Shapes are
 * immutable, live as long as the bundle, and stand by themselves: nothing has to be looked up in
 * the kernel's types to read a value.
 *
 * The bytes of each kind are in the machine's order:
 *
 *	INT BOOL ENUM POINTER  size bytes (1, 2, 4, 8, 16)
 *	FLOAT        float, double, or long double: size is 4, 8, 16
 *	STRING       size bytes; ends at the first NUL, or is full.  A full one was cut: the session
 *	             adds the trailer of the configuration when the last byte is not NUL
 *	BUFFER       u32 length, then size - 4 bytes, of which 'length' count
 *	INET         u32 address family (AF_INET, AF_INET6), then 16 bytes
 *	MAC          6 bytes
 *	ARRAY        count elements of shape 'of'
 *	TUPLE RECORD STRUCT UNION   fields at their offsets; gaps of keys are zero
 *	KSTACK       i64 id in the stack map 'map'; negative: the helper's error
 *	USTACK       i64 id, u32 process, u32 0; 'map' BUNDLE_NONE: the id is the number of a snapshot
 *	             that was sent by ACTION_SNAPSHOT (bundle.h)
 *	KSYM         u64 address
 *	USYM         u64 address, u32 process, u32 0
 *	TIMESTAMP    u64 nanoseconds of clock 'clock'; 'text' is the format of strftime
 *	CGROUP_PATH  u64 id; 'text' is the pattern of hierarchies, or NULL
 *	USERNAME     u32 user id
 *	PROBE        u32 index into bundle->names
 *
 * Aggregates are the values of tables (bundle.h); what stands in the kernel's map on each CPU:
 *
 *	COUNT SUM    i64
 *	MIN MAX      i64 value, u64 whether it is set
 *	AVG STATS    i64 total, u64 count
 *	HIST LHIST   u64 count: one map element for each bucket
 *	TSERIES      u64 epoch, i64 value, u64 count (avg, sum), or when it was set (last value):
 *	             one map element for each of 'buckets' epochs, by epoch modulo their number
 */
#ifndef WAGGLE_BUNDLE_SHAPE_H
#define WAGGLE_BUNDLE_SHAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum shape_kind {
	SHAPE_INT,
	SHAPE_BOOL,
	SHAPE_ENUM,
	SHAPE_FLOAT,
	SHAPE_POINTER,
	SHAPE_STRING,
	SHAPE_BUFFER,
	SHAPE_INET,
	SHAPE_MAC,
	SHAPE_ARRAY,
	SHAPE_TUPLE,
	SHAPE_RECORD,
	SHAPE_STRUCT,
	SHAPE_UNION,
	SHAPE_KSTACK,
	SHAPE_USTACK,
	SHAPE_KSYM,
	SHAPE_USYM,
	SHAPE_TIMESTAMP,
	SHAPE_CGROUP_PATH,
	SHAPE_USERNAME,
	SHAPE_PROBE,
	/* aggregates: SHAPE_COUNT and those behind it */
	SHAPE_COUNT,
	SHAPE_SUM,
	SHAPE_MIN,
	SHAPE_MAX,
	SHAPE_AVG,
	SHAPE_STATS,
	SHAPE_HIST,
	SHAPE_LHIST,
	SHAPE_TSERIES,
};

struct shape_field {
	const char *name; /* "" in tuples, and of anonymous members */
	const struct shape *shape;
	uint32_t offset;     /* bytes */
	uint32_t bit_offset; /* bitfields: from the start of the struct */
	uint32_t bit_count;  /* 0: no bitfield */
};

struct shape_enumerator {
	const char *name;
	uint64_t value; /* as the enum's type extends it */
};

enum shape_stack_mode {
	STACK_BPFTRACE, /* symbol+offset */
	STACK_PERF,     /* address symbol+offset (module) */
	STACK_RAW,      /* addresses */
	STACK_BUILD_ID, /* user stacks: build id and offset in the file */
};

enum shape_series {
	SERIES_LAST,
	SERIES_AVG,
	SERIES_SUM,
	SERIES_MIN,
	SERIES_MAX,
};

enum shape_clock {
	CLOCK_BOOT, /* nanoseconds since the machine was started, sleep included */
	CLOCK_MONO,
	CLOCK_TAI_TIME,
	CLOCK_REAL, /* since 1970 */
};

struct shape {
	enum shape_kind kind;
	uint32_t size;          /* bytes of one value, as above; aggregates: on one CPU */
	uint32_t align;         /* 1, 2, 4, 8 */
	bool is_signed;         /* INT, ENUM; aggregates */
	uint32_t count;         /* ARRAY: elements; fields; enumerators */
	const struct shape *of; /* ARRAY; POINTER, or NULL */
	const char *name;       /* STRUCT, UNION, ENUM; or NULL */
	const struct shape_field *fields;
	const struct shape_enumerator *enumerators;

	const char *text;            /* TIMESTAMP, CGROUP_PATH */
	enum shape_clock clock;      /* TIMESTAMP; TSERIES: whose nanoseconds the epochs count */
	enum shape_stack_mode stack; /* KSTACK, USTACK */
	uint32_t depth;              /* KSTACK, USTACK: most frames */
	uint32_t map;                /* KSTACK, USTACK: number of the stack map in the bundle */

	uint32_t buckets;         /* HIST, LHIST, TSERIES: elements of the map for each key */
	uint32_t bits;            /* HIST: each power of two is divided into 2^bits */
	int64_t min, max;         /* LHIST */
	uint64_t step;            /* LHIST: width of a bucket; TSERIES: nanoseconds of one */
	enum shape_series series; /* TSERIES */
};

/* Histograms.  HIST: bucket 0 is for negative numbers; then one for each of 0 .. 2^(bits+1) - 1; then,
 * for each power of two from 2^(bits+1) on, 2^bits of equal width.  LHIST: bucket 0 is for numbers
 * below min; then one for each step; the last for max and above. */

#endif
