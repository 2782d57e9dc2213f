#!/bin/sh
# Builds the fault shim; the output's name may be given. CFLAGS=-DPKCS11_FAULT_VERSION_3: one that offers PKCS#11 3.0.
set -eu
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
exec "${CC:-cc}" -shared -fPIC -O2 -Wall -Wextra -Wno-unused-parameter ${CFLAGS:-} -o "${1:-$here/libpkcs11_fault.so}" "$here/pkcs11_fault.c" -ldl -lpthread
