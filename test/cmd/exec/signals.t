# Signals for 'waggle exec' reach the program, which may do with them what it wants.
-- needs native
-- cmd
waggle exec -- sh -c 'trap "echo caught; exit 3" TERM; echo ready; while :; do sleep 0.05; done' > out &
until grep -q ready out 2> /dev/null; do sleep 0.02; done
kill -TERM $!
wait $!
echo $?
cat out
-- stdout
3
ready
caught
