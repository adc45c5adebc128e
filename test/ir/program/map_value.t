# Addresses inside a map's element need no lookup; functions are called with arguments.
-- map 2 4 64 1
-- fn
fn main
b0:
	v1: ptr = map_value 0 8
	v2: ptr = ptr_add v1 16
	v3: ptr = ptr_add v2 8
	store v1 0 8 40
	store v3 0 8 2
	v4: i64 = atomic_add v1 24 8 100
	v5: i64 = load v1 0 8
	v6: i64 = load v3 0 8
	v7: i64 = call_fn 1 v5 v6 v4
	store v1 0 8 0
	store v3 0 8 0
	v8: i32 = trunc v7
	return v8
-- fn
fn sum
b0:
	v1: i64 = param 0
	v2: i64 = param 1
	v3: i64 = param 2
	v4: i64 = add v1 v2
	v5: i64 = add v4 v3
	return v5
-- result
144
