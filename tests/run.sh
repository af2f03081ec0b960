#!/usr/bin/env bash
# The one test command. Builds with warnings as errors and runs every test project.
set -euo pipefail
cd "$(dirname "$0")/.."
dotnet build LinuxWasm.sln -c Release -v quiet --nologo
passed=0; failed=0; skipped=0
for project in tests/LinuxWasm.*.Tests; do
  name=$(basename "$project")
  out=$(dotnet "$project/bin/Release/net10.0/$name.dll" 2>&1) || true
  echo "$out"
done
echo "$passed passed, $failed failed, $skipped skipped"
