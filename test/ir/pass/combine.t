# Two fields in one word are read and compared at once.
-- ir
fn list
b0:
	v1: i32 = packet 12 2
	branch v1 eq 0x800 b1 b9
b1:
	v2: i32 = packet 23 1
	branch v2 eq 6 b3 b2
b2:
	v3: i32 = packet 23 1
	branch v3 eq 17 b3 b9
b3:
	v4: i32 = packet 20 2
	branch v4 set 0x1fff b9 b8
b8:
	return 1
b9:
	return 0
-- pass combine drop_traps
-- pass dead drop_traps
-- ir
fn list
b0:
	v1: i32 = packet 12 2
	branch v1 eq 0x800 b1 b9
b1:
	v14: i32 = packet 20 4
	v15: i32 = and v14 0x1fff00ff
	branch v15 eq 6 b8 b2
b2:
	v11: i32 = packet 20 4
	v13: i32 = and v11 0x1fff00ff
	branch v13 eq 0x11 b8 b9
b8:
	return 1
b9:
	return 0
-- ir
fn reaching_further
b0:
	v1: i32 = packet 12 2
	branch v1 eq 0x8100 b1 b9
b1:
	v2: i32 = packet 14 2
	v3: i32 = and v2 0xfff
	branch v3 eq 10 b8 b9
b8:
	return 1
b9:
	return 0
-- pass combine drop_traps
-- pass dead drop_traps
-- ir
fn reaching_further
b0:
	v9: i32 = packet 12 4
	v11: i32 = and v9 0xffff0fff
	branch v11 eq 0x8100000a b8 b9
b8:
	return 1
b9:
	return 0
-- ir
fn would_reject_what_is_short
b0:
	v1: i32 = packet 12 2
	branch v1 eq 0x8100 b1 b9
b1:
	v2: i32 = packet 14 2
	branch v2 eq 10 b8 b9
b8:
	return 0
b9:
	return 1
-- pass combine drop_traps
-- ir
fn would_reject_what_is_short
b0:
	v1: i32 = packet 12 2
	branch v1 eq 0x8100 b1 b9
b1:
	v2: i32 = packet 14 2
	branch v2 eq 0xa b8 b9
b8:
	return 0
b9:
	return 1
-- ir
fn other_ends
b0:
	v1: i32 = packet 12 1
	branch v1 eq 1 b1 b9
b1:
	v2: i32 = packet 13 1
	branch v2 eq 2 b8 b7
b7:
	return 2
b8:
	return 1
b9:
	return 0
-- pass combine drop_traps
-- ir
fn other_ends
b0:
	v1: i32 = packet 12 1
	branch v1 eq 1 b1 b9
b1:
	v2: i32 = packet 13 1
	branch v2 eq 2 b8 b7
b7:
	return 2
b8:
	return 1
b9:
	return 0
