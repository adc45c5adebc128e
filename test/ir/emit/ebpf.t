# The three ways to a packet; one check for a header; spilling; what a value costs around calls.
-- ir
fn tcp
b0:
	v1: i32 = packet 12 2
	branch v1 eq 0x800 b1 b8
b1:
	v2: i32 = packet 23 1
	branch v2 eq 6 b2 b8
b2:
	v3: i32 = packet 14 1
	v4: i32 = and v3 0xf
	v5: i32 = shl v4 2
	v6: i32 = packet v5 14 2
	branch v6 eq 80 b9 b3
b3:
	v7: i32 = packet v5 16 2
	branch v7 eq 80 b9 b8
b8:
	return 0
b9:
	return 0xffff
-- ebpf memory
	if r2 < 0x18 goto L21
	r3 = *(u16 *)(r1 +12)
	r3 = be16 r3
	if w3 != 0x800 goto L21
	r3 = *(u8 *)(r1 +23)
	if w3 != 0x6 goto L21
	r3 = *(u8 *)(r1 +14)
	w3 &= 15
	w3 <<= 2
	r4 = r3
	r4 += 16
	if r2 < r4 goto L21
	r1 += r3
	r4 = *(u16 *)(r1 +14)
	r4 = be16 r4
	if w4 == 0x50 goto L23
	r3 += 18
	if r2 < r3 goto L21
	r1 = *(u16 *)(r1 +16)
	r1 = be16 r1
	if w1 == 0x50 goto L23
L21:
	w0 = 0
	exit
L23:
	w0 = 65535
	exit
-- ir
fn skb
b0:
	v1: i32 = packet 12 2
	branch v1 eq 0x800 b1 b8
b1:
	v2: i32 = packet 26 4
	v3: i32 = extension 4
	v4: i32 = add v2 v3
	v5: i32 = packet v4 0 1
	return v5
b8:
	return v1
-- ebpf skb
	r6 = r1
	r0 = *(u16 *)skb[12]
	if w0 == 0x800 goto L4
	exit
L4:
	r0 = *(u32 *)skb[26]
	r1 = *(u32 *)(r6 +4)
	w0 += w1
	r0 = *(u8 *)skb[r0 + 0]
	exit
-- ir
fn xdp
b0:
	v1: i32 = packet 12 2
	v2: i32 = packet_len
	branch v1 lt v2 b1 b2
b1:
	return 1
b2:
	return 2
-- ebpf xdp
	r2 = *(u32 *)(r1 +0)
	r3 = *(u32 *)(r1 +4)
	r4 = r2
	r4 += 14
	if r3 < r4 goto L16
	r2 = *(u16 *)(r2 +12)
	r2 = be16 r2
	r3 = *(u32 *)(r1 +0)
	r1 = *(u32 *)(r1 +4)
	r1 -= r3
	w1 = w1
	if w2 < w1 goto L14
	w0 = 2
	exit
L14:
	w0 = 1
	exit
L16:
	w0 = 0
	exit
-- ir
fn count
b0:
	v1: ptr = slot 8
	v2: ptr = map 3
	store v1 0 4 7:i32
	v3: ptr = call 1 v2 v1
	branch v3 eq 0 b2 b1
b1:
	atomic_add v3 0 8 1
	jump b2
b2:
	return 0
-- ebpf none
	r1 = map[fd:3]
	*(u32 *)(r10 -8) = 7
	r2 = r10
	r2 += -8
	call unknown#1
	if r0 == 0x0 goto L9
	w1 = 1
	lock *(u64 *)(r0 +0) += r1
L9:
	w0 = 0
	exit
-- ir
fn loop
b0:
	v1: ptr = param 0
	jump b1
b1:
	v2: i64 = phi b0 0, b2 v7
	v3: i64 = phi b0 1, b2 v2
	v4: i64 = phi b0 9, b2 v6
	branch v4 eq 0 b3 b2
b2:
	v6: i64 = sub v4 1
	v7: i64 = add v2 v3
	jump b1
b3:
	v5: i64 = select v2 v3 v4
	store v1 0 8 v5
	return v2
-- ebpf none
	w2 = 0
	w3 = 1
	w4 = 9
L3:
	if r4 == 0x0 goto L12
	r5 = r4
	r5 -= 1
	r0 = r2
	r0 += r3
	r3 = r2
	r4 = r5
	r2 = r0
	goto L3
L12:
	if r2 != 0x0 goto L14
	r3 = r4
L14:
	*(u64 *)(r1 +0) = r3
	r0 = r2
	exit
-- ir
fn none
b0:
	v1: i32 = extension 4
	return v1
-- ebpf memory
ir:3:2: error: the packet's direction and destination cannot be known here
    3 | 	v1: i32 = extension 4
      | 	^~
-- ir
fn shared_stack
b0:
	v1: ptr = slot 16
	v2: ptr = slot 8
	v3: ptr = slot 24
	store v1 0 8 1
	v4: i64 = call 100 v1
	v5: ptr = ptr_add v2 4
	store v5 0 4 7
	v6: i64 = call 101 v2
	store v3 0 8 v6
	v7: i64 = call 102 v3
	branch v7 eq 3 b1 b2
b1:
	v8: ptr = slot 8
	store v8 0 8 v7
	v9: i64 = call 103 v8 v1
	return 0
b2:
	return 1
-- ebpf none
	*(u64 *)(r10 -16) = 1
	r1 = r10
	r1 += -16
	call unknown#100
	r1 = r10
	r1 += -20
	*(u32 *)(r1 +0) = 7
	r1 = r10
	r1 += -24
	call unknown#101
	*(u64 *)(r10 -40) = r0
	r1 = r10
	r1 += -40
	call unknown#102
	if r0 == 0x3 goto L17
	w0 = 1
	exit
L17:
	*(u64 *)(r10 -24) = r0
	r1 = r10
	r1 += -24
	r2 = r10
	r2 += -16
	call unknown#103
	w0 = 0
	exit
-- ir
fn pointers_stay_left
b0:
	v1: ptr = slot 16
	store v1 0 8 0
	store v1 8 8 0
	v2: i64 = call 7
	v3: i64 = and v2 7
	v4: ptr = ptr_add v1 v3
	v5: i8 = load v4 0 1
	v6: i32 = zext v5
	return v6
-- ebpf none
	*(u64 *)(r10 -16) = 0
	*(u64 *)(r10 -8) = 0
	call unknown#7
	r0 &= 7
	r1 = r10
	r1 += -16
	r1 += r0
	r1 = *(u8 *)(r1 +0)
	r0 = r1
	exit
