# Texts that are no functions are refused with the place and the reason.
-- ir
fn f
b0:
	v1: i32 = packet 12 2
	branch v1 eq 0x800 b1 b7
b1:
	return 0
-- error
ir:4:24: error: this is never defined
    4 | 	branch v1 eq 0x800 b1 b7
      | 	                      ^~
-- ir
fn f
b0:
	v1: i32 = packet 12 3
	v2: i32 = zext v1
	return v3
b1:
	v3: i32 = packet_len
	return v3
-- error
ir:3:2: error: value v1, 'packet': it cannot be of 3 bytes
    3 | 	v1: i32 = packet 12 3
      | 	^~
ir:4:2: error: value v2, 'zext': its operand is not narrower than itself
    4 | 	v2: i32 = zext v1
      | 	^~
-- ir
fn f
b0:
	branch 1 eq 2 b1 b2
b1:
	v3: i32 = packet_len
	jump b2
b2:
	return v3
-- error
ir:7:1: error: block b2: v3 may be unknown at its end
    7 | b2:
      | ^~
-- ir
fn f
b0:
	v1: i32 = packet_len
	switch v1
		0..5 b1
		7..0xffffffff b2
b1:
	return 0
b2:
	return 1
-- error
ir:2:1: error: block b0: the ranges of its switch have gaps or overlap
    2 | b0:
      | ^~
-- ir
fn f
b0:
	v1: i32 = frobnicate 3
-- error
ir:3:12: error: expected an operation
    3 | 	v1: i32 = frobnicate 3
      | 	          ^~~~~~~~~~
