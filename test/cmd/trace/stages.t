# Every stage of a script can be seen: what was read, understood, and made of it.
-- needs root
-- cmd
waggle trace -d tokens -e 'begin { @ = 1; }'
-- stdout
1:1 a probe "begin"
1:7 '{'
1:9 a map "@"
1:11 '='
1:13 a number 1
1:14 ';'
1:16 '}'
1:17 the end
-- cmd
waggle trace -d ast,types -e 'begin { @ = 1; }'
-- stdout
probe
  at begin
  do
    assign =
      map @
      int 1
probe
  at begin
  do
    assign =
      map @ : int8
      int 1 : int8
@ : int8
begin
-- cmd
waggle trace -d ir -e 'begin { @ = 1; }'
-- stdout
# start
fn begin
b0:
	jump b1
b1:
	jump b2
b2:
	jump b4
b4:
	v2: ptr = map_value 0 0
	store v2 0 1 1:i8
	store v2 8 8 1
	return 0
# end
fn begin
b0:
	v2: ptr = map_value 0 0
	store v2 0 1 1:i8
	store v2 8 8 1
	return 0
-- cmd
waggle trace -d bpf -e 'begin { @ = 1; }'
-- stdout
map 0 globals: type 2, key 4, value 16, elements 1
table @: int8 in map 0, at 0, set at 8
program begin: type 17, 6 instructions
  at begin: begin
begin:
     0: r1 = map[fd:0][0]+0
     2: *(u8 *)(r1 +0) = 1
     3: *(u64 *)(r1 +8) = 1
     4: w0 = 0
     5: exit
-- cmd
waggle trace -d bpf -e 'begin { if (cpid) { @[cpid] = count(); } exit(3); }'
-- stdout
map 0 at: type 5, key 4, value 8, elements 4096
map 1 parameters: type 2, key 4, value 8, elements 1, frozen
map 2 counters: type 2, key 4, value 24, elements 1
map 3 control: type 27, key 0, value 0, elements 65536
table @[uint32]: count in map 0
action 0: exit, 16 bytes, tuple(8 int64)
program begin: type 17, 45 instructions
  at begin: begin
begin:
     0: r1 = map[fd:1][0]+0
     2: r2 = *(u64 *)(r1 +0)
     3: w2 = w2
     4: if w2 == 0x0 goto pc+24
     5: r1 = *(u64 *)(r1 +0)
     6: *(u32 *)(r10 -8) = r1
     7: r7 = map[fd:0]
     9: r1 = r7
    10: r2 = r10
    11: r2 += -8
    12: call bpf_map_lookup_elem#1
    13: if r0 == 0x0 goto pc+4
    14: r1 = *(u64 *)(r0 +0)
    15: r1 += 1
    16: *(u64 *)(r0 +0) = r1
    17: goto pc+11
    18: r8 = map[fd:2][0]+0
    20: r1 = r7
    21: r2 = r10
    22: r2 += -8
    23: r3 = r8
    24: w4 = 0
    25: call bpf_map_update_elem#2
    26: if r0 == 0x0 goto pc+2
    27: w1 = 1
    28: lock *(u64 *)(r8 +8) += r1
    29: *(u64 *)(r10 -16) = 0
    30: *(u64 *)(r10 -8) = 3
    31: r1 = map[fd:3]
    33: r2 = r10
    34: r2 += -16
    35: w3 = 16
    36: w4 = 0
    37: call bpf_ringbuf_output#130
    38: if r0 == 0x0 goto pc+4
    39: r1 = map[fd:2][0]+0
    41: w2 = 1
    42: lock *(u64 *)(r1 +16) += r2
    43: w0 = 0
    44: exit
-- cmd
waggle trace -d xlated -e 'begin { @ = 1; }'
-- stdout
# begin: 6 instructions
   0: (18) r1 = map[fd:{{[0-9]+}}][0]+0
   2: (72) *(u8 *)(r1 +0) = 1
   3: (7a) *(u64 *)(r1 +8) = 1
   4: (b4) w0 = 0
   5: (95) exit
-- cmd
waggle trace -d jited -e 'begin { @ = 1; }' | head -1
-- stdout
# begin: {{[0-9]+}} bytes
