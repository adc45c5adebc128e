/*
 * cbpf_run.c - the classic interpreter and both conversions to eBPF against each other and
 * against Linux.
 *
 *  - cbpf_run against Linux's own classic filters.  A filter's value shows in how much of a
 *    datagram arrives: a filter that returns n keeps n bytes, and 0 drops the whole.  An epilogue
 *    picks one byte of the value, so that all of it can be seen.
 *  - CBPF_TARGET_MEM against cbpf_run, in a small eBPF machine made from the tables of insn.h.
 *  - CBPF_TARGET_SKB against cbpf_run, in the same machine and, loaded with bpf(2), in Linux.
 *
 * BPF_PROG_TEST_RUN gives a socket filter the packet without its Ethernet header: eth_type_trans
 * has pulled it, and it is put back only for program types of traffic control.  So 'ldb [0]' is
 * the first byte of the IP header, 'ld len' is 14 less than the length given, and the link-layer
 * header is at -14.  (The same program on an AF_PACKET socket sees the header at [0].)
 */
#include "cbpf_test.h"

#include <errno.h>
#include <linux/bpf.h>
#include <linux/filter.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/bits.h"

enum {
	MEM_PROGRAMS = 30000,
	SOCKET_PROGRAMS = 12000,
	SKB_PROGRAMS = 5000,
	NLATTR_RUNS = 3000,
	MOST_INSNS = 40,
	PACKET_BYTES = 64,
};

static const struct cbpf_aux an_aux = {
	.has_device = true,
	.has_headers = true,
	.link_offset = 0,
	.net_offset = 14,
	.protocol = 0x0800,
	.pkt_type = 3,
	.ifindex = 77,
	.mark = 0x12345678,
	.queue = 5,
	.hatype = 1,
	.rxhash = 0xdeadbeef,
	.cpu = 1,
	.vlan_tci = 0x2fff,
	.vlan_present = 1,
	.vlan_tpid = 0x8100,
	.pay_offset = 54,
	.random = 0xcafe,
};

static bool random_valid_program(struct cbpf_prog *prog, struct cbpf_insn *insns, size_t most,
				 struct random_kind kind)
{
	memset(insns, 0, most * sizeof *insns);
	*prog = (struct cbpf_prog){ .insns = insns };
	for (unsigned int tries = 0; tries < 100; tries++) {
		prog->count = random_program(insns, most, kind);
		if (!cbpf_check(prog, NULL))
			return true;
	}
	return false;
}

/* Bytes with enough small and zero ones that length fields and attributes happen. */
static void random_packet(uint8_t *data, size_t len)
{
	for (size_t i = 0; i < len; i++)
		data[i] = (uint8_t)(random_one_in(3) ? random_below(12) : random_u32());
}

/*
 * A small eBPF machine
 */

enum {
	VM_MOST_STEPS = 100000,
	VM_CONTEXT = 0x10000, /* the made-up address of a struct __sk_buff */
};

struct vm {
	uint64_t regs[ISA_REGS];
	uint8_t stack[ISA_STACK_BYTES];
	const struct cbpf_packet *packet;
	const struct __sk_buff *skb; /* or NULL for MEM, whose r1 is a real address */
	const char *fault;
};

/* @bytes of real memory at @address, if they are the packet's, the context's or the stack's. */
static uint8_t *vm_memory(struct vm *vm, uint64_t address, size_t bytes)
{
	uint64_t packet = (uint64_t)(uintptr_t)vm->packet->data;
	uint64_t stack = (uint64_t)(uintptr_t)vm->stack;
	uint64_t start = address;

	if (vm->skb && address - VM_CONTEXT <= sizeof *vm->skb - bytes)
		start = (uint64_t)(uintptr_t)vm->skb + (address - VM_CONTEXT);
	else if (address - stack > ISA_STACK_BYTES - bytes &&
		 (vm->skb || vm->packet->len < bytes ||
		  address - packet > vm->packet->len - bytes)) {
		vm->fault = "memory access out of bounds";
		return NULL;
	}
	return (uint8_t *)(uintptr_t)start;
}

static void vm_load(struct vm *vm, const struct insn *insn, size_t bytes)
{
	uint8_t *p = vm_memory(vm, vm->regs[insn->src] + (uint64_t)(int64_t)insn->off, bytes);

	if (!p)
		return;
	vm->regs[insn->dst] = bytes == 1 ? *p : bytes == 2 ? load_u16(p) : load_u32(p);
}

static void vm_store(struct vm *vm, const struct insn *insn, size_t bytes)
{
	uint8_t *p = vm_memory(vm, vm->regs[insn->dst] + (uint64_t)(int64_t)insn->off, bytes);

	if (p && bytes == 4)
		store_u32(p, (uint32_t)vm->regs[insn->src]);
	else if (p)
		vm->fault = "only words are stored";
}

/* LD_ABS and LD_IND, as classic loads: the two must mean the same.  False ends the program. */
static bool vm_load_skb(struct vm *vm, uint32_t at, size_t bytes)
{
	const struct cbpf_insn insns[] = {
		{ .code = 0x01, .k = at }, /* ldx #at; ldi would not tell 0 from a reject */
		{ .code = bytes == 1 ? 0x50 :
			  bytes == 2 ? 0x48 :
				       0x40 },
		{ .code = 0x16 },
	};
	const struct cbpf_insn probe[] = { insns[0], insns[1], { .code = 0x06, .k = 1 } };

	if (vm->regs[6] != VM_CONTEXT)
		vm->fault = "packet instruction without the context in r6";
	for (int i = 1; i <= 5; i++)
		vm->regs[i] = 0xbad0bad0bad0bad0;
	vm->regs[0] = cbpf_run(insns, vm->packet);
	return cbpf_run(probe, vm->packet) == 1;
}

static uint32_t vm_run(struct vm *vm, const struct cbpf_ebpf *prog)
{
	size_t pc = 0;

	vm->regs[ISA_REG_FP] = (uint64_t)(uintptr_t)(vm->stack + ISA_STACK_BYTES);
	for (unsigned int steps = 0; steps < VM_MOST_STEPS && !vm->fault; steps++) {
		const struct insn *insn = &prog->insns[pc];
		int op = pc < prog->count ? isa_decode(insn, prog->count - pc) : -1;
		uint64_t *d, s;
		int64_t to = 0;

		if (op < 0)
			break;
		d = &vm->regs[insn->dst];
		s = isa_ops[op].uses & ISA_FIELD_SRC ? vm->regs[insn->src] :
						       (uint64_t)(int64_t)insn->imm;
		pc++;
		(void)isa_jump_target((enum isa_op)op, insn, pc - 1, &to);
		switch (isa_ops[op].form) {
		case ISA_FORM_ALU_IMM:
		case ISA_FORM_ALU_REG: *d = isa_fold_alu((enum isa_op)op, *d, s); break;
		case ISA_FORM_NEG:
		case ISA_FORM_ENDIAN: *d = isa_fold_unary((enum isa_op)op, *d); break;
		case ISA_FORM_JMP_IMM:
		case ISA_FORM_JMP_REG:
			if (isa_fold_jmp((enum isa_op)op, *d, s))
				pc = (size_t)to;
			break;
		case ISA_FORM_JA:
		case ISA_FORM_JA32: pc = (size_t)to; break;
		case ISA_FORM_LDX: vm_load(vm, insn, isa_ops[op].access_bytes); break;
		case ISA_FORM_STX: vm_store(vm, insn, isa_ops[op].access_bytes); break;
		case ISA_FORM_LD_ABS:
			if (!vm_load_skb(vm, (uint32_t)insn->imm, isa_ops[op].access_bytes))
				return 0;
			break;
		case ISA_FORM_LD_IND:
			if (!vm_load_skb(vm, (uint32_t)s + (uint32_t)insn->imm,
					 isa_ops[op].access_bytes))
				return 0;
			break;
		case ISA_FORM_CALL:
			vm->regs[0] = insn->imm == 7 ? vm->packet->aux->random :
						       vm->packet->aux->cpu;
			for (int i = 1; i <= 5; i++)
				vm->regs[i] = 0xbad1bad1bad1bad1;
			break;
		case ISA_FORM_EXIT: return (uint32_t)vm->regs[0];
		default: vm->fault = "unexpected instruction"; return 0;
		}
	}
	if (!vm->fault)
		vm->fault = "the program does not end well";
	return 0;
}

static void compare(const struct cbpf_prog *prog, const char *what, uint32_t ours, uint32_t theirs,
		    const char *fault)
{
	if (ours == theirs && !fault) {
		test_pass();
		return;
	}
	test_fail("%s: 0x%x, expected 0x%x%s%s", what, theirs, ours, fault ? "; " : "",
		  fault ? fault : "");
	print_program(prog->insns, prog->count);
}

/* Does every instruction decode? */
static bool all_decode(const struct cbpf_ebpf *ebpf)
{
	for (size_t i = 0; i < ebpf->count; i++)
		if (isa_decode(&ebpf->insns[i], ebpf->count - i) < 0)
			return false;
	return true;
}

static void compare_mem(const struct cbpf_prog *prog, const struct cbpf_packet *packet)
{
	struct vm vm = { .packet = packet };
	struct arena arena = { 0 };
	struct cbpf_ebpf ebpf;

	vm.regs[1] = (uint64_t)(uintptr_t)packet->data;
	vm.regs[2] = packet->len;
	if (cbpf_to_ebpf(prog, CBPF_TARGET_MEM, &arena, NULL, &ebpf)) {
		test_fail("MEM: not converted");
		print_program(prog->insns, prog->count);
	} else {
		test_check(all_decode(&ebpf), "MEM: an instruction does not decode");
		compare(prog, "MEM", cbpf_run(prog->insns, packet), vm_run(&vm, &ebpf), vm.fault);
	}
	arena_release(&arena);
}

static void test_mem(void)
{
	const struct random_kind kind = { .exts = true, .no_exts = 0xffff & ~(1u << 10) };

	for (unsigned int i = 0; i < MEM_PROGRAMS; i++) {
		uint32_t len = random_below(PACKET_BYTES + 1);
		uint8_t *data = malloc(len + 1); /* so that a sanitizer sees its end */
		struct cbpf_insn insns[MOST_INSNS];
		struct cbpf_prog prog;

		if (!data || !random_valid_program(&prog, insns, MOST_INSNS, kind)) {
			free(data);
			continue;
		}
		for (unsigned int j = 0; j < 3; j++) {
			random_packet(data, len);
			compare_mem(&prog, &(struct cbpf_packet){ data, len, len, NULL });
		}
		free(data);
	}
}

/* A context that says what @aux says. */
static struct __sk_buff skb_of(const struct cbpf_packet *packet)
{
	const struct cbpf_aux *aux = packet->aux;

	return (struct __sk_buff){
		.len = packet->wire_len,
		.pkt_type = aux->pkt_type,
		.mark = aux->mark,
		.queue_mapping = aux->queue,
		.protocol = htobe16((uint16_t)aux->protocol),
		.vlan_present = aux->vlan_present,
		.vlan_tci = aux->vlan_tci,
		.vlan_proto = htobe16((uint16_t)aux->vlan_tpid),
		.ifindex = aux->has_device ? aux->ifindex : 0,
		.hash = aux->rxhash,
	};
}

/* Extensions that CBPF_TARGET_SKB has not: nla, nlan, hatype and poff. */
enum { NOT_IN_SKB = 1 << 3 | 1 << 4 | 1 << 7 | 1 << 13 };

static void test_skb(void)
{
	const struct random_kind kind = { .exts = true, .headers = true, .no_exts = NOT_IN_SKB };

	for (unsigned int i = 0; i < MEM_PROGRAMS; i++) {
		struct cbpf_aux aux = an_aux;
		uint8_t data[PACKET_BYTES];
		struct cbpf_packet packet = { data, random_below(PACKET_BYTES + 1), 100, &aux };
		struct cbpf_insn insns[MOST_INSNS];
		struct arena arena = { 0 };
		struct cbpf_prog prog;
		struct cbpf_ebpf ebpf;
		struct __sk_buff skb;
		struct vm vm = { .packet = &packet, .skb = &skb, .regs = { [1] = VM_CONTEXT } };

		random_packet(data, sizeof data);
		aux.has_device = !random_one_in(8);
		skb = skb_of(&packet);
		if (!random_valid_program(&prog, insns, MOST_INSNS, kind))
			continue;
		if (cbpf_to_ebpf(&prog, CBPF_TARGET_SKB, &arena, NULL, &ebpf)) {
			test_fail("SKB: not converted");
		} else {
			test_check(all_decode(&ebpf), "SKB: an instruction does not decode");
			compare(&prog, "SKB", cbpf_run(insns, &packet), vm_run(&vm, &ebpf),
				vm.fault);
		}
		arena_release(&arena);
	}
}

/* Programs as large as can be: 'ja' becomes 'gotol', and conditional jumps reach 255 loads. */
static void test_large(void)
{
	struct cbpf_insn *insns = calloc(CBPF_MOST_INSNS, sizeof *insns);
	struct cbpf_prog prog = { insns, CBPF_MOST_INSNS, NULL };
	uint8_t data[PACKET_BYTES] = { 1, 2, 3 };
	struct cbpf_packet packet = { data, sizeof data, sizeof data, NULL };
	struct arena arena = { 0 };
	struct cbpf_ebpf ebpf;

	if (!insns)
		return;
	for (uint32_t i = 0; i < CBPF_MOST_INSNS; i++)
		insns[i] = (struct cbpf_insn){ .code = 0x48, .k = i % 60 + 1 }; /* ldh [x + k] */
	insns[CBPF_MOST_INSNS - 1] = (struct cbpf_insn){ .code = 0x16 };
	compare_mem(&prog, &packet);
	insns[1] = (struct cbpf_insn){ .code = 0x15, .k = 9, .jt = 0 }; /* so that all is reached */
	insns[0] = (struct cbpf_insn){ .code = 0x15, .k = 0, .jt = 1, .jf = 255 };
	insns[2] = (struct cbpf_insn){ .code = 0x05, .k = CBPF_MOST_INSNS - 4 };
	insns[1] = (struct cbpf_insn){ .code = 0x15, .k = 0, .jf = 200 };
	compare_mem(&prog, &packet);
	test_check(!cbpf_to_ebpf(&prog, CBPF_TARGET_MEM, &arena, NULL, &ebpf) &&
			   ebpf.count > INT16_MAX,
		   "the large program is not large");
	arena_release(&arena);
	free(insns);
}

/*
 * Linux's classic filters
 */

/* Turn the returned value into its byte number @byte, plus 1: every 'ret' jumps to an epilogue
 * that does.  Returns the count, or 0 when the program has no room. */
static size_t instrument(struct cbpf_insn *insns, size_t count, uint32_t byte)
{
	for (size_t i = 0; i < count; i++) {
		struct cbpf_insn *insn = &insns[i];

		if (insn->code == 0x06 && i + 1 == count) {
			insn->code = 0; /* ret #k becomes ld #k */
			break;
		}
		if (insn->code == 0x06 || insn->code == 0x16) /* elsewhere: jump to the end */
			*insn = (struct cbpf_insn){ .code = 0x05, .k = (uint32_t)(count - i - 1) };
	}
	if (insns[count - 1].code != 0)
		insns[count - 1] = (struct cbpf_insn){ .code = 0x04 }; /* add #0 */
	insns[count] = (struct cbpf_insn){ .code = 0x74, .k = byte * 8 };
	insns[count + 1] = (struct cbpf_insn){ .code = 0x54, .k = 0xff };
	insns[count + 2] = (struct cbpf_insn){ .code = 0x04, .k = 1 };
	insns[count + 3] = (struct cbpf_insn){ .code = 0x16 };
	return count + 4;
}

/* The filter's value on @packet, at most its length, or -1 when Linux does not take it. */
static int64_t run_on_socket(const int fds[2], const struct cbpf_prog *prog,
			     const struct cbpf_packet *packet)
{
	struct sock_filter filter[MOST_INSNS + 4];
	struct sock_fprog fprog = { .len = (unsigned short)prog->count, .filter = filter };
	uint8_t buf[512];
	ssize_t got;

	memcpy(filter, prog->insns, prog->count * sizeof *filter);
	if (setsockopt(fds[1], SOL_SOCKET, SO_ATTACH_FILTER, &fprog, sizeof fprog))
		return -1;
	(void)send(fds[0], packet->data, packet->len, MSG_DONTWAIT);
	got = recv(fds[1], buf, sizeof buf, MSG_DONTWAIT);
	return got < 0 ? 0 : got;
}

/* Netlink attributes, some of them nested and some too long, one after the other. */
static void random_attributes(uint8_t *data, size_t len)
{
	memset(data, 0, len);
	for (size_t at = 0; at + 4 <= len;) {
		uint16_t attr_len =
			(uint16_t)(random_one_in(8) ? random_below(40) : 4 + random_below(12));

		store_u16(data + at, attr_len);
		store_u16(data + at + 2,
			  (uint16_t)(random_below(6) | (random_one_in(4) ? 0x8000 : 0)));
		at += random_one_in(3) ? 4 : align_up(attr_len ? attr_len : 4, 4);
	}
}

/* 'ld nla' and 'ld nlan' on @fds; random programs hardly ever find an attribute. */
static void test_nlattr(const int fds[2])
{
	for (unsigned int i = 0; i < NLATTR_RUNS; i++) {
		const struct cbpf_insn insns[] = {
			{ .code = 0x01, .k = random_below(7) },
			{ .code = 0x00, .k = random_one_in(4) ? random_below(70) : 0 },
			{ .code = 0x20, .k = CBPF_EXT_OFFSET + (random_one_in(2) ? 12 : 16) },
			{ .code = 0x04, .k = 1 },
			{ .code = 0x16 },
		};
		struct cbpf_prog prog = { insns, ARRAY_LEN(insns), NULL };
		uint8_t data[PACKET_BYTES];
		struct cbpf_packet packet = { data, sizeof data, sizeof data, NULL };
		int64_t theirs;

		random_attributes(data, sizeof data);
		theirs = run_on_socket(fds, &prog, &packet);
		compare(&prog, "Linux's netlink attribute", cbpf_run(insns, &packet),
			(uint32_t)theirs, theirs < 0 ? "refused" : NULL);
	}
}

static void test_socket(void)
{
	/* What a datagram of an AF_UNIX socket has: no device, nothing but zeros, and no
	 * link-layer header.  Its hash, cpu and random numbers are not ours to know. */
	static const struct cbpf_aux aux = { .has_device = false };
	const struct random_kind kind = { .exts = true,
					  .no_exts = 1 << 8 | 1 << 9 | 1 << 13 | 1 << 14 };
	int fds[2];

	if (socketpair(AF_UNIX, SOCK_DGRAM, 0, fds)) {
		test_skip("no sockets: %s", strerror(errno));
		return;
	}
	for (unsigned int i = 0; i < SOCKET_PROGRAMS; i++) {
		struct cbpf_insn insns[MOST_INSNS + 4];
		uint8_t data[300];
		struct cbpf_packet packet = { data, sizeof data, sizeof data, &aux };
		struct cbpf_prog prog;
		int64_t theirs;

		memset(data, 0, sizeof data);
		random_packet(data, PACKET_BYTES);
		if (!random_valid_program(&prog, insns, MOST_INSNS, kind))
			continue;
		prog.count = instrument(insns, prog.count, random_below(4));
		theirs = run_on_socket(fds, &prog, &packet);
		if (theirs < 0 && !i) {
			test_skip("no socket filters: %s", strerror(errno));
			goto close_fds;
		}
		/* Too long a value keeps everything. */
		uint32_t ours = cbpf_run(insns, &packet);
		compare(&prog, "Linux's classic filter", ours > packet.len ? packet.len : ours,
			(uint32_t)theirs, theirs < 0 ? "refused" : NULL);
	}
	test_nlattr(fds);

close_fds:
	(void)close(fds[0]);
	(void)close(fds[1]);
}

/*
 * Linux's eBPF
 */

static int sys_bpf(int cmd, union bpf_attr *attr)
{
	return (int)syscall(SYS_bpf, cmd, attr, sizeof *attr);
}

static int load_skb(const struct cbpf_ebpf *ebpf, char *log, uint32_t log_size)
{
	union bpf_attr attr = {
		.prog_type = BPF_PROG_TYPE_SOCKET_FILTER,
		.insns = (uint64_t)(uintptr_t)ebpf->insns,
		.insn_cnt = (uint32_t)ebpf->count,
		.license = (uint64_t)(uintptr_t) "GPL",
		.log_level = log ? 1 : 0,
		.log_buf = (uint64_t)(uintptr_t)log,
		.log_size = log_size,
	};

	return sys_bpf(BPF_PROG_LOAD, &attr);
}

static int test_run(int prog_fd, const uint8_t *frame, uint32_t len, uint32_t *ret_value)
{
	struct __sk_buff ctx = { .mark = an_aux.mark };
	union bpf_attr attr = { .test = {
					.prog_fd = (uint32_t)prog_fd,
					.data_in = (uint64_t)(uintptr_t)frame,
					.data_size_in = len,
					.ctx_in = (uint64_t)(uintptr_t)&ctx,
					.ctx_size_in = sizeof ctx,
				} };

	if (sys_bpf(BPF_PROG_TEST_RUN, &attr))
		return -errno;
	*ret_value = attr.test.retval;
	return 0;
}

/* The packet that a socket filter sees in BPF_PROG_TEST_RUN of @frame; see this file's head. */
static struct cbpf_packet packet_in_test_run(const uint8_t *frame, uint32_t len,
					     struct cbpf_aux *aux)
{
	*aux = (struct cbpf_aux){
		.has_device = true,
		.has_headers = true,
		.link_offset = -14,
		.net_offset = 0,
		.protocol = load_be16(frame + 12),
		.pkt_type = 3, /* PACKET_OTHERHOST: not the loopback device's address */
		.ifindex = 1,
		.mark = an_aux.mark,
	};
	return (struct cbpf_packet){ frame + 14, len - 14, len - 14, aux };
}

static void compare_in_kernel(const struct cbpf_prog *prog, int prog_fd)
{
	for (unsigned int i = 0; i < 3; i++) {
		uint32_t len = 60 + random_below(30), value = 0;
		uint8_t frame[100];
		struct cbpf_aux aux;
		struct cbpf_packet packet;
		int err;

		random_packet(frame, sizeof frame);
		frame[0] = 2;                   /* unicast */
		store_be16(frame + 12, 0x88b5); /* for local experiments */
		packet = packet_in_test_run(frame, len, &aux);
		err = test_run(prog_fd, frame, len, &value);
		compare(prog, "Linux's eBPF", cbpf_run(prog->insns, &packet), value,
			err ? strerror(-err) : NULL);
	}
}

static void test_kernel(void)
{
	/* The processor's number and random numbers are not ours to know. */
	const struct random_kind kind = { .exts = true,
					  .headers = true,
					  .no_exts = NOT_IN_SKB | 1 << 9 | 1 << 14 };
	enum { LOG_BYTES = 1 << 16 };
	char *log = calloc(1, LOG_BYTES);

	for (unsigned int i = 0; i < SKB_PROGRAMS && log; i++) {
		struct cbpf_insn insns[MOST_INSNS];
		struct arena arena = { 0 };
		struct cbpf_prog prog;
		struct cbpf_ebpf ebpf;
		int prog_fd = -1;

		if (!random_valid_program(&prog, insns, MOST_INSNS, kind))
			continue;
		if (!cbpf_to_ebpf(&prog, CBPF_TARGET_SKB, &arena, NULL, &ebpf))
			prog_fd = load_skb(&ebpf, NULL, 0);
		if (prog_fd < 0 && !i) {
			test_skip("bpf(2) loads no socket filters: %s", strerror(errno));
			arena_release(&arena);
			break;
		}
		if (prog_fd < 0) {
			(void)load_skb(&ebpf, log, LOG_BYTES);
			test_fail("Linux refuses a converted program: %s", log);
			print_program(insns, prog.count);
		} else {
			compare_in_kernel(&prog, prog_fd);
			(void)close(prog_fd);
		}
		arena_release(&arena);
	}
	free(log);
}

int main(void)
{
	test_mem();
	test_skb();
	test_large();
	test_socket();
	test_kernel();
	return test_finish();
}
