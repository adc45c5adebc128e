#!/bin/sh
# localize.sh - a static library of one object, in which only the public symbols are global.
#
# Plain archives have no visibility: without this, a program with its own arena_alloc() could not
# be linked with ours.
# usage: localize.sh CC OBJCOPY AR OUTPUT ARCHIVE...
set -eu
cc=$1 objcopy=$2 ar=$3 output=$4
shift 4
object=$output.o
$cc -r -nostdlib -o "$object" -Wl,--whole-archive "$@" -Wl,--no-whole-archive
$objcopy --localize-hidden "$object"
rm -f "$output"
$ar rcs "$output" "$object"
rm -f "$object"
