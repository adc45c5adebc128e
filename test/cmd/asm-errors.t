# Independent mistakes are reported together, each with its place and a way out.
-- file p.s
r0 += rx
loop: exti
if r1 > 3 goto lop
r1 = 0xffffffff
call bpf_ktime_gt_ns
r1 = *(u32 *)(r2 +40000)
exit exit
-- cmd
waggle asm p.s
-- stderr
p.s:1:7: error: expected a register or a number after '+=', found 'rx'
    1 | r0 += rx
      |       ^~
p.s:2:7: error: expected an instruction, found 'exti'
    2 | loop: exti
      |       ^~~~
      = did you mean 'exit'?
p.s:3:16: error: there is no label 'lop'
    3 | if r1 > 3 goto lop
      |                ^~~
      = did you mean 'loop'?
p.s:4:6: error: '0xffffffff' does not fit in the 32 bits of an immediate, which are extended with their sign
    4 | r1 = 0xffffffff
      |      ^~~~~~~~~~
      = a wide load takes 64 bits: 'r1 = 0xffffffff ll'
p.s:5:6: error: there is no label and no helper 'bpf_ktime_gt_ns'
    5 | call bpf_ktime_gt_ns
      |      ^~~~~~~~~~~~~~~
      = did you mean 'bpf_ktime_get_ns'?
and 2 more errors
-- exit 1
