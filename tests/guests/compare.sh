#!/usr/bin/env bash
# Runs each comparison of comparisons.txt natively and as a guest of each ABI, and compares standard output, standard
# error and exit status. What Linux answered is recorded in expected/, so that a machine without a C compiler can
# compare too; where there is a compiler, the recorded answers are checked as well.
#   compare.sh [--record] [NAME...]
# $LINUXWASM is the command under test, by default the Release build of the command line.
# Exit status: 0 all passed, 1 something failed, 2 wrong usage.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cli=$here/../../src/LinuxWasm.Cli/bin/Release/net10.0/linuxwasm.dll
read -r -a linuxwasm <<<"${LINUXWASM:-dotnet $cli}"
# A fault's or a time limit's message on standard error is the shell's or the command's, not the program's.
first_status_of_others=124

record= names=()
for argument in "$@"; do
  case $argument in
    --record) record=yes ;;
    --*) echo "compare.sh: unknown option '$argument'; expected --record" >&2; exit 2 ;;
    *) names+=("$argument") ;;
  esac
done

passed=0 failed=0 skipped=0
pass() { echo "PASS  $1"; ((++passed)); }
fail() { echo "FAIL  $1: $2"; ((++failed)); }
skip() { echo "SKIP  $1: $2"; ((++skipped)); }

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
# What programs leave in the cache is not the user's.
export LINUXWASM_CACHE=${LINUXWASM_CACHE:-off}

native_reason=
if [[ $(uname -s) != Linux ]]; then
  native_reason="not a Linux machine"
elif ! "$here/build.sh" --native-only; then
  native_reason="the native twins could not be built"
fi
[[ -z $native_reason || -z $record ]] || { echo "compare.sh: cannot record: $native_reason" >&2; exit 2; }
guest_reason=
case $(uname -s) in
  MINGW* | MSYS* | CYGWIN*) guest_reason="a folder of Windows does not hold the modes and links that the comparisons are about" ;;
esac
# No comparison takes a minute; without timeout(1) a program that hangs is left to whoever waits.
bound=(env)
command -v timeout > /dev/null && bound=(timeout 60)
[[ -n ${LINUXWASM:-} || -e $cli ]] || guest_reason="$(basename "$cli") has not been built"

# The folder that every run gets, the same each time down to the times of its files.
make_work() {
  local work=$1/work
  mkdir -p "$work/folder/inner"
  printf 'Der Mond ist aufgegangen,\n  die goldnen Sternlein prangen\n\nam Himmel hell und klar' > "$work/poem.txt"
  seq 1 1000 > "$work/numbers.txt"
  : > "$work/empty"
  printf 'a\0b\377\r\n \t\v\f\n' > "$work/bytes"
  head -c 1000000 /dev/zero | tr '\0' 'x' > "$work/large"
  ln -s nowhere "$work/dangling"
  ln -s loop "$work/loop"
  echo secret > "$work/secret"
  echo inside > "$work/folder/file"
  echo '#!' > "$work/folder/.hidden"
  printf '%5000s' '' > "$work/folder/run"
  ln "$work/folder/file" "$work/folder/same"
  ln -s ../poem.txt "$work/folder/link"
  rmdir "$work/folder/inner"
  chmod 0644 "$work"/*.txt "$work/empty" "$work/bytes" "$work/large" "$work/folder/file" "$work/folder/.hidden"
  chmod 0600 "$work/secret"
  chmod 4755 "$work/folder/run"
  touch -h -d '2024-02-29T12:34:56Z' "$work"/* "$work"/folder/* "$work"/folder/.hidden
  touch -h -d '1999-12-31T23:59:59Z' "$work/folder/file"
}

# normalise FILE: what the options leave out of the comparison
normalise() {
  local now
  if [[ $option_time ]]; then
    now=$(date +%s)
    awk -v now="$now" '/^time: / && $2 <= now + 1 && $2 >= now - 60 { print "time: now"; next } { print }' "$1" > "$1.n"
    mv "$1.n" "$1"
  fi
  if [[ $option_owner ]]; then
    sed -E "s/^([^ ]{10} +[0-9]+) +$(id -u) +$(id -g) /\1     0     0 /" "$1" > "$1.n"
    mv "$1.n" "$1"
  fi
}

# with_programs FOLDER PREFIX SUFFIX: copies the programs of `with=` into FOLDER/work/bin
with_programs() {
  local program
  [[ $option_with ]] || return 0
  mkdir -p "$1/work/bin"
  for program in ${option_with//,/ }; do
    cp "$2/$program$3" "$1/work/bin/$program" && chmod 0755 "$1/work/bin/$program"
  done
}

# finish FOLDER STATUS: makes FOLDER/result of what a run left there
finish() {
  normalise "$1/stdout"
  cat "$1/stdout" > "$1/result"
  if [[ -s $1/stderr && $2 -lt $first_status_of_others ]]; then
    echo "--- standard error" >> "$1/result"
    cat "$1/stderr" >> "$1/result"
  fi
  echo "--- status $2" >> "$1/result"
}

run_native() {
  local folder=$scratch/native status=0 words
  eval "words=($command)"
  rm -rf "$folder" && mkdir "$folder" && make_work "$folder"
  with_programs "$folder" "$here/native" ""
  # The braces keep this shell's own "Segmentation fault" from the terminal.
  { (
    cd "$folder" || exit 99
    ulimit -c 0
    [[ -z $option_memory ]] || ulimit -v $((option_memory * 1024))
    run=("$here/native/${words[0]}" "${words[@]:1}")
    [[ -z $option_stack ]] || ulimit -s $((option_stack * 1024))
    [[ -z $option_limit ]] || run=(timeout "$option_limit" "${run[@]}")
    exec env -i ${option_env[@]+"${option_env[@]}"} "${run[@]}" <"${input:-/dev/null}" >"$folder/stdout" 2>"$folder/stderr" 3<&-
  ) || status=$?; } 2>/dev/null
  finish "$folder" "$status"
}

run_guest() {
  local abi=$1 folder=$scratch/$1 status=0 words options=() entry
  eval "words=($command)"
  rm -rf "$folder" && mkdir "$folder" && make_work "$folder"
  with_programs "$folder" "$here/bin/$abi" .wasm
  [[ $command != *work* ]] || options+=(--mount "host:$folder/work:/work")
  for entry in ${option_env[@]+"${option_env[@]}"}; do options+=(--env "$entry"); done
  [[ -z $option_mount ]] || options+=(--mount "$option_mount")
  [[ -z $option_casts ]] || options+=(--emulate-function-pointer-casts)
  [[ -z $option_memory ]] || options+=(--memory "${option_memory}M")
  [[ -z $option_stack ]] || options+=(--stack "${option_stack}M")
  [[ -z $option_limit ]] || options+=(--timeout "$option_limit")
  (
    cd "$folder" || exit 99
    exec "${bound[@]}" "${linuxwasm[@]}" run "${options[@]}" "$here/bin/$abi/${words[0]}.wasm" "${words[@]:1}" \
      <"${input:-/dev/null}" >"$folder/stdout" 2>"$folder/stderr" 3<&-
  ) || status=$?
  finish "$folder" "$status"
}

compare() {
  local what=$1 expected=$2 actual=$3
  if cmp -s "$expected" "$actual"; then
    pass "$what"
  else
    fail "$what" "expected (-) and seen (+):"
    diff -u "$expected" "$actual" | tail -n +3 | head -n 20 | sed 's/^/      /'
  fi
}

parse_options() {
  local word
  option_time= option_owner= option_limit= option_memory= option_stack= option_abi= option_guest_only= option_mount= option_with= option_casts= option_env=()
  for word in "$@"; do
    case $word in
      time) option_time=yes ;;
      owner) option_owner=yes ;;
      limit=*) option_limit=${word#*=} ;;
      memory=*) option_memory=${word#*=} ;;
      stack=*) option_stack=${word#*=} ;;
      mount=*) option_mount=${word#*=} ;;
      with=*) option_with=${word#*=} ;;
      env=*) option_env+=("${word#*=}") ;;
      abi=*) option_abi=${word#*=} ;;
      casts) option_casts=yes ;;
      guest-only) option_guest_only=yes ;;
      *) echo "comparisons.txt: $name: unknown option '$word'" >&2; exit 2 ;;
    esac
  done
}

wanted() {
  local pattern
  [[ ${#names[@]} -gt 0 ]] || return 0
  # shellcheck disable=SC2053  # a pattern on purpose
  for pattern in "${names[@]}"; do [[ $name == $pattern ]] && return 0; done
  return 1
}

one() {
  local expected=$here/expected/${name//\//.}.txt abi
  if [[ -z $option_guest_only && -z $native_reason ]]; then
    [[ -x $here/native/${command%% *} ]] || { fail "$name" "there is no native '${command%% *}'"; return; }
    run_native
    [[ -z $record ]] || cp "$scratch/native/result" "$expected"
    compare "$name, native against recorded" "$expected" "$scratch/native/result"
  fi
  for abi in ${option_abi:-host wali}; do
    if [[ $guest_reason ]]; then
      skip "$name, $abi" "$guest_reason"
    else
      run_guest "$abi"
      compare "$name, $abi" "$expected" "$scratch/$abi/result"
    fi
  done
}

trim() { sed -E 's/^ +| +$//g' <<<"$1"; }

mkdir -p "$here/expected"
[[ -z $native_reason ]] || skip "native runs" "$native_reason"
while IFS='|' read -r name command input options <&3; do
  name=$(trim "$name")
  [[ $name && $name != \#* ]] || continue
  command=$(trim "$command") input=$(trim "$input")
  # shellcheck disable=SC2086  # options are words
  parse_options $options
  wanted && one
done 3<"$here/comparisons.txt"

echo "$passed passed, $failed failed, $skipped skipped"
[[ $failed -eq 0 ]]
