# The kernel's functions by their BTF ids; plain loads through a cast pointer.
-- fn
fn main
b0:
	v4: i64 = call 35
	v5: ptr = kfunc $func:bpf_rdonly_cast v4 $struct:task_struct
	v6: i64 = load v5 0 8
	v7: i64 = shr v6 63
	v8: i64 = add v7 7
	v9: i32 = trunc v8
	return v9
-- result
7
