# An object file goes through libbpf and bpftool as it is: loaded, listed, shown, run, with its maps and its types.
-- needs bpftool clang native
-- file x.bpf.c
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, __u32);
	__type(value, __u64);
	__uint(max_entries, 16);
} counts SEC(".maps");
__u64 total;
const volatile __u32 step = 3;

static __attribute__((noinline)) int classify(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	__u8 *p = data;

	if (data + 14 > end)
		return XDP_DROP;
	return p[12] == 8 ? XDP_PASS : XDP_TX;
}

SEC("xdp") int count(struct xdp_md *ctx)
{
	__u32 key = classify(ctx);
	__u64 one = 1, *value = bpf_map_lookup_elem(&counts, &key);

	total += step;
	if (value)
		__sync_fetch_and_add(value, 1);
	else
		bpf_map_update_elem(&counts, &key, &one, BPF_ANY);
	return key;
}
char _license[] SEC("license") = "GPL";
-- cmd
clang -O2 -g -target bpf -I/usr/include/$(uname -m)-linux-gnu -c x.bpf.c -o x.o
head -c 60 /dev/zero > in
waggle exec -- sh -e <<'END'
bpftool prog load x.o /sys/fs/bpf/x
bpftool prog list
bpftool prog dump xlated pinned /sys/fs/bpf/x | head -3
bpftool prog run pinned /sys/fs/bpf/x data_in in repeat 5
bpftool map dump name counts
bpftool map dump name x.bss
bpftool map dump name x.rodata
bpftool btf dump prog pinned /sys/fs/bpf/x | head -2
END
-- stdout
{{[0-9]+}}: xdp  name count  tag {{[0-9a-f]+}}  gpl
	loaded_at {{.*}}  uid {{[0-9]+}}
	xlated {{[0-9]+}}B {{.*}}
{{...}}
int count(struct xdp_md * ctx):
; {{.*}}
{{.*}}
Return value: 3, duration (average): {{[0-9]+}}ns
[{
        "key": 3,
        "value": 5
    }
]
[{
        "value": {
            ".bss": [{
                    "total": 15
                }
            ]
        }
    }
]
[{
        "value": {
            ".rodata": [{
                    "step": 3
                }
            ]
        }
    }
]
[1] PTR '(anon)' type_id=3
[2] INT 'int' size=4 bits_offset=0 nr_bits=32 encoding=SIGNED
