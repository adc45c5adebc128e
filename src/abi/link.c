/*
 * link.c - link types by name and number.
 */
#include "abi/link.h"

#include <ctype.h>
#include <errno.h>
#include <stddef.h>
#include <strings.h>

#include "base/bits.h"
#include "base/nearest.h"
#include "base/strbuf.h"

static const struct link {
	const char *name;
	int dlt;
	uint32_t in_file;
	const char *words;
} links[] = {
#define LINK(name, dlt, in_file, words) { #name, dlt, in_file, words },
#include "abi/link.def"
};

static const struct link *find(int dlt)
{
	for (size_t i = 0; i < ARRAY_LEN(links); i++)
		if (links[i].dlt == dlt)
			return &links[i];
	return NULL;
}

int dlt_find(const char *name)
{
	if (strncasecmp(name, "DLT_", 4) == 0)
		name += 4;
	for (size_t i = 0; i < ARRAY_LEN(links); i++)
		if (strcasecmp(links[i].name, name) == 0)
			return links[i].dlt;
	return -ENOENT;
}

const char *dlt_nearest(const char *name)
{
	struct nearest search;
	struct strbuf upper = { 0 };

	for (const char *p = name; *p; p++)
		strbuf_putc(&upper, (char)toupper((unsigned char)*p));
	search = nearest_begin(strbuf_text(&upper));
	for (size_t i = 0; i < ARRAY_LEN(links); i++)
		nearest_offer(&search, links[i].name);
	strbuf_release(&upper);
	return search.best;
}

const char *dlt_name(int dlt)
{
	const struct link *link = find(dlt);

	return link ? link->name : NULL;
}

const char *dlt_words(int dlt)
{
	const struct link *link = find(dlt);

	return link ? link->words : NULL;
}

uint32_t dlt_to_file(int dlt)
{
	const struct link *link = find(dlt);

	return link ? link->in_file : (uint32_t)dlt;
}

int dlt_from_file(uint32_t number)
{
	for (size_t i = 0; i < ARRAY_LEN(links); i++)
		if (links[i].in_file == number)
			return links[i].dlt;
	return (int)number;
}
