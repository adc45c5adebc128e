# The source that disasm makes can be edited: jumps have labels, and it assembles to the same bytes.
-- file p.s
.equ LEN 4
	r6 = r1
	r1 = map[fd:3]
	r2 = r10
	r2 += -LEN
	*(u32 *)(r10 -LEN) = 0
	call map_lookup_elem
	if r0 == 0 goto out
loop:	r1 = *(u64 *)(r0 +0)
	r1 += 1
	lock *(u64 *)(r0 +0) += r1
	if r1 s< 100 goto loop
out:	r0 = 0x100000000 ll
	call sub
	exit
sub:	w0 = -1
	exit
-- cmd
waggle asm p.s -o p.bin; waggle disasm --format source p.bin
-- stdout
	r6 = r1
	r1 = map[fd:3]
	r2 = r10
	r2 += -4
	*(u32 *)(r10 -4) = 0
	call bpf_map_lookup_elem#1
	if r0 == 0x0 goto L12
L8:
	r1 = *(u64 *)(r0 +0)
	r1 += 1
	lock *(u64 *)(r0 +0) += r1
	if r1 s< 0x64 goto L8
L12:
	r0 = 0x100000000 ll
	call L16
	exit
L16:
	w0 = -1
	exit
-- cmd
waggle disasm --format source p.bin | waggle asm - | cmp - p.bin
-- cmd
waggle disasm --format source --bytes p.bin | waggle asm - | cmp - p.bin
