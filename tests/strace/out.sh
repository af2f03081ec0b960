#!/usr/bin/env bash
# A guest's trace reads like strace's: runs each guest of each ABI with --trace, and natively under strace the same program on the same C runtime
# (twin.c for i386's calls, twin-wali.c for WALI's), and compares the two line by line, task by task. Differences that are meant stand in
# out-differences.txt with their reason; one that is listed and does not show any more fails.
#   tests/strace/out.sh [--keep FOLDER] [NAME...]
# NAME is a run's, with its ABI (hello-wali) or without. The last line is `N passed, N failed, N skipped`.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
guests=$here/../guests
read -r -a linuxwasm <<<"${LINUXWASM:-dotnet $here/../../src/LinuxWasm.Cli/bin/Release/net10.0/linuxwasm.dll}"

# name | command, which both run beside a folder work | options: abi=A a guest of that ABI only, with=P,Q programs in work/bin, limit=N killed after
# N seconds, casts calls through pointers to functions of other types are emulated, contended its threads wait for each other
runs=(
  'hello        | hello'
  'args         | args one "two words"'
  'exits        | exits 42'
  'cat          | cat work/poem.txt work/missing work/folder'
  'wc           | wc work/poem.txt work/bytes'
  'ls           | ls work/folder work/missing'
  'ls-long      | ls -l work/folder'
  'treewalk     | treewalk work/tree'
  'pipes        | pipes work/shared'
  'numbers      | numbers'
  'fillfile     | fillfile work/big 1'
  'fillmem      | fillmem 48'
  'faults       | faults work/file'
  'forks        | forks work/shared'
  'execs        | execs work/bin                   | with=execs,cat,wc'
  'setjmp       | setjmp'
  'signals      | signals end'
  'timers       | timers'
  'threads      | threads                          | abi=wali contended'
  'threadexec   | threadexec work/bin/threadexec   | abi=wali with=threadexec'
  'entry        | entry one "two words"            | abi=host'
  'casts        | casts                            | casts'
  'loop         | loop                             | limit=2'
  'recurse      | recurse'
  'recurse-deep | recurse plain'
  'unreachable  | trap unreachable'
  'divide       | trap divide'
  'overflow     | trap overflow'
  'memory       | trap memory'
  'abort        | trap abort'
)

keep=
if [ "${1:-}" = --keep ]; then
  keep=$2
  shift 2
fi

skip_all() {
  echo "$1"
  echo "0 passed, 0 failed, ${#runs[@]} skipped"
  exit 0
}
command -v strace >/dev/null || skip_all 'no strace here'
strace -o /dev/null true 2>/dev/null || skip_all 'strace may not trace here (ptrace is not allowed)'
[ "$(uname -m)" = x86_64 ] || skip_all 'the twins are i386 programs, which only x86 runs'

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
out=${keep:-$work/out}
mkdir -p "$out"
headers=$(gcc -print-file-name=include 2>/dev/null) || skip_all 'no gcc here'
# -fno-tree-loop-distribute-patterns: a memcpy that is compiled to a call of memcpy does not end.
compiler=(gcc -std=gnu11 -O1 -w -static -nostdlib -nostdinc -ffreestanding -fno-tree-loop-distribute-patterns -fno-stack-protector -fno-pic -no-pie
  -Wl,--allow-multiple-definition,--build-id=none -isystem "$guests/rt/include" -isystem "$headers")
host=(-m32 -march=i686 -mno-sse -D_Thread_local= -DGUEST_ABI_HOST -I "$guests/rt/host" "$here/twin.c")
wali=(-mx32 -fno-math-errno -DGUEST_ABI_WALI '-D__builtin_wasm_tls_size()=128' '-D__builtin_wasm_tls_align()=16' '-D__builtin_wasm_memory_size(m)=0'
  '-D__builtin_wasm_memory_grow(m,n)=0' -Wl,-e,__entry -I "$guests/rt/wali" "$here/twin-wali.c")

# twin ABI PROGRAM: makes $work/twins/ABI/PROGRAM, once
twin() {
  local made=$work/twins/$1/$2
  local -n flags=$1
  [ ! -x "$made" ] || return 0
  "${compiler[@]}" "${flags[@]}" "$guests/src/$2.c" "$guests"/rt/src/*.c "$guests/rt/$1"/*.c -lgcc -o "$made" 2>"$work/twin.log" || return
  [ "$1" = host ] || objcopy -I elf32-x86-64 -O elf64-x86-64 "$made" 2>"$work/twin.log"
}
mkdir -p "$work/twins/host" "$work/twins/wali"
declare -A no_twins=([host]= [wali]=)
twin host hello || no_twins[host]="gcc makes no i386 programs here: $(head -n 1 "$work/twin.log")"
twin wali hello || no_twins[wali]="gcc or objcopy makes no x32 programs here: $(head -n 1 "$work/twin.log")"

make_work() {
  mkdir -p "$1/work/folder/inner"
  printf 'Der Mond ist aufgegangen\n\nam Himmel' >"$1/work/poem.txt"
  printf 'a\0b\377\r\n \t\v\f\n1' >"$1/work/bytes"
  echo inside >"$1/work/folder/file"
  ln -s ../poem.txt "$1/work/folder/link"
  mkdir "$1/work/bin"
}

# tasks LOG TWIN: sorted by task, with the order within a task.
tasks() { awk -v twin="$2" -v contended="$contended" -f "$here/normalise.awk" "$1" | sort -s -t "$(printf '\t')" -k1,1V -k2,2V | cut -f 1,3; }

passed=0 failed=0 skipped=0 lines=0 differing=0
where=() patterns=() whys=() uses=()
while IFS=$'\t' read -r name pattern reason; do
  case $name in '' | '#'*) continue ;; esac
  where+=("$name") patterns+=("$pattern") whys+=("$reason") uses+=(0)
done <"$here/out-differences.txt"

# listed NAME LINE: whether a reason is listed for a line of a difference
listed() {
  local i
  for i in "${!where[@]}"; do
    # shellcheck disable=SC2053  # a pattern on purpose
    if [[ $1 == ${where[i]} && $2 =~ ^${patterns[i]}$ ]]; then
      uses[i]=$((uses[i] + 1))
      return 0
    fi
  done
  return 1
}

# unlisted NAME NATIVE GUEST DIFF: the differences of two normalised traces for which no reason is listed; DIFF gets all of them
unlisted() {
  local line
  diff "$2" "$3" | grep '^[<>]' | sed 's/^</-/; s/^>/+/' | tr '\t' ' ' >"$4"
  while IFS= read -r line; do listed "$1" "$line" || printf '%s\n' "$line"; done <"$4"
}

# steady NAME: of a normalised trace, the lines that are there each time
steady() {
  local i unsteady=()
  for i in "${!where[@]}"; do
    # shellcheck disable=SC2053  # a pattern on purpose
    if [[ $1 == ${where[i]} && ${whys[i]} == sometimes:* ]]; then unsteady+=(-e "^${patterns[i]#'[-+] '}$"); fi
  done
  tr '\t' ' ' | grep -vE "${unsteady[@]}"
}

# native NAME PROGRAM ARGUMENTS...: the twin under strace
native() {
  local name=$1 tracer
  shift
  cd "$work/native" || return
  ulimit -c 0
  if [ -z "$limit" ]; then
    timeout 20 env -i strace -f -o "$out/$name.native" "$@" </dev/null >/dev/null 2>&1
  else
    env -i strace -f -o "$out/$name.native" "$@" </dev/null >/dev/null 2>&1 &
    tracer=$!
    sleep "$limit"
    # The program that it runs, not strace.
    kill -KILL $(cat "/proc/$tracer/task/$tracer/children")
    wait "$tracer"
  fi
}

# guest NAME ABI PROGRAM ARGUMENTS...: the guest with --trace
guest() {
  local name=$1 abi=$2 program=$3 options=()
  shift 3
  cd "$work/guest" || return
  [ -z "$limit" ] || options+=(--timeout "$limit")
  [ -z "$casts" ] || options+=(--emulate-function-pointer-casts)
  timeout 60 "${linuxwasm[@]}" run "${options[@]}" --mount "host:$work/guest/work:/work" --trace="$out/$name.guest" \
    "$guests/bin/$abi/$program.wasm" "$@" </dev/null >/dev/null 2>&1
}

# compare NAME ABI
compare() {
  local name=$1 abi=$2 words program other side count unlisted line
  eval "words=($command)"
  program=${words[0]}
  if ! twin "$abi" "$program"; then
    echo "FAIL  $name: the twin could not be compiled: $(grep -m 1 error "$work/twin.log")"
    failed=$((failed + 1))
    return
  fi
  for side in native guest; do
    rm -rf "${work:?}/$side"
    make_work "$work/$side"
  done
  for other in ${with//,/ }; do
    twin "$abi" "$other" && cp "$work/twins/$abi/$other" "$work/native/work/bin/"
    cp "$guests/bin/$abi/$other.wasm" "$work/guest/work/bin/$other"
    chmod 755 "$work/guest/work/bin/$other"
  done
  cp "$work/twins/$abi/$program" "$work/native/$program"
  (native "$name" "./$program" "${words[@]:1}") 2>/dev/null
  (guest "$name" "$abi" "$program" "${words[@]:1}") 2>/dev/null
  # Where the program lies is how it was started, and not what it does.
  sed -E "1s#execve\\(\"[^\"]*\", \\[\"[^\"]*\"#execve(\"PROGRAM\", [\"PROGRAM\"#; s#$work/native##g" "$out/$name.native" >"$work/a"
  sed -E "1s#execve\\(\"[^\"]*\", \\[\"[^\"]*\"#execve(\"PROGRAM\", [\"PROGRAM\"#" "$out/$name.guest" >"$work/b"
  tasks "$work/a" "$abi" >"$work/native.txt"
  tasks "$work/b" guest >"$work/guest.txt"
  count=$(wc -l <"$work/native.txt")
  lines=$((lines + count))

  unlisted=$(unlisted "$name" "$work/native.txt" "$work/guest.txt" "$out/$name.diff")
  # diff may show a line as moved that stands beside one that need not be there: so once more without those.
  if [ -n "$unlisted" ]; then
    for side in native guest; do steady "$name" <"$work/$side.txt" >"$work/$side.steady"; done
    unlisted=$(unlisted "$name" "$work/native.steady" "$work/guest.steady" "$work/steady.diff")
  fi
  while IFS= read -r line; do listed "$name" "$line" && differing=$((differing + 1)); done <"$out/$name.diff"
  if [ "$count" -lt 2 ]; then
    echo "FAIL  $name: the twin's trace has $count lines"
    failed=$((failed + 1))
  elif [ -z "$unlisted" ]; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "FAIL  $name: differs from strace (-) where no reason is listed:"
    printf '%s\n' "$unlisted" | head -n "${SHOW:-20}" | sed 's/^/      /'
  fi
}

# A guest that is not compared is not left out by accident.
for source in "$guests"/src/*.c; do
  program=$(basename "$source" .c)
  if ! grep -qE "^[^|]*\| $program( |$)" <(printf '%s\n' "${runs[@]}"); then
    echo "FAIL  $program: no run compares this guest"
    failed=$((failed + 1))
  fi
done

# wanted NAME: whether it was asked for
asked=("$@")
wanted() { [ ${#asked[@]} -eq 0 ] || [[ " ${asked[*]} " == *" $1 "* || " ${asked[*]} " == *" ${1%-*} "* ]]; }

for run in "${runs[@]}"; do
  IFS='|' read -r name command options <<<"$run"
  name=${name// /}
  abis='host wali' with= limit= casts= contended=
  for option in $options; do
    case $option in
      abi=*) abis=${option#*=} ;;
      with=*) with=${option#*=} ;;
      limit=*) limit=${option#*=} ;;
      casts) casts=yes ;;
      contended) contended=1 ;;
    esac
  done
  for abi in $abis; do
    if ! wanted "$name-$abi"; then continue; fi
    if [ -z "${no_twins[$abi]}" ]; then
      compare "$name-$abi" "$abi"
    else
      echo "skip  $name-$abi: ${no_twins[$abi]}"
      skipped=$((skipped + 1))
    fi
  done
done

for i in "${!where[@]}"; do
  # What depends on who runs first need not show each time; with names on the command line only theirs were looked at.
  if [ "${uses[i]}" -gt 0 ] || [[ ${whys[i]} == sometimes:* ]]; then continue; fi
  if [ ${#asked[@]} -gt 0 ] && ! wanted "${where[i]}"; then continue; fi
  echo "FAIL  ${where[i]}: listed, but does not differ: ${patterns[i]}"
  failed=$((failed + 1))
done
echo "$lines lines compared, $differing differ as listed"
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
