#!/usr/bin/env bash
# The one test command: builds with warnings as errors, checks the formatting, and runs every suite that this machine can run.
# What it cannot run it names, with the reason. The last line is `N passed, N failed, N skipped`; the exit status is 0 only without failures.
set -uo pipefail
cd "$(dirname "$0")/.."

# What programs leave in the cache is not the user's.
LINUXWASM_CACHE=$(mktemp -d)
export LINUXWASM_CACHE

# What a person or a CI system looks at afterwards: NUnit's XML and a page for each run of the suite.
reports=artifacts/reports
mkdir -p "$reports"

passed=0 failed=0 skipped=0
warnings=()
# What failed is told where it happened and once more at the end, which is all that is left of a log that was cut off.
failures=$(mktemp)
trap 'rm -rf "$LINUXWASM_CACHE" "$failures"' EXIT
headline() { printf '\n== %s\n' "$1"; }
pass() { passed=$((passed + ${2:-1})); printf 'ok    %s\n' "$1"; }
fail() { failed=$((failed + ${2:-1})); printf 'FAIL  %s\n' "$1" | tee -a "$failures"; }
skip() { skipped=$((skipped + ${2:-1})); printf 'skip  %s\n' "$1"; }
# What must not go by unseen stands before the figures, and on GitHub beside the run.
warn() {
  warnings+=("$1")
  if [ "${GITHUB_ACTIONS:-}" = true ]; then printf '::warning title=tests/run.sh::%s\n' "$1"; fi
}
finish() {
  if [ -s "$failures" ]; then
    headline 'what failed, once more'
    cat "$failures"
  fi
  if [ ${#warnings[@]} -gt 0 ]; then printf '\nWARNING: %s\n' "${warnings[@]}"; fi
  printf '\n%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
  [ "$failed" -eq 0 ]
  exit
}

# remember NAME LOG: keeps for the end what a suite's log says of its failures, in the words of xunit, of the command line, of Pester, of the mutations and
# of the scripts here; where it has none of these, how it ended.
remember() {
  local found
  found=$(grep -aE -A 12 '\[FAIL\]|^ *(FAIL|FAILED|SURVIVED) |^ *\[-\]| [1-9][0-9]* failed' "$2" | head -n 60)
  printf -- '-- %s\n%s\n' "$1" "${found:-$(tail -n 25 "$2")}" | cut -c 1-400 >>"$failures"
}

# counts NAME COMMAND...: runs a suite whose last line is `N passed, N failed, N skipped` and adds its figures.
# A suite that fails without saying so, or that ran nothing at all, is a failure.
counts() {
  local name=$1 log status figures
  shift
  log=$(mktemp)
  "$@" 2>&1 | tee "$log"
  status=${PIPESTATUS[0]}
  figures=$(grep -aE '^([A-Za-z]+: )?[0-9]+ passed, [0-9]+ failed(, [0-9]+ skipped)?$' "$log" | tail -n 1 | grep -oE '[0-9]+')
  set -- $figures
  if [ $# -eq 0 ] || [ "$2" -ne 0 ] || [ "$status" -ne 0 ]; then remember "$name" "$log"; fi
  rm -f "$log"
  if [ $# -eq 0 ]; then
    fail "$name: ended with status $status and without its figures"
    return
  fi
  passed=$((passed + $1)) failed=$((failed + $2)) skipped=$((skipped + ${3:-0}))
  if [ "$2" -eq 0 ] && [ "$status" -ne 0 ]; then fail "$name: status $status though no test failed"; fi
  if [ "$1" -eq 0 ] && [ "$2" -eq 0 ] && [ "${3:-0}" -eq 0 ]; then fail "$name: ran no test"; fi
}

# unit_tests DLL: the figures of an xunit.v3 program. One that hangs is ended after 20 minutes, and its log names the test.
unit_tests() {
  local log status bound=()
  log=$(mktemp)
  if command -v timeout >/dev/null; then bound=(timeout 1200); fi
  ${bound[@]+"${bound[@]}"} dotnet "$1" -noLogo -noColor -diagnostics -longRunning 60 >"$log" 2>&1
  status=$?
  if [ "$status" -ne 0 ]; then cat "$log"; fi
  sed -nE 's/.*Total: ([0-9]+), Errors: ([0-9]+), Failed: ([0-9]+), Skipped: ([0-9]+), Not Run: ([0-9]+).*/\1 \2 \3 \4 \5/p' "$log" | tail -n 1 | {
    # Not run: what tests start in a process of its own, which counts with them.
    if read -r total errors bad left parts; then
      echo "$((total - bad - left - parts)) passed, $((bad + errors)) failed, $left skipped"
    fi
  }
  rm -f "$log"
  return "$status"
}

# A machine of continuous integration gets what is missing; elsewhere nothing is installed, and the parts that want it say so.
if [ "${CI:-}" = true ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  missing=()
  for pair in clang-19:clang-19 wasm-ld-19:lld-19 wast2json:wabt cc:gcc; do
    command -v "${pair%%:*}" >/dev/null || missing+=("${pair#*:}")
  done
  if [ ${#missing[@]} -gt 0 ]; then
    headline "installing ${missing[*]}"
    { apt-get update -qq && apt-get install -y -qq "${missing[@]}"; } >/dev/null 2>&1 || echo 'that did not work; what needs them is skipped'
  fi
fi

headline 'build, warnings as errors'
if dotnet build LinuxWasm.sln -c Release --nologo -v quiet; then
  pass 'build'
else
  fail 'build'
  finish
fi

headline 'formatting'
if dotnet format LinuxWasm.sln --no-restore --verify-no-changes; then pass 'dotnet format'; else fail 'dotnet format: run `dotnet format LinuxWasm.sln`'; fi

# More generated modules compared with node, and more mutants, than somebody who waits for a test wants; seeds are LINUXWASM_DIFFERENTIAL_SEED and LINUXWASM_MUTANTS_SEED.
export LINUXWASM_DIFFERENTIAL=${LINUXWASM_DIFFERENTIAL:-2000} LINUXWASM_MUTANTS=${LINUXWASM_MUTANTS:-100000}
for project in tests/LinuxWasm.*.Tests; do
  name=$(basename "$project")
  headline "$name"
  counts "$name" unit_tests "$project/bin/Release/net10.0/$name.dll"
done

headline 'LinuxWasm.Engine.Tests again, in the quick form at first'
LINUXWASM_DIFFERENTIAL=60 LINUXWASM_MUTANTS=3000 LINUXWASM_OPTIMIZE_AFTER=2 counts 'LinuxWasm.Engine.Tests, quick' unit_tests tests/LinuxWasm.Engine.Tests/bin/Release/net10.0/LinuxWasm.Engine.Tests.dll

linuxwasm=(dotnet src/LinuxWasm.Cli/bin/Release/net10.0/linuxwasm.dll)

headline 'guests: the committed .wasm files are what their sources give'
tests/guests/build.sh --check
case $? in
  0) pass 'guests rebuilt' ;;
  3) skip 'guests rebuilt: no clang-19 or wasm-ld-19 here' ;;
  *) fail 'guests rebuilt: run tests/guests/build.sh and commit what it changes' ;;
esac

headline 'guests: they print what the same programs print natively'
counts 'guests compared' tests/guests/compare.sh

headline 'conformance: LinuxWasm'
document=$(mktemp)
counts 'conform' "${linuxwasm[@]}" conform --compatibility "$document" --nunit "$reports/conform.xml" --html "$reports/conform.html"
if cmp -s "$document" docs/compatibility.md; then
  pass 'docs/compatibility.md is current'
else
  fail 'docs/compatibility.md is not current: run `linuxwasm conform --compatibility docs/compatibility.md`'
fi
rm -f "$document"

headline 'conformance: the Linux of this machine'
confirmed=$passed
counts 'conform --oracle' "${linuxwasm[@]}" conform --oracle --nunit "$reports/oracle.xml" --html "$reports/oracle.html"
if [ "$passed" -eq "$confirmed" ]; then
  if [ "${LINUXWASM_ORACLE:-}" = required ]; then fail 'the oracle is required here (LINUXWASM_ORACLE), and confirmed no case'; fi
  warn 'NO CASE WAS CONFIRMED BY LINUX: the oracle could not be used here, for the reason above'
fi

headline 'conformance: the page of results in a browser'
counts 'page' tests/conformance/page.sh "$reports/conform.html"

headline 'mutations: what is broken in the kernel, some case sees'
counts 'mutations' dotnet tests/mutations/bin/Release/net10.0/LinuxWasm.Mutations.dll

headline "strace in: real programs' logs, imported and replayed"
counts 'strace in' tests/strace/run.sh

headline 'random calls: LinuxWasm and the Linux of this machine'
for seed in 1 2; do
  log=$(mktemp)
  "${linuxwasm[@]}" fuzz --seed $seed --steps 3000 2>&1 | tee "$log"
  case ${PIPESTATUS[0]} in
    0) pass "fuzz --seed $seed --steps 3000" ;;
    2) skip "fuzz --seed $seed: the Linux of this machine can't be asked" ;;
    *)
      remember "fuzz --seed $seed" "$log"
      fail "fuzz --seed $seed --steps 3000"
      ;;
  esac
  rm -f "$log"
done

headline 'conformance: the oracle when it is killed, as an ordinary user, and without user namespaces'
counts 'oracle' tests/conformance/oracle.sh

headline "strace out: guests' traces beside strace's of their native twins"
counts 'strace out' tests/strace/out.sh

headline 'WebAssembly specification'
counts 'specification' tests/spec/run.sh

headline 'PowerShell'
if ! command -v pwsh >/dev/null; then
  skip 'Pester: no pwsh here'
elif ! pwsh -NoProfile -Command 'if (-not (Get-Module -ListAvailable Pester | Where-Object Version -ge 5.5)) { exit 1 }'; then
  skip 'Pester: pwsh is here, but no Pester 5.5 or newer'
else
  counts 'Pester' pwsh -NoProfile -File tests/pester/run.ps1
fi

finish
