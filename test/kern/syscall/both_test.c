/*
 * both_test.c - the embedded kernel's bpf(2) answers as Linux's does.
 *
 * Where the host's cannot be had, or is older than the one whose answers are ours, the scenes are only played on the
 * embedded kernel.
 */
#include "both.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "../../cmocka_all.h"

#include "kern/syscall/embedded.h"

static const char *result_text(int result)
{
	if (result >= 0)
		return "ok";
	return result == -524 ? "ENOTSUPP" : strerrorname_np(-result);
}

int both_call_sized(struct both *both, const char *what, int command, void *attr, size_t bytes)
{
	int result = both->sys->bpf(both->sys, command, attr, bytes);

	strbuf_printf(&both->said, "%s: %s\n", what, result_text(result));
	return result;
}

int both_call(struct both *both, const char *what, int command, union attr *attr)
{
	return both_call_sized(both, what, command, attr, sizeof *attr);
}

void both_say(struct both *both, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	strbuf_vprintf(&both->said, format, args);
	va_end(args);
	strbuf_putc(&both->said, '\n');
}

void both_say_bytes(struct both *both, const char *what, const void *bytes, size_t len)
{
	strbuf_printf(&both->said, "%s:", what);
	for (size_t i = 0; i < len; i++)
		strbuf_printf(&both->said, " %02x", ((const uint8_t *)bytes)[i]);
	strbuf_putc(&both->said, '\n');
}

void both_close(struct both *both, int fd)
{
	if (fd >= 0)
		(void)both->sys->close(both->sys, fd);
}

/* Linux of the version whose answers are ours, and bpf(2) allowed. */
static bool has_oracle(void)
{
	unsigned int major = 0, minor = 0;
	union attr attr = { .map_create = { 2, 4, 4, 1, 0, 0, 0, "", 0, 0, 0, 0, 0, 0, 0, 0, 0,
					    0 } };
	struct utsname name;
	int fd;

	if (uname(&name) || sscanf(name.release, "%u.%u", &major, &minor) != 2 ||
	    major * 256 + minor < 0x612)
		return false;
	fd = sys_linux.bpf(&sys_linux, 0, &attr, sizeof attr);
	if (fd < 0)
		return false;
	(void)sys_linux.close(&sys_linux, fd);
	return true;
}

/* The lines in which they differ, with the ones before, are printed: how many there are. */
static unsigned int differences(const char *ours, const char *theirs)
{
	unsigned int count = 0;
	const char *before = "";

	while (*ours || *theirs) {
		int our_len = (int)strcspn(ours, "\n"), their_len = (int)strcspn(theirs, "\n");

		if (our_len != their_len || memcmp(ours, theirs, (size_t)our_len)) {
			print_error("after '%.*s':\n  embedded '%.*s'\n  Linux    '%.*s'\n",
				    (int)strcspn(before, "\n"), before, our_len, ours, their_len,
				    theirs);
			count++;
		}
		before = ours;
		ours += our_len + !!ours[our_len];
		theirs += their_len + !!theirs[their_len];
	}
	return count;
}

static void play(void (*scene)(struct both *both))
{
	struct both host = { .sys = &sys_linux }, embedded = { 0 };
	struct sys *sys;

	assert_int_equal(sys_embedded_new(&sys), 0);
	embedded.sys = sys;
	scene(&embedded);
	if (has_oracle()) {
		scene(&host);
		assert_int_equal(differences(strbuf_text(&embedded.said), strbuf_text(&host.said)),
				 0);
	}
	strbuf_release(&host.said);
	strbuf_release(&embedded.said);
	sys_embedded_free(sys);
}

#define SCENE(name)                           \
	static void test_##name(void **state) \
	{                                     \
		(void)state;                  \
		play(scene_##name);           \
	}
SCENE(attr_sizes)
SCENE(map_create)
SCENE(map_elements)
SCENE(map_access)
SCENE(map_info)
SCENE(map_memory)
SCENE(map_batch)
SCENE(prog_load)
SCENE(prog_info)
SCENE(run_skb)
SCENE(run_skb_context)
SCENE(run_xdp)
SCENE(run_others)
SCENE(btf)
SCENE(links)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_attr_sizes),      cmocka_unit_test(test_map_create),
		cmocka_unit_test(test_map_elements),    cmocka_unit_test(test_map_access),
		cmocka_unit_test(test_map_info),        cmocka_unit_test(test_map_memory),
		cmocka_unit_test(test_map_batch),       cmocka_unit_test(test_prog_load),
		cmocka_unit_test(test_prog_info),       cmocka_unit_test(test_run_skb),
		cmocka_unit_test(test_run_skb_context), cmocka_unit_test(test_run_xdp),
		cmocka_unit_test(test_run_others),      cmocka_unit_test(test_btf),
		cmocka_unit_test(test_links),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
