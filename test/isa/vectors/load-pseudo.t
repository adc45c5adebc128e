# A wide load with a source of 1 to 6 gives the address that the host stands for (Linux).
-- case map by descriptor
-- asm
r0 = map[fd:3]
exit
-- result
0x0100000000000003
-- case map value
-- asm
r0 = map[fd:3][0]+8
exit
-- result
0x0200000800000003
-- case kernel symbol
-- asm
r0 = btf_id[7]
exit
-- result
0x0300000000000007
-- case map by index
-- asm
r0 = map[idx:2]
exit
-- result
0x0500000000000002
-- case map value by index
-- asm
r0 = map[idx:2][0]+16
exit
-- result
0x0600001000000002
