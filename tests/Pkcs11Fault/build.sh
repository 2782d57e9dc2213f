#!/bin/sh
# Builds the fault shim; the output's name may be given.
set -eu
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
exec "${CC:-cc}" -shared -fPIC -O2 -Wall -Wextra -Wno-unused-parameter -o "${1:-$here/libpkcs11_fault.so}" "$here/pkcs11_fault.c" -ldl -lpthread
