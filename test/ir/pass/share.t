# Tails that differ in where they read become one, with the offset in a phi.
-- ir
fn f
b0:
	v1: i32 = packet 12 2
	branch v1 eq 0x800 b1 b3
b1:
	v2: i32 = packet 14 1
	v3: i32 = and v2 0xf
	v4: i32 = shl v3 2
	v5: i32 = packet v4 14 2
	branch v5 eq 53 b9 b2
b2:
	v6: i32 = packet 14 1
	v7: i32 = and v6 0xf
	v8: i32 = shl v7 2
	v9: i32 = packet v8 16 2
	branch v9 eq 53 b9 b8
b3:
	v10: i32 = packet 54 2
	branch v10 eq 53 b9 b4
b4:
	v11: i32 = packet 56 2
	branch v11 eq 53 b9 b8
b8:
	return 0
b9:
	return 1
-- pass share drop_traps
-- pass dead drop_traps
-- ir
fn f
b0:
	v1: i32 = packet 12 2
	branch v1 eq 0x800 b12 b11
b1:
	v5: i32 = packet v18 14 2
	branch v5 eq 0x35 b9 b2
b2:
	v9: i32 = packet v18 16 2
	branch v9 eq 0x35 b9 b8
b8:
	return 0
b9:
	return 1
b10:
	v18: i32 = phi b11 0x28, b12 v20
	jump b1
b11:
	jump b10
b12:
	v22: i32 = packet 14 1
	v21: i32 = and v22 0xf
	v20: i32 = shl v21 2
	jump b10
-- ir
fn same_question_of_other_fields
b0:
	v1: i32 = packet 12 2
	branch v1 eq 0x800 b1 b3
b1:
	v2: i32 = packet 23 1
	branch v2 eq 6 b9 b2
b2:
	v3: i32 = packet 23 1
	branch v3 eq 17 b9 b8
b3:
	v4: i32 = packet 20 1
	branch v4 eq 44 b4 b6
b4:
	v5: i32 = packet 54 1
	branch v5 eq 6 b9 b5
b5:
	v6: i32 = packet 54 1
	branch v6 eq 17 b9 b8
b6:
	v7: i32 = packet 20 1
	branch v7 eq 6 b9 b7
b7:
	v8: i32 = packet 20 1
	branch v8 eq 17 b9 b8
b8:
	return 0
b9:
	return 1
-- pass share drop_traps
-- pass dead drop_traps
-- cbpf drop_traps
(000) ldh      [12]
(001) jeq      #0x800           jt 6	jf 2
(002) ldb      [20]
(003) jeq      #0x2c            jt 4	jf 7
(004) ldb      [54]
(005) ja       7
(006) ldb      [23]
(007) jeq      #0x6             jt 9	jf 8
(008) jeq      #0x11            jt 9	jf 10
(009) ret      #1
(010) ret      #0
