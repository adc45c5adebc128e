# Values without keys share arrays; keys are laid out with zeroed gaps; counters stand together.
-- script
begin {
	@x = 1;
	@s = "abc";
	@n = count();
	@t[1, "k"] = (2, comm);
	@h = hist(5);
	@hk[pid] = hist(5);
	exit();
}
-- bundle
map 0 globals: type 2, key 4, value 32, elements 1
map 1 percpu: type 6, key 4, value 16, elements 1
map 2 t: type 1, key 3, value 17, elements 4096
map 3 h: type 6, key 4, value 8, elements 66
map 4 hk: type 5, key 16, value 8, elements 4096
map 5 counters: type 2, key 4, value 32, elements 1
map 6 bits: type 2, key 4, value 64, elements 1, frozen
map 7 control: type 27, key 0, value 0, elements 65536
table @x: int8 in map 0, at 0, set at 8
table @s: string[4] in map 0, at 16, set at 24
table @n: count in map 1, at 0, set at 8
table @t[tuple(0 int8, 1 string[2])]: tuple(0 int8, 1 string[16]) in map 2
table @h: hist in map 3
table @hk[uint32]: hist in map 4
action 0: exit, 4 bytes
program begin: type 17
  at begin: begin
