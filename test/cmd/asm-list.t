# What is assembled can be seen at once, with numbers and opcodes as bpftool shows them.
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
waggle asm --format list p.s
-- stdout
   0: (bf) r6 = r1
   1: (18) r1 = map[fd:3]
   3: (bf) r2 = r10
   4: (07) r2 += -4
   5: (62) *(u32 *)(r10 -4) = 0
   6: (85) call bpf_map_lookup_elem#1
   7: (15) if r0 == 0x0 goto pc+4
   8: (79) r1 = *(u64 *)(r0 +0)
   9: (07) r1 += 1
  10: (db) lock *(u64 *)(r0 +0) += r1
  11: (c5) if r1 s< 0x64 goto pc-4
  12: (18) r0 = 0x100000000 ll
  14: (85) call pc+1
  15: (95) exit
  16: (b4) w0 = -1
  17: (95) exit
