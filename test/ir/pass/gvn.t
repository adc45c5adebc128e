# What was computed on every way here is not computed again; memory only within a block.
-- ir
fn f
b0:
	v1: i32 = packet 12 2
	v2: ptr = slot 8
	v3: i64 = load v2 0 8
	v4: i64 = load v2 0 8
	store v2 0 8 v4
	v5: i64 = load v2 0 8
	branch v1 eq 0x800 b1 b2
b1:
	v6: i32 = packet 12 2
	v7: i32 = packet 30 4
	v8: i64 = load v2 0 8
	v9: i64 = add v5 v3
	v10: i64 = add v3 v5
	store v2 0 8 v9
	store v2 0 8 v10
	store v2 0 8 v8
	branch v6 eq v7 b2 b3
b2:
	v11: i32 = packet 30 4
	return v11
b3:
	v12: i32 = packet 30 4
	return v12
-- pass gvn
-- ir
fn f
b0:
	v1: i32 = packet 12 2
	v2: ptr = slot 8
	v3: i64 = load v2 0 8
	store v2 0 8 v3
	v5: i64 = load v2 0 8
	branch v1 eq 0x800 b1 b2
b1:
	v7: i32 = packet 30 4
	v8: i64 = load v2 0 8
	v9: i64 = add v3 v5
	store v2 0 8 v9
	store v2 0 8 v9
	store v2 0 8 v8
	branch v1 eq v7 b2 b3
b2:
	v11: i32 = packet 30 4
	return v11
b3:
	return v7
