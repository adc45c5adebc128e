# 0.17 has 43, 0.26 has 77: pointers whose types the verifier knows are followed by plain loads.
-- script
tracepoint:raw_syscalls:sys_enter { @[curtask.mm.owner.comm] = count(); }
-- most
29
