/*
 * user_attach_test.c - uprobes, uretprobes and USDT probes of a program (argument 1: target) are hit as often as
 * it gets there, on the kernel of this machine.
 */
#include "probe/attach.h"

#include <errno.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/bits.h"
#include "sys/bpf.h"
#include "test/cmocka_all.h"

enum {
	COUNTERS = 8,
	GET_ATTACH_COOKIE = 174,
};

static const char *target;

struct harness {
	struct catalog *catalog;
	struct features *features;
	struct attachments *attachments;
	int map_fd;
};

/* Count in element 'cookie' of the map. */
static int load(const struct harness *h, uint32_t attach_type)
{
	const struct bpf_insn insns[] = {
		{ BPF_JMP | BPF_CALL, 0, 0, 0, GET_ATTACH_COOKIE },
		{ BPF_STX | BPF_MEM | BPF_W, 10, 0, -4, 0 },
		{ BPF_ALU64 | BPF_MOV | BPF_X, 2, 10, 0, 0 },
		{ BPF_ALU64 | BPF_ADD | BPF_K, 2, 0, 0, -4 },
		{ BPF_LD | BPF_IMM | BPF_DW, 1, BPF_PSEUDO_MAP_FD, 0, h->map_fd },
		{ 0 },
		{ BPF_JMP | BPF_CALL, 0, 0, 0, BPF_FUNC_map_lookup_elem },
		{ BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 2, 0 },
		{ BPF_ALU64 | BPF_MOV | BPF_K, 1, 0, 0, 1 },
		{ BPF_STX | BPF_ATOMIC | BPF_DW, 0, 1, 0, BPF_ADD },
		{ BPF_ALU64 | BPF_MOV | BPF_K, 0, 0, 0, 0 },
		{ BPF_JMP | BPF_EXIT, 0, 0, 0, 0 },
	};
	const struct sys_prog prog = {
		.type = BPF_PROG_TYPE_KPROBE,
		.expected_attach_type = attach_type,
		.insns = insns,
		.insn_count = ARRAY_LEN(insns),
		.license = "GPL",
	};

	return sys_prog_load(&sys_linux, &prog, NULL);
}

static void open_harness(struct harness *h, uint32_t pid)
{
	const struct catalog_options options = { .sys = &sys_linux };
	const struct sys_map map = { .type = BPF_MAP_TYPE_ARRAY,
				     .key_size = 4,
				     .value_size = 8,
				     .max_entries = COUNTERS,
				     .flags = 0,
				     .name = "counters" };
	struct attach_options attach = { .sys = &sys_linux, .pid = pid };

	h->catalog = attach.catalog = catalog_new(&options);
	h->features = attach.features = features_new(&sys_linux, h->catalog);
	h->attachments = attachments_new(&attach);
	h->map_fd = sys_map_new(&sys_linux, &map);
	assert_non_null(h->attachments);
	assert_true(h->map_fd >= 0);
}

static void close_harness(struct harness *h)
{
	attachments_free(h->attachments);
	features_free(h->features);
	catalog_free(h->catalog);
	(void)close(h->map_fd);
}

static uint64_t counter(const struct harness *h, uint32_t i)
{
	uint64_t value = UINT64_MAX;

	assert_int_equal(sys_map_lookup(&sys_linux, h->map_fd, &i, &value), 0);
	return value;
}

/* Run the program with @argument; does it say that somebody listens? */
static bool is_listened_to(const char *argument)
{
	char *command, said[64] = "";
	FILE *pipe;

	assert_true(asprintf(&command, "%s %s", target, argument) > 0);
	pipe = popen(command, "r");
	assert_non_null(pipe);
	assert_non_null(fgets(said, sizeof said, pipe));
	assert_int_equal(pclose(pipe), 0);
	free(command);
	assert_true(!strcmp(said, "listened to\n") || !strcmp(said, "alone\n"));
	return said[0] == 'l';
}

static int attach(struct harness *h, uint32_t type, const struct bundle_attach *places,
		  uint32_t count, struct diag *diag)
{
	const struct bundle_prog prog = { .type = BPF_PROG_TYPE_KPROBE,
					  .expected_attach_type = type,
					  .attaches = places,
					  .attach_count = count };
	const int prog_fd = load(h, type);
	int result;

	assert_true(prog_fd >= 0);
	result = attach_prog(h->attachments, &prog, prog_fd, diag);
	(void)close(prog_fd);
	return result;
}

static bool can_multi(void)
{
	struct features *features = features_new(&sys_linux, NULL);
	const bool has = features && feature_has(features, FEATURE_UPROBE_MULTI);

	features_free(features);
	return has;
}

/* Many perf events are closed by a process that ends later than we do. */
static void expect_alone(void)
{
	for (int i = 0; is_listened_to("1"); i++) {
		assert_true(i < 500);
		(void)usleep(10000);
	}
}

/* All kinds, by links (@type 0: by perf events). */
static void check_all(uint32_t type)
{
	const struct bundle_attach functions[] = {
		{ .kind = ATTACH_UPROBE, .target = target, .event = "add_numbers", .cookie = 1 },
		{ .kind = ATTACH_UPROBE, .target = target, .event = "only_local", .cookie = 2 },
		{ .kind = ATTACH_URETPROBE, .target = target, .event = "eight", .cookie = 3 },
		{ .kind = ATTACH_USDT,
		  .target = target,
		  .space = "waggle",
		  .event = "tick",
		  .cookie = 4 },
		{ .kind = ATTACH_USDT, .target = target, .event = "nothing", .cookie = 5 },
		{ .kind = ATTACH_USDT, .target = target, .space = "", .event = "tick", .cookie = 6 },
	};
	struct diag diag = { 0 };
	struct harness h;

	open_harness(&h, 0);
	assert_int_equal(attach(&h, type, functions, ARRAY_LEN(functions), &diag), 7);
	assert_int_equal(diag.error_count + diag.warning_count, 0);
	assert_true(is_listened_to("10"));
	for (uint32_t i = 1; i <= 5; i++)
		assert_int_equal(counter(&h, i), 10);
	assert_int_equal(counter(&h, 6), 20); /* of both providers */
	close_harness(&h);
	expect_alone();
}

static void test_events(void **state)
{
	(void)state;
	check_all(0);
}

static void test_links(void **state)
{
	(void)state;
	if (!can_multi())
		skip();
	check_all(SYS_TRACE_UPROBE_MULTI);
}

/* Of a process that waits; another one of the same program does not count. */
static void check_pid(uint32_t type)
{
	const struct bundle_attach place = {
		.kind = ATTACH_UPROBE, .target = target, .event = "add_numbers", .cookie = 1
	};
	struct diag diag = { 0 };
	struct harness h;
	int ends[2], status;
	pid_t child;

	assert_int_equal(pipe(ends), 0);
	child = fork();
	assert_true(child >= 0);
	if (!child) {
		(void)dup2(ends[0], STDIN_FILENO);
		(void)close(ends[0]);
		(void)close(ends[1]);
		(void)freopen("/dev/null", "w", stdout);
		(void)execl(target, target, "wait", (char *)NULL);
		_exit(127);
	}
	(void)close(ends[0]);
	open_harness(&h, (uint32_t)child);
	assert_int_equal(attach(&h, type, &place, 1, &diag), 1);
	assert_false(is_listened_to("5"));
	(void)close(ends[1]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_int_equal(counter(&h, 1), 1);
	close_harness(&h);
}

static void test_pid(void **state)
{
	(void)state;
	check_pid(0);
	if (can_multi())
		check_pid(SYS_TRACE_UPROBE_MULTI);
}

/* What is missing is an error, or if it is optional a warning, and the others are attached. */
static void test_optional(void **state)
{
	struct bundle_attach places[] = {
		{ .kind = ATTACH_UPROBE, .target = target, .event = "add_numbers", .cookie = 1 },
		{ .kind = ATTACH_UPROBE,
		  .target = target,
		  .event = "add_nombers",
		  .span = SPAN_NONE },
	};
	struct diag diag = { 0 };
	struct strbuf text = { 0 };
	struct harness h;

	(void)state;
	open_harness(&h, 0);
	assert_int_equal(attach(&h, 0, places, 2, &diag), -ENOENT);
	diag_render(&diag, &text);
	assert_non_null(strstr(strbuf_text(&text), "has no function 'add_nombers'"));
	assert_non_null(strstr(strbuf_text(&text), "did you mean 'add_numbers'?"));
	places[1].is_optional = true;
	assert_int_equal(attach(&h, 0, places, 2, &diag), 1);
	assert_int_equal(diag.warning_count, 1);
	places[1].is_quiet = true;
	assert_int_equal(attach(&h, 0, places, 2, &diag), 1);
	assert_int_equal(diag.warning_count, 1);
	strbuf_release(&text);
	diag_release(&diag);
	close_harness(&h);
}

/* An offset behind the end of the file is found among good ones. */
static void test_bad_offset(void **state)
{
	const struct bundle_attach places[] = {
		{ .kind = ATTACH_UPROBE, .target = target, .event = "add_numbers", .cookie = 1 },
		{ .kind = ATTACH_UPROBE,
		  .target = target,
		  .address = 1 << 30,
		  .span = SPAN_NONE,
		  .is_optional = true },
		{ .kind = ATTACH_UPROBE, .target = target, .event = "eight", .cookie = 1 },
	};
	struct diag diag = { 0 };
	struct harness h;

	(void)state;
	open_harness(&h, 0);
	assert_int_equal(attach(&h, 0, places, 3, &diag), 2);
	if (can_multi())
		assert_int_equal(attach(&h, SYS_TRACE_UPROBE_MULTI, places, 3, &diag), 2);
	assert_int_equal(diag.error_count, 0);
	diag_release(&diag);
	close_harness(&h);
}

static bool can_bpf(void)
{
	const struct sys_map map = { .type = BPF_MAP_TYPE_ARRAY,
				     .key_size = 4,
				     .value_size = 8,
				     .max_entries = 1,
				     .flags = 0,
				     .name = NULL };
	const int fd = sys_map_new(&sys_linux, &map);

	if (fd >= 0)
		(void)close(fd);
	return fd >= 0;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_events),     cmocka_unit_test(test_links),
		cmocka_unit_test(test_pid),        cmocka_unit_test(test_optional),
		cmocka_unit_test(test_bad_offset),
	};

	if (argc < 2)
		return EXIT_FAILURE;
	target = argv[1];
	if (!can_bpf()) {
		(void)printf("skipped: this user may not load programs into the kernel\n");
		return EXIT_SUCCESS;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
