# Commands that are run (-c) and processes that are watched (-p) end the session.
-- needs bpf
-- cmd
waggle trace -q -c 'sh -c "sleep 0.5; echo two words"' -e 'begin { printf("begin\n"); } end { printf("end\n"); }'
-- stdout
begin
two words
end


-- cmd
waggle trace -q -c './missing' -e 'begin { }'
-- stderr
<program>: error: -c cannot run './missing': No such file or directory
-- exit 1
-- cmd
waggle trace -q -c 'a | b' -e 'begin { }'
-- stderr
<program>: error: -c cannot run 'a | b': it has one of | & ; < > ( ) { }
      = let a shell do it: -c "sh -c '...'"
-- exit 1
-- cmd
waggle trace -q -p 2147483647 -e 'begin { }'
-- stderr
<program>: error: there is no process 2147483647
-- exit 1
-- cmd
sleep 0.2 & waggle trace -q -p $! -e 'begin { printf("watching\n"); }'
-- stdout
watching


-- cmd
waggle trace -q -e 'interval:s:100 { } end { printf("told to stop\n"); }' & sleep 0.5; kill -TERM $!; wait $!; echo $?
-- stdout
told to stop


0
