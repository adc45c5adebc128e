/*
 * cpus.c - how many processors there are, for the kernel.
 */
#include "base/cpus.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"

/* The last number of a list like "0-3,8-11". */
uint32_t cpus_possible(void)
{
	char *text = NULL;
	size_t len = 0;
	uint32_t last;

	if (file_read("/sys/devices/system/cpu/possible", NULL, &text, &len))
		return (uint32_t)sysconf(_SC_NPROCESSORS_CONF);
	while (len > 0 && (text[len - 1] < '0' || text[len - 1] > '9'))
		len--;
	while (len > 0 && text[len - 1] >= '0' && text[len - 1] <= '9')
		len--;
	last = (uint32_t)strtoul(text + len, NULL, 10);
	free(text);
	return last + 1;
}
