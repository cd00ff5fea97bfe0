# Shared by the scripts of this folder: builds, data, timing. Source it.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$here")
work=${SLUICE_BENCH_DIR:-${TMPDIR:-/tmp}/sluice-bench}
rows=${ROWS:-2000000}
mkdir -p "$work"

# New stores each time, removed at the end: while many files were deleted a moment ago, ext4 makes new ones slowly.
stores=$(mktemp -d "$work/stores.XXXXXX")
trap 'rm -rf "$stores"' EXIT

say() { printf '%s\n' "$*"; }

need() { command -v "$1" >/dev/null || { say "$1 is missing. Install it: $2" >&2; exit 2; }; }

build() {
  dotnet build "$root/src/Sluice.Cli" -c Release -v q --nologo >/dev/null
  dotnet build "$here/Tool" -c Release -v q --nologo >/dev/null
  sluice="$root/artifacts/embedded/bin/Sluice.Cli/release/sluice"
  tool="$root/artifacts/embedded/bin/Sluice.Bench/release/sluice-bench"
}

# data FOLDER ROWS: the seeded table and the pipeline, written once.
data() {
  mkdir -p "$1"
  [[ -s $1/customers.csv ]] || "$tool" data "$1/customers.csv" "$2"
  cp "$here/b1.yaml" "$1/b1.yaml"
}

# timed NAME COMMAND...: runs it; sets seconds, cpu and mib.
timed() {
  local log="$work/$1.time"
  shift
  /usr/bin/time -f '%e %U %S %M' -o "$log" "$@" >"$log.out" 2>"$log.err" || { tail -n 5 "$log.out" "$log.err" >&2; return 1; }
  read -r seconds user system kib < <(tail -n 1 "$log")
  cpu=$(awk "BEGIN{print $user+$system}")
  mib=$((kib / 1024))
}

ratio() { awk "BEGIN{printf \"%.2f\", $1/$2}"; }

machine() { say "$(nproc) cores, $(awk '/MemTotal/{printf "%d GiB", $2/1048576}' /proc/meminfo), .NET $(dotnet --version), load $(cut -d' ' -f1 /proc/loadavg), $(date -u +%F)"; }
