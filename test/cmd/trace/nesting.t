# Nesting has a limit, and a message.
-- cmd
waggle trace --mode check -e "begin { print($(printf '%300s' | tr ' ' '(')1); }" 2>&1 | sed -n '1p'
-- stdout
<program>:1:113: error: this is nested more than 200 deep
-- cmd
waggle trace --mode check -e "begin { print($(printf '%300s' | tr ' ' '-')1); }" 2>&1 | sed -n '1p'
-- stdout
<program>:1:17: error: expected an expression, found '--'
