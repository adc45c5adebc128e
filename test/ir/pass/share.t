# Tails that differ in where they read become one, with the offset in a phi.
-- ir
fn f
b0:
	v1: i32 = packet 12 2
	branch v1 eq 0x800 b1 b3
b1:
	v2: i32 = packet 14 1
	v3: i32 = and v2 0xf
	v4: i32 = shl v3 2
	v5: i32 = packet v4 14 2
	branch v5 eq 53 b9 b2
b2:
	v6: i32 = packet 14 1
	v7: i32 = and v6 0xf
	v8: i32 = shl v7 2
	v9: i32 = packet v8 16 2
	branch v9 eq 53 b9 b8
b3:
	v10: i32 = packet 54 2
	branch v10 eq 53 b9 b4
b4:
	v11: i32 = packet 56 2
	branch v11 eq 53 b9 b8
b8:
	return 0
b9:
	return 1
-- pass share drop_traps
-- pass dead drop_traps
-- ir
fn f
b0:
	v1: i32 = packet 12 2
	branch v1 eq 0x800 b12 b11
b1:
	v5: i32 = packet v18 14 2
	branch v5 eq 0x35 b9 b2
b2:
	v9: i32 = packet v18 16 2
	branch v9 eq 0x35 b9 b8
b8:
	return 0
b9:
	return 1
b10:
	v18: i32 = phi b11 0x28, b12 v20
	jump b1
b11:
	jump b10
b12:
	v22: i32 = packet 14 1
	v21: i32 = and v22 0xf
	v20: i32 = shl v21 2
	jump b10
