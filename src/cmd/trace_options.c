/*
 * trace_options.c - the command line of 'waggle trace'.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/bits.h"
#include "base/file.h"
#include "cmd/trace.h"
#include "base/cpus.h"

/* --- the script and its parameters ------------------------------------------------------------ */

/* '--name=value' behind '--' is a named parameter; anything else is one by its place. */
static int read_params(struct tracing *t, size_t first)
{
	size_t count = args_operand_count(t->args);
	const char **params = arena_alloc_array(&t->arena, count + 1, sizeof *params);
	struct script_named *named = arena_alloc_array(&t->arena, count + 1, sizeof *named);

	if (!params || !named)
		return -ENOMEM;
	t->script.params = params;
	t->script.named = named;
	for (size_t i = first; i < count; i++) {
		const char *word = args_operand(t->args, i), *equals = strchr(word, '=');
		struct script_named *next = &named[t->script.named_count];

		if (strncmp(word, "--", 2) != 0 || !word[2]) {
			params[t->script.param_count++] = word;
			continue;
		}
		next->name = arena_strndup(&t->arena, word + 2,
					   equals ? (size_t)(equals - word - 2) : strlen(word + 2));
		next->value = equals ? equals + 1 : NULL;
		if (!next->name)
			return -ENOMEM;
		t->script.named_count++;
	}
	return 0;
}

int trace_read_source(struct tracing *t)
{
	const char *program = args_value(t->args, "e");
	const char *path = args_operand(t->args, 0);
	int err;

	if (program) {
		t->source = (struct source){ .name = "<program>",
					     .text = program,
					     .len = strlen(program) };
		return read_params(t, 0);
	}
	if (!path) {
		diag_error(t->diag, SPAN_NONE, "no script was given");
		diag_hint(t->diag, "a file, '-' for standard input, or -e 'begin { ... }'");
		return -EINVAL;
	}
	err = file_read(path, t->diag, &t->data, &t->source.len);
	if (err)
		return err;
	t->source.name = file_name(path);
	t->source.text = t->data;
	return read_params(t, 1);
}

/* --- what is shown, and how ------------------------------------------------------------------- */

static int choice(const char *value, const char *const *names, size_t count)
{
	for (size_t i = 0; value && i < count; i++)
		if (!strcmp(value, names[i]))
			return (int)i;
	return 0;
}

/* One option at most says what is made of the results. */
static int read_format(struct tracing *t)
{
	static const char *const formats[] = { "text", "json", "jsonl", "csv" };
	struct out_options *out = &t->session.out;
	const char *flamegraph = args_value(t->args, "flamegraph");
	const char *heatmap = args_value(t->args, "heatmap");
	bool is_folded = args_flag(t->args, "folded"), is_csv = args_flag(t->args, "csv");

	if (!!args_value(t->args, "f") + is_csv + is_folded + !!flamegraph + !!heatmap > 1) {
		diag_error(t->diag, SPAN_NONE,
			   "-f, --csv, --folded, --flamegraph and --heatmap exclude each other");
		return -EINVAL;
	}
	out->format =
		(enum out_format)choice(args_value(t->args, "f"), formats, ARRAY_LEN(formats));
	out->format = is_csv     ? OUT_CSV :
		      is_folded  ? OUT_FOLDED :
		      flamegraph ? OUT_FLAMEGRAPH :
		      heatmap    ? OUT_HEATMAP :
				   out->format;
	out->picture = flamegraph ? flamegraph : heatmap;
	return 0;
}

/* "1s", "500ms", "2" (seconds): at least a millisecond. */
static int read_duration(struct tracing *t, const char *option, uint64_t *ret_ns)
{
	static const struct {
		const char *unit;
		uint64_t ns;
	} units[] = {
		{ "ms", 1000000 }, { "s", 1000000000 }, { "", 1000000000 }, { "m", 60000000000 }
	};
	const char *text = args_value(t->args, option);
	char *end = NULL;
	uint64_t number;

	if (!text)
		return 0;
	number = strtoull(text, &end, 10);
	for (size_t i = 0; i < ARRAY_LEN(units) && text[0] >= '1' && text[0] <= '9'; i++)
		if (!strcmp(end, units[i].unit) && number <= 1000000) {
			*ret_ns = number * units[i].ns;
			return 0;
		}
	diag_error(t->diag, SPAN_NONE,
		   "option '--%s' takes a duration such as 1s or 500ms, not '%s'", option, text);
	return -EINVAL;
}

static int open_output(struct tracing *t)
{
	const char *path = args_value(t->args, "o");

	t->file = path && strcmp(path, "-") != 0 ? fopen(path, "we") : stdout;
	if (t->file)
		return 0;
	diag_error(t->diag, SPAN_NONE, "cannot write '%s': %s", path, strerror(errno));
	return -EINVAL;
}

static int read_output(struct tracing *t)
{
	static const char *const bufferings[] = { "line", "full", "none" };
	struct session_options *session = &t->session;
	bool failed = false;
	int err = read_format(t);

	if (!err)
		err = read_duration(t, "refresh", &session->refresh_ns);
	session->out.top = args_number(t->args, "top", 1, UINT32_MAX, 0, &failed);
	session->out.buffering = (enum out_buffering)choice(args_value(t->args, "B"), bufferings,
							    ARRAY_LEN(bufferings));
	session->out.is_quiet = args_flag(t->args, "q");
	session->is_verbose = args_flag(t->args, "v");
	session->show_warnings = !args_flag(t->args, "no-warnings");
	session->count_errors = args_flag(t->args, "k");
	if (!err && failed)
		err = -EINVAL;
	return err ? err : open_output(t);
}

/* --- what is traced --------------------------------------------------------------------------- */

static int read_mode(struct tracing *t)
{
	const char *mode = args_value(t->args, "mode");
	bool is_test = args_flag(t->args, "test") || (mode && !strcmp(mode, "test"));
	bool is_bench = args_flag(t->args, "bench") || (mode && !strcmp(mode, "bench"));

	if (is_test && is_bench) {
		diag_error(t->diag, SPAN_NONE, "--test and --bench exclude each other");
		return -EINVAL;
	}
	t->session.mode = is_test                       ? SESSION_TEST :
			  is_bench                      ? SESSION_BENCH :
			  args_flag(t->args, "dry-run") ? SESSION_DRY :
							  SESSION_RUN;
	return 0;
}

/* The number of a control group is that of its folder. */
static int read_cgroup(struct tracing *t)
{
	const char *path = args_value(t->args, "cgroup");
	const char *full = path;
	struct stat st;

	if (!path)
		return 0;
	if (path[0] != '/' || stat(path, &st) != 0)
		full = arena_printf(&t->arena, "/sys/fs/cgroup/%s", path);
	if (!full)
		return -ENOMEM;
	if (stat(full, &st) != 0 || !S_ISDIR(st.st_mode)) {
		diag_error(t->diag, SPAN_NONE, "there is no control group '%s'", path);
		diag_hint(t->diag,
			  "a path such as /sys/fs/cgroup/system.slice; that of a process is in "
			  "/proc/PID/cgroup");
		return -EINVAL;
	}
	t->session.cgroup = path;
	t->lower.cgroup = st.st_ino;
	return 0;
}

static int disable_features(struct tracing *t)
{
	const char *list = args_value(t->args, "no-feature");

	while (list && *list) {
		size_t len = strcspn(list, ",");
		char *name = arena_strndup(&t->arena, list, len);

		if (!name)
			return -ENOMEM;
		if (!feature_disable(t->features, name)) {
			diag_error(t->diag, SPAN_NONE, "--no-feature knows no '%s'", name);
			diag_hint(t->diag,
				  "for example kprobe_multi, kprobe_session, uprobe_multi");
			return -EINVAL;
		}
		list += len + (list[len] == ',');
	}
	return 0;
}

static int read_processes(struct tracing *t)
{
	bool failed = false;
	uint32_t pid = (uint32_t)args_number(t->args, "p", 1, INT32_MAX, 0, &failed);

	if (failed)
		return -EINVAL;
	t->session.pid = pid;
	t->lower.pid = pid;
	t->session.command = args_value(t->args, "c");
	if (!pid || !t->session.command)
		return 0;
	diag_error(t->diag, SPAN_NONE, "-p and -c exclude each other");
	return -EINVAL;
}

/* All values of an option that may be repeated. */
static int read_list(struct tracing *t, const char *option, const char *const **ret_values,
		     size_t *ret_count)
{
	size_t count = 0;
	const char **values;

	while (args_value_at(t->args, option, count))
		count++;
	values = arena_alloc_array(&t->arena, count + 1, sizeof *values);
	if (!values)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++)
		values[i] = args_value_at(t->args, option, i);
	*ret_values = values;
	*ret_count = count;
	return 0;
}

static int read_headers(struct tracing *t)
{
	const char *path = args_value(t->args, "e") ? NULL : args_operand(t->args, 0);
	const char *slash = path ? strrchr(path, '/') : NULL;
	struct header_options options = { 0 };
	int err = read_list(t, "I", &options.dirs, &options.dir_count);

	if (!err)
		err = read_list(t, "include", &options.files, &options.file_count);
	if (!err && slash)
		options.script_dir = arena_strndup(&t->arena, path, (size_t)(slash - path + 1));
	if (err || (slash && !options.script_dir))
		return -ENOMEM;
	t->headers = headers_new(&options);
	t->script.headers = t->headers;
	return t->headers ? 0 : -ENOMEM;
}

static const char *environment(const char *name)
{
	return getenv(name);
}

int trace_read_options(struct tracing *t)
{
	const char *mode;
	const struct catalog_options catalog = { .sys = &sys_linux };
	int err = trace_read_stages(args_value(t->args, "d"), t->diag, &t->stages);

	if (err)
		return err;
	t->catalog = catalog_new(&catalog);
	if (!t->catalog)
		return -ENOMEM;
	t->kernel = kernel_new(getenv("BPFTRACE_BTF"), t->catalog);
	t->features = features_new(&sys_linux, t->catalog);
	if (!t->kernel || !t->features)
		return -ENOMEM;
	err = read_mode(t);
	if (!err)
		err = read_processes(t);
	if (!err)
		err = read_cgroup(t);
	if (!err)
		err = disable_features(t);
	if (!err)
		err = read_output(t);
	if (!err)
		err = read_headers(t);
	t->script.kernel = t->kernel;
	/* a script can be checked on another machine than it is for */
	mode = args_value(t->args, "mode");
	t->script.catalog = mode && !strcmp(mode, "check") ? NULL : t->catalog;
	t->script.pid = t->session.pid;
	t->script.environment = environment;
	t->script.unsafe = args_flag(t->args, "unsafe");
	t->lower.for_object = args_value(t->args, "emit-elf") != NULL;
	t->lower.features = t->features;
	t->lower.cpus = cpus_possible();
	t->lower.timestamps = t->session.out.format == OUT_JSONL;
	t->lower.count_errors = t->session.count_errors;
	if (t->stages & STAGE_IR) {
		t->lower.trace = trace_show_ir;
		t->lower.trace_data = t;
	}
	t->session.sys = &sys_linux;
	t->session.catalog = t->catalog;
	t->session.features = t->features;
	t->session.out.file = t->file;
	t->session.dump_xlated = t->stages & STAGE_XLATED;
	t->session.dump_jited = t->stages & STAGE_JITED;
	return err;
}
