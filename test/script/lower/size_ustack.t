# 0.17 has 40, 0.26 has 223.
-- script
profile:hz:99 { @[ustack, comm] = count() }
-- most
36
