# Masks that leave whole bytes become narrower loads.
-- ir
fn low
b0:
	v1: i32 = packet 14 4
	v2: i32 = and v1 0xffff
	v3: i32 = add v2 1
	branch v3 eq 5 b1 b2
b1:
	return 1
b2:
	return 0
-- pass narrow drop_traps
-- pass dead drop_traps
-- ir
fn low
b0:
	v2: i32 = packet 16 2
	v3: i32 = add v2 1
	branch v3 eq 5 b1 b2
b1:
	return 1
b2:
	return 0
-- ir
fn high
b0:
	v1: i32 = packet 26 4
	v2: i32 = and v1 0xffff0000
	branch v2 eq 0x0a140000 b1 b2
b1:
	v4: i32 = packet v1 30 4
	v5: i32 = and v4 0x00ff0000
	branch v5 eq 0x00140000 b3 b2
b2:
	return 0
b3:
	return 1
-- pass narrow drop_traps
-- pass dead drop_traps
-- ir
fn high
b0:
	v1: i32 = packet 26 4
	v12: i32 = packet 26 2
	branch v12 eq 0xa14 b1 b2
b1:
	v14: i32 = packet v1 31 1
	branch v14 eq 0x14 b3 b2
b2:
	return 0
b3:
	return 1
-- ir
fn traps_are_kept
b0:
	v1: i32 = packet 26 4
	v2: i32 = and v1 0xff000000
	branch v2 eq 0x0a000000 b1 b2
b1:
	return 1
b2:
	return 0
-- pass narrow
-- ir
fn traps_are_kept
b0:
	v1: i32 = packet 26 4
	v2: i32 = and v1 0xff000000
	branch v2 eq 0xa000000 b1 b2
b1:
	return 1
b2:
	return 0
