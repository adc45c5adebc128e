# The kernel's maps, programs and links, whoever made them: listed, and shown by their types.
-- needs bpf clang libbpf
-- file seen.bpf.c
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
char LICENSE[] SEC("license") = "GPL";
struct value { unsigned int hits; char name[8]; };
struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 4); __type(key, int); __type(value, struct value); } seen_map SEC(".maps");
int seen_variable = 42;
SEC("raw_tp/sys_enter") int seen_prog(void *ctx)
{
	int key = 2;
	struct value *value = bpf_map_lookup_elem(&seen_map, &key);
	if (value && seen_variable) { value->hits = 1; value->name[0] = 'x'; }
	return 0;
}
-- cmd
clang -g -O2 -target bpf -I/usr/include/$(uname -m)-linux-gnu -c seen.bpf.c -o seen.bpf.o
waggle run -q -d 3 seen.bpf.o 2>/dev/null & sleep 1.5
waggle map list seen_map
waggle map dump seen_map
waggle map dump --json seen_map
waggle map dump seen.data
waggle prog list seen_prog
waggle prog dump seen_prog | head -1
waggle link list | grep "program $(waggle prog list seen_prog | cut -c1-8 | tr -d ' ')"
wait
-- stdout
{{ *\d+}}  seen_map         array              key 4, value 12 bytes, 4 elements, flags 0x0
seen_map[2] = { .hits = 1, .name = "x" }
{"map": "seen_map", "key": 2, "value": {"hits": 1, "name": "x"}}
seen.data { .seen_variable = 42 }
{{ *\d+}}  seen_prog        raw_tracepoint     tag {{[0-9a-f]+}}, {{\d+}} instructions, {{\d+}} bytes jited, maps {{[\d,]+}}
# seen_prog: {{\d+}} instructions
{{ *\d+}}  raw_tracepoint   program {{\d+}}, sys_enter
-- cmd
waggle map dump no_such_map_at_all 2>&1 | head -1
-- stdout
waggle: error: there is no map 'no_such_map_at_all'
-- cmd
waggle prog list 4294967295
-- stderr
waggle: error: there is no program with number 4294967295
-- exit 1
