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
	branch v2 eq 0x800 b1 b95
b95:
	branch v2 eq 0x806 b7 b96
b96:
	branch v2 eq 0x8035 b7 b97
b97:
	branch v2 eq 0x86dd b93 b91
b93:
	v58: i32 = packet 20 1
	jump b92
b7:
	v9: i32 = packet 28 4
	branch v9 eq 0xa000001 b90 b100
b100:
	branch v9 eq 0xa000007 b90 b8
b8:
	v10: i32 = packet 38 4
	branch v10 eq 0xa000001 b90 b101
b101:
	branch v10 eq 0xa000007 b90 b91
b1:
	v3: i32 = packet 26 4
	branch v3 eq 0xa000001 b90 b98
b98:
	branch v3 eq 0xa000007 b90 b2
b2:
	v4: i32 = packet 30 4
	branch v4 eq 0xa000001 b90 b99
b99:
	branch v4 eq 0xa000007 b90 b94
b94:
	v57: i32 = packet 14 1
	v56: i32 = and v57 0xf
	v55: i32 = shl v56 2
	v60: i32 = packet 20 4
	v59: i32 = and v60 0x1fff00ff
	jump b92
b92:
	v52: i32 = phi b93 0x28, b94 v55
	v53: i32 = phi b93 v58, b94 v59
	branch v53 eq 6 b25 b91
b25:
	v30: i32 = packet v52 14 2
	branch v30 eq 0x50 b90 b26
b26:
	v34: i32 = packet v52 16 2
	branch v34 eq 0x50 b90 b91
b91:
	return 0
b90:
	return 0xffff
-- optimize cbpf drop_traps
-- cbpf drop_traps
(000) ldh      [12]
(001) jeq      #0x800           jt 14	jf 2
(002) jeq      #0x806           jt 8	jf 3
(003) jeq      #0x8035          jt 8	jf 4
(004) jeq      #0x86dd          jt 5	jf 29
(005) ldx      #0x28
(006) ldb      [20]
(007) ja       23
(008) ld       [28]
(009) jeq      #0xa000001       jt 28	jf 10
(010) jeq      #0xa000007       jt 28	jf 11
(011) ld       [38]
(012) jeq      #0xa000001       jt 28	jf 13
(013) jeq      #0xa000007       jt 28	jf 29
(014) ld       [26]
(015) jeq      #0xa000001       jt 28	jf 16
(016) jeq      #0xa000007       jt 28	jf 17
(017) ld       [30]
(018) jeq      #0xa000001       jt 28	jf 19
(019) jeq      #0xa000007       jt 28	jf 20
(020) ldxb     4*([14]&0xf)
(021) ld       [20]
(022) and      #0x1fff00ff
(023) jeq      #0x6             jt 24	jf 29
(024) ldh      [x + 14]
(025) jeq      #0x50            jt 28	jf 26
(026) ldh      [x + 16]
(027) jeq      #0x50            jt 28	jf 29
(028) ret      #65535
(029) ret      #0
