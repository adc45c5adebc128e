# Test probes are run by --test, what they print is shown when they fail; bench probes are measured.
-- needs root
-- cmd
waggle trace --test -e 'test:good { printf("hidden\n"); return 0; } test:bad { printf("shown\n"); return 1; }'
-- stdout
ok     test:good
shown
failed test:bad
1 passed, 1 failed
-- exit 1
-- cmd
waggle trace --bench -f json -e 'bench:count { @ = count(); }'
-- stdout
{"type": "benchmark_result", "data": {"bench:count": {{[0-9.]+[}]}}}
