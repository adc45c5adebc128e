# An array of characters in a struct of the kernel is a string: printed, a key, compared.
-- needs bpf
-- cmd
waggle trace -q -e 'begin {
	$c = curtask.comm;
	@key[curtask.comm] = 1;
	@kept = $c;
	printf("%s %s %d %d\n", curtask.comm, $c, curtask.comm == "waggle", $c == comm);
	print(curtask.comm);
}'
-- stdout
waggle waggle 1 1
waggle


@kept: waggle
@key[waggle]: 1
