/*
 * mib.c - names of managed objects: the tree of RFC 1156, and the makers of devices of its time.
 *
 * An object identifier is a path in a tree of numbers, seven bits a byte and the first two numbers in
 * one.  Common beginnings are left out or abbreviated.
 */
#include "dissect/mib.h"

#include <string.h>

/* The tree in the order of a walk: below a row are the rows that follow it with a greater depth. */
struct object {
	uint8_t depth;
	uint8_t number;
	const char *name;
};

static const struct object objects[] = {
#define MIB_OBJECT(depth, number, name) { depth, number, name },
#include "dissect/mib.def"
#undef MIB_OBJECT
};

#define BEGINNING(prefix, ...)                                                                     \
	{                                                                                          \
		prefix, (const uint8_t[]){ __VA_ARGS__ }, sizeof((const uint8_t[]){ __VA_ARGS__ }) \
	}

static const struct beginning {
	const char *prefix;
	const uint8_t *bytes;
	uint32_t len;
} beginnings[] = {
	BEGINNING("", 1 * 40 + 3, 6, 1, 2, 1),   /* mgmt.mib */
	BEGINNING("E:", 1 * 40 + 3, 6, 1, 4, 1), /* private.enterprises */
	BEGINNING("X:", 1 * 40 + 3, 6, 1, 3),    /* experimental */
	BEGINNING("S:", 1 * 40 + 3, 6, 1, 6, 3), /* snmpV2.snmpModules */
};

/* Where in the tree printing has come to: the objects at @at with this depth are the next to look for.
 * Past the tree's end for numbers alone. */
struct place {
	size_t at;
	uint8_t depth;
};

static const struct place nowhere = { ARRAY_LEN(objects), 0 };

/* The name of @number there, and go down to it; or NULL, and then there are no names any more. */
static const char *descend(struct place *place, uint32_t number)
{
	for (size_t i = place->at; i < ARRAY_LEN(objects) && objects[i].depth >= place->depth;
	     i++) {
		if (objects[i].depth > place->depth || objects[i].number != number)
			continue;
		*place = (struct place){ i + 1, (uint8_t)(place->depth + 1) };
		return objects[i].name;
	}
	*place = nowhere;
	return NULL;
}

static void put_step(struct dissect *d, struct place *place, uint32_t number, bool dot)
{
	const char *name = descend(place, number);

	if (dot)
		put_char(d, '.');
	if (name)
		put(d, name);
	else
		put_dec(d, number);
}

static const struct beginning *find_beginning(const uint8_t *p, uint32_t len)
{
	for (size_t i = 0; i < ARRAY_LEN(beginnings); i++)
		if (len >= beginnings[i].len &&
		    memcmp(p, beginnings[i].bytes, beginnings[i].len) == 0)
			return &beginnings[i];
	return NULL;
}

/* The place below a beginning. */
static struct place go_to(const struct beginning *beginning)
{
	struct place place = { 0, 0 };

	(void)descend(&place, 1);
	(void)descend(&place, 3);
	for (uint32_t i = 1; i < beginning->len; i++)
		(void)descend(&place, beginning->bytes[i]);
	return place;
}

void put_object_id(struct dissect *d, const uint8_t *p, uint32_t len)
{
	const struct beginning *beginning = d->o->numeric || len <= 2 ? NULL :
									find_beginning(p, len);
	struct place place = d->o->numeric ? nowhere : (struct place){ 0, 0 };
	bool first = !beginning; /* the byte of two numbers is yet to come */
	bool dot = !beginning;
	uint32_t number = 0;
	uint32_t i = 0;

	if (beginning) {
		put(d, beginning->prefix);
		place = go_to(beginning);
		i = beginning->len;
	}
	for (; i < len; i++) {
		number = number << 7 | (p[i] & 0x7f);
		if (p[i] & 0x80)
			continue;
		if (first) {
			int32_t head = (int32_t)number / 40;

			if (head > 2)
				head = 2;
			put_step(d, &place, (uint32_t)head, true);
			number -= (uint32_t)head * 40;
			first = false;
		}
		put_step(d, &place, number, dot);
		dot = true;
		number = 0;
	}
}
