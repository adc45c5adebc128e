/*
 * capture_options.c - the command line of 'waggle capture', with tcpdump's meaning.
 */
#include <errno.h>
#include <string.h>

#include "capture/input.h"
#include "capture/rotate.h"
#include "cmd/capture.h"
#include "cmd/filter_text.h"

enum { MOST_TIME_FLAGS = 5 };

static int refuse_two(const struct command_args *args, struct diag *diag, const char *a,
		      const char *b)
{
	if (!args_value(args, a) || !args_value(args, b))
		return 0;
	diag_error(diag, SPAN_NONE, "-%s and -%s were given: packets come from one place", a, b);
	return -EINVAL;
}

static bool read_precision(const struct command_args *args)
{
	const char *precision = args_value(args, "time-stamp-precision");

	if (args_flag(args, "nano"))
		return true;
	return precision && strcmp(precision, "nano") == 0 && !args_flag(args, "micro");
}

/* Of several kinds of dumps tcpdump takes the first of -X, -x, -A. */
static void read_dump(const struct command_args *args, struct dissect_options *ret)
{
	/* clang-format off */
	static const struct { const char *name; enum dissect_dump dump; } kinds[] = {
		{ "X", DISSECT_DUMP_HEX_ASCII },
		{ "x", DISSECT_DUMP_HEX },
		{ "A", DISSECT_DUMP_ASCII },
	};
	/* clang-format on */

	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		unsigned int count = args_flag_count(args, kinds[i].name);

		if (count == 0)
			continue;
		ret->dump = kinds[i].dump;
		ret->dump_link = count > 1;
		return;
	}
}

static int read_dissect(const struct command_args *args, struct diag *diag,
			struct dissect_options *ret)
{
	unsigned int time_flags = args_flag_count(args, "t");

	if (time_flags > MOST_TIME_FLAGS) {
		diag_error(diag, SPAN_NONE, "-t was given %u times", time_flags);
		diag_hint(diag, "there are -t, -tt, -ttt, -tttt and -ttttt");
		return -EINVAL;
	}
	*ret = (struct dissect_options){
		.verbose = args_flag_count(args, "v"),
		.quick = args_flag(args, "q"),
		.link = args_flag(args, "e"),
		.numeric = args_flag(args, "n"),
		.no_domain = args_flag(args, "N"),
		.absolute_sequence = args_flag(args, "absolute-tcp-sequence-numbers"),
		.no_checksums = args_flag(args, "dont-verify-checksums"),
		.number = args_flag(args, "number"),
		.time = (enum dissect_time)time_flags,
		.nano = read_precision(args),
	};
	read_dump(args, ret);
	return 0;
}

/* Options that make no sense together. */
static int check_flags(const struct command_args *args, struct diag *diag)
{
	bool is_live = !args_value(args, "r") && !args_value(args, "V");

	if (args_flag(args, "process") && !is_live) {
		diag_error(diag, SPAN_NONE, "a file's packets have no processes any more");
		diag_hint(diag, "--process is for captures from interfaces");
		return -EINVAL;
	}
	if (args_flag(args, "json") && args_flag(args, "stats")) {
		diag_error(diag, SPAN_NONE, "--json and --stats were given: choose one");
		return -EINVAL;
	}
	return 0;
}

int capture_read_options(const struct command_args *args, struct diag *diag, struct capture *ret)
{
	bool failed = false;
	int err = refuse_two(args, diag, "r", "V");

	if (!err)
		err = refuse_two(args, diag, "r", "interface");
	if (!err)
		err = check_flags(args, diag);
	if (err)
		return err;
	*ret = (struct capture){
		.args = args,
		.diag = diag,
		.read_path = args_value(args, "r"),
		.list_path = args_value(args, "V"),
		.write_path = args_value(args, "w"),
		.most_packets = args_number(args, "c", 1, UINT64_MAX, UINT64_MAX, &failed),
		.snaplen = (uint32_t)args_number(args, "snapshot-length", 0,
						 CAPTURE_DEFAULT_SNAPLEN, 0, &failed),
		.nano = read_precision(args),
		.count = args_flag(args, "count"),
		.json = args_flag(args, "json"),
		.stats = args_flag(args, "stats"),
		.print = args_flag(args, "print"),
		.line_buffered = args_flag(args, "l"),
		.packet_buffered = args_flag(args, "packet-buffered"),
		.open_output = rotate_open_file,
		.open_input = input_open_file,
	};
	if (!ret->snaplen)
		ret->snaplen = CAPTURE_DEFAULT_SNAPLEN;
	err = filter_text_link(args, diag, -1, &ret->dlt);
	if (!err)
		err = read_dissect(args, diag, &ret->dissect);
	return failed ? -EINVAL : err;
}
