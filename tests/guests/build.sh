#!/usr/bin/env bash
# Compiles every guest and benchmark for both ABIs and natively. The .wasm files are committed: whoever only runs them
# needs no compiler, and rebuilding must give the same bytes.
#   build.sh [--native-only | --wasm-only] [--check]
# --check builds the .wasm files in a scratch folder and compares them with the committed ones.
# Exit status: 0 done, 1 a compilation failed or a file differs, 3 a compiler is missing.
set -euo pipefail
cd "$(dirname "$0")"

clang=${CLANG:-clang-19}
linker=${WASM_LD:-wasm-ld-19}
native=${CC:-gcc}
benchmarks=../benchmarks
wasm=yes twins=yes check=

for option in "$@"; do
  case $option in
    --native-only) wasm= ;;
    --wasm-only) twins= ;;
    --check) check=yes twins= ;;
    *) echo "build.sh: unknown option '$option'; expected --native-only, --wasm-only or --check" >&2; exit 2 ;;
  esac
done

need() {
  command -v "$1" >/dev/null && return
  echo "build.sh: '$1' not found; $2" >&2
  exit 3
}
if [[ $wasm ]]; then
  need "$clang" "install clang-19 and lld-19, or name the compiler in \$CLANG"
  need "$linker" "install lld-19, or name the linker in \$WASM_LD"
  [[ $("$clang" --version) == *"version 19."* ]] || {
    echo "build.sh: '$clang' is not version 19, whose output the committed files are" >&2
    exit 3
  }
fi
[[ -z $twins ]] || need "$native" "install a C compiler, or name it in \$CC"

# -Wno-unused-command-line-argument: the assembler is given the C compiler's options too.
warnings=(-Wall -Wextra -Werror -Wno-unused-command-line-argument -Wno-unused-parameter)
# WebAssembly 2.0 without SIMD; no paths of the machine and no version of the compiler in the output.
common=(--target=wasm32-unknown-unknown -std=c11 -O2 -ffreestanding -fno-builtin-printf -nostdlibinc -isystem rt/include
  -mbulk-memory -mnontrapping-fptoint -msign-ext -mmutable-globals -mno-simd128 -fno-ident "-ffile-prefix-map=$PWD=." "${warnings[@]}")
link=(--strip-debug --stack-first -z stack-size=1048576 --export=__stack_pointer --export=__stack_low --export=__heap_base)
host=(-DGUEST_ABI_HOST)
wali=(-DGUEST_ABI_WALI -matomics -pthread)
# Function pointers 0 and 1 are i386's SIG_DFL and SIG_IGN.
host_link=(--table-base=2 --export-table)
wali_link=(--shared-memory --max-memory=2147483648 --export-table --export=__tls_base)

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# runtime ABI: the objects of the runtime; the linker takes those that a program uses
runtime() {
  local abi=$1 source
  local -n flags=$abi
  mkdir -p "$scratch/rt/$abi"
  for source in rt/src/*.c rt/"$abi"/*.c rt/"$abi"/*.s; do
    [[ -e $source ]] || continue
    "$clang" "${common[@]}" "${flags[@]}" -I "rt/$abi" -c "$source" -o "$scratch/rt/$abi/$(basename "$source").o"
  done
}

# program ABI SOURCE OUTPUT: a source may have linker options of its own in a line "// link: OPTIONS"
program() {
  local abi=$1 source=$2 output=$3
  local -n flags=$abi link_flags=${abi}_link
  local own_flags
  "$clang" "${common[@]}" "${flags[@]}" -c "$source" -o "$scratch/program.o"
  mkdir -p "$(dirname "$output")"
  read -r -a own_flags <<<"$(sed -n 's,^// link: ,,p' "$source")"
  "$linker" "${link[@]}" "${link_flags[@]}" "${own_flags[@]}" "$scratch/program.o" --start-lib "$scratch/rt/$abi"/*.o --end-lib -o "$output"
}

# only_for SOURCE TARGET: a source that is not for all of host, wali and native lists its targets in its first line, as "// abi: wali native"
only_for() {
  local first
  read -r first < "$1"
  [[ $first != "// abi: "* || " ${first#// abi: } " == *" $2 "* ]]
}

sources() { ls src/*.c; ls "$benchmarks"/kernels/*.c "$benchmarks"/syscalls/*.c "$benchmarks"/frames/*.c 2>/dev/null || true; }

wasm_into() {
  local abi source
  for abi in host wali; do
    runtime "$abi"
    for source in $(sources); do
      only_for "$source" "$abi" || continue
      case $source in
        "$benchmarks"/*) program "$abi" "$source" "$1/benchmarks/bin/$abi/$(basename "$source" .c).wasm" ;;
        *) program "$abi" "$source" "$1/guests/bin/$abi/$(basename "$source" .c).wasm" ;;
      esac
    done
  done
}

if [[ $check ]]; then
  wasm_into "$scratch/out"
  status=0
  for part in guests benchmarks; do
    diff -rq "$scratch/out/$part/bin" "../$part/bin" || status=1
  done
  [[ $status -eq 0 ]] && echo "the committed .wasm files are what their sources give"
  exit $status
fi

if [[ $wasm ]]; then
  rm -rf bin "$benchmarks/bin"
  wasm_into ..
fi

if [[ $twins ]]; then
  # -fno-math-errno: WebAssembly's square root sets no errno either, and gcc's check for it costs nbody half its speed.
  for source in $(sources); do
    only_for "$source" native || continue
    case $source in "$benchmarks"/*) folder=$benchmarks/native ;; *) folder=native ;; esac
    mkdir -p "$folder"
    "$native" -std=gnu11 -D_GNU_SOURCE -O2 -fno-math-errno -Wall -Wextra -Werror -Wno-unused-parameter -Wno-format-truncation "$source" -o "$folder/$(basename "$source" .c)" -lm -lpthread
  done
fi
