# Tests of one value that lead to one place come together.
-- ir
fn f
b0:
	v1: i32 = packet 26 4
	branch v1 eq 1 b9 b1
b1:
	v2: i32 = packet 30 4
	branch v2 eq 1 b9 b2
b2:
	v3: i32 = packet 26 4
	branch v3 eq 2 b9 b3
b3:
	v4: i32 = packet 30 4
	branch v4 eq 2 b9 b8
b8:
	return 0
b9:
	return 1
-- pass group drop_traps
-- ir
fn f
b0:
	v1: i32 = packet 26 4
	branch v1 eq 1 b9 b2
b1:
	v2: i32 = packet 30 4
	branch v2 eq 1 b9 b3
b2:
	v3: i32 = packet 26 4
	branch v3 eq 2 b9 b1
b3:
	v4: i32 = packet 30 4
	branch v4 eq 2 b9 b8
b8:
	return 0
b9:
	return 1
