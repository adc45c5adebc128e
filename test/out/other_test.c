/* other_test.c - CSV, folded stacks and pictures; records that are cut; the time of JSON lines. */
#include <errno.h>
#include <unistd.h>

#include "fixture.h"

static const struct shape count = { .kind = SHAPE_COUNT, .size = 8, .is_signed = true };
static const struct shape stats = { .kind = SHAPE_STATS, .size = 16, .is_signed = true };
static const struct shape kstack = { .kind = SHAPE_KSTACK, .size = 8 };
static const struct shape ustack = { .kind = SHAPE_USTACK, .size = 16 };
static const struct shape hist = { .kind = SHAPE_HIST, .size = 8, .buckets = 66 };
static const struct shape stacks = {
	.kind = SHAPE_TUPLE,
	.size = 32,
	.count = 3,
	FIELDS(FIELD("", &kstack, 0), FIELD("", &ustack, 8), FIELD("", &shape_str8, 24)),
};
static const struct shape pair = {
	.kind = SHAPE_TUPLE,
	.size = 16,
	.count = 2,
	FIELDS(FIELD("", &shape_str8, 0), FIELD("", &shape_i64, 8)),
};

/* Stack @id is of the addresses 100 * id + 1, + 2. */
static int two_frames(void *data, uint32_t map, int64_t id, uint64_t *ret_frames, uint32_t most)
{
	(void)data;
	(void)map;
	if (id > 7 || most < 2)
		return -ENOENT;
	ret_frames[0] = (uint64_t)id * 0x100 + 1;
	ret_frames[1] = (uint64_t)id * 0x100 + 2;
	return 2;
}
static const struct out_resolver resolver = { .stack = two_frames };

struct stack_key {
	int64_t kernel, user;
	uint32_t pid, zero;
	char comm[8];
};

static const struct stack_key stack_keys[] = {
	{ .kernel = 1, .user = -14, .comm = "a;b" },
	{ .kernel = 1, .user = 2, .comm = "c\"<>" },
	{ .kernel = 9, .user = 2, .comm = "none" },
};
static const int64_t weights[] = { 5, 6, 7 };

static void csv(void **state)
{
	const char *const keys[] = { "a,b\0\0\0\0\0\1\0\0\0\0\0\0\0",
				     "say \"x\"\0\2\0\0\0\0\0\0\0" };
	const int64_t values[] = { 3, 1, 7, 2 };
	struct bundle_table table = { .name = "@", .key = &pair, .value = &count };
	struct out_row row[2];
	struct out_rows rows = { &table, row, 2 };
	const uint64_t counts[66] = { [0] = 1, [3] = 2 };
	struct written written;

	(void)state;
	for (size_t i = 0; i < 2; i++)
		row[i] = (struct out_row){ (const uint8_t *)keys[i],
					   (const uint8_t *)&values[2 * i] };
	written_begin(&written, (struct out_options){ .format = OUT_CSV });
	out_table(written.out, &rows, 0, 0, NULL);
	table.value = &stats;
	out_table(written.out, &rows, 0, 0, NULL);
	table.value = &hist;
	table.key = NULL;
	row[0].value = (const uint8_t *)counts;
	rows.count = 1;
	out_table(written.out, &rows, 0, 0, NULL);
	assert_string_equal(written_text(&written), "key1,key2,@\n"
						    "\"a,b\",1,3\n"
						    "\"say \"\"x\"\"\",2,7\n"
						    "\n"
						    "key1,key2,count,average,total\n"
						    "\"a,b\",1,1,3,3\n"
						    "\"say \"\"x\"\"\",2,2,3,7\n"
						    "\n"
						    "min,max,count\n"
						    ",-1,1\n0,0,0\n1,1,0\n2,3,2\n");
	written_end(&written);
}

static struct out_rows stack_rows(const struct bundle_table *table, struct out_row row[3])
{
	for (size_t i = 0; i < 3; i++)
		row[i] = (struct out_row){ (const uint8_t *)&stack_keys[i],
					   (const uint8_t *)&weights[i] };
	return (struct out_rows){ table, row, 3 };
}

static void folded(void **state)
{
	const struct bundle_table table = { .name = "@", .key = &stacks, .value = &count };
	const struct bundle_action action = {
		.kind = ACTION_PRINTF,
		.format = "text\n",
		.size = 4,
		.time_offset = BUNDLE_NONE,
	};
	const struct bundle bundle = { .actions = &action, .action_count = 1 };
	struct out_row row[3];
	struct out_rows rows = stack_rows(&table, row);
	struct written written;

	(void)state;
	written_begin(&written, (struct out_options){ .format = OUT_FOLDED,
						      .resolver = &resolver,
						      .bundle = &bundle });
	out_table(written.out, &rows, 0, 0, NULL);
	out_record(written.out, &action, (const uint8_t[4]){ 0 }, 4);
	out_end(written.out);
	assert_string_equal(written_text(&written), "a:b;0x102_[k];0x101_[k] 5\n"
						    "c\"<>;0x202;0x201;0x102_[k];0x101_[k] 6\n"
						    "none;0x202;0x201 7\n");
	assert_string_equal(written_messages(&written), "text\n");
	written_end(&written);
}

static void stack_text(void **state)
{
	struct shape perf = kstack, raw = kstack;
	const struct bundle_table table = { .name = "@", .key = &kstack, .value = &count };
	const int64_t id = 3;
	struct out_row row = { (const uint8_t *)&id, (const uint8_t *)&weights[0] };
	struct out_rows rows = { &table, &row, 1 };
	struct out_options options = { .resolver = &resolver };
	struct written written;
	struct strbuf text = { 0 };

	(void)state;
	expect_table(options, rows, "@[\n        0x301\n        0x302\n]: 5\n");
	options.format = OUT_JSON;
	expect_table(options, rows,
		     "{\"type\": \"map\", \"data\": {\"@\": {\"\\n0x301\\n0x302\\n\": 5}}}\n");
	perf.stack = STACK_PERF;
	raw.stack = STACK_RAW;
	written_begin(&written, options);
	out_value(written.out, &perf, (const uint8_t *)&id, &text);
	out_value(written.out, &raw, (const uint8_t *)&id, &text);
	assert_string_equal(strbuf_text(&text),
			    "\n\t301 0x301 ([unknown])\n\t302 0x302 ([unknown])\n\n301\n302\n");
	strbuf_release(&text);
	written_end(&written);
}

static char *read_all(const char *path)
{
	char *data;
	size_t len;

	assert_int_equal(file_read(path, NULL, &data, &len), 0);
	return data;
}

static void flamegraph(void **state)
{
	const struct bundle_table table = { .name = "@", .key = &stacks, .value = &count };
	char path[] = "/tmp/waggle-out-XXXXXX", *svg;
	struct out_row row[3];
	struct out_rows rows = stack_rows(&table, row);
	struct written written;
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	(void)close(fd);
	written_begin(&written, (struct out_options){ .format = OUT_FLAMEGRAPH,
						      .resolver = &resolver,
						      .picture = path });
	out_table(written.out, &rows, 0, 0, NULL);
	rows = stack_rows(&table, row);
	out_table(written.out, &rows, 0, 0, NULL); /* replaces, does not add */
	assert_string_equal(written_text(&written), "");
	written_end(&written);
	svg = read_all(path);
	assert_non_null(strstr(svg, "<title>all (18, 100.00%)</title>"));
	assert_non_null(strstr(svg, "<title>c&quot;&lt;&gt; (6, 33.33%)</title>"));
	assert_non_null(strstr(svg, "<title>0x202 (7, 38.89%)</title>"));
	assert_non_null(strstr(svg, "</svg>\n"));
	free(svg);
	(void)unlink(path);
}

static void heatmap(void **state)
{
	const struct bundle_table table = { .name = "@h", .value = &hist };
	char path[] = "/tmp/waggle-out-XXXXXX", *svg;
	uint64_t counts[66] = { [5] = 2 };
	struct out_row row = { .value = (const uint8_t *)counts };
	struct out_rows rows = { &table, &row, 1 };
	struct written written;
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	(void)close(fd);
	written_begin(&written, (struct out_options){ .format = OUT_HEATMAP, .picture = path });
	out_sample(written.out, &rows);
	counts[5] = 9; /* 7 more */
	out_sample(written.out, &rows);
	counts[5] = 3; /* was cleared */
	out_sample(written.out, &rows);
	for (int i = 0; i < 3000; i++) /* columns are joined */
		out_sample(written.out, &rows);
	assert_string_equal(written_text(&written), "");
	written_end(&written);
	svg = read_all(path);
	assert_non_null(strstr(svg, " [8, 16): 12</title>")); /* 2 + 7 + 3 in the first */
	free(svg);
	(void)unlink(path);

	written_begin(&written,
		      (struct out_options){ .format = OUT_HEATMAP, .picture = "/nowhere/x.svg" });
	assert_int_equal(out_finish(written.out), -ENOENT);
	written_end(&written);
}

static void times(void **state)
{
	const struct bundle_action actions[] = {
		{ .kind = ACTION_TIME, .size = 12, .time_offset = 4, .text = "%Y\n" },
		{ .kind = ACTION_TIME, .size = 4, .time_offset = BUNDLE_NONE },
	};
	const uint64_t epoch = 0;
	uint8_t record[12] = { 0 };
	struct written written;
	unsigned int year, month, day, hour, minute, second, ns;

	(void)state;
	memcpy(record + 4, &epoch, 8);
	written_begin(&written, (struct out_options){ .format = OUT_JSONL });
	out_record(written.out, &actions[0], record, 12);
	assert_int_equal(sscanf(written_text(&written),
				"{\"type\": \"time\", \"time\": \"%u-%u-%uT%u:%u:%u.%uZ\", "
				"\"data\": \"20",
				&year, &month, &day, &hour, &minute, &second, &ns),
			 7);
	written_end(&written);
	written_begin(&written, (struct out_options){ .format = OUT_TEXT });
	out_record(written.out, &actions[1], record, 12);
	assert_int_equal(sscanf(written_text(&written), "%u:%u:%u\n", &hour, &minute, &second), 3);
	written_end(&written);
}

static void joins(void **state)
{
	const struct bundle_action action = {
		.kind = ACTION_JOIN,
		.size = 8,
		.text = ",",
		.time_offset = BUNDLE_NONE,
	};
	static const char record[] = "\0\0\0\0\3\0\0\0/bin/echo\0a\0b c"; /* the last is cut */
	struct written written;

	(void)state;
	written_begin(&written, (struct out_options){ .format = OUT_TEXT });
	out_record(written.out, &action, (const uint8_t *)record, sizeof record - 1);
	out_record(written.out, &action, (const uint8_t *)record, 7);
	out_record(written.out, &action, (const uint8_t *)record, 8);
	assert_string_equal(written_text(&written), "/bin/echo,a,b c\n\n");
	written_end(&written);
}

static void script_messages(void **state)
{
	const struct shape_field field = { .shape = &shape_i32, .offset = 4 };
	const struct shape payload = { .kind = SHAPE_TUPLE, .count = 1, .fields = &field };
	const struct bundle_action actions[] = {
		{ .kind = ACTION_WARNF,
		  .format = "got %d",
		  .payload = &payload,
		  .size = 8,
		  .span = { 8, 5 },
		  .time_offset = BUNDLE_NONE },
		{ .kind = ACTION_HELPER_ERROR,
		  .text = "probe_read",
		  .payload = &payload,
		  .size = 8,
		  .span = { 8, 5 },
		  .time_offset = BUNDLE_NONE },
	};
	struct bundle bundle = bundle_source;
	const int32_t records[] = { 0, -14 };
	struct written written;

	(void)state;
	bundle.actions = actions;
	bundle.action_count = 2;
	written_begin(&written, (struct out_options){ .bundle = &bundle });
	for (int i = 0; i < 2; i++)
		out_record(written.out, &actions[i], (const uint8_t *)records, 8);
	assert_string_equal(written_text(&written), "");
	assert_string_equal(written_messages(&written),
			    "stdin:1:9-14: WARNING: got -14\n"
			    "stdin:1:9-14: WARNING: Bad address\n"
			    "Additional Info - helper: probe_read, retcode: -14\n"
			    "begin { @x[1] = 2; }\n        ~~~~~\n");
	written_end(&written);
	written_begin(&written, (struct out_options){ .bundle = &bundle, .format = OUT_JSON });
	for (int i = 0; i < 2; i++)
		out_record(written.out, &actions[i], (const uint8_t *)records, 8);
	assert_string_equal(written_text(&written),
			    "{\"type\": \"warnf\", \"msg\": \"got -14\", \"filename\": \"stdin\", "
			    "\"line\": 1, \"col\": 9}\n"
			    "{\"type\": \"helper_error\", \"msg\": \"Bad address\", "
			    "\"helper\": \"probe_read\", \"retcode\": -14, "
			    "\"filename\": \"stdin\", \"line\": 1, \"col\": 9}\n");
	written_end(&written);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(csv),        cmocka_unit_test(folded),
		cmocka_unit_test(stack_text), cmocka_unit_test(flamegraph),
		cmocka_unit_test(heatmap),    cmocka_unit_test(times),
		cmocka_unit_test(joins),      cmocka_unit_test(script_messages),
	};

	setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
