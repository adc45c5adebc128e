# Signed division rounds towards zero, with the kernel's own instruction and without it.
-- needs bpf
-- cmd
for without in for_each signed_div; do waggle trace -q --no-feature $without -e '
begin {
	@a = -7;
	@b = 2;
	@least = -9223372036854775807 - 1;
	printf("%d %d %d %d\n", @a / @b, @a % @b, -@a / @b, -@a % @b);
	printf("%d %d %d %d\n", @a / -@b, @a % -@b, -@a / -@b, -@a % -@b);
	printf("%d %d %ld\n", @a / 3, @a / -3, @least / (@b - 3));
	clear(@a); clear(@b); clear(@least);
}'; done
-- stdout
-3 -1 3 1
3 -1 -3 1
-2 2 -9223372036854775808


-3 -1 3 1
3 -1 -3 1
-2 2 -9223372036854775808


-- cmd
waggle trace -q --no-feature signed_div -d bpf -e 'begin { $a = (int64)pid - 100000000; print($a / 3); }' | grep -c 's/='
-- stdout
0
-- exit 1
