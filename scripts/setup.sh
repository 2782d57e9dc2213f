# Sourced by ./run, ./test, ./econtract and ./bench/run: finds the checkout and installs what is missing.
# Quiet when there is nothing to do; says what it installs.

set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_UI_LANGUAGE=en
# Build servers would outlive the command, and hold on to its output.
export MSBUILDDISABLENODEREUSE=1

say() { printf '%s\n' "$*"; }
die() { printf '%s\n' "$*" >&2; exit 1; }

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then sudo -n "$@"
  else return 126
  fi
}

# ensure_packages PACKAGE...: installs the Debian packages that are not there.
ensure_packages() {
  local missing=() package
  for package in "$@"; do
    [ "$(dpkg-query -W -f='${db:Status-Abbrev}' "$package" 2>/dev/null)" = "ii " ] || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  say "installing Debian packages: ${missing[*]}"
  local log; log=$(mktemp)
  if ! { as_root apt-get update -q && as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    rm -f "$log"
    die "could not install them. As root: apt-get install --no-install-recommends ${missing[*]}"
  fi
  rm -f "$log"
}

ensure_dotnet() {
  command -v dotnet >/dev/null || die "the .NET 10 SDK is not on PATH (dotnet)"
  case $(dotnet --version 2>/dev/null) in 10.*) ;; *) die "the .NET 10 SDK is needed; dotnet --version says: $(dotnet --version 2>&1 | head -n 1)" ;; esac
}

# What the service itself and its demonstration need.
ensure_runtime_packages() {
  ensure_packages softhsm2 postgresql openssl poppler-utils qpdf curl libnss3-tools fonts-ipafont-gothic fonts-ipafont-mincho
}

# What the tests need on top: a second PKCS#11 module, a C compiler for the fault shim, foreign gRPC peers, more validators
# (BouncyCastle for Java: evidence records).
ensure_test_packages() {
  ensure_runtime_packages
  ensure_packages libbcpkix-java
  command -v javac >/dev/null || ensure_packages default-jdk-headless
  ensure_packages libnss3 gcc libc6-dev gnutls-bin python3 python3-aiosmtpd python3-grpcio python3-grpc-tools python3-protobuf python3-yaml
  command -v node >/dev/null && command -v npm >/dev/null || ensure_packages nodejs npm
}

# What the benchmarks need on top: load generators.
ensure_bench_packages() {
  ensure_runtime_packages
  ensure_packages wrk nghttp2-client gcc libc6-dev
}

# build PROJECT_OR_SOLUTION: builds in Release, silent when all is well.
build() {
  local log; log=$(mktemp)
  if ! dotnet build "$1" -c Release -nologo -v quiet -clp:NoSummary >"$log" 2>&1; then
    grep -E 'error|warning' "$log" | sort -u | head -n 40 >&2 || tail -n 40 "$log" >&2
    rm -f "$log"
    die "the build failed"
  fi
  rm -f "$log"
}

# build_if_newer PROJECT STAMP: the same, but only if a source is newer than the last build (which itself may write lock files).
build_if_newer() {
  local stamp=$2
  if [ -e "$stamp" ] && [ -z "$(find "$root/src" "$root/tools" "$root"/Directory.* "$root/global.json" \
      \( -name obj -o -name bin -o -name packages.lock.json \) -prune -o -type f -newer "$stamp" -print -quit)" ]; then
    return 0
  fi
  say "building"
  local begun; begun=$(mktemp)
  build "$1"
  mkdir -p "$(dirname "$stamp")"
  touch -r "$begun" "$stamp"
  rm -f "$begun"
}
