# Long lists become one look at each field, with ranges merged and the covered left out.
-- cmd
waggle filter -y EN10MB -O --ir 'ip src host 10.0.0.1 or 10.0.0.2 or 10.0.0.3 or 10.0.0.5'
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
		0xa000006..0xffffffff b4
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
	v2: i32 = packet 26 4
	switch v2
		0..0x9ffffff b4
		0xa000000..0xbffffff b5
		0xc000000..0xffffffff b4
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
	v8: i32 = packet 12 2
	branch v8 eq 0x86dd b13 b11
b5:
	jump b2
b6:
	v2: i32 = packet 22 4
	branch v2 eq 0x20010db8 b8 b4
b8:
	v4: i32 = packet 26 4
	branch v4 le 0 b9 b4
b9:
	v6: i32 = packet 30 4
	branch v6 le 0 b10 b4
b10:
	v7: i32 = packet 34 4
	switch v7
		0 b4
		1..2 b5
		3..0xffffffff b4
b11:
	jump b3
b12:
	jump b5
b13:
	v9: i32 = packet 22 4
	branch v9 eq 0x20010db8 b16 b15
b15:
	v11: i32 = packet 38 4
	branch v11 eq 0x20010db8 b17 b11
b16:
	v10: i32 = packet 26 4
	switch v10
		0..0xffff b15
		0x10000..0x1ffff b12
		0x20000..0xffffffff b15
b17:
	v12: i32 = packet 42 4
	switch v12
		0..0xffff b11
		0x10000..0x1ffff b12
		0x20000..0xffffffff b11
-- cmd
waggle filter -y EN10MB -O --ir 'udp dst port 1 or udp dst port 2 or udp dst port 3'
-- stdout
fn filter
b0:
	jump b1
b1:
	v0: i32 = packet 12 2
	branch v0 eq 0x86dd b7 b6
b2:
	return 0x40000
b3:
	return 0
b4:
	jump b3
b5:
	jump b2
b6:
	v5: i32 = packet 12 2
	branch v5 eq 0x800 b10 b4
b7:
	v2: i32 = packet 20 1
	branch v2 eq 0x11 b8 b6
b8:
	v4: i32 = packet 56 2
	switch v4
		0 b6
		1..3 b5
		4..0xffffffff b6
b10:
	v7: i32 = packet 23 1
	branch v7 eq 0x11 b11 b4
b11:
	v8: i32 = packet 20 2
	branch v8 set 0x1fff b4 b12
b12:
	v10: i32 = packet 14 1
	v12: i32 = and v10 0xf
	v14: i32 = shl v12 2
	v15: i32 = packet v14 16 2
	switch v15
		0 b4
		1..3 b5
		4..0xffffffff b4
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
	switch v2
		0 b5
		1..2 b4
		3..0xffffffff b5
