# What is counted with ++ and -- is as wide as numbers get, however small the first one was.
-- needs bpf
-- cmd
waggle trace -q -e 'begin {
	@up = 0; @down = 0; @key[1] = 0; $v = 0;
	for ($i : 0..300) { @up++; @down--; ++@key[1]; $v++; }
	printf("%d %d %d %d\n", @up, @down, @key[1], $v);
	clear(@key);
}'
-- stdout
300 -300 300 300


@down: -300
@up: 300
