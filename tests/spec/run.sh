#!/usr/bin/env bash
# WebAssembly's specification suite, from the source package of Debian's binaryen (test/spec), through wabt's wast2json.
# It runs three times: optimized from the start; in the quick form, changing to the optimized one after a call or two; and with every function
# suspended and resumed before every call it makes. That must change nothing.
# Usage: run.sh [LINUXWASM-COMMAND...]     What is left out stands in left-out.txt, with reasons. Where it can't run, it says why and counts as skipped.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
[ $# -gt 0 ] || set -- dotnet "$here/../../src/LinuxWasm.Cli/bin/Release/net10.0/linuxwasm.dll"
cannot() {
  echo "skip  the specification suite: $1"
  echo '0 passed, 0 failed, 1 skipped'
  exit 0
}
command -v wast2json >/dev/null || cannot 'wast2json is not installed (package wabt)'
command -v apt-get >/dev/null || cannot 'the suite comes from a Debian source package, and there is no apt-get'

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The machine's own package sources, asked for source packages, with lists and cache of our own: nothing of the machine is changed.
mkdir -p "$work"/{lists/partial,cache/archives/partial,parts}
: >"$work/sources.list"
for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
  [ -f "$file" ] && sed -n 's/^deb /deb-src /p' "$file" >>"$work/sources.list"
done
for file in /etc/apt/sources.list.d/*.sources; do
  [ -f "$file" ] && sed 's/^Types:.*/Types: deb-src/' "$file" >"$work/parts/$(basename "$file")"
done
apt=(apt-get -qq -o "Dir::Etc::sourcelist=$work/sources.list" -o "Dir::Etc::sourceparts=$work/parts" -o "Dir::State::lists=$work/lists"
  -o "Dir::Cache=$work/cache" -o APT::Sandbox::User=root)
(cd "$work" && "${apt[@]}" update && "${apt[@]}" source --download-only binaryen) >"$work/apt.log" 2>&1 || { tail -3 "$work/apt.log"; cannot 'the source package of binaryen could not be fetched'; }
tar -xzf "$work"/binaryen_*.orig.tar.gz -C "$work" --wildcards '*/test/spec/*.wast'
suite=$(echo "$work"/*/test/spec)

features=(--enable-threads --enable-exceptions --enable-tail-call --enable-multi-memory --enable-extended-const --enable-relaxed-simd --enable-memory64)
mkdir "$work/json"
unconverted=0
for script in "$suite"/*.wast; do
  name=$(basename "$script" .wast)
  if grep -qE "^$name " "$here/left-out.txt"; then continue; fi
  mkdir "$work/json/$name"
  if ! wast2json "${features[@]}" "$script" -o "$work/json/$name/$name.json" >"$work/convert.log" 2>&1; then
    echo "$name: $(head -n 1 "$work/convert.log")"
    unconverted=$((unconverted + 1))
  fi
done
if [ "$unconverted" -gt 0 ]; then
  echo "$unconverted scripts are neither convertible nor listed in left-out.txt"
  echo "0 passed, $unconverted failed, 0 skipped"
  exit 1
fi

status=0
"$@" wast "$work/json" --except "$here/left-out.txt" | tee "$work/plain" || status=1
echo 'the same, in the quick form at first:'
"$@" wast "$work/json" --except "$here/left-out.txt" --optimize-after 2 >"$work/quick" || status=1
diff "$work/plain" "$work/quick" || { status=1; echo 'the quick form changes results'; }
tail -n 1 "$work/quick"
echo 'the same, suspended and resumed before every call:'
"$@" wast "$work/json" --except "$here/left-out.txt" --suspend >"$work/suspended" || status=1

# What differs is shown; the last lines are the figures, and must be equal too.
diff "$work/plain" <(grep -v '^suspended' "$work/suspended") || { status=1; echo 'suspension changes results'; }
tail -n 2 "$work/suspended"
cat "$work/plain" "$work/quick" "$work/suspended" | awk '/^[0-9]+ passed, / { passed += $1; failed += $3; skipped += $5 }
  END { printf "%d passed, %d failed, %d skipped\n", passed, failed, skipped }'
exit $status
