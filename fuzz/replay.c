/*
 * replay.c - run a fuzzer's function over the files of a folder, without libFuzzer.
 *
 * The folder holds inputs that once broke something or that reach what others do not.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay(const char *folder, const char *name)
{
	char path[4096];
	char *data;
	size_t len;
	int err;

	(void)snprintf(path, sizeof path, "%s/%s", folder, name);
	err = file_read(path, NULL, &data, &len);
	if (err) {
		printf("%s: cannot be read\n", path);
		return err;
	}
	printf("%s\n", path); /* the last one shown is the one that ends the program */
	(void)fflush(stdout);
	(void)LLVMFuzzerTestOneInput((const uint8_t *)data, len);
	free(data);
	return 0;
}

int main(int argc, char *argv[])
{
	unsigned int passed = 0, failed = 0;
	const struct dirent *entry;
	DIR *folder = argc == 2 ? opendir(argv[1]) : NULL;

	if (!folder) {
		printf("usage: %s FOLDER\n", argv[0]);
		return 1;
	}
	while ((entry = readdir(folder))) {
		if (entry->d_name[0] == '.')
			continue;
		if (replay(argv[1], entry->d_name) == 0)
			passed++;
		else
			failed++;
	}
	(void)closedir(folder);
	printf("%u passed, %u failed, 0 skipped\n", passed, failed);
	return failed ? 1 : 0;
}
