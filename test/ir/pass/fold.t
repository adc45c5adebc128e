# Constants and algebra; branches in their few canonical forms.
-- ir
fn f
b0:
	v1: i32 = packet 14 1
	v2: i32 = and v1 0xf
	v3: i32 = mul v2 4
	v4: i32 = add v3 2
	v5: i32 = packet v4 14 2
	v6: i32 = sub v5 3
	v7: i32 = add v6 1
	branch v7 ge 5 b1 b2
b1:
	v8: i32 = and v1 0x10
	branch v8 eq 0 b2 b3
b2:
	v9: i32 = and v5 0xffff
	branch 7 gt v9 b3 b4
b3:
	v10: i32 = packet_len
	branch v10 le 0xffffffff b5 b4
b4:
	return 0
b5:
	return 1
-- pass fold
-- ir
fn f
b0:
	v1: i32 = packet 14 1
	v2: i32 = and v1 0xf
	v3: i32 = shl v2 2
	v4: i32 = add v3 2
	v5: i32 = packet v3 16 2
	v6: i32 = add v5 0xfffffffd
	v7: i32 = add v5 0xfffffffe
	branch v7 lt 5 b2 b1
b1:
	v8: i32 = and v1 0x10
	branch v1 set 0x10 b3 b2
b2:
	branch v5 lt 7 b3 b4
b3:
	v10: i32 = packet_len
	jump b5
b4:
	return 0
b5:
	return 1
-- ir
fn ends
b0:
	v1: i32 = div_or_end 7 0
	v2: i32 = packet 2147483647 1
	return v1
-- pass fold
-- ir
fn ends
b0:
	return 0
-- ir
fn addresses
b0:
	v1: ptr = param 0
	v2: ptr = ptr_add v1 8
	v3: ptr = ptr_add v2 24
	v4: i64 = load v3 -4 8
	v5: i64 = hide v4
	store v3 0x7fff 8 v5
	branch v4 lt 8 b1 b2
b1:
	branch v5 lt 16 b2 b3
b2:
	return 0
b3:
	return 1
-- pass fold
-- pass thread
-- pass dead
-- ir
fn addresses
b0:
	v1: ptr = param 0
	v3: ptr = ptr_add v1 0x20
	v4: i64 = load v1 28 8
	v5: i64 = hide v4
	store v3 32767 8 v5
	branch v4 lt 8 b1 b2
b1:
	branch v5 lt 0x10 b2 b3
b2:
	return 0
b3:
	return 1
