/*
 * user_test.c - what the catalog says about a program (argument 1: target): functions, places, probes, types,
 * lines.
 */
#include "probe/catalog.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "test/cmocka_all.h"

static const char *target;
static const char *source; /* target.c */

static struct catalog *open_catalog(void)
{
	const struct catalog_options options = { .sys = &sys_linux };
	struct catalog *catalog = catalog_new(&options);

	assert_non_null(catalog);
	return catalog;
}

static bool add(void *data, const char *path, const char *space, const char *name)
{
	assert_non_null(strstr(path, "target"));
	strbuf_printf(data, "%s%s%s ", space ? space : "", space ? ":" : "", name);
	return true;
}

static void expect_functions(const char *pattern, const char *expected)
{
	struct catalog *catalog = open_catalog();
	struct strbuf names = { 0 };

	assert_true(catalog_user_functions(catalog, target, pattern, 0, add, &names, NULL) >= 0);
	assert_string_equal(strbuf_text(&names), expected);
	strbuf_release(&names);
	catalog_free(catalog);
}

static void test_functions(void **state)
{
	(void)state;
	expect_functions("eight", "eight ");
	expect_functions("*_l*", "only_local ");
	expect_functions("[ah]*_*s", "add_numbers hit_probes ");
	expect_functions("nosuch", "");
}

static void expect_error(int result, int expected, struct diag *diag, const char *words)
{
	struct strbuf text = { 0 };

	assert_int_equal(result, expected);
	diag_render(diag, &text);
	if (!strstr(strbuf_text(&text), words))
		fail_msg("'%s' is not in: %s", words, strbuf_text(&text));
	strbuf_release(&text);
	diag_release(diag);
}

static void test_errors(void **state)
{
	struct catalog *catalog = open_catalog();
	struct catalog_place place;
	struct diag diag = { 0 };

	(void)state;
	expect_error(catalog_user_place(catalog, "/no/such", "f", 0, 0, &diag, &place), -ENOENT,
		     &diag, "there is no file '/no/such'");
	diag = (struct diag){ 0 };
	expect_error(catalog_user_place(catalog, "no-such-program", "f", 0, 0, &diag, &place),
		     -ENOENT, &diag, "no program 'no-such-program' in PATH");
	diag = (struct diag){ 0 };
	expect_error(catalog_user_place(catalog, "/", "f", 0, 0, &diag, &place), -ENOEXEC, &diag,
		     "'/' is a directory");
	diag = (struct diag){ 0 };
	expect_error(catalog_user_place(catalog, source, "f", 0, 0, &diag, &place), -ENOEXEC, &diag,
		     "is not an ELF file");
	diag = (struct diag){ 0 };
	expect_error(catalog_user_place(catalog, target, "ad_numbers", 0, 0, &diag, &place),
		     -ENOENT, &diag, "did you mean 'add_numbers'?");
	diag = (struct diag){ 0 };
	expect_error(catalog_user_place(catalog, target, "eight", 100000, 0, &diag, &place),
		     -EINVAL, &diag, "bytes long");
	diag = (struct diag){ 0 };
	expect_error(catalog_user_place(catalog, target, NULL, 1, 0, &diag, &place), -ENOENT, &diag,
		     "is not code");
	catalog_free(catalog);
}

/* A library by its name, and an address. */
static void test_places(void **state)
{
	struct catalog *catalog = open_catalog();
	struct catalog_place place, other;

	(void)state;
	assert_int_equal(catalog_user_place(catalog, "libc", "getpid", 0, 0, NULL, &place), 0);
	assert_non_null(strstr(place.path, "libc.so"));
	assert_int_equal(catalog_user_place(catalog, "libc.so.6", "getpid", 1, 0, NULL, &other), 0);
	assert_int_equal(other.offset, place.offset + 1);
	assert_ptr_equal(other.path, place.path);
	catalog_free(catalog);
}

static void test_usdt(void **state)
{
	struct catalog *catalog = open_catalog();
	const struct catalog_usdt_site *sites;
	struct strbuf names = { 0 };
	struct diag diag = { 0 };
	uint32_t count;

	(void)state;
	assert_int_equal(catalog_usdt(catalog, target, NULL, "*", 0, add, &names, NULL), 4);
	assert_string_equal(strbuf_text(&names),
			    "other:tick waggle:nothing waggle:tick waggle:values ");
	assert_int_equal(
		catalog_usdt_sites(catalog, target, "waggle", "tick", 0, &sites, &count, NULL), 0);
	assert_int_equal(count, 1);
	assert_int_not_equal(sites[0].semaphore, 0);
	assert_int_equal(sites[0].arg_count, 1);
	assert_int_equal(catalog_usdt_sites(catalog, target, NULL, "tick", 0, &sites, &count, NULL),
			 0);
	assert_int_equal(count, 2);
	assert_int_equal(catalog_usdt_sites(catalog, target, "waggle", "values", 0, &sites, &count,
					    NULL),
			 0);
	assert_int_equal(sites[0].arg_count, 5);
	assert_true(sites[0].args[0].is_signed);
	assert_int_equal(sites[0].args[2].place, USDT_CONSTANT);
	assert_int_equal(sites[0].args[2].value, 42);
	expect_error(catalog_usdt_sites(catalog, target, "waggle", "tock", 0, &sites, &count,
					&diag),
		     -ENOENT, &diag, "did you mean 'waggle:tick'?");
	strbuf_release(&names);
	catalog_free(catalog);
}

/* --- DWARF ------------------------------------------------------------------------------------- */

/* "int f(int a@0, ...)": types, names, numbers of registers or "s" and the place on the stack. */
static void expect_signature(struct catalog *catalog, const char *name, const char *expected)
{
	const struct catalog_signature *signature;
	struct strbuf text = { 0 };

	assert_int_equal(catalog_user_signature(catalog, target, name, 0, NULL, &signature), 0);
	catalog_type_print(catalog, &signature->result.type, &text);
	for (uint32_t i = 0; i < signature->param_count; i++) {
		const struct catalog_param *param = &signature->params[i];

		strbuf_puts(&text, i ? ", " : " (");
		catalog_type_print(catalog, &param->type, &text);
		strbuf_printf(&text, " %s@", param->name);
		if (param->arg != UINT32_MAX)
			strbuf_printf(&text, "%u", param->arg);
		else if (param->stack != UINT32_MAX)
			strbuf_printf(&text, "s%u", param->stack);
	}
	strbuf_puts(&text, ")");
	assert_string_equal(strbuf_text(&text), expected);
	strbuf_release(&text);
}

static const struct catalog_type_field *field(const struct catalog_type_field *fields,
					      uint32_t count, const char *name)
{
	for (uint32_t i = 0; i < count; i++)
		if (!strcmp(fields[i].name, name))
			return &fields[i];
	fail_msg("no field '%s'", name);
	return NULL;
}

static void check_point(struct catalog *catalog)
{
	const struct catalog_type_field *fields, *one;
	struct catalog_type type;
	uint32_t count;

	assert_int_equal(catalog_user_type(catalog, target, "struct point", 0, &type), 0);
	assert_int_equal(type.kind, CATALOG_STRUCT);
	assert_int_equal(catalog_type_fields(catalog, &type, &fields, &count), 0);
	assert_int_equal(count, 8);
	assert_int_equal(field(fields, count, "y")->offset, 8);
	assert_int_equal(field(fields, count, "next")->type.kind, CATALOG_POINTER);
	one = field(fields, count, "high");
	assert_int_equal(one->bit_count, 12);
	assert_int_equal(one->bit_offset, 24 * 8 + 4);
	assert_int_equal(one->offset, 24);
	assert_string_equal(field(fields, count, "color")->type.name, "enum color");
	assert_int_equal(field(fields, count, "name")->type.count, 8);
	assert_int_equal(field(fields, count, "")->type.kind, CATALOG_UNION);
}

static void test_types(void **state)
{
	struct catalog *catalog = open_catalog();
	const struct catalog_signature *signature;
	struct diag diag = { 0 };

	(void)state;
	if (catalog_user_signature(catalog, target, "eight", 0, NULL, &signature) == -ENOTSUP)
		skip();
#if defined(__x86_64__)
	expect_signature(catalog, "add_numbers", "int (int a@0, unsigned char b@1, long int c@2)");
	expect_signature(catalog, "look_at",
			 "long int (struct point * point@0, char * text@1, unsigned int count@2)");
	expect_signature(
		catalog, "many_kinds",
		"long int (double ignored@, struct pair pair@0, struct big big@s8, int last@2)");
	expect_signature(catalog, "eight",
			 "long int (long int a@0, long int b@1, long int c@2, long int d@3, "
			 "long int e@4, long int f@5, long int g@s8, long int h@s16)");
#endif
	check_point(catalog);
	expect_error(catalog_user_signature(catalog, target, "_start", 0, &diag, &signature),
		     -ENODATA, &diag, "does not have '_start'");
	catalog_free(catalog);
}

/* The number of the line of the source that has @mark. */
static uint32_t line_of(const char *mark)
{
	FILE *file = fopen(source, "r");
	char line[512];
	uint32_t number = 0;

	assert_non_null(file);
	do {
		assert_non_null(fgets(line, sizeof line, file));
		number++;
	} while (!strstr(line, mark));
	(void)fclose(file);
	return number;
}

static void test_lines(void **state)
{
	struct catalog *catalog = open_catalog();
	struct catalog_line line = { .path = target,
				     .file = "target.c",
				     .line = line_of("/* LINE sum */") };
	const struct catalog_place *places;
	struct catalog_place function;
	struct diag diag = { 0 };
	uint32_t count;
	int err = catalog_source_line(catalog, &line, &diag, &places, &count);

	(void)state;
	if (err == -ENOTSUP)
		skip();
	assert_int_equal(err, 0);
	assert_int_equal(count, 1);
	assert_int_equal(catalog_user_place(catalog, target, "add_numbers", 0, 0, NULL, &function),
			 0);
	assert_in_range(places[0].offset, function.offset, function.offset + 40);
	line.line = 1;
	expect_error(catalog_source_line(catalog, &line, &diag, &places, &count), -ENOENT, &diag,
		     "the next line that has some");
	diag = (struct diag){ 0 };
	line.line = 100000;
	expect_error(catalog_source_line(catalog, &line, &diag, &places, &count), -ENOENT, &diag,
		     "the last line that has some");
	diag = (struct diag){ 0 };
	line.file = "arget.c";
	expect_error(catalog_source_line(catalog, &line, &diag, &places, &count), -ENOENT, &diag,
		     "was compiled from 'arget.c'");
	catalog_free(catalog);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_functions), cmocka_unit_test(test_errors),
		cmocka_unit_test(test_places),    cmocka_unit_test(test_usdt),
		cmocka_unit_test(test_types),     cmocka_unit_test(test_lines),
	};

	if (argc < 3)
		return EXIT_FAILURE;
	target = argv[1];
	source = argv[2];
	return cmocka_run_group_tests(tests, NULL, NULL);
}
