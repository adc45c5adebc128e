# --json tells all there is to know, in one line of valid JSON.
-- needs python3
-- file p.s
r0 = 5
exit
-- cmd
waggle vm run --json --interpret --guarded --repeat 10 p.s
-- stdout
{"result": "0x5", "form": "assembler", "engine": "interpreter", "architecture": "{{\w+}}", "guarded": true, "insns": 2, "native_bytes": 0, "load_us": {{[0-9.]+}}, "repeat": 10, "best_ns": {{[0-9.]+}}, "median_ns": {{[0-9.]+}}, "maps": []}
-- cmd
waggle vm run --json p.s | python3 -m json.tool >/dev/null
