# What is printed can be read, and comes back as it was.
-- ir
fn all
b0:
	v0: ptr = param 0
	v1: i32 = packet 12 2
	v2: i32 = packet v1 14 4
	v3: i32 = add v1 0x10
	v4: i64 = zext v3
	v5: i64 = mul v4 7
	v6: ptr = ptr_add v0 8
	v7: i16 = load v6 -4 2
	v8: ptr = slot 16
	store v8 0 8 v5
	store v8 8 4 7:i32
	v9: i64 = atomic_add v8 0 8 1
	atomic_add v8 0 8 1
	v10: i64 = atomic_cmpxchg v8 0 8 v9 3
	v11: ptr = map 2
	v12: i64 = call 1 v11 v8 0:i64
	v13: i32 = select v1 v2 9
	v14: i32 = packet_len
	v15: i32 = extension 44
	v16: i32 = context 4 4
	v17: i32 = trunc 5:i64
	v18: i32 = div_or_end v1 v13
	v21: ptr = map_value 1 24
	v22: ptr = function 1
	v23: ptr = kernel_var 5
	v24: i64 = kfunc 7 v21 1:i64
	call_fn 1 v24 v22
	v25: i64 = load_signed v23 -4 2
	branch v7 eq 0x800 b1 b2
b1:
	switch v1
		0..5 b2
		6 b3
		7..0xffffffff b2
b2:
	v19: i32 = phi b0 v1, b1 7, b1 v3
	branch 1 set 3 b3 b4
b3:
	v20: i32 = phi b1 1, b2 v19
	jump b4
b4:
	return 0xffff
-- ir
fn all
b0:
	v0: ptr = param 0
	v1: i32 = packet 12 2
	v2: i32 = packet v1 14 4
	v3: i32 = add v1 0x10
	v4: i64 = zext v3
	v5: i64 = mul v4 7
	v6: ptr = ptr_add v0 8
	v7: i16 = load v6 -4 2
	v8: ptr = slot 16
	store v8 0 8 v5
	store v8 8 4 7:i32
	v9: i64 = atomic_add v8 0 8 1
	atomic_add v8 0 8 1
	v10: i64 = atomic_cmpxchg v8 0 8 v9 3
	v11: ptr = map 2
	v12: i64 = call 1 v11 v8 0:i64
	v13: i32 = select v1 v2 9
	v14: i32 = packet_len
	v15: i32 = extension 44
	v16: i32 = context 4 4
	v17: i32 = trunc 5:i64
	v18: i32 = div_or_end v1 v13
	v21: ptr = map_value 1 24
	v22: ptr = function 1
	v23: ptr = kernel_var 5
	v24: i64 = kfunc 7 v21 1:i64
	call_fn 1 v24 v22
	v25: i64 = load_signed v23 -4 2
	branch v7 eq 0x800 b1 b2
b1:
	switch v1
		0..5 b2
		6 b3
		7..0xffffffff b2
b2:
	v19: i32 = phi b0 v1, b1 7, b1 v3
	branch 1 set 3 b3 b4
b3:
	v20: i32 = phi b1 1, b2 v19
	jump b4
b4:
	return 0xffff
