# Branches whose outcome is known on the way to them are skipped on that way.
-- ir
fn f
b0:
	v1: i32 = packet 12 2
	branch v1 eq 0x800 b1 b2
b1:
	v2: i32 = packet 23 1
	branch v2 eq 6 b9 b2
b2:
	v3: i32 = packet 12 2
	branch v3 eq 0x806 b9 b3
b3:
	v4: i32 = packet 12 2
	branch v4 lt 0x800 b9 b8
b8:
	return 0
b9:
	return 1
-- pass thread drop_traps
-- ir
fn f
b0:
	v1: i32 = packet 12 2
	branch v1 eq 0x800 b1 b2
b1:
	v2: i32 = packet 23 1
	branch v2 eq 6 b9 b8
b2:
	v3: i32 = packet 12 2
	branch v3 eq 0x806 b9 b3
b3:
	v4: i32 = packet 12 2
	branch v4 lt 0x800 b9 b8
b8:
	return 0
b9:
	return 1
-- ir
fn bits
b0:
	v1: i32 = packet 13 1
	v2: i32 = and v1 0xf0
	branch v2 eq 0x40 b1 b3
b1:
	branch v1 set 0x40 b2 b3
b2:
	v3: i32 = shr v1 4
	branch v3 eq 4 b4 b3
b3:
	return 0
b4:
	branch v1 lt 0x50 b5 b3
b5:
	return 1
-- pass thread
-- ir
fn bits
b0:
	v1: i32 = packet 13 1
	v2: i32 = and v1 0xf0
	branch v2 eq 0x40 b5 b3
b3:
	return 0
b5:
	return 1
