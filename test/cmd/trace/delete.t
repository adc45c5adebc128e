# Whatever a map holds can be deleted: plain values, aggregates, and all buckets of a key.
-- needs bpf
-- cmd
waggle trace -q -e 'begin {
	printf("%d ", delete(@h, 1));
	@h[1] = hist(5, 5);
	@h[1] = hist(-1, 5);
	@h[2] = hist(7, 5);
	printf("%d ", delete(@h[1]));
	printf("%d\n", delete(@h, 1));
}'
-- stdout
0 1 0


@h[2]:
[7]                    1 |@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@|

-- cmd
waggle trace -q -e 'begin {
	@l[1, "a"] = lhist(3, 0, 1000, 1);
	@l[2, "b"] = lhist(3, 0, 1000, 1);
	@n[1] = count(); @s[1] = sum(5); @a[1] = avg(5); @m[1] = min(5);
	delete(@l, (1, "a"));
	delete(@n[1]); delete(@s, 1); delete(@a[1]); delete(@m, 1);
}'
-- stdout


@l[2, b]:
[3]                    1 |@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@|

-- cmd
waggle trace -q -e 'begin {
	@n = count(); @s = sum(5); @a = avg(5); @m = min(5); @h = hist(5); @p = 5; @kept = sum(6);
	delete(@n); delete(@s); delete(@a); delete(@m); delete(@h); delete(@p);
	exit();
}'
-- stdout


@kept: 6
