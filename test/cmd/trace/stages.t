# Every stage of a script can be seen: what was read, understood, and made of it.
-- needs bpf
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
waggle trace -d bpf -e 'begin { if (cpid) { @[cpid] = count(); } exit(3); }' | sed '/^begin:/,$d'
-- stdout
map 0 at: type 5, key 4, value 8, elements 4096
map 1 parameters: type 2, key 4, value 8, elements 1, frozen
map 2 counters: type 2, key 4, value 24, elements 1
map 3 control: type 27, key 0, value 0, elements 65536
table @[uint32]: count in map 0
action 0: exit, 16 bytes, tuple(8 int64)
program begin: type 17, {{[0-9]+}} instructions
  at begin: begin
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
