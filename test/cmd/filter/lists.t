# Long lists become one look at each field, with ranges merged and the covered left out.
-- cmd
waggle filter -y EN10MB -O --ir 'ip src host 10.0.0.1 or 10.0.0.2 or 10.0.0.3 or 10.0.0.5 or 10.0.0.7 or 10.0.0.9'
-- stdout
fn filter
b0:
	jump b1
b1:
	v0: i32 = packet 12 2
	branch v0 eq 0x800 b6 b4
b2:
	return 0x40000
b3:
	return 0
b4:
	jump b3
b5:
	jump b2
b6:
	v2: i32 = packet 26 4
	switch v2
		0..0xa000000 b4
		0xa000001..0xa000003 b5
		0xa000004 b4
		0xa000005 b5
		0xa000006 b4
		0xa000007 b5
		0xa000008 b4
		0xa000009 b5
		0xa00000a..0xffffffff b4
-- cmd
waggle filter -y EN10MB -O --ir 'ip src net 10.0.0.0/8 or 10.1.0.0/16 or 11.0.0.0/8'
-- stdout
fn filter
b0:
	jump b1
b1:
	v0: i32 = packet 12 2
	branch v0 eq 0x800 b6 b4
b2:
	return 0x40000
b3:
	return 0
b4:
	jump b3
b5:
	jump b2
b6:
	v2: i32 = packet 26 1
	branch v2 eq 0xa b5 b8
b8:
	branch v2 eq 0xb b5 b4
-- cmd
waggle filter -y EN10MB -O --ir 'ip6 src host 2001:db8::1 or 2001:db8::2 or net 2001:db8:1::/48'
-- stdout
fn filter
b0:
	jump b1
b1:
	v0: i32 = packet 12 2
	branch v0 eq 0x86dd b6 b4
b2:
	return 0x40000
b3:
	return 0
b4:
	v10: i32 = packet 12 2
	branch v10 eq 0x86dd b14 b12
b5:
	jump b2
b6:
	v2: i32 = packet 22 4
	branch v2 eq 0x20010db8 b8 b4
b8:
	v4: i32 = packet 26 4
	branch v4 eq 0 b9 b4
b9:
	v6: i32 = packet 30 4
	branch v6 eq 0 b10 b4
b10:
	v7: i32 = packet 34 4
	branch v7 eq 1 b5 b11
b11:
	branch v7 eq 2 b5 b4
b12:
	jump b3
b13:
	jump b5
b14:
	v11: i32 = packet 22 4
	branch v11 eq 0x20010db8 b17 b16
b16:
	v13: i32 = packet 38 4
	branch v13 eq 0x20010db8 b18 b12
b17:
	v12: i32 = packet 26 2
	branch v12 eq 1 b13 b16
b18:
	v14: i32 = packet 42 2
	branch v14 eq 1 b13 b12
-- cmd
waggle filter -y EN10MB -O --ir 'udp dst port 1 or udp dst port 2 or udp dst port 3'
-- stdout
fn filter
b0:
	jump b1
b1:
	v0: i32 = packet 12 2
	branch v0 eq 0x800 b7 b6
b2:
	return 0x40000
b3:
	return 0
b4:
	jump b3
b5:
	jump b2
b6:
	v14: i32 = packet 12 2
	branch v14 eq 0x86dd b13 b4
b7:
	v2: i32 = packet 23 1
	branch v2 eq 0x11 b8 b6
b8:
	v4: i32 = packet 20 2
	branch v4 set 0x1fff b6 b9
b9:
	v6: i32 = packet 14 1
	v8: i32 = and v6 0xf
	v10: i32 = shl v8 2
	v11: i32 = packet v10 16 2
	branch v11 eq 1 b5 b11
b11:
	branch v11 eq 2 b5 b12
b12:
	branch v11 eq 3 b5 b6
b13:
	v16: i32 = packet 20 1
	branch v16 eq 0x11 b14 b4
b14:
	v17: i32 = packet 56 2
	branch v17 eq 1 b5 b16
b16:
	branch v17 eq 2 b5 b17
b17:
	branch v17 eq 3 b5 b4
-- cmd
waggle filter -y EN10MB -O --ir 'not ip proto 1 and not ip proto 2'
-- stdout
fn filter
b0:
	jump b1
b1:
	v0: i32 = packet 12 2
	branch v0 eq 0x800 b6 b5
b2:
	return 0x40000
b3:
	return 0
b4:
	jump b3
b5:
	jump b2
b6:
	v2: i32 = packet 23 1
	branch v2 eq 1 b4 b8
b8:
	branch v2 eq 2 b4 b5
