# Would Linux load it?  A verdict for each program; a refusal says where, why and what to do.
-- needs clang libelf libbpf
-- file some.bpf.c
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
char LICENSE[] SEC("license") = "GPL";
struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 4); __type(key, int); __type(value, long); } m SEC(".maps");
int table[16];
SEC("socket") int unchecked(struct __sk_buff *skb) {
	int k = 1;
	long *v = bpf_map_lookup_elem(&m, &k);
	return *v;
}
SEC("socket") int indexed(struct __sk_buff *skb) {
	unsigned i = skb->len;
	return table[i];
}
SEC("xdp") int packet(struct xdp_md *ctx) {
	char *p = (void *)(long)ctx->data;
	return p[3];
}
SEC("xdp") int good(struct xdp_md *ctx) {
	char *p = (void *)(long)ctx->data;
	return p + 4 <= (char *)(long)ctx->data_end ? p[3] & 1 : XDP_PASS;
}
-- cmd
clang -g -O2 -target bpf -I/usr/include/$(uname -m)-linux-gnu -c some.bpf.c -o some.bpf.o
waggle verify some.bpf.o | grep -v instructions
-- stdout
unchecked (socket): refused
R0 invalid mem access 'map_value_or_null'
    9 | return *v;
insn 7: r0 = *(u64 *)(r0 +0)
      r0 is map_value_or_null + 0
      r0 made in line 8 at 6: call bpf_map_lookup_elem#1
      rule 'null': a pointer that may be NULL must be checked first
      = check the pointer against NULL before line 9
indexed (socket): refused
R2 unbounded memory access, make sure to bounds check any such access
   13 | return table[i];
insn 5: r0 = *(u32 *)(r2 +0)
      r2 is map_value, 0 to 17179869180 (unsigned 0 to 17179869180)
      4 bytes at offset 0 of 64
      r2 made in line 13 at 2: r2 = map[fd:{{\d+}}][0]+0
      r2 changed in line 13 at 4: r2 += r1
      rule 'bounds': memory accesses must stay within their object
      = compare the offset with 61 before using it
packet (xdp): refused
invalid access to packet, off=3 size=1, R1(id=0,off=0,r=0)
   17 | return p[3];
insn 1: r0 = *(u8 *)(r1 +3)
      r1 is pkt + 0
      1 byte at offset 3 of 0
      r1 made in line 16 at 0: r1 = *(u32 *)(r1 +0)
      rule 'packet': packet accesses must be below 'data_end'
      = compare 'pointer + size' with 'data_end' before
good (xdp): accepted
-- cmd
waggle verify some.bpf.o >all; echo $?
waggle verify --prog good some.bpf.o >one; echo $?
waggle verify --prog god some.bpf.o; echo $?
waggle verify nothing.o; echo $?
-- stdout
1
0
2
2
-- stderr
{{.*}}: error: {{.*}}'god'{{.*}}
      = did you mean 'good'?
nothing.o: error: cannot open 'nothing.o': No such file or directory
-- cmd
waggle verify --kernel-version 4.10 --prog good some.bpf.o | grep -v instructions
waggle verify --json --prog good some.bpf.o | cut -d, -f1-3
-- stdout
good (xdp): accepted
{"name": "good", "section": "xdp", "accepted": true
