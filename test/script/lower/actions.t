# Records are a number and the values behind it, each at its alignment.
-- script
begin {
	printf("%d %s %d\n", pid, comm, (int64)1);
	print(@x, 5, 2);
	@x[1] = count();
	clear(@x);
	exit(3);
}
-- bundle
map 0 x: type 5, key 1, value 8, elements 4096
map 1 counters: type 2, key 4, value 24, elements 1
map 2 data: type 27, key 0, value 0, elements 0
map 3 control: type 27, key 0, value 0, elements 65536
table @x[int8]: count in map 0
action 0: printf, 32 bytes, tuple(4 uint32, 8 string[16], 24 int64)
action 1: print table, 4 bytes, @x
action 2: clear, 4 bytes, @x
action 3: exit, 24 bytes, tuple(8 int64, 16 uint64)
program begin: type 17
  at begin: begin
