# str() gives as many characters as were asked for; buf() as many bytes; addresses have their families.
-- script
BEGIN { $s = str_concat("hello", " world"); @a = str($s, 5); @b = strlen(str($s, 3)); $n = 4; @c = str($s, $n); @d = strlen(str($s)); @e = str("literal", 3); @f = strcap("abc"); @g = $s[4] }
-- maps
@a hello
@b 3
@c hell
@d 11
@e lit
@f 4
@g 111
-- script
BEGIN { @a = (1, "x") == (1, "x"); @b = (1, 2) == (1, 3); $t = (str_concat("a", "b"), 5); @c = $t == ("ab", 5); @d = $t != ("ab", 6) }
-- maps
@a 1
@b 0
@c 1
@d 1
