/*
 * catalog_test.c - tracepoints from a folder that looks like tracefs (argument 1: where the folder is).
 */
#include "probe/catalog.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "test/cmocka_all.h"

static const char *folder;

static bool add(void *data, const char *target, const char *space, const char *name)
{
	assert_null(space);
	strbuf_printf(data, "%s:%s ", target, name);
	return true;
}

static bool stop(void *data, const char *target, const char *space, const char *name)
{
	(void)add(data, target, space, name);
	return false;
}

static struct catalog *open_folder(void)
{
	const struct catalog_options options = { .sys = &sys_linux, .tracefs = folder };
	struct catalog *catalog = catalog_new(&options);

	assert_non_null(catalog);
	return catalog;
}

static void expect_found(const char *subsystem, const char *event, const char *expected)
{
	struct catalog *catalog = open_folder();
	struct strbuf names = { 0 };
	int words = 0;

	for (const char *p = expected; (p = strchr(p, ' ')); p++)
		words++;
	assert_int_equal(catalog_tracepoints(catalog, subsystem, event, add, &names, NULL), words);
	assert_string_equal(strbuf_text(&names), expected);
	strbuf_release(&names);
	catalog_free(catalog);
}

static void test_search(void **state)
{
	(void)state;
	expect_found("sched", "sched_switch", "sched:sched_switch ");
	expect_found("sched", "sched_swatch", "");
	expect_found("sched", "../sched/sched_switch", "");
	expect_found("syscalls", "sys_*",
		     "syscalls:sys_enter_newfstat syscalls:sys_exit_newfstat ");
	expect_found("*", "*_sw?tch", "sched:sched_switch ");
	expect_found(NULL, "*[a-c]rrays", "odd:odd_arrays ");
	expect_found("s*", "*x*", "syscalls:sys_exit_newfstat ");
	expect_found("x*", NULL, "");
}

static void test_search_stops(void **state)
{
	struct catalog *catalog = open_folder();
	struct strbuf names = { 0 };

	(void)state;
	assert_int_equal(catalog_tracepoints(catalog, "*", "*", stop, &names, NULL), 1);
	assert_string_equal(strbuf_text(&names), "odd:odd_arrays ");
	strbuf_release(&names);
	catalog_free(catalog);
}

static void expect_format(const char *subsystem, const char *event, const char *expected)
{
	struct catalog *catalog = open_folder();
	const struct catalog_format *format, *again;
	struct strbuf text = { 0 };

	assert_int_equal(catalog_format(catalog, subsystem, event, &format), 0);
	strbuf_printf(&text, "id %u syscall %d%s\n", format->id, format->syscall,
		      format->is_exit ? " exit" : "");
	for (uint32_t i = 0; i < format->field_count; i++) {
		const struct catalog_field *f = &format->fields[i];

		strbuf_printf(&text, "%s|%s @%u %u*%u%s%s%s\n", f->type, f->name, f->offset,
			      f->size, f->count, f->is_signed ? " signed" : "",
			      f->is_dynamic ? " dynamic" : "", f->is_relative ? " relative" : "");
	}
	assert_string_equal(strbuf_text(&text), expected);
	assert_int_equal(catalog_format(catalog, subsystem, event, &again), 0);
	assert_ptr_equal(again, format);
	strbuf_release(&text);
	catalog_free(catalog);
}

static void test_format(void **state)
{
	(void)state;
	expect_format("sched", "sched_switch",
		      "id 372 syscall -1\n"
		      "char|prev_comm @8 16*16\n"
		      "pid_t|prev_pid @24 4*0 signed\n"
		      "long|prev_state @32 8*0 signed\n");
	expect_format("odd", "odd_arrays",
		      "id 7 syscall -1\n"
		      "__data_loc char[]|name @8 4*0 dynamic\n"
		      "__rel_loc u64[]|addrs @12 4*0 dynamic relative\n"
		      "u32|words @16 32*8\n"
		      "char|address @48 16*16\n"
		      "const char *const *|argv @64 8*0\n"
		      "const void*|ip @72 8*0\n"
		      "unsigned long|args @80 48*6\n");
}

static void test_format_of_system_call(void **state)
{
	struct catalog *catalog = open_folder();
	const struct catalog_format *format;

	(void)state;
	assert_int_equal(catalog_format(catalog, "syscalls", "sys_enter_newfstat", &format), 0);
	assert_true(format->syscall > 0);
	assert_false(format->is_exit);
	assert_int_equal(catalog_format(catalog, "syscalls", "sys_exit_newfstat", &format), 0);
	assert_true(format->syscall > 0);
	assert_true(format->is_exit);
	catalog_free(catalog);
}

static void test_format_errors(void **state)
{
	struct catalog *catalog = open_folder();
	const struct catalog_format *format = NULL;

	(void)state;
	assert_int_equal(catalog_format(catalog, "odd", "odd_broken", &format), -EINVAL);
	assert_int_equal(catalog_format(catalog, "odd", "odd_missing", &format), -ENOENT);
	assert_int_equal(catalog_format(catalog, "odd", "../sched/sched_switch", &format), -ENOENT);
	assert_null(format);
	catalog_free(catalog);
}

static void test_nearest(void **state)
{
	struct catalog *catalog = open_folder();
	struct nearest event = nearest_begin("sched_swich");
	struct nearest whole = nearest_begin("shed:sched_switch");

	(void)state;
	catalog_offer_tracepoints(catalog, &event);
	assert_string_equal(event.best, "sched_switch");
	catalog_offer_tracepoints(catalog, &whole);
	assert_string_equal(whole.best, "sched:sched_switch");
	catalog_free(catalog);
}

static void test_no_folder(void **state)
{
	const struct catalog_options options = { .sys = &sys_linux, .tracefs = "/nonexistent" };
	struct catalog *catalog = catalog_new(&options);
	struct diag diag = { 0 };
	struct strbuf text = { 0 };

	(void)state;
	assert_int_equal(catalog_tracepoints(catalog, "a", "b", add, NULL, &diag), -ENOENT);
	diag_render(&diag, &text);
	assert_string_equal(strbuf_text(&text),
			    "error: cannot read tracepoints from '/nonexistent': "
			    "No such file or directory\n");
	strbuf_release(&text);
	diag_release(&diag);
	catalog_free(catalog);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_search),        cmocka_unit_test(test_search_stops),
		cmocka_unit_test(test_format),        cmocka_unit_test(test_format_of_system_call),
		cmocka_unit_test(test_format_errors), cmocka_unit_test(test_nearest),
		cmocka_unit_test(test_no_folder),
	};

	if (argc < 2)
		return EXIT_FAILURE;
	folder = argv[1];
	return cmocka_run_group_tests(tests, NULL, NULL);
}
