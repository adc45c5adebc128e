# 'host 10.0.0.1 or host 10.0.0.7 or tcp port 80' of a plain front end, from end to end.
-- ir
fn filter
b0:
	v2: i32 = packet 12 2
	branch v2 eq 0x800 b1 b3
b1:
	v3: i32 = packet 26 4
	branch v3 eq 0xa000001 b90 b2
b2:
	v4: i32 = packet 30 4
	branch v4 eq 0xa000001 b90 b3
b3:
	v5: i32 = packet 12 2
	branch v5 eq 0x806 b4 b6
b4:
	v6: i32 = packet 28 4
	branch v6 eq 0xa000001 b90 b5
b5:
	v7: i32 = packet 38 4
	branch v7 eq 0xa000001 b90 b6
b6:
	v8: i32 = packet 12 2
	branch v8 eq 0x8035 b7 b9
b7:
	v9: i32 = packet 28 4
	branch v9 eq 0xa000001 b90 b8
b8:
	v10: i32 = packet 38 4
	branch v10 eq 0xa000001 b90 b9
b9:
	v11: i32 = packet 12 2
	branch v11 eq 0x800 b10 b12
b10:
	v12: i32 = packet 26 4
	branch v12 eq 0xa000007 b90 b11
b11:
	v13: i32 = packet 30 4
	branch v13 eq 0xa000007 b90 b12
b12:
	v14: i32 = packet 12 2
	branch v14 eq 0x806 b13 b15
b13:
	v15: i32 = packet 28 4
	branch v15 eq 0xa000007 b90 b14
b14:
	v16: i32 = packet 38 4
	branch v16 eq 0xa000007 b90 b15
b15:
	v17: i32 = packet 12 2
	branch v17 eq 0x8035 b16 b18
b16:
	v18: i32 = packet 28 4
	branch v18 eq 0xa000007 b90 b17
b17:
	v19: i32 = packet 38 4
	branch v19 eq 0xa000007 b90 b18
b18:
	v20: i32 = packet 12 2
	branch v20 eq 0x86dd b19 b22
b19:
	v21: i32 = packet 20 1
	branch v21 eq 0x6 b20 b22
b20:
	v22: i32 = packet 54 2
	branch v22 eq 0x50 b90 b21
b21:
	v23: i32 = packet 56 2
	branch v23 eq 0x50 b90 b22
b22:
	v24: i32 = packet 12 2
	branch v24 eq 0x800 b23 b91
b23:
	v25: i32 = packet 23 1
	branch v25 eq 0x6 b24 b91
b24:
	v26: i32 = packet 20 2
	branch v26 set 0x1fff b91 b25
b25:
	v27: i32 = packet 14 1
	v28: i32 = and v27 0xf
	v29: i32 = mul v28 4
	v30: i32 = packet v29 14 2
	branch v30 eq 0x50 b90 b26
b26:
	v31: i32 = packet 14 1
	v32: i32 = and v31 0xf
	v33: i32 = mul v32 4
	v34: i32 = packet v33 16 2
	branch v34 eq 0x50 b90 b91
b90:
	return 0xffff
b91:
	return 0
-- optimize cbpf drop_traps
-- ir
fn filter
b0:
	v2: i32 = packet 12 2
	branch v2 eq 0x800 b1 b96
b96:
	branch v2 eq 0x806 b7 b97
b97:
	branch v2 eq 0x8035 b7 b98
b98:
	branch v2 eq 0x86dd b19 b91
b19:
	v21: i32 = packet 20 1
	branch v21 eq 6 b92 b91
b7:
	v9: i32 = packet 28 4
	branch v9 eq 0xa000001 b90 b101
b101:
	branch v9 eq 0xa000007 b90 b8
b8:
	v10: i32 = packet 38 4
	branch v10 eq 0xa000001 b90 b102
b102:
	branch v10 eq 0xa000007 b90 b91
b1:
	v3: i32 = packet 26 4
	branch v3 eq 0xa000001 b90 b99
b99:
	branch v3 eq 0xa000007 b90 b2
b2:
	v4: i32 = packet 30 4
	branch v4 eq 0xa000001 b90 b100
b100:
	branch v4 eq 0xa000007 b90 b23
b23:
	v25: i32 = packet 23 1
	branch v25 eq 6 b24 b91
b24:
	v26: i32 = packet 20 2
	branch v26 set 0x1fff b91 b94
b94:
	v53: i32 = packet 14 1
	v52: i32 = and v53 0xf
	v51: i32 = shl v52 2
	jump b92
b92:
	v49: i32 = phi b19 0x28, b94 v51
	v30: i32 = packet v49 14 2
	branch v30 eq 0x50 b90 b26
b26:
	v34: i32 = packet v49 16 2
	branch v34 eq 0x50 b90 b91
b91:
	return 0
b90:
	return 0xffff
-- optimize cbpf drop_traps
-- cbpf drop_traps
(000) ldh      [12]
(001) jeq      #0x800           jt 15	jf 2
(002) jeq      #0x806           jt 9	jf 3
(003) jeq      #0x8035          jt 9	jf 4
(004) jeq      #0x86dd          jt 5	jf 31
(005) ldb      [20]
(006) jeq      #0x6             jt 7	jf 31
(007) ldx      #0x28
(008) ja       26
(009) ld       [28]
(010) jeq      #0xa000001       jt 30	jf 11
(011) jeq      #0xa000007       jt 30	jf 12
(012) ld       [38]
(013) jeq      #0xa000001       jt 30	jf 14
(014) jeq      #0xa000007       jt 30	jf 31
(015) ld       [26]
(016) jeq      #0xa000001       jt 30	jf 17
(017) jeq      #0xa000007       jt 30	jf 18
(018) ld       [30]
(019) jeq      #0xa000001       jt 30	jf 20
(020) jeq      #0xa000007       jt 30	jf 21
(021) ldb      [23]
(022) jeq      #0x6             jt 23	jf 31
(023) ldh      [20]
(024) jset     #0x1fff          jt 31	jf 25
(025) ldxb     4*([14]&0xf)
(026) ldh      [x + 14]
(027) jeq      #0x50            jt 30	jf 28
(028) ldh      [x + 16]
(029) jeq      #0x50            jt 30	jf 31
(030) ret      #65535
(031) ret      #0
