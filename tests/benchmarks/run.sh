#!/usr/bin/env bash
# Measures the same C programs as guests, natively (gcc -O2) and, for the compute kernels, on V8 (node).
#   run.sh [kernels] [frames] [syscalls] [start] [--rounds N] [--abi host|wali] [--best] [NAME...]
# Without a part named, all four. Runs are interleaved: one of each contestant, then the next round; the tables show medians.
# A kernel's own median over its repetitions counts, so that compiling it does not; "first" is its first repetition,
# with compilation. With --best the least of all counts instead of the median, for a machine that has other work.
# $LINUXWASM is the command under test, by default the Release build of the command line.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cli=$here/../../src/LinuxWasm.Cli/bin/Release/net10.0/linuxwasm.dll
read -r -a linuxwasm <<<"${LINUXWASM:-dotnet $cli}"

usage() { sed -n '2,8s/^# \{0,1\}//p' "$0" >&2; exit 2; }

rounds=5 repetitions=9 abi=host best=0 parts=() only=()
while [[ $# -gt 0 ]]; do
  case $1 in
    kernels | frames | syscalls | start) parts+=("$1") ;;
    --rounds) rounds=${2:?}; shift ;;
    --abi) abi=${2:?}; shift ;;
    --best) best=1 ;;
    -*) usage ;;
    *) only+=("$1") ;;
  esac
  shift
done
[[ ${#parts[@]} -gt 0 ]] || parts=(kernels frames syscalls start)

[[ -n ${LINUXWASM:-} || -e $cli ]] || { echo "run.sh: build the command line first: dotnet build -c Release src/LinuxWasm.Cli" >&2; exit 1; }
"$here/../guests/build.sh" --native-only
node=$(command -v node || true)
[[ $node ]] || echo "run.sh: no node here, so no column for V8" >&2

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
memory=/dev/shm
[[ -d $memory ]] || memory=$scratch

# record CONTESTANT COMMAND...: appends "contestant line" for each line that the command prints
record() {
  local contestant=$1 output
  shift
  if ! output=$("$@"); then
    echo "run.sh: $contestant: '$*' failed" >&2
    return
  fi
  sed "s/^/$contestant /" <<<"$output" >> "$scratch/results"
}

chosen() {
  local name
  [[ ${#only[@]} -gt 0 ]] || return 0
  for name in "${only[@]}"; do [[ $name != "$1" ]] || return 0; done
  return 1
}

guest() { "${linuxwasm[@]}" run "$here/bin/$abi/$1.wasm" "${@:2}"; }

# Everything below reads lines "contestant name value..." and takes medians of the columns.
medians="BEGIN { best = $best }"'
function median(list,    n, parts, i, k, t) {
  n = split(list, parts, " ")
  if (n == 0) return ""
  for (i = 2; i <= n; i++)
    for (k = i; k > 1 && parts[k - 1] + 0 > parts[k] + 0; k--) { t = parts[k]; parts[k] = parts[k - 1]; parts[k - 1] = t }
  if (best) return parts[1]
  return n % 2 ? parts[(n + 1) / 2] : (parts[n / 2] + parts[n / 2 + 1]) / 2
}
function ratio(a, b) { return a != "" && b > 0 ? sprintf("%.2f", a / b) : "-" }
function verdict(value, goal, least) { return value == "" || goal == "" ? "" : (least ? value + 0 >= goal + 0 : value + 0 <= goal + 0) ? "met" : "MISSED" }
function shown(a, digits) { return a != "" ? sprintf("%." digits "f", a) : "-" }
'

kernels() {
  local round kernel name
  : > "$scratch/results"
  for ((round = 0; round < rounds; round++)); do
    for kernel in "$here"/kernels/*.c; do
      name=$(basename "$kernel" .c)
      chosen "$name" || continue
      record native "$here/native/$name" $repetitions
      [[ -z $node ]] || record v8 "$node" "$here/run-in-node.mjs" "$here/bin/host/$name.wasm" $repetitions
      record ours guest "$name" $repetitions
    done
  done
  awk "$medians"'
    { if (!($2 in seen)) { seen[$2] = 1; order[++count] = $2 }
      if (($2 in sum) && sum[$2] != $3) wrong[$2] = 1
      sum[$2] = $3
      first[$1, $2] = first[$1, $2] " " $4
      steady[$1, $2] = steady[$1, $2] " " (best ? $6 : $5) }
    END {
      printf "%-14s %10s %10s %10s %12s %10s %8s\n", "kernel, ms", "gcc -O2", "V8", "ours", "ours first", "ours/gcc", "ours/V8"
      for (i = 1; i <= count; i++) {
        name = order[i]
        g = median(steady["native", name]); v = median(steady["v8", name]); o = median(steady["ours", name])
        printf "%-14s %10s %10s %10s %12s %10s %8s%s\n", name, shown(g, 2), shown(v, 2), shown(o, 2), shown(median(first["ours", name]), 2),
          ratio(o, g), ratio(o, v), (name in wrong) ? "   CHECKSUMS DIFFER" : ""
        if (o != "" && g > 0) { native_log += log(o / g); native_count++; if (o / g > native_worst) native_worst = o / g }
        if (o != "" && v > 0) { v8_log += log(o / v); v8_count++; if (o / v > v8_worst) v8_worst = o / v }
        if (v != "" && g > 0) { base_log += log(v / g); base_count++ }
      }
      printf "%-14s %10s %10s %10s %12s %10s %8s\n", "geometric mean", "", base_count ? sprintf("%.2f", exp(base_log / base_count)) : "-", "", "",
        native_count ? sprintf("%.2f", exp(native_log / native_count)) : "-", v8_count ? sprintf("%.2f", exp(v8_log / v8_count)) : "-"
      printf "%-14s %10s %10s %10s %12s %10s %8s\n", "  goal", "", "", "", "", "1.50", "1.10"
      printf "%-14s %10s %10s %10s %12s %10s %8s\n", "", "", "", "", "", native_count ? verdict(exp(native_log / native_count), 1.5) : "-", v8_count ? verdict(exp(v8_log / v8_count), 1.1) : "-"
      printf "%-14s %10s %10s %10s %12s %10s %8s\n", "worst", "", "", "", "", native_count ? sprintf("%.2f", native_worst) : "-", v8_count ? sprintf("%.2f", v8_worst) : "-"
      printf "%-14s %10s %10s %10s %12s %10s %8s\n", "  goal", "", "", "", "", "", "1.80"
      printf "%-14s %10s %10s %10s %12s %10s %8s\n", "", "", "", "", "", "", v8_count ? verdict(v8_worst, 1.8) : "-"
    }' "$scratch/results"
}

# Suspension, jumps and interrupts are between the engine and its host, so a program that holds the engine measures them.
frames() {
  local program=$here/frames/bin/Release/net10.0/LinuxWasm.Frames.Benchmark.dll
  [[ -e $program ]] || { echo "run.sh: build it first: dotnet build -c Release tests/benchmarks/frames" >&2; return 1; }
  dotnet "$program" "$here/bin/host/frames.wasm" "$rounds" $([[ $best = 0 ]] || echo --best)
}

syscalls() {
  local round
  : > "$scratch/results"
  for ((round = 0; round < rounds; round++)); do
    record native "$here/native/syscalls" "$memory"
    record ours guest syscalls /tmp
  done
  awk "$medians"'
    BEGIN { goal["getpid"] = 0.15; goal["pread1"] = goal["pwrite1"] = 0.5; goal["openclose"] = goal["stat"] = 0.6; goal["loop"] = 1.5 }
    { if (!($2 in seen)) { seen[$2] = 1; order[++count] = $2 }
      value[$1, $2] = value[$1, $2] " " $3 }
    END {
      printf "%-14s %10s %10s %12s %8s\n", "call, ns", "native", "ours", "ours/native", "goal"
      for (i = 1; i <= count; i++) {
        name = order[i]
        n = median(value["native", name]); o = median(value["ours", name])
        met = ""
        if ((name in goal) && o != "" && n > 0) met = verdict(o / n, goal[name])
        printf "%-14s %10s %10s %12s %8s %s\n", name, shown(n, 2), shown(o, 2), ratio(o, n), (name in goal) ? goal[name] : "", met
      }
    }' "$scratch/results"
}

# Wall-clock milliseconds of a whole command that prints one line.
elapsed_ms() {
  local before after
  before=$(date +%s%N)
  "$@" > /dev/null
  after=$(date +%s%N)
  echo "hello $(((after - before) / 1000)).$(((after - before) % 1000))" | awk '{ print $1, $2 / 1000 }'
}

# large FILE: a program of 2 MiB, made here and now, since nobody wants it in the repository.
large() {
  local clang=${CLANG:-clang-19} linker=${WASM_LD:-wasm-ld-19}
  command -v "$clang" "$linker" >/dev/null || return
  "$here/start/generate.sh" > "$scratch/large.c"
  "$clang" --target=wasm32 -Os -c "$scratch/large.c" -o "$scratch/large.o"
  "$linker" --no-entry --export=_start "$scratch/large.o" -o "$1"
}

start() {
  local round hello=$here/../guests/bin/$abi/hello.wasm large=$scratch/large.wasm
  export LINUXWASM_CACHE=$scratch/cache
  large "$large" || echo "run.sh: no clang-19 and wasm-ld-19 here, so no program of 2 MiB" >&2
  : > "$scratch/results"
  for ((round = 0; round < rounds * 2; round++)); do
    record ours elapsed_ms "${linuxwasm[@]}" run "$hello"
    record native elapsed_ms "$here/../guests/native/hello"
    [[ -e $large ]] || continue
    rm -rf "$LINUXWASM_CACHE"
    record cold elapsed_ms "${linuxwasm[@]}" run "$large"
    record cached elapsed_ms "${linuxwasm[@]}" run "$large"
    record decode "${linuxwasm[@]}" validate --repeat 30 "$large"
  done
  unset LINUXWASM_CACHE
  awk "$medians"'
    $1 == "decode" { first = first " " $3; steady = steady " " $5; next }
    { value[$1] = value[$1] " " $3 }
    function row(name, list, unit, goal) { if (list != "") printf "%-34s %10s %-5s %4s %s\n", name, shown(median(list), 1), unit, goal, verdict(median(list), goal, unit == "MB/s") }
    END {
      printf "%-34s %10s %-5s %s\n", "start, whole command", "median", "", "goal"
      row("hello, native", value["native"], "ms", "")
      row("hello", value["ours"], "ms", "400")
      row("2 MiB, first run", value["cold"], "ms", "800")
      row("2 MiB, from the cache", value["cached"], "ms", "250")
      best = 0
      row("decode and validate, first time", first, "MB/s", "")
      row("decode and validate, again", steady, "MB/s", "100")
    }
  ' "$scratch/results"
}

for part in "${parts[@]}"; do
  "$part"
  echo
done
