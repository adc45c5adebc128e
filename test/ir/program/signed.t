# Loads and moves extend signs, by instructions of their own where there are such.
-- map 2 4 64 1
-- fn
fn main
b0:
	v1: ptr = map_value 0 0
	store v1 0 8 0xfffb
	v2: i16 = load v1 0 2
	v3: i64 = sext v2
	v4: i8 = load v1 0 1
	v5: i32 = sext v4
	v6: i64 = sext v5
	v7: i64 = mul v3 v6
	v8: i32 = load v1 0 4
	v9: i64 = sext v8
	v10: i64 = add v7 v9
	store v1 0 8 0
	v11: i32 = trunc v10
	return v11
-- result
65556
