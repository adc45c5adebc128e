# The kernel's abilities are shown for people and programs.
-- cmd
waggle doctor | grep -c -e '^system$' -e '^permissions$' -e '^maps$' -e '^programs$' -e '^helpers$' -e '^limits$'
-- stdout
6
-- needs python3
-- cmd
waggle doctor --json | python3 -c 'import json, sys; print(*json.load(sys.stdin))'
-- stdout
system permissions maps programs helpers attaching and calling places to attach to limits
