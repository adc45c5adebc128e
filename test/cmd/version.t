# A report of a bug begins with these lines.
-- cmd
waggle version
-- stdout
waggle {{\d+\.\d+\.\d+}}
build:         {{\w+, (gcc|clang) [\d.]+}}
architecture:  {{x86_64|aarch64}}
libelf:        {{0\.\d+|none}}
libdw:         {{0\.\d+|none}}
-- cmd
waggle version >a; waggle --version >b; waggle -V >c
cmp a b; cmp a c
