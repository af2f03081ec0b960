#!/usr/bin/env bash
# A guest's trace reads like strace's: runs guests with --trace, and natively under strace the same programs on the same C runtime (twin.c), and
# compares the two line by line, task by task. Differences that are meant stand in out-differences.txt with their reason; one that is listed
# and does not show any more fails.
#   tests/strace/out.sh [--keep FOLDER] [NAME...]
# The last line is `N passed, N failed, N skipped`.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
guests=$here/../guests
read -r -a linuxwasm <<<"${LINUXWASM:-dotnet $here/../../src/LinuxWasm.Cli/bin/Release/net10.0/linuxwasm.dll}"

# name | command, which both run beside a folder work
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
  'faults       | faults work/file'
  'forks        | forks work/shared'
  'execs        | execs work/bin'
  'setjmp       | setjmp'
)

# What is not compared yet, and why.
left_out=(
  'signals: a call that a handler interrupts is shown when the handler has returned, and strace shows it before'
  'timers: the same; and strace shows how a call was to be restarted, which the trace does not know'
  'threads, threadexec: threads are made by the engine for WALI, of which no native twin makes the same calls'
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
mkdir -p "$out" "$work/twins"
headers=$(gcc -print-file-name=include 2>/dev/null) || skip_all 'no gcc here'
# -fno-tree-loop-distribute-patterns: a memcpy that is compiled to a call of memcpy does not end.
compiler=(gcc -m32 -std=gnu11 -O1 -w -static -nostdlib -nostdinc -ffreestanding -fno-tree-loop-distribute-patterns -fno-stack-protector -fno-pic -no-pie
  -march=i686 -mno-sse -D_Thread_local= -Wl,--allow-multiple-definition -DGUEST_ABI_HOST -isystem "$guests/rt/include" -isystem "$headers" -I "$guests/rt/host")

twin() {
  [ -x "$work/twins/$1" ] || "${compiler[@]}" "$here/twin.c" "$guests/src/$1.c" "$guests"/rt/src/*.c "$guests"/rt/host/*.c -lgcc -o "$work/twins/$1" 2>"$work/twin.log"
}
twin hello || skip_all "gcc makes no i386 programs here: $(head -n 1 "$work/twin.log")"

make_work() {
  mkdir -p "$1/work/folder/inner"
  printf 'Der Mond ist aufgegangen\n\nam Himmel' >"$1/work/poem.txt"
  printf 'a\0b\377\r\n \t\v\f\n1' >"$1/work/bytes"
  echo inside >"$1/work/folder/file"
  ln -s ../poem.txt "$1/work/folder/link"
  mkdir "$1/work/bin"
}

# Sorted by task, with the order within a task.
tasks() { awk -f "$here/normalise.awk" "$1" | sort -s -t "$(printf '\t')" -k1,1V -k2,2n | cut -f 1,3; }

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
    if [[ ${where[i]} == "$1" && $2 =~ ^${patterns[i]}$ ]]; then
      uses[i]=$((uses[i] + 1))
      return 0
    fi
  done
  return 1
}

for run in "${runs[@]}"; do
  name=${run%%|*} name=${name// /} command=${run#*| }
  if [ $# -gt 0 ] && [[ " $* " != *" $name "* ]]; then continue; fi
  eval "words=($command)"
  program=${words[0]}
  if ! twin "$program"; then
    echo "FAIL  $name: the twin could not be compiled: $(grep -m 1 error "$work/twin.log")"
    failed=$((failed + 1))
    continue
  fi
  for side in native guest; do
    rm -rf "$work/$side"
    make_work "$work/$side"
  done
  # execs runs itself and others out of a folder.
  if [ "$program" = execs ]; then
    for other in execs cat wc; do
      twin "$other" && cp "$work/twins/$other" "$work/native/work/bin/"
      cp "$guests/bin/host/$other.wasm" "$work/guest/work/bin/$other"
      chmod 755 "$work/guest/work/bin/$other"
    done
  fi
  cp "$work/twins/$program" "$work/native/$program"
  (cd "$work/native" && timeout 10 env -i strace -f -o "$out/$name.native" "./$program" "${words[@]:1}" </dev/null >/dev/null 2>&1) 2>/dev/null
  (cd "$work/guest" && timeout 60 "${linuxwasm[@]}" run --mount "host:$work/guest/work:/work" --trace="$out/$name.guest" "$guests/bin/host/$program.wasm" "${words[@]:1}" </dev/null >/dev/null 2>&1)
  # Where the program lies is how it was started, and not what it does.
  sed -E "1s#execve\(\"[^\"]*\", \[\"[^\"]*\"#execve(\"PROGRAM\", [\"PROGRAM\"#; s#$work/native##g" "$out/$name.native" >"$work/a"
  sed -E "1s#execve\(\"[^\"]*\", \[\"[^\"]*\"#execve(\"PROGRAM\", [\"PROGRAM\"#" "$out/$name.guest" >"$work/b"
  tasks "$work/a" >"$work/native.txt"
  tasks "$work/b" >"$work/guest.txt"
  count=$(wc -l <"$work/native.txt")
  lines=$((lines + count))

  unlisted=
  diff "$work/native.txt" "$work/guest.txt" | grep '^[<>]' | sed 's/^</-/; s/^>/+/' >"$out/$name.diff"
  while IFS= read -r line; do
    line=${line//$'\t'/ }
    if listed "$name" "$line"; then differing=$((differing + 1)); else unlisted+="$line"$'\n'; fi
  done <"$out/$name.diff"
  if [ "$count" -lt 2 ]; then
    echo "FAIL  $name: the twin's trace has $count lines"
    failed=$((failed + 1))
  elif [ -z "$unlisted" ]; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "FAIL  $name: differs from strace (-) where no reason is listed:"
    printf '%s' "$unlisted" | head -n "${SHOW:-20}" | sed 's/^/      /'
  fi
done

for i in "${!where[@]}"; do
  # What depends on who runs first need not show each time; with names on the command line only theirs were looked at.
  if [ "${uses[i]}" -gt 0 ] || [[ ${whys[i]} == sometimes:* ]]; then continue; fi
  if [ $# -gt 0 ] && [[ " $* " != *" ${where[i]} "* ]]; then continue; fi
  echo "FAIL  ${where[i]}: listed, but does not differ: ${patterns[i]}"
  failed=$((failed + 1))
done
for reason in "${left_out[@]}"; do
  echo "skip  $reason"
  skipped=$((skipped + 1))
done
echo "$lines lines compared, $differing differ as listed"
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
