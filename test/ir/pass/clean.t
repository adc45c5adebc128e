# Empty blocks are skipped, rows joined, equal tails shared.
-- ir
fn f
b0:
	v1: i32 = packet 12 2
	branch v1 eq 0x800 b1 b2
b1:
	jump b3
b2:
	v2: i32 = packet 20 1
	branch v2 eq 6 b5 b6
b3:
	v3: i32 = packet 20 1
	branch v3 eq 6 b7 b8
b5:
	jump b7
b6:
	return 0
b7:
	return 1
b8:
	return 0
-- pass clean
-- ir
fn f
b0:
	v1: i32 = packet 12 2
	jump b2
b2:
	v2: i32 = packet 20 1
	branch v2 eq 6 b7 b6
b6:
	return 0
b7:
	return 1
-- ir
fn phis
b0:
	v1: i32 = packet 12 2
	branch v1 eq 0x800 b1 b2
b1:
	jump b3
b2:
	jump b3
b3:
	v2: i32 = phi b1 1, b2 2
	return v2
-- pass clean
-- ir
fn phis
b0:
	v1: i32 = packet 12 2
	branch v1 eq 0x800 b3 b3
b3:
	v2: i32 = phi b0 1, b0 2
	return v2
