# Blocks that choose by one value become a switch; and a switch a tree.
-- ir
fn f
b0:
	v1: i32 = packet 12 2
	branch v1 eq 5 b9 b1
b1:
	branch v1 lt 4 b8 b2
b2:
	branch v1 eq 4 b9 b3
b3:
	v2: i32 = and v1 0xff00
	branch v2 eq 0x1200 b7 b4
b4:
	branch v1 lt 0x1300 b8 b9
b7:
	return 7
b8:
	return 0
b9:
	return 1
-- pass switch
-- ir
fn f
b0:
	v1: i32 = packet 12 2
	switch v1
		0..3 b8
		4..5 b9
		6..0x11ff b8
		0x1200..0x12ff b7
		0x1300..0xffffffff b9
b7:
	return 7
b8:
	return 0
b9:
	return 1
-- pass lower_switch cbpf
-- ir
fn f
b0:
	v1: i32 = packet 12 2
	branch v1 lt 4 b8 b10
b10:
	branch v1 lt 6 b9 b11
b11:
	branch v1 lt 0x1200 b8 b12
b12:
	branch v1 lt 0x1300 b7 b13
b13:
	jump b9
b7:
	return 7
b8:
	return 0
b9:
	return 1
