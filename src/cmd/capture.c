/*
 * capture.c - 'waggle capture': packets from files and interfaces, filtered, printed and saved.
 *
 * It stands where tcpdump stands, with its options and its output.  This file has the table of options
 * and the way of the packets: source, matcher, sinks.
 */
#include "cmd/capture.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "base/file.h"
#include "capture/savefile.h"
#include "cmd/capture_progress.h"
#include "cmd/filter_text.h"

enum {
	BATCH = 128, /* packets: their descriptions stay in the first-level cache */
	MOST_SINKS = 3,
};

/* One run of the command. */
struct run {
	struct capture *capture;
	struct sink *sinks[MOST_SINKS];
	size_t sink_count;
	struct progress progress;
	uint32_t interfaces_seen; /* of the source at hand: the matcher is ready for these */
	uint64_t read_count;      /* packets, whether they match or not */
	bool is_finishing;        /* no more packets come */
	bool is_done;             /* there is no need for more */
};

void capture_report(struct capture *capture)
{
	struct diag *diag = capture->diag;
	const char *name = diag->name;

	command_report(diag);
	diag_release(diag);
	*diag = (struct diag){ .name = name };
}

/*
 * Getting ready
 */

static int prepare_matcher(struct run *run, const struct packet_source *source)
{
	struct capture *capture = run->capture;
	struct diag *diag = capture->diag;

	for (; run->interfaces_seen < source->interface_count; run->interfaces_seen++) {
		bool is_first = run->interfaces_seen == 0;
		int err;

		diag->source = &capture->text;
		err = matcher_prepare(capture->matcher,
				      source->interfaces[run->interfaces_seen].dlt, diag);
		if (err && is_first)
			return err;
		/* On further link types the filter may be nonsense; their packets do not match. */
		capture_report(capture);
	}
	return 0;
}

static int make_matcher(struct capture *capture, uint32_t snaplen, bool live)
{
	const struct matcher_options options = {
		.filter = { .snaplen = snaplen, .live = live },
		.no_optimize = args_flag(capture->args, "no-optimize"),
	};

	return capture->matcher ? 0 : matcher_new(&capture->text, &options, &capture->matcher);
}

static int make_sinks(struct run *run, const struct packet_source *source)
{
	struct capture *capture = run->capture;
	bool shows = (!capture->write_path || capture->print) && !capture->count;
	struct sink **next = run->sinks;
	int err = 0;

	if (run->sink_count > 0)
		return 0;
	capture->dissect.snaplen = source->snaplen;
	if (capture->write_path)
		err = sink_write_new(capture, source, next++);
	if (!err && shows)
		err = capture->stats ? sink_stats_new(capture, next++) :
		      capture->json  ? sink_json_new(capture, next++) :
				       sink_print_new(capture, next++);
	run->sink_count = (size_t)(next - run->sinks) - (err != 0);
	return err;
}

/*
 * Packets on their way
 */

/* Those that match move to the front; runs of one link type are asked about together. */
static size_t choose(const struct run *run, const struct packet_source *source,
		     struct packet *packets, size_t count)
{
	size_t kept = 0;

	if (source->interface_count == 1)
		return match_packets(run->capture->matcher, source->interfaces[0].dlt, packets,
				     count);
	for (size_t i = 0, next; i < count; i = next) {
		int dlt = source->interfaces[packets[i].interface].dlt;
		size_t n;

		for (next = i + 1; next < count; next++)
			if (packets[next].interface != packets[i].interface &&
			    source->interfaces[packets[next].interface].dlt != dlt)
				break;
		n = match_packets(run->capture->matcher, dlt, packets + i, next - i);
		if (kept != i)
			memmove(packets + kept, packets + i, n * sizeof *packets);
		kept += n;
	}
	return kept;
}

static int deliver(struct run *run, const struct packet_source *source, struct packet *packets,
		   size_t count)
{
	struct capture *capture = run->capture;
	int err = 0;

	if (!source->is_filtered)
		count = choose(run, source, packets, count);
	if (count >= capture->most_packets - capture->packet_count) {
		count = (size_t)(capture->most_packets - capture->packet_count);
		run->is_done = true;
	}
	capture->packet_count += count;
	for (size_t i = 0; count > 0 && i < run->sink_count && !err; i++)
		err = run->sinks[i]->ops->take(run->sinks[i], source, packets, count);
	run->is_done |= err == -ECANCELED;
	return run->is_done ? 0 : err;
}

static int flush(struct run *run)
{
	int err = 0;

	for (size_t i = 0; i < run->sink_count && !err; i++)
		err = run->sinks[i]->ops->flush(run->sinks[i]);
	return err;
}

static const char *plural(uint64_t count)
{
	return count == 1 ? "" : "s";
}

static void print_count(unsigned long long count, const char *before, const char *what)
{
	(void)fprintf(stderr, "%s%llu packet%s %s", before, count, plural(count), what);
}

static void print_kernel_counts(const struct packet_counts *counts, const char *first,
				const char *separator)
{
	print_count(counts->received, first, "received by filter");
	print_count(counts->dropped, separator, "dropped by kernel");
	if (counts->dropped_by_interface)
		print_count(counts->dropped_by_interface, separator, "dropped by interface");
}

static void print_counts(const struct capture *capture, struct packet_source *source,
			 const char *separator)
{
	struct packet_counts counts;
	bool are_many = source->interface_count > 1;

	print_count(capture->packet_count, "", "captured");
	if (source->ops->counts && source->ops->counts(source, PACKET_ALL_INTERFACES, &counts) == 0)
		print_kernel_counts(&counts, separator, separator);
	(void)fputc('\n', stderr);
	for (uint32_t i = 0; are_many && source->ops->counts && i < source->interface_count; i++) {
		if (source->ops->counts(source, i, &counts))
			continue;
		(void)fprintf(stderr, "%s: ", source->interfaces[i].name);
		print_kernel_counts(&counts, "", ", ");
		(void)fputc('\n', stderr);
	}
}

/* When asked to: an interface's packets that have come are still taken, unless asked again. */
static void stop(struct run *run, struct packet_source *source)
{
	unsigned int times = capture_stop_count();

	if (times > 1 || (times == 1 && !source->ops->finish))
		run->is_done = true;
	else if (times == 1 && !run->is_finishing)
		source->ops->finish(source);
	run->is_finishing = times > 0;
}

/* What is done now and then, between batches. */
static int look_around(struct run *run, struct packet_source *source)
{
	if (capture_wants_counts()) {
		(void)fputs("waggle capture: ", stderr);
		print_counts(run->capture, source, ", ");
	}
	if (run->capture->diag->warning_count > 0)
		capture_report(run->capture);
	stop(run, source);
	progress_show(&run->progress, source, run->read_count);
	return capture_wants_flush() ? flush(run) : 0;
}

/* All packets of @source: 0, or a negative errno with the reason in the capture's diag. */
static int pump(struct run *run, struct packet_source *source)
{
	struct packet packets[BATCH];
	int err = 0;

	while (!err && !run->is_done) {
		int n = packet_source_read(source, packets, ARRAY_LEN(packets), run->capture->diag);

		if (n == 0)
			break;
		if (n < 0 && n != -EAGAIN && n != -EINTR)
			return n;
		if (n > 0) {
			run->read_count += (uint64_t)n;
			err = source->is_filtered ? 0 : prepare_matcher(run, source);
		}
		if (n > 0 && !err)
			err = deliver(run, source, packets, (size_t)n);
		if (n == -EAGAIN && !err)
			err = flush(run);
		if (!err)
			err = look_around(run, source);
	}
	run->is_done |= err != 0; /* that is not about this source: no other does better */
	return err;
}

/*
 * Files
 */

static void print_file_header(const struct packet_source *source, const char *path)
{
	const struct packet_interface *interface = &source->interfaces[0];
	const char *name = dlt_name(interface->dlt);

	(void)fprintf(stderr, "reading from file %s", path);
	if (name)
		(void)fprintf(stderr, ", link-type %s (%s)", name, dlt_words(interface->dlt));
	else
		(void)fprintf(stderr, ", link-type %d", interface->dlt);
	(void)fprintf(stderr, ", snapshot length %u\n", source->snaplen);
	if (interface->dlt == DLT_LINUX_SLL2 && !interface->name)
		(void)fputs("Warning: interface names might be incorrect\n", stderr);
}

static int read_packets(struct run *run, struct packet_source *source)
{
	int err = make_matcher(run->capture, source->snaplen, false);

	run->interfaces_seen = 0;
	run->capture->source_number++;
	if (!err)
		err = prepare_matcher(run, source);
	if (!err)
		err = make_sinks(run, source);
	run->is_done |= err != 0;
	return err ? err : pump(run, source);
}

/* An exit status. */
static int read_file(struct run *run, const char *path)
{
	struct capture *capture = run->capture;
	struct packet_source *source;
	bool wants_code = args_flag(capture->args, "d");
	int status = EXIT_FAILED;
	int fd = capture->open_input(capture->open_data, path);
	int err = savefile_begin(path, fd, capture->diag, &source);

	if (err) {
		capture_report(capture);
		return EXIT_FAILED;
	}
	print_file_header(source, path);
	if (wants_code) {
		err = make_matcher(capture, source->snaplen, false);
		if (!err)
			status = capture_print_code(capture, source->interfaces[0].dlt);
		run->is_done = true;
	} else {
		err = read_packets(run, source);
		status = err ? EXIT_FAILED : EXIT_OK;
	}
	progress_end(&run->progress);
	packet_source_free(source);
	if (err == -ENOMEM && capture->diag->error_count == 0)
		diag_error(capture->diag, SPAN_NONE, "out of memory");
	capture_report(capture);
	return status;
}

/* The lines of -V's file, in @arena, up to an empty one; @text is taken apart. */
static int split_list(struct capture *capture, char *text, struct arena *arena,
		      const char ***ret_paths)
{
	size_t count = 0, most = 2;
	const char **paths;
	char *path;

	for (const char *p = text; *p; p++)
		most += *p == '\n';
	paths = arena_alloc_array(arena, most, sizeof *paths);
	if (!paths)
		return -ENOMEM;
	while ((path = strsep(&text, "\n")) && *path)
		paths[count++] = path;
	*ret_paths = paths;
	if (count > 0)
		return 0;
	diag_error(capture->diag, SPAN_NONE, "there is no file's name in '%s'",
		   file_name(capture->list_path));
	return -EINVAL;
}

static int read_paths(struct run *run, const char *const *paths)
{
	int status = EXIT_OK;

	if (capture_drop_privileges(run->capture, paths))
		return EXIT_FAILED;
	/* A file that is damaged does not keep us from the next. */
	for (; *paths && !run->is_done; paths++)
		if (read_file(run, *paths))
			status = EXIT_FAILED;
	return status;
}

static int read_list(struct run *run)
{
	struct capture *capture = run->capture;
	struct arena arena = { 0 };
	const char **paths;
	int status = EXIT_FAILED;
	char *text;
	size_t len;

	if (file_read(capture->list_path, capture->diag, &text, &len))
		return EXIT_FAILED;
	if (!split_list(capture, text, &arena, &paths))
		status = read_paths(run, paths);
	arena_release(&arena);
	free(text);
	return status;
}

static int finish_sinks(struct run *run, int status)
{
	for (size_t i = 0; i < run->sink_count; i++)
		if (run->sinks[i]->ops->finish(run->sinks[i]))
			status = EXIT_FAILED;
	run->sink_count = 0;
	return status;
}

static int run_files(struct run *run)
{
	struct capture *capture = run->capture;
	const char *const path[] = { capture->read_path, NULL };
	int status = capture->list_path ? read_list(run) : read_paths(run, path);

	status = finish_sinks(run, status);
	if (capture->count && !args_flag(capture->args, "d"))
		(void)printf("%llu packet%s\n", (unsigned long long)capture->packet_count,
			     plural(capture->packet_count));
	return status;
}

/*
 * Interfaces
 */

static int run_live(struct run *run)
{
	struct capture *capture = run->capture;
	struct packet_source *source;
	int status;
	int err = make_matcher(capture, capture->snaplen, true);

	if (!err)
		err = capture_open_live(capture, &source);
	if (err)
		return EXIT_FAILED;
	if (args_flag(capture->args, "d")) {
		status = capture_print_code(capture, source->interfaces[0].dlt);
		packet_source_free(source);
		return status;
	}
	err = capture_find_processes(capture);
	if (!err)
		err = capture_drop_privileges(capture, NULL);
	if (!err)
		err = make_sinks(run, source);
	if (!err)
		err = capture_start_live(capture, source);
	if (!err) {
		err = pump(run, source);
		status = finish_sinks(run, err ? EXIT_FAILED : EXIT_OK);
		print_counts(capture, source, "\n");
	} else {
		status = finish_sinks(run, EXIT_FAILED);
	}
	packet_source_free(source);
	return status;
}

/* -d without a source: for the link type of -y. */
static int print_code(struct capture *capture)
{
	int dlt = capture->dlt;

	if (dlt < 0) {
		dlt = DLT_EN10MB;
		diag_warning(capture->diag, SPAN_NONE,
			     "no link type was given with -y: assuming Ethernet");
		capture_report(capture);
	}
	return make_matcher(capture, capture->snaplen, false) ? EXIT_FAILED :
								capture_print_code(capture, dlt);
}

static int run_request(struct run *run)
{
	struct capture *capture = run->capture;
	const struct command_args *args = capture->args;

	if (args_flag(args, "list-interfaces"))
		return capture_list_interfaces(capture);
	if (args_flag(args, "list-data-link-types"))
		return capture_list_links(capture);
	if (args_flag(args, "explain"))
		return capture_explain(capture);
	capture_catch_signals();
	progress_begin(&run->progress, capture);
	if (!capture_is_live(capture))
		return run_files(run);
	if (args_flag(args, "d") && !args_value(args, "interface"))
		return print_code(capture);
	return run_live(run);
}

static int run_capture(const struct command_args *args)
{
	struct diag diag = { .name = "waggle capture" };
	struct strbuf text = { 0 };
	struct capture capture;
	struct run run = { .capture = &capture };
	int status = EXIT_USAGE;
	int err = capture_read_options(args, &diag, &capture);

	if (!err)
		err = filter_text_read(args, &diag, &text);
	if (!err) {
		capture.text = (struct source){ .name = filter_text_name(args),
						.text = strbuf_text(&text),
						.len = text.len };
		status = run_request(&run);
		matcher_free(capture.matcher);
		capture_release_privileges(&capture);
	}
	if (status != EXIT_OK && diag.error_count == 0 && err == -ENOMEM)
		diag_error(&diag, SPAN_NONE, "out of memory");
	command_report(&diag);
	diag_release(&diag);
	strbuf_release(&text);
	return status;
}

/* clang-format off */
static const struct command_option options[] = {
	{ 'i', "interface",            "NAME", NULL, "capture from an interface, or several: -i a,b; 'any' is all of them" },
	{ 'r', NULL,                   "FILE", NULL, "read packets from FILE, '-' for standard input" },
	{ 'V', NULL,                   "FILE", NULL, "read packets from the files that FILE names, one a line" },
	{ 'w', NULL,                   "FILE", NULL, "save packets to FILE, '-' for standard output, instead of printing them" },
	{ 0,   "pcapng",               NULL,   NULL, "save as pcapng; the default if FILE ends in .pcapng" },
	{ 'c', NULL,                   "N",    NULL, "end after N packets" },
	{ 's', "snapshot-length",      "N",    NULL, "capture at most N bytes of a packet; 0 is the default of 262144" },
	{ 'n', NULL,                   NULL,   NULL, "print numbers instead of names of hosts and ports; -nn is the same" },
	{ 'N', NULL,                   NULL,   NULL, "print names of hosts without their domains" },
	{ 'e', NULL,                   NULL,   NULL, "print the link-level header" },
	{ 'v', NULL,                   NULL,   NULL, "print more: -v, -vv, -vvv" },
	{ 'q', NULL,                   NULL,   NULL, "print less" },
	{ 'x', NULL,                   NULL,   NULL, "dump packets in hexadecimal: -xx with the link-level header" },
	{ 'X', NULL,                   NULL,   NULL, "dump packets in hexadecimal and ASCII: -XX with the link-level header" },
	{ 'A', NULL,                   NULL,   NULL, "dump packets in ASCII: -AA with the link-level header" },
	{ 't', NULL,                   NULL,   NULL, "time: -t none, -tt in seconds, -ttt since the packet before, -tttt with the date, -ttttt since the first" },
	{ 'S', "absolute-tcp-sequence-numbers", NULL, NULL, "print TCP sequence numbers as they are" },
	{ 'K', "dont-verify-checksums", NULL,  NULL, "do not verify checksums" },
	{ '#', "number",               NULL,   NULL, "print each packet's number" },
	{ 0,   "process",              NULL,   NULL, "say which process sends a packet or gets it" },
	{ 0,   "stats",                NULL,   NULL, "show a table of flows and their rates instead of packets" },
	{ 0,   "json",                 NULL,   NULL, "print a JSON object a line for each packet" },
	{ 0,   "print",                NULL,   NULL, "print packets also when they are saved" },
	{ 0,   "count",                NULL,   NULL, "print only how many packets there were" },
	{ 'l', NULL,                   NULL,   NULL, "let each printed line out at once" },
	{ 'U', "packet-buffered",      NULL,   NULL, "let each saved packet out at once" },
	{ 'C', NULL,                   "SIZE", NULL, "begin another file before one exceeds SIZE millions of bytes (or KiB, MiB, GiB: 10k, 10m, 10g)" },
	{ 'G', NULL,                   "S",    NULL, "begin another file every S seconds; FILE is a format of strftime(3)" },
	{ 'W', NULL,                   "N",    NULL, "with -C, overwrite the first file after N; with -G, end after N" },
	{ 'z', NULL,                   "CMD",  NULL, "run 'CMD FILE' for each file that -C or -G has finished" },
	{ 'D', "list-interfaces",      NULL,   NULL, "list interfaces" },
	{ 'L', "list-data-link-types", NULL,   NULL, "list an interface's link types" },
	{ 'y', "linktype",             "TYPE", NULL, "the link type to capture, or for -d: EN10MB, RAW, LINUX_SLL2 ..." },
	{ 'p', "no-promiscuous-mode",  NULL,   NULL, "do not put the interface into promiscuous mode" },
	{ 'Q', "direction",            "WAY",  "in|out|inout", "capture packets that come in, go out, or both" },
	{ 'B', "buffer-size",          "KIB",  NULL, "the kernel's buffer" },
	{ 0,   "immediate-mode",       NULL,   NULL, "get packets as they come, not by the buffer" },
	{ 'Z', "relinquish-privileges", "USER", NULL, "after opening, go on as USER" },
	{ 0,   "kernel",               "WHICH", "host|embedded|auto", "who runs the filter: Linux, this program, or who can" },
	{ 0,   "time-stamp-precision", "UNIT", "micro|nano", "how exact times are" },
	{ 0,   "micro",                NULL,   NULL, "the same as --time-stamp-precision micro, the default" },
	{ 0,   "nano",                 NULL,   NULL, "the same as --time-stamp-precision nano" },
	{ 'F', NULL,                   "FILE", NULL, "read the filter from FILE" },
	{ 'O', "no-optimize",          NULL,   NULL, "leave the filter's code as it comes from the text" },
	{ 'd', NULL,                   NULL,   NULL, "print the filter's code, and no packets: -d as text, -dd as C, -ddd as numbers" },
	{ 0,   "explain",              NULL,   NULL, "say in words what the filter means, and print no packets" },
	{ 0 },
};
/* clang-format on */

const struct command command_capture = {
	.name = "capture",
	.operands = "[FILTER]...",
	.summary = "print or save packets from an interface or a file",
	.details =
		"The options are tcpdump's, the filters those of pcap-filter(7) (see 'waggle filter'), and the "
		"lines those of tcpdump 4.99. Without -r or -V packets come from an interface, which takes "
		"privileges.\n"
		"\n"
		"Files may be pcap or pcapng, of either byte order, with micro- or nanoseconds, also "
		"compressed by gzip or zstd. Of a file that is damaged, what can be read is; then the "
		"place is said, and the exit status is 1.\n"
		"\n"
		"--json prints an object a line. Of its members, those that a packet has are there, always by "
		"these names and in this order:\n"
		"\n"
		"  number            of the packet among those that match, from 1\n"
		"  time              \"2020-09-13T12:26:40.123456789Z\"\n"
		"  timestamp         the same in seconds since 1970: 1600000000.123456789\n"
		"  interface         its name\n"
		"  direction         \"in\" or \"out\"\n"
		"  link_type         \"EN10MB\", as for -y\n"
		"  length, captured  bytes: of the packet, and those at hand\n"
		"  link              {src, dst, type}: addresses, and the Ethernet type as a number\n"
		"  vlan              [id, ...], outermost first\n"
		"  network           {version, src, dst, protocol, ttl, fragment: {offset, more}}\n"
		"  transport         {src_port, dst_port}, of TCP also {flags, seq, ack, window}\n"
		"  icmp              {type, code}, also of ICMPv6\n"
		"  payload_length    bytes behind all headers above\n"
		"  process           {src, dst}: {pid, command}, with --process\n"
		"  line              what is printed without --json and without the time\n"
		"\n"
		"flags is an array of fin, syn, rst, psh, ack, urg, ece, cwr. Tunnels are not looked into: "
		"all but the line is of the outermost packet.\n"
		"\n"
		"Once everything is open, root becomes the user of -Z, or else 'tcpdump' or 'nobody', and gives "
		"up all capabilities. A small process stays behind that opens the files of -w, so that -C and "
		"-G work with -Z too; with -Z, files belong to that user, without it, to root.\n"
		"\n"
		"--process adds to a line '[curl/1234]', or for packets within this machine '[curl/1234 > "
		"nginx/77]'. A process that ends at once may be missed. --stats adds up both directions of a flow; "
		"on a terminal its rates are those of the last second, else the average.\n"
		"\n"
		"What differs from tcpdump: -i takes several interfaces, whose packets come in the order of "
		"time, their lines ending in '[eth0]'; with 'any', VLAN tags are kept; -D numbers network interfaces alone; -B is 32768 unless "
		"given; the last packets before SIGINT are not lost; an interface that goes down is waited for; "
		"'-Q out' on the loopback shows what goes out. --kernel embedded, and filters that Linux does not "
		"take, are judged on packets with their VLAN tags, as in a file: 'ip' then does not match what "
		"is tagged.\n"
		"\n"
		"SIGINT and SIGTERM end a capture in order (given twice, at once), SIGUSR1 prints counts, and "
		"SIGUSR2 lets out what is buffered.",
	.examples = "waggle capture -n -c 10 tcp port 443\n"
		    "waggle capture -r old.pcapng -w new.pcap host 192.0.2.1\n"
		    "waggle capture -r file.pcap.gz --count 'vlan and udp'",
	.options = options,
	.least_operands = 0,
	.most_operands = 1000,
	.run = run_capture,
};
