# A per-CPU variable of the kernel, where it knows the addresses of its variables.
-- fn
fn main
b0:
	v1: ptr = kernel_var $var:bpf_prog_active
	v2: ptr = call 154 v1
	v3: i32 = load v2 0 4
	branch v3 lt 1000000 b1 b2
b1:
	return 7
b2:
	return 3
-- result
7
