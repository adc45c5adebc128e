/*
 * cbpf_text.c - classic BPF's texts: against tcpdump and libpcap, there and back, and the cases
 * in the files that are named on the command line.
 *
 * A case file (*.t) says in its first line why it exists.  Then come sections:
 *
 *	-- asm        a text for cbpf_assemble, in either spelling
 *	-- numbers    or one for isa_bytes_read
 *	-- c          what it must become, as 'tcpdump -dd' shows it
 *	-- pcap       the same as 'tcpdump -d' shows it
 *	-- retext     the same in bpf_asm's language
 *	-- errors     or the messages it must provoke, those of cbpf_check included
 *	-- skb        the messages of its conversion for CBPF_TARGET_SKB, none if it succeeds
 *	-- mem        and for CBPF_TARGET_MEM
 *
 * Everything after the input belongs to that input; a new input begins a new case.
 */
#include "cbpf_test.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bits.h"
#include "base/file.h"
#include "isa/bytes.h"

/*
 * There and back
 */

static int read_numbers(const struct source *source, struct arena *arena, struct diag *diag,
			struct cbpf_prog *ret_prog)
{
	struct isa_program program;
	int err = isa_bytes_read(source, ISA_SET_CLASSIC, arena, diag, &program);

	if (!err)
		*ret_prog = program.classic;
	return err;
}

static bool same_program(const struct cbpf_prog *a, const struct cbpf_prog *b)
{
	return a->count == b->count && !memcmp(a->insns, b->insns, a->count * sizeof *a->insns);
}

/* Does @prog, written as @form and read again, come back? */
static void test_round_trip(const struct cbpf_prog *prog, enum cbpf_text form, const char *name)
{
	bool is_numbers = form == CBPF_TEXT_C || form == CBPF_TEXT_DECIMAL;
	struct source source = { .name = name };
	struct diag diag = { .source = &source };
	struct strbuf text = { 0 }, messages = { 0 };
	struct cbpf_prog back = { 0 };
	struct arena arena = { 0 };
	int err;

	cbpf_disasm(prog, form, &text);
	source.text = strbuf_text(&text);
	source.len = text.len;
	err = is_numbers ? read_numbers(&source, &arena, &diag, &back) :
			   cbpf_assemble(&source, &arena, &diag, &back);
	diag_render(&diag, &messages);
	test_check(!err && same_program(prog, &back), "%s: comes back otherwise:\n%s%s", name,
		   strbuf_text(&text), strbuf_text(&messages));
	strbuf_release(&text);
	strbuf_release(&messages);
	diag_release(&diag);
	arena_release(&arena);
}

static void test_all_forms(const struct cbpf_prog *prog)
{
	test_round_trip(prog, CBPF_TEXT_PCAP, "tcpdump -d");
	test_round_trip(prog, CBPF_TEXT_ASM, "bpf_asm");
	test_round_trip(prog, CBPF_TEXT_C, "tcpdump -dd");
	test_round_trip(prog, CBPF_TEXT_DECIMAL, "tcpdump -ddd");
}

/* Every operation with constants from every corner, and every way of jumping. */
static void test_every_insn(void)
{
	static const uint32_t constants[] = { 0,          1,          9,          10,
					      15,         255,        4096,       0x7fffffff,
					      0x80000000, 0xfffff000, 0xfffff028, 0xfffff03c,
					      0xfffff001, 0xffe00000, 0xffffffff };
	static const uint8_t skips[] = { 0, 1, 2, 3 };

	for (int op = 0; op < CBPF_OP_COUNT; op++) {
		for (size_t i = 0; i < ARRAY_LEN(constants); i++) {
			for (size_t j = 0; j < 16; j++) {
				struct cbpf_insn insns[6] = {
					[0] = { .code = cbpf_ops[op].code,
						.jt = skips[j % 4],
						.jf = skips[j / 4],
						.k = constants[i] },
					[1 ... 5] = { .code = 0x16 },
				};
				struct cbpf_prog prog = { insns, ARRAY_LEN(insns), NULL };

				if (op == CBPF_JA)
					insns[0].k = (uint32_t)j % 4;
				insns[0] = cbpf_canonical(insns[0]);
				test_all_forms(&prog);
			}
		}
	}
}

static void test_random_programs(void)
{
	const struct random_kind kind = { .exts = true, .headers = true };

	for (unsigned int i = 0; i < 3000; i++) {
		struct cbpf_insn insns[300] = { 0 };
		struct cbpf_prog prog = { .insns = insns };

		prog.count = random_program(insns, i % 10 ? 30 : 300, kind);
		for (size_t j = 0; j < prog.count; j++)
			insns[j] = cbpf_canonical(insns[j]);
		test_all_forms(&prog);
	}
}

/*
 * libpcap's bpf_image
 */

static void test_image(void)
{
	static const uint32_t constants[] = { 0, 5, 0x7fffffff, 0x80000000, 0xfffffff5, 0xfff00004 };
	void *pcap = dlopen("libpcap.so.0.8", RTLD_NOW);
	char *(*image)(const struct cbpf_insn *, int) = NULL;
	void *symbol = pcap ? dlsym(pcap, "bpf_image") : NULL;
	struct cbpf_insn insns[8] = { 0 };
	struct strbuf ours = { 0 };

	if (!symbol) {
		test_skip("libpcap is not installed");
		return;
	}
	memcpy(&image, &symbol, sizeof image);
	for (uint32_t code = 0; code < 0x200; code++) {
		for (uint32_t i = 0; i < 80 + ARRAY_LEN(constants); i++) {
			uint32_t k = i < 80 ? CBPF_EXT_OFFSET + i : constants[i - 80];
			const char *line;

			insns[7] = (struct cbpf_insn){ (uint16_t)code, 3, 4, k };
			strbuf_reset(&ours);
			cbpf_disasm(&(struct cbpf_prog){ insns, 8, NULL }, CBPF_TEXT_PCAP, &ours);
			line = strstr(strbuf_text(&ours), "(007)");
			if (line && !strncmp(line, image(&insns[7], 7), strlen(line) - 1))
				test_pass();
			else
				test_fail("libpcap: '%s', ours: %s", image(&insns[7], 7), line);
		}
	}
	strbuf_release(&ours);
	(void)dlclose(pcap);
}

/*
 * tcpdump
 */

/* libpcap's optimiser leaves numbers in fields without a meaning, which text cannot show. */
static struct cbpf_prog canonical_program(const struct cbpf_prog *prog, struct arena *arena)
{
	struct cbpf_insn *insns = arena_alloc_array(arena, prog->count, sizeof *insns);

	for (size_t i = 0; insns && i < prog->count; i++)
		insns[i] = cbpf_canonical(prog->insns[i]);
	return (struct cbpf_prog){ insns, insns ? prog->count : 0, NULL };
}

/* What @command prints, which the caller frees; NULL when it fails. */
static char *run_command(const char *command)
{
	struct strbuf out = { 0 };
	char buf[4096];
	size_t got;
	FILE *pipe = popen(command, "r");

	if (!pipe)
		return NULL;
	while ((got = fread(buf, 1, sizeof buf, pipe)) > 0)
		strbuf_add(&out, buf, got);
	if (pclose(pipe) || out.failed)
		strbuf_release(&out);
	return out.data;
}

/* The output of 'tcpdump OPTION -y TYPE EXPRESSION', or NULL. */
static char *run_tcpdump(const char *option, const char *type, const char *expression)
{
	char command[1024];

	(void)snprintf(command, sizeof command, "tcpdump %s -y %s '%s' 2>/dev/null", option, type,
		       expression);
	return run_command(command);
}

static void test_same_text(const struct cbpf_prog *prog, enum cbpf_text form, const char *theirs,
			   const char *expression)
{
	struct strbuf ours = { 0 };

	cbpf_disasm(prog, form, &ours);
	test_check(!strcmp(strbuf_text(&ours), theirs), "%s: tcpdump has\n%sand we have\n%s",
		   expression, theirs, strbuf_text(&ours));
	strbuf_release(&ours);
}

static void test_expression(const char *type, const char *expression, bool is_valid)
{
	char *listing = run_tcpdump("-d", type, expression);
	char *rows = run_tcpdump("-dd", type, expression);
	char *decimal = run_tcpdump("-ddd", type, expression);
	struct cbpf_prog from_rows = { 0 }, from_listing = { 0 }, canonical;
	struct arena arena = { 0 };

	if (!listing || !rows || !decimal) {
		test_fail("%s: tcpdump has nothing to say", expression);
		goto release;
	}
	if (read_numbers(&(struct source){ .name = "rows", .text = rows, .len = strlen(rows) },
			 &arena, NULL, &from_rows) ||
	    cbpf_assemble(
		    &(struct source){ .name = "listing", .text = listing, .len = strlen(listing) },
		    &arena, NULL, &from_listing)) {
		test_fail("%s: we cannot read\n%s", expression, listing);
		goto release;
	}
	canonical = canonical_program(&from_rows, &arena);
	test_check(same_program(&canonical, &from_listing), "%s: -d and -dd differ", expression);
	test_check(!cbpf_check(&from_rows, NULL) == is_valid, "%s: is%s valid", expression,
		   is_valid ? " not" : "");
	test_same_text(&from_rows, CBPF_TEXT_PCAP, listing, expression);
	test_same_text(&from_rows, CBPF_TEXT_C, rows, expression);
	test_same_text(&from_rows, CBPF_TEXT_DECIMAL, decimal, expression);
	test_all_forms(&canonical);

release:
	arena_release(&arena);
	free(listing);
	free(rows);
	free(decimal);
}

static void test_tcpdump(void)
{
	static const char *const expressions[] = {
		"tcp and len > 0",
		"arp and not broadcast",
		"ip6 and greater 100",
		"ether proto 0x88f7",
		"host 198.51.100.20",
		"ip6 host 2001:db8:5::19",
		"src net 10.20.4.0/22 and dst net 203.0.113.0/24",
		"ether src 02:00:5e:20:00:07",
		"tcp port 22",
		"portrange 30000-40000",
		"not port 443",
		"src net 10.20.0.0/16 and not dst port 53",
		"(tcp port 25 or tcp port 110) and net 192.0.2.0/24",
		"icmp[icmptype] = icmp-timxceed",
		"tcp[tcpflags] & (tcp-syn|tcp-rst) != 0",
		"ip[2:2] - 20 > 1000",
		"ip[2:2] * 3 / 7 % 5 = 4",
		"ip[2:2] ^ 0xff00 > ip[4:2] << 3",
		"tcp[(tcp[12] & 0xf0) >> 2] = 0x50",
		"ip[16:4] & 0xfffffff0 = 0xc0000210",
		"(-ip[0]) & 0xff = 5",
		"len > 512 and len < 1024",
		"vlan 20",
		"vlan and udp port 53",
		"mpls 3000",
		"pppoes and tcp",
		"geneve and udp",
		"ip6[6] = 17 and ip6[42:2] = 443",
		"iso or stp",
		"less 0",
	};

	if (system("tcpdump --version >/dev/null 2>&1")) {
		test_skip("tcpdump is not installed");
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(expressions); i++)
		test_expression("EN10MB", expressions[i], true);
	test_expression("EN10MB", "ip protochain 6", false); /* a loop, which only libpcap runs */
	test_expression("RAW", "udp port 53", true);
	test_expression("LINUX_SLL2", "tcp and host 198.51.100.20", true);
	test_expression("IEEE802_11", "type mgt subtype deauth", true);
}

/*
 * bpf_asm, of Linux's tools/bpf
 */

static char *run_bpf_asm(const char *path)
{
	char command[128];

	(void)snprintf(command, sizeof command, "bpf_asm -c %s", path);
	return run_command(command);
}

/* Does bpf_asm make of our text for @prog what it was? */
static void test_bpf_asm_on(const struct cbpf_prog *prog)
{
	char path[] = "/tmp/cbpf-text-XXXXXX", *rows = NULL;
	struct cbpf_prog back = { 0 };
	struct strbuf text = { 0 };
	struct arena arena = { 0 };
	int fd = mkstemp(path);

	if (fd < 0)
		return;
	cbpf_disasm(prog, CBPF_TEXT_ASM, &text);
	if (write(fd, strbuf_text(&text), text.len) == (ssize_t)text.len)
		rows = run_bpf_asm(path);
	test_check(rows &&
			   !read_numbers(&(struct source){ .name = "rows",
							   .text = rows,
							   .len = strlen(rows) },
					 &arena, NULL, &back) &&
			   same_program(prog, &back),
		   "bpf_asm reads otherwise:\n%s", strbuf_text(&text));
	(void)close(fd);
	(void)unlink(path);
	strbuf_release(&text);
	arena_release(&arena);
	free(rows);
}

static void test_bpf_asm(void)
{
	const struct random_kind kind = { .exts = true, .headers = true };

	if (system("command -v bpf_asm >/dev/null 2>&1")) {
		test_skip("bpf_asm is not installed");
		return;
	}
	for (unsigned int i = 0; i < 200; i++) {
		struct cbpf_insn insns[60] = { 0 };
		struct cbpf_prog prog = { .insns = insns };

		prog.count = random_program(insns, ARRAY_LEN(insns), kind);
		for (size_t j = 0; j < prog.count; j++)
			insns[j] = cbpf_canonical(insns[j]);
		test_bpf_asm_on(&prog);
	}
}

/*
 * Case files
 */

struct section {
	const char *name; /* not terminated */
	size_t name_len;
	const char *text;
	size_t len;
};

static bool section_is(const struct section *section, const char *name)
{
	return section->name_len == strlen(name) && !memcmp(section->name, name, section->name_len);
}

/* The section at *at in a file of @len bytes; moves *at to the next.  False at the end. */
static bool next_section(const char *data, size_t len, size_t *at, struct section *ret_section)
{
	const char *start = data + *at, *end = data + len, *eol, *next;

	if (*at == 0)
		start = strstr(data, "\n-- ");
	if (!start || start >= end)
		return false;
	if (*start == '\n')
		start++;
	eol = strchr(start, '\n');
	if (!eol)
		return false;
	next = strstr(eol, "\n-- ");
	next = next ? next + 1 : end;
	*ret_section = (struct section){ start + 3, (size_t)(eol - start - 3), eol + 1,
					 (size_t)(next - eol - 1) };
	*at = (size_t)(next - data);
	return true;
}

/* The input of a case, and what became of it. */
struct subject {
	struct source source;
	struct arena arena;
	struct diag diag;
	struct cbpf_prog prog;
	bool good;
};

static void subject_release(struct subject *s)
{
	diag_release(&s->diag);
	arena_release(&s->arena);
}

static void subject_read(struct subject *s, const struct section *section, const char *file)
{
	*s = (struct subject){ .source = {
				       .name = file, .text = section->text, .len = section->len } };
	s->diag.source = &s->source;
	s->good = !(section_is(section, "asm") ?
			    cbpf_assemble(&s->source, &s->arena, &s->diag, &s->prog) :
			    read_numbers(&s->source, &s->arena, &s->diag, &s->prog));
	if (s->good)
		s->good = !cbpf_check(&s->prog, &s->diag);
}

/* The messages of the conversion. */
static void convert_subject(const struct subject *s, enum cbpf_target target, struct strbuf *out)
{
	struct diag diag = { .source = &s->source };
	struct arena arena = { 0 };
	struct cbpf_ebpf ebpf;
	int err = cbpf_to_ebpf(&s->prog, target, &arena, &diag, &ebpf);

	diag_render(&diag, out);
	test_check(err == (diag.error_count ? -ENOTSUP : 0), "conversion: status %d", err);
	diag_release(&diag);
	arena_release(&arena);
}

static void test_section(struct subject *s, const struct section *section, const char *file)
{
	struct strbuf got = { 0 };

	if (section_is(section, "errors") || !s->good)
		diag_render(&s->diag, &got);
	else if (section_is(section, "c"))
		cbpf_disasm(&s->prog, CBPF_TEXT_C, &got);
	else if (section_is(section, "pcap"))
		cbpf_disasm(&s->prog, CBPF_TEXT_PCAP, &got);
	else if (section_is(section, "retext"))
		cbpf_disasm(&s->prog, CBPF_TEXT_ASM, &got);
	else if (section_is(section, "skb"))
		convert_subject(s, CBPF_TARGET_SKB, &got);
	else if (section_is(section, "mem"))
		convert_subject(s, CBPF_TARGET_MEM, &got);
	else
		strbuf_puts(&got, "there is no such section\n");
	test_check(got.len == section->len && !memcmp(strbuf_text(&got), section->text, got.len),
		   "%s, section '%.*s': expected\n%.*sbut got\n%s", file, (int)section->name_len,
		   section->name, (int)section->len, section->text, strbuf_text(&got));
	strbuf_release(&got);
}

static void test_file(const char *path)
{
	const char *file = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
	struct subject subject = { 0 };
	struct section section;
	size_t len, at = 0;
	char *data;

	if (file_read(path, NULL, &data, &len)) {
		test_fail("%s cannot be read", path);
		return;
	}
	test_check(data[0] == '#', "%s: the first line does not say why it exists", file);
	while (next_section(data, len, &at, &section)) {
		if (section_is(&section, "asm") || section_is(&section, "numbers")) {
			subject_release(&subject);
			subject_read(&subject, &section, "input");
		} else {
			test_section(&subject, &section, file);
		}
	}
	subject_release(&subject);
	free(data);
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		test_file(argv[i]);
	test_every_insn();
	test_random_programs();
	test_image();
	test_tcpdump();
	test_bpf_asm();
	return test_finish();
}
