# clear() and zero() touch one map only: others go on counting meanwhile, and nothing of that is lost.
-- needs bpf
-- cmd
waggle trace -q -e '
begin { @cleared = 1; @cleared_count = count(); }
interval:ms:1 {
	@all += (int64)1; @count = count(); @cleared++; @cleared_count = count();
	clear(@cleared); zero(@cleared_count);
	if (@all == 500) { exit(); }
}
end { printf("%d %d\n", @all, (int64)@count); }' | head -1
-- stdout
{{(5\d\d) \1}}
