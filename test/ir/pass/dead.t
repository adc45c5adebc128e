# What nobody needs goes, circles of phis too; loads that may trap only if the options let them.
-- ir
fn f
b0:
	v1: i32 = packet 12 2
	v2: i32 = add v1 1
	jump b1
b1:
	v3: i32 = phi b0 0, b2 v4
	v5: i32 = packet_len
	branch v5 eq 7 b2 b3
b2:
	v4: i32 = add v3 1
	jump b1
b3:
	return 1
-- pass dead
-- ir
fn f
b0:
	v1: i32 = packet 12 2
	jump b1
b1:
	v5: i32 = packet_len
	branch v5 eq 7 b2 b3
b2:
	jump b1
b3:
	return 1
-- ir
fn f
b0:
	v1: i32 = packet 12 2
	return 1
-- pass dead drop_traps
-- ir
fn f
b0:
	return 1
