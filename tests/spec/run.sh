#!/usr/bin/env bash
# Runs WebAssembly's specification test suite: the scripts that stand in the source package of Debian's binaryen (test/spec), converted by
# wabt's wast2json. What is left out or differs, and why, stands in skipped.txt. The package's scripts are kept in artifacts/spec, outside the repository's files.
# Last line: `N passed, N failed, N skipped`. $LINUXWASM is the command under test, by default the Release build.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
store=$root/artifacts/spec
read -r -a linuxwasm <<<"${LINUXWASM:-dotnet $root/src/LinuxWasm.Cli/bin/Release/net10.0/linuxwasm.dll}"

skip_all() {
  echo "skip  the specification's test suite: $1"
  echo '0 passed, 0 failed, 1 skipped'
  exit 0
}

# Debian's sources are listed for binary packages only on most machines: the same places, asked for source packages, in lists of their own.
fetch_suite() {
  local work list
  work=$(mktemp -d)
  mkdir -p "$work/parts" "$work/lists/partial"
  for list in /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources; do
    [ -f "$list" ] || continue
    sed -E 's/^Types:.*/Types: deb-src/; s/^deb /deb-src /' "$list" > "$work/parts/$(basename "$list")"
  done
  local options=(-qq -o "Dir::Etc::SourceList=/dev/null" -o "Dir::Etc::SourceParts=$work/parts" -o "Dir::State::Lists=$work/lists" -o 'APT::Sandbox::User=root')
  (
    cd "$work" &&
      apt-get "${options[@]}" update &&
      apt-get "${options[@]}" source --download-only binaryen &&
      mkdir -p "$store.new" &&
      tar -xf binaryen_*.orig.tar.* -C "$store.new" --strip-components=3 --wildcards '*/test/spec/*.wast' &&
      rm -rf "$store" && mv "$store.new" "$store"
  ) >"$work/log" 2>&1
  local status=$?
  [ $status -eq 0 ] || tail -n 3 "$work/log" >&2
  rm -rf "$work"
  return $status
}

command -v wast2json >/dev/null || skip_all 'no wast2json here (package wabt)'
if ! ls "$store"/*.wast >/dev/null 2>&1; then
  command -v apt-get >/dev/null || skip_all 'no apt-get here to get the source package of binaryen with'
  mkdir -p "$root/artifacts"
  fetch_suite || skip_all 'the source package of binaryen could not be had'
fi

converted=$(mktemp -d)
trap 'rm -rf "$converted"' EXIT
skipped=0 failed=0
for script in "$store"/*.wast; do
  name=$(basename "$script" .wast)
  if reason=$(grep -E "^$name[[:space:]]" "$here/skipped.txt"); then
    echo "skip  $name:$(sed -E 's/^[^[:space:]]+[[:space:]]+/ /' <<<"$reason")"
    skipped=$((skipped + 1))
  elif ! wast2json --enable-all "$script" -o "$converted/$name.json" 2>"$converted/error"; then
    echo "FAIL  $name: wast2json: $(head -n 1 "$converted/error"): list it in skipped.txt with the reason"
    failed=$((failed + 1))
  fi
done
rm -f "$converted/error"

"${linuxwasm[@]}" wast "$converted" > "$converted.log"
figures=$(grep -E '^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$' "$converted.log" | tail -n 1 | grep -oE '[0-9]+')
set -- $figures
[ $# -eq 3 ] || { tail -n 5 "$converted.log"; echo 'linuxwasm wast ended without its figures'; exit 1; }
passed=$1 differing=$2 skipped=$((skipped + $3))

# Each difference is listed, and each listed one is still there.
while IFS=$'\t' read -r place reason; do
  if grep -qE "^    $place: " "$converted.log"; then
    sed -i -E "s/^    ($place): .*/    \1: listed: ${reason//\//\\/}/" "$converted.log"
    differing=$((differing - 1)) skipped=$((skipped + 1))
  else
    echo "FAIL  $place is listed in skipped.txt ($reason) and does not differ any more: strike it off"
    failed=$((failed + 1))
  fi
done < <(grep -E '^[a-z0-9_-]+:[0-9]+' "$here/skipped.txt")
grep -vE '^[0-9]+ passed' "$converted.log"
rm -f "$converted.log"
failed=$((failed + differing))
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
