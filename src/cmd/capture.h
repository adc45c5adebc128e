/*
 * capture.h - what the files of 'waggle capture' say to each other.
 *
 * capture_options.c reads the command line into a struct capture; capture.c opens a source (a
 * savefile, or capture_live.c's interface), lets the matcher choose, and hands the packets to sinks:
 * capture_print.c, capture_write.c, capture_json.c.
 */
#ifndef WAGGLE_CMD_CAPTURE_H
#define WAGGLE_CMD_CAPTURE_H

#include <stdbool.h>
#include <stdint.h>

#include "capture/process.h"
#include "capture/source.h"
#include "cmd/command.h"
#include "dissect/dissect.h"
#include "match/match.h"

enum { CAPTURE_DEFAULT_SNAPLEN = 262144 };

/* What was asked for, and what has come of it.  Options that concern one file alone are read there,
 * from 'args'. */
struct capture {
	const struct command_args *args;
	struct diag *diag;      /* capture_report prints it and makes it empty */
	struct source text;     /* of the filter */
	const char *read_path;  /* -r, or NULL */
	const char *list_path;  /* -V, or NULL; without both the capture is live */
	const char *write_path; /* -w, or NULL */
	uint64_t most_packets;  /* -c; UINT64_MAX: all */
	uint32_t snaplen;       /* -s; never 0 */
	int dlt;                /* -y, or -1 */
	bool nano;
	bool count; /* --count: only count */
	bool json;
	bool stats;
	bool print;           /* also with -w: --print */
	bool line_buffered;   /* -l: what is printed goes out at once */
	bool packet_buffered; /* -U: so does what is written */
	struct dissect_options dissect;

	struct processes *processes; /* --process, or NULL */

	struct matcher *matcher;
	uint64_t packet_count;      /* that matched, so far */
	unsigned int source_number; /* of the source at hand: files of -V have one each */

	/* How the files of -w and -r are opened: a descriptor, or a negative errno.  Once privileges
	 * are dropped it is somebody else who does. */
	int (*open_output)(void *data, const char *path);
	int (*open_input)(void *data, const char *path);
	void *open_data;
};

static inline bool capture_is_live(const struct capture *capture)
{
	return !capture->read_path && !capture->list_path;
}

/* Print what was gathered in capture->diag, and forget it. */
void capture_report(struct capture *capture);

/*
 * Options: capture_options.c
 */

/* Read the command line, but for the filter, into *ret.  0, or -EINVAL with the reason in @diag or
 * said already. */
int capture_read_options(const struct command_args *args, struct diag *diag, struct capture *ret);

/*
 * Live: capture_live.c
 */

/* Open the interfaces that the options name, with the filter (capture->matcher) in the kernel where that
 * can be.  0, or a negative errno with the reason in capture->diag. */
int capture_open_live(struct capture *capture, struct packet_source **ret_source);
/* Let packets come, and print "listening on ...".  As above. */
int capture_start_live(struct capture *capture, struct packet_source *source);

/* -D and -L: an exit status. */
int capture_list_interfaces(struct capture *capture);
int capture_list_links(struct capture *capture);

/*
 * Privileges: capture_privilege.c
 */

/* Give up what is not needed any more.  Afterwards only the files of @read_paths (NULL-terminated, or NULL), which
 * must last as long as the capture, and of -w can be opened, through capture->open_input and open_output.
 * 0, or a negative errno with the reason in capture->diag. */
int capture_drop_privileges(struct capture *capture, const char *const *read_paths);
/* At the end. */
void capture_release_privileges(struct capture *capture);

/*
 * Processes: capture_process.c
 */

/* If --process was given, be ready for the following.  0, or a negative errno with the reason in
 * capture->diag. */
int capture_find_processes(struct capture *capture);
/* Who sends and who receives; false: nobody knows either. */
bool capture_process_of(struct capture *capture, int dlt, const struct packet *packet,
			struct process *ret_src, struct process *ret_dst);
/* Say so in the packet's text, which begins at @start of @out and ends there; and by which interface it came,
 * if there are several. */
void capture_annotate(struct capture *capture, const struct packet_source *source,
		      const struct packet *packet, struct strbuf *out, size_t start);

/*
 * Instead of packets: capture_code.c
 */

/* -d: print the filter's code for packets of @dlt.  --explain: say what it means.  Exit statuses. */
int capture_print_code(struct capture *capture, int dlt);
int capture_explain(struct capture *capture);

/*
 * Signals: capture_signals.c
 */

/* SIGINT, SIGTERM and SIGHUP (unless ignored) ask for the end, SIGUSR1 for the counts so far, SIGUSR2 for
 * what is buffered to be written.  Calls that wait end with EINTR. */
void capture_catch_signals(void);
unsigned int capture_stop_count(void); /* how often */
bool capture_wants_counts(void);       /* and forgets it */
bool capture_wants_flush(void);

/*
 * Sinks
 */

struct sink;

struct sink_ops {
	/* Take packets that matched, all from @source.  0; -ECANCELED: enough, all is well; or
	 * another negative errno with the reason in capture->diag.  After both nothing more comes. */
	int (*take)(struct sink *sink, const struct packet_source *source,
		    const struct packet *packets, size_t count);
	/* Let others see what was taken. */
	int (*flush)(struct sink *sink);
	/* As flush, and free it. */
	int (*finish)(struct sink *sink);
};

struct sink {
	const struct sink_ops *ops;
	struct capture *capture;
};

/* Each returns 0 and *ret_sink, or a negative errno with the reason in capture->diag. */
int sink_print_new(struct capture *capture, struct sink **ret_sink);
int sink_json_new(struct capture *capture, struct sink **ret_sink);
int sink_stats_new(struct capture *capture, struct sink **ret_sink);
/* The interfaces that @source has by now decide the file's format. */
int sink_write_new(struct capture *capture, const struct packet_source *source,
		   struct sink **ret_sink);

#endif
