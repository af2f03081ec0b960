#!/usr/bin/env bash
# What tests inside one process can't show of the oracle: that nothing is left when the whole command is killed, that an ordinary user
# may use it, and that a machine without user namespaces compares with the record. The last line has the figures.
set -uo pipefail
cd "$(dirname "$0")/../.."
built=src/LinuxWasm.Cli/bin/Release/net10.0
passed=0 failed=0 skipped=0
pass() { passed=$((passed + 1)); printf 'ok    %s\n' "$1"; }
fail() { failed=$((failed + 1)); printf 'FAIL  %s\n' "$1"; }
skip() { skipped=$((skipped + 1)); printf 'skip  %s\n' "$1"; }

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir -p "$scratch/tmp" "$scratch/cache"
# The runtime's own pipes for debuggers would lie in TMPDIR, and stay there after a kill: they are no part of this.
export TMPDIR=$scratch/tmp XDG_CACHE_HOME=$scratch/cache DOTNET_EnableDiagnostics=0
linuxwasm() { dotnet "$built/linuxwasm.dll" "$@"; }
agents() { local pid; for pid in /proc/[0-9]*; do [[ $(readlink "$pid/exe" 2>/dev/null) == "$scratch"/cache/* ]] && echo "${pid#/proc/}"; done; }

figures=$(linuxwasm conform --oracle conformance/pipes 2>&1 | tail -n 1)
if [[ $figures == 0\ passed* ]]; then
  skip "the oracle can't be used here"
  printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
  exit 0
fi

mounts=$(wc -l </proc/self/mounts)
left=
for moment in 0.2 0.5 0.8 1.1 1.4 1.8 2.3 2.9; do
  dotnet "$built/linuxwasm.dll" conform --oracle >/dev/null 2>&1 &
  process=$!
  sleep "$moment"
  kill -KILL "$process" 2>/dev/null
  wait "$process" 2>/dev/null
  # A namespace ends a moment after its first process.
  for _ in {1..50}; do [[ -z $(agents) ]] && break; sleep 0.1; done
  [[ -n $(agents) ]] && left+=" processes after $moment s:$(agents | tr '\n' ' ')"
done
[[ $(wc -l </proc/self/mounts) -eq $mounts ]] || left+=" mounts"
[[ -z $(ls -A "$TMPDIR") ]] || left+=" files: $(ls -A "$TMPDIR" | head -n 3 | tr '\n' ' ')"
[[ $(find "$XDG_CACHE_HOME" -type f | wc -l) -eq 1 ]] || left+=" more in the cache than the agent"
if [[ -z $left ]]; then pass 'killed at eight moments, the command leaves no process, mount or file'; else fail "left behind:$left"; fi

if [[ $(id -u) -ne 0 ]] || ! command -v setpriv >/dev/null; then
  skip 'as an ordinary user: needs root, to become one'
else
  mkdir "$scratch/user"
  cp -r "$built" "$scratch/user/built"
  cp -r conformance "$scratch/user/conformance"
  chmod -R a+rX "$scratch" && chown 65534 "$scratch/user"
  figures=$(cd "$scratch/user" && HOME=$scratch/user TMPDIR=$scratch/user XDG_CACHE_HOME=$scratch/user/cache setpriv --reuid 65534 --regid 65534 --clear-groups \
    dotnet built/linuxwasm.dll conform --oracle conformance 2>&1 | tail -n 1)
  if [[ $figures =~ ^([0-9]+)\ passed,\ 0\ failed,\ ([0-9]+)\ skipped$ && ${BASH_REMATCH[1]} -gt 1000 ]]; then
    pass "as an ordinary user: $figures"
  elif [[ $figures == 0\ passed,\ 0\ failed* ]]; then
    skip 'as an ordinary user: user namespaces are root'\''s here'
  else
    fail "as an ordinary user: $figures"
  fi
fi

# The tests of the confinement itself, once more as an ordinary user: as root they ran with all the others.
if [[ $(id -u) -ne 0 ]] || ! command -v setpriv >/dev/null; then
  skip 'attempts to get out, as an ordinary user: needs root, to become one'
else
  tests=LinuxWasm.Conformance.Tests
  cp -r "tests/$tests/bin/Release/net10.0" "$scratch/user/tests" && chmod -R a+rX "$scratch/user/tests"
  figures=$(cd "$scratch/user" && HOME=$scratch/user TMPDIR=$scratch/user XDG_CACHE_HOME=$scratch/user/cache setpriv --reuid 65534 --regid 65534 --clear-groups \
    dotnet "tests/$tests.dll" -noLogo -noColor -class "$tests.OracleTests" 2>&1 | tee "$scratch/attempts" | tail -n 1)
  if [[ $figures =~ Total:\ ([0-9]+),\ Errors:\ 0,\ Failed:\ 0,\ Skipped:\ ([0-9]+) && $((BASH_REMATCH[1] - BASH_REMATCH[2])) -gt 50 ]]; then
    pass "attempts to get out, as an ordinary user: $((BASH_REMATCH[1] - BASH_REMATCH[2])) fail as they should, ${BASH_REMATCH[2]} can't be tried"
  elif [[ $figures =~ Total:\ ([0-9]+),\ Errors:\ 0,\ Failed:\ 0,\ Skipped:\ ([0-9]+) && ${BASH_REMATCH[1]} -gt 50 ]]; then
    skip 'attempts to get out, as an ordinary user: user namespaces are root'\''s here'
  else
    grep -aA4 '\[FAIL\]' "$scratch/attempts"
    fail "attempts to get out, as an ordinary user: $figures"
  fi
fi

# In a user namespace that may have none inside, the agent can't confine itself: as on a machine that forbids them.
figures=$(unshare --user --map-root-user sh -c 'echo 0 >/proc/sys/user/max_user_namespaces && exec "$@"' sh \
  dotnet "$built/linuxwasm.dll" conform --compare conformance/files conformance/signals conformance/tasks 2>"$scratch/note" | tail -n 1)
if ! unshare --user true 2>/dev/null; then
  skip 'compared with the record: no user namespace to forbid them in'
elif [[ $figures =~ ^([0-9]+)\ passed,\ 0\ failed && ${BASH_REMATCH[1]} -gt 1000 ]] && grep -q 'comparing with what was recorded' "$scratch/note"; then
  pass "compared with the record: $figures"
else
  fail "compared with the record: $figures ($(head -n 1 "$scratch/note"))"
fi

printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
[[ $failed -eq 0 ]]
