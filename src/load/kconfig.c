/*
 * kconfig.c - reading the kernel's configuration.
 *
 * Its lines are CONFIG_NAME=value: 'y', 'n', 'm', a number, or a text in double quotes.  A bool takes y and n, an enum libbpf_tristate
 * and a char all three, numbers and arrays of char the rest.
 */
#include "load/kconfig.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "base/bits.h"
#include "base/file.h"
#include "config.h"

#if WAGGLE_HAVE_ZLIB
#include <zlib.h>
#endif

enum {
	TRISTATE_NO,
	TRISTATE_YES,
	TRISTATE_MODULE, /* enum libbpf_tristate of <bpf/bpf_helpers.h> */
};

/* --- the text --------------------------------------------------------------------------------- */

#if WAGGLE_HAVE_ZLIB
static bool read_compressed(struct strbuf *out)
{
	gzFile file = gzopen("/proc/config.gz", "rb");
	char part[4096];
	int len;

	if (!file)
		return false;
	while ((len = gzread(file, part, sizeof part)) > 0)
		strbuf_add(out, part, (size_t)len);
	(void)gzclose(file);
	return len == 0 && out->len;
}
#else
static bool read_compressed(struct strbuf *out)
{
	(void)out;
	return false;
}
#endif

static bool read_text(struct strbuf *out)
{
	struct utsname host;
	char path[128], *text;
	size_t len;

	if (read_compressed(out))
		return true;
	if (uname(&host) != 0)
		return false;
	(void)snprintf(path, sizeof path, "/boot/config-%s", host.release);
	if (file_read(path, NULL, &text, &len))
		return false;
	strbuf_add(out, text, len);
	free(text);
	return true;
}

/* What stands behind @name= at the start of a line; NULL: no such line. */
static const char *find_value(const char *text, const char *name, size_t *ret_len)
{
	const size_t len = strlen(name);

	for (const char *p = text; p; p = strchr(p, '\n')) {
		p += *p == '\n';
		if (strncmp(p, name, len) || p[len] != '=')
			continue;
		*ret_len = strcspn(p + len + 1, "\n");
		return p + len + 1;
	}
	return NULL;
}

/* --- values ----------------------------------------------------------------------------------- */

static int refuse(struct diag *diag, const struct types_config *config, const char *reason)
{
	diag_error(diag, SPAN_NONE, "variable '%s' of .kconfig %s", config->name, reason);
	return -EINVAL;
}

static void put_number(const struct types_config *config, uint64_t number, uint8_t *place)
{
	uint8_t bytes[8];

	store_u64(bytes, number);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	memcpy(place, bytes, config->size);
#else
	memcpy(place, bytes + 8 - config->size, config->size);
#endif
}

static int put_letter(const struct btf *btf, const struct types_config *config, char letter,
		      uint8_t *place, struct diag *diag)
{
	struct btf_type type;

	(void)btf_type(btf, btf_strip(btf, config->type), &type);
	if (config->size == 1 && type.kind == BTF_INT && !strcmp(type.name, "char")) {
		*place = (uint8_t)letter;
		return 0;
	}
	if (type.kind == BTF_ENUM || type.kind == BTF_ENUM64) {
		put_number(config,
			   letter == 'y' ? TRISTATE_YES :
			   letter == 'm' ? TRISTATE_MODULE :
					   TRISTATE_NO,
			   place);
		return 0;
	}
	if (config->size == 1 && letter != 'm') {
		*place = letter == 'y';
		return 0;
	}
	return refuse(diag, config, "has a type that does not take 'y', 'n' or 'm'");
}

static int put_text(const struct btf *btf, const struct types_config *config, const char *text,
		    size_t len, uint8_t *place, struct diag *diag)
{
	struct btf_array array;
	struct btf_type type;

	if (!btf_type(btf, btf_strip(btf, config->type), &type) || !btf_array(&type, &array))
		return refuse(diag, config, "is a text, and its type no array of char");
	if (len >= 2 && text[len - 1] == '"')
		len -= 2;
	if (len >= config->size)
		len = config->size - 1; /* cut, with its end, as libbpf does */
	memcpy(place, text + 1, len);
	return 0;
}

static int put_value(const struct btf *btf, const struct types_config *config, const char *text,
		     size_t len, uint8_t *place, struct diag *diag)
{
	char *end;
	uint64_t number;

	if (len == 1 && (*text == 'y' || *text == 'n' || *text == 'm'))
		return put_letter(btf, config, *text, place, diag);
	if (*text == '"')
		return put_text(btf, config, text, len, place, diag);
	number = *text == '-' ? (uint64_t)strtoll(text, &end, 0) : strtoull(text, &end, 0);
	if (end != text + len || config->size > 8)
		return refuse(diag, config, "has a type that does not take its number");
	put_number(config, number, place);
	return 0;
}

/* --- what is not in the text ------------------------------------------------------------------ */

static uint64_t kernel_version(void)
{
	unsigned int major = 0, minor = 0, patch = 0;
	struct utsname host;

	if (uname(&host) == 0)
		(void)sscanf(host.release, "%u.%u.%u", &major, &minor, &patch);
	return major << 16 | minor << 8 | (patch > 255 ? 255 : patch);
}

/* Since 4.17 (x86-64) and 4.19 (arm64) system calls take their arguments in a struct pt_regs. */
static bool special(const struct kconfig_request *request, const char *name, uint64_t *ret_value)
{
	if (!strcmp(name, "LINUX_KERNEL_VERSION"))
		*ret_value = kernel_version();
	else if (!strcmp(name, "LINUX_HAS_BPF_COOKIE"))
		*ret_value = request->has_cookie;
	else if (!strcmp(name, "LINUX_HAS_SYSCALL_WRAPPER"))
		*ret_value = 1;
	else
		return false;
	return true;
}

static int read_one(const struct kconfig_request *request, const struct types_config *config,
		    const char *text, uint8_t *place, struct diag *diag)
{
	uint64_t number;
	size_t len = 0;
	const char *value;

	if (special(request, config->name, &number)) {
		if (config->size > 8)
			return refuse(diag, config, "is a number, and its type is none");
		put_number(config, number, place);
		return 0;
	}
	value = text ? find_value(text, config->name, &len) : NULL;
	if (value)
		return put_value(request->types->btf, config, value, len, place, diag);
	if (request->is_weak(request->data, config->name))
		return 0;
	diag_error(diag, SPAN_NONE, "the running kernel has no setting '%s', which the object uses",
		   config->name);
	if (text)
		diag_hint(diag, "where it may be missing, declare it with __kconfig __weak");
	else
		diag_hint(diag, "its configuration is neither in /proc/config.gz nor in /boot");
	return -ENOENT;
}

int kconfig_read(const struct kconfig_request *request, struct diag *diag, uint8_t *ret_values)
{
	struct strbuf text = { 0 };
	const bool has_text = read_text(&text);
	int err = 0;

	for (uint32_t i = 0; i < request->types->config_count && !err; i++) {
		const struct types_config *config = &request->types->configs[i];

		err = read_one(request, config, has_text ? strbuf_text(&text) : NULL,
			       ret_values + config->offset, diag);
	}
	strbuf_release(&text);
	return err;
}
