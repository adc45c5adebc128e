# Values stay in A and X across blocks; what A and X cannot hold goes to cells; what it cannot do is refused.
-- ir
fn ports
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
	v6: i32 = packet v4 16 2
	branch v6 eq 53 b9 b8
b3:
	v7: i32 = packet_len
	branch v7 gt 100 b4 b8
b4:
	branch v1 gt 1500 b9 b8
b8:
	return 0
b9:
	return 0xffff
-- cbpf drop_traps
(000) ldh      [12]
(001) jeq      #0x800           jt 6	jf 2
(002) ld       #pktlen
(003) jgt      #0x64            jt 4	jf 12
(004) ldh      [12]
(005) jgt      #0x5dc           jt 11	jf 12
(006) ldxb     4*([14]&0xf)
(007) ldh      [x + 14]
(008) jeq      #0x35            jt 11	jf 9
(009) ldh      [x + 16]
(010) jeq      #0x35            jt 11	jf 12
(011) ret      #65535
(012) ret      #0
-- ir
fn arithmetic
b0:
	v1: i32 = packet 0 4
	v2: i32 = packet 4 4
	v3: i32 = sub v1 v2
	v4: i32 = packet 8 2
	v5: i32 = packet 10 2
	v6: i32 = sub v4 v5
	v7: i32 = mul v3 v6
	v8: i32 = packet v7 0 1
	v9: i32 = sub v3 v8
	branch v9 slt v7 b1 b2
b1:
	return v3
b2:
	v10: i32 = div_or_end v7 v8
	return v10
-- cbpf
(000) ld       [4]
(001) tax      
(002) ld       [0]
(003) sub      x
(004) st       M[0]
(005) ldh      [10]
(006) tax      
(007) ldh      [8]
(008) sub      x
(009) ldx      M[0]
(010) mul      x
(011) st       M[1]
(012) tax      
(013) ldb      [x + 0]
(014) tax      
(015) ld       M[0]
(016) sub      x
(017) xor      #0x80000000
(018) tax      
(019) ld       M[1]
(020) xor      #0x80000000
(021) jgt      x                jt 28	jf 22
(022) ldx      M[1]
(023) ldb      [x + 0]
(024) tax      
(025) ld       M[1]
(026) div      x
(027) ret      
(028) ld       M[0]
(029) ret      
-- ir
fn phis
b0:
	v1: i32 = packet 12 2
	branch v1 eq 0x8100 b1 b2
b1:
	v2: i32 = packet 16 2
	jump b2
b2:
	v3: i32 = phi b0 0, b1 4
	v4: i32 = phi b0 v1, b1 v2
	branch v4 eq 0x800 b3 b4
b3:
	v5: i32 = packet v3 23 1
	return v5
b4:
	return 0
-- cbpf
(000) ldh      [12]
(001) jeq      #0x8100          jt 2	jf 4
(002) ldx      #0x4
(003) ldh      [16]
(004) jeq      #0x800           jt 6	jf 5
(005) ret      #0
(006) ldb      [x + 23]
(007) ret      
-- ir
fn no
b0:
	v1: ptr = param 0
	v2: i64 = load v1 0 8
	v3: i32 = trunc v2
	return v3
-- cbpf
ir:3:2: error: classic BPF has no operation 'param'
    3 | 	v1: ptr = param 0
      | 	^~
