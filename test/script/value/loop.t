# Loops end, in the eyes of the verifier too; they leave, go on, and change what is around them.
-- script
BEGIN { $s = 0; for ($i : 0..10) { $s += $i } @s = $s }
-- maps
@s 45
-- script
BEGIN { $s = 0; for ($i : 0..100000) { if ($i == 5) { continue } if ($i > 50) { break } $s += $i } @s = $s }
-- maps
@s 1270
-- script
BEGIN { $i = 0; $s = 1; while ($i < 100) { $s = $s * 3 + $i; $i++ } @s = $s; @i = $i }
-- maps
@s 5492593479932844179
@i 100
-- script
BEGIN { unroll (5) { @x++ } @y = @x }
-- maps
@x 5
@y 5
-- script
BEGIN { @m[1] = 10; @m[2] = 20; @m[5] = 50; $k = 0; $n = 0; for ($kv : @m) { $k += $kv.0; $n += $kv.1 } @k = $k; @n = $n }
-- maps
@k 8
@n 80
-- script
BEGIN { @m["a"] = 10; @m["b"] = 10; $n = 0; for ($kv : @m) { if ($n > 0) { return } $n += $kv.1; @n = $n } @left = 1 }
-- maps
@n 10
@left 0
-- script
BEGIN { $n = 0; for ($i : 0..3) { for ($j : 0..1000) { if ($j > $i * 10) { break } $n++ } } @n = $n }
-- maps
@n 33
