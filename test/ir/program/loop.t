# A callback of bpf_loop adds up in memory of its caller; it may end the loop.
-- fn
fn main
b0:
	v1: ptr = slot 16
	store v1 0 8 0
	store v1 8 8 0
	v2: ptr = function 1
	v3: i64 = call 181 1000 v2 v1 0:i64
	v4: i64 = load v1 0 8
	v5: i64 = mul v3 1000
	v6: i64 = add v4 v5
	v7: i32 = trunc v6
	return v7
-- fn
fn body
b0:
	v1: i64 = param 0
	v2: ptr = param 1
	v3: i64 = load v2 0 8
	v4: i64 = add v3 v1
	store v2 0 8 v4
	branch v1 eq 9 b1 b2
b1:
	return 1
b2:
	return 0
-- result
10045
