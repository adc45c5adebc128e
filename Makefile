# Makefile - for people's habits; the build itself is meson's (meson.build).
#
#   make          build/waggle
#   make run      build it and trace this machine for five seconds; or another command: make run ARGS='demo'
#   make check    all tests, under AddressSanitizer and UBSan; ends with one line of numbers
#   make bench    all measurements
#   make fuzz     every fuzzer for FUZZ_SECONDS each
#   make static   build-static/waggle, one file that runs anywhere
#   make install  program, library, headers, manual page and completions (DESTDIR=, PREFIX=)
#   make format   clang-format all C
#   make clean    remove everything built
#
# run, check and bench first install what they need when something is missing (scripts/deps).

PREFIX ?= /usr/local
RUN_SECONDS ?= 5
export RUN_SCRIPT = begin { printf("system calls of this machine, for %d seconds\n", $$1); } \
	tracepoint:raw_syscalls:sys_enter { @start[tid] = nsecs; @calls[comm] = count(); } \
	tracepoint:raw_syscalls:sys_exit /@start[tid]/ \
	{ @microseconds = hist((nsecs - @start[tid]) / 1000); delete(@start, tid); } \
	interval:s:1 { @seconds++; if (@seconds >= $$1) { exit(); } } \
	end { clear(@start); clear(@seconds); }
FUZZ_SECONDS ?= 60
MOST_STATIC_BYTES = 4194304

all: build/build.ninja
	@ninja -C build --quiet
	@ln -sf build/compile_commands.json .

build/build.ninja:
	@scripts/deps --check build
	@mkdir -p build
	@meson setup build --prefix $(PREFIX) >build/setup.log || { cat build/setup.log; exit 1; }

run:
	@scripts/deps build
	@$(MAKE) --no-print-directory all
	@build/waggle $(or $(ARGS),trace -q -e "$$RUN_SCRIPT" $(RUN_SECONDS))

# Whatever cannot be installed makes skipped tests, not a failure.
check:
	@scripts/deps build
	@scripts/deps test || true
	@test/run

bench:
	@scripts/deps bench
	@$(MAKE) --no-print-directory all
	@bench/run

fuzz:
	@scripts/deps test
	@fuzz/run $(FUZZ_SECONDS)

static:
	@scripts/deps --check build
	@[ -e build-static/build.ninja ] || meson setup build-static --default-library static \
		-Dprefer_static=true -Dlibdw=disabled -Db_pie=true -Dc_link_args=-static-pie >/dev/null
	@ninja -C build-static --quiet waggle
	@strip build-static/waggle
	@size=$$(stat -c %s build-static/waggle); echo "build-static/waggle: $$size bytes"; \
		[ $$size -le $(MOST_STATIC_BYTES) ] || \
		{ echo "that is more than $(MOST_STATIC_BYTES)" >&2; exit 1; }

install: all
	@meson install -C build --no-rebuild

format:
	@git ls-files '*.c' '*.h' | xargs clang-format -i

clean:
	@rm -rf build build-* compile_commands.json

.PHONY: all run check bench fuzz static install format clean
