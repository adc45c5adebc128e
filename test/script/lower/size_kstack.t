# 0.17 has 25, 0.26 has 122.
-- script
profile:hz:99 { @[kstack] = count() }
-- most
28
