#!/usr/bin/env bash
# How long the conformance suite takes, and what that is for 1,000 cases: the goals are 20 s on LinuxWasm and 90 s on Linux, with two workers.
# The command's own start is part of it. Prints one line for each.
set -euo pipefail
cd "$(dirname "$0")/../.."
linuxwasm=${LINUXWASM:-dotnet src/LinuxWasm.Cli/bin/Release/net10.0/linuxwasm.dll}

# measure NAME GOAL ARGUMENT...
measure() {
  local name=$1 goal=$2 begin end figures runs milliseconds
  shift 2
  begin=$(date +%s%N)
  figures=$($linuxwasm conform --workers 2 "$@" | tail -n 1) || true
  end=$(date +%s%N)
  runs=$(grep -oE '^[0-9]+' <<<"$figures")
  milliseconds=$(((end - begin) / 1000000))
  if [ "$runs" -eq 0 ]; then printf '%-10s %s\n' "$name" "$figures"; return; fi
  printf '%-10s %6d cases in %6d ms, 1,000 in %6d ms   goal %6d ms   %s\n' \
    "$name" "$runs" "$milliseconds" $((milliseconds * 1000 / runs)) "$goal" "$([ $((milliseconds * 1000 / runs)) -le "$goal" ] && echo kept || echo missed)"
}

measure LinuxWasm 20000
measure Linux 90000 --oracle
