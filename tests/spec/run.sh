#!/usr/bin/env bash
# WebAssembly's specification suite, from the source package of Debian's binaryen (test/spec), through wabt's wast2json.
# It runs three times: optimized from the start; in the quick form, changing to the optimized one after a call or two; and with every function
# suspended and resumed before every call it makes. That must change nothing.
# Older forms of the text are brought up to date by dialect.awk. What is left out stands in left-out.txt, each with its reason; no skip is counted that doesn't.
# Usage: run.sh [LINUXWASM-COMMAND...]     Where it can't run, it says why and counts as skipped.
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
# The list's words: where, how, how many. What it says of scripts that are left out or of malformed text is held against what there is.
list=$work/list
sed -E '/^(#|$)/d' "$here/left-out.txt" >"$list"
listed() { awk -v name="$1" -v how="$2" '{ split($1, at, ":") } at[1] == name && $2 == how { sum += $3 } END { print sum + 0 }' "$list"; }
wrong=0
complain() {
  echo "$1"
  wrong=$((wrong + 1))
}

mkdir "$work/json"
for script in "$suite"/*.wast; do
  name=$(basename "$script" .wast)
  whole=$(listed "$name" whole)
  if [ "$whole" -gt 0 ]; then
    # A script without assertions is one: it must be accepted, or refused.
    assertions=$(grep -cE '^ *\(assert_' "$script" || true)
    [ "$whole" -eq "$((assertions > 0 ? assertions : 1))" ] || complain "$name: left-out.txt says $whole assertions; it has $assertions"
    continue
  fi
  mkdir "$work/json/$name"
  dropped=$(awk -v name="$name" '$2 == "dropped" { split($1, at, ":"); if (at[1] == name) printf " %s ", at[2] }' "$list")
  if ! awk -v script="$name" -v dropped="$dropped" -f "$here/dialect.awk" "$script" >"$work/json/$name/$name.wast" ||
    ! wast2json "${features[@]}" "$work/json/$name/$name.wast" -o "$work/json/$name/$name.json" >"$work/convert.log" 2>&1; then
    complain "$name: neither convertible nor listed in left-out.txt: $(head -n 1 "$work/convert.log")"
  fi
done
if [ "$wrong" -gt 0 ]; then
  echo "0 passed, $wrong failed, 0 skipped"
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

# Every assertion that did not run stands in the list, and nothing else does.
while read -r name _ _ _ _ skipped _; do
  name=${name%%/*}
  [ "$skipped" -eq "$(($(listed "$name" text) + $(listed "$name" differs)))" ] || complain "$name: skipped $skipped assertions; left-out.txt lists $(($(listed "$name" text) + $(listed "$name" differs)))"
done < <(grep -E ' passed .* skipped$' "$work/plain")
before=$(awk '$2 == "whole" || $2 == "dropped" { sum += $3 } END { print sum + 0 }' "$list")
echo "each time, left-out.txt explains: $(awk '{ sum[$2] += $3; all += $3 } END { printf "%d = %d in scripts left out, %d forms dropped, %d of malformed text, %d that differ", all, sum["whole"], sum["dropped"], sum["text"], sum["differs"] }' "$list")"
cat "$work/plain" "$work/quick" "$work/suspended" | awk -v wrong="$wrong" -v before="$before" '/^[0-9]+ passed, / { passed += $1; failed += $3; skipped += $5 + before }
  END { printf "%d passed, %d failed, %d skipped\n", passed, failed + wrong, skipped }'
[ "$wrong" -eq 0 ] || status=1
exit $status
