#!/usr/bin/env bash
# Records the logs that the tests import: tests/strace/record.sh, as root on x86-64 with strace and gcc. The programs run in /t, which must
# not be there yet, as the cases' tasks do.
set -euo pipefail
cd "$(dirname "$0")"
if [ -e /t ]; then
  echo '/t is there already' >&2
  exit 1
fi
programs=$(mktemp -d)
trap 'rm -rf "$programs" /t' EXIT
for program in files processes; do
  gcc -O1 -static -nostartfiles -nostdlib -fno-stack-protector -fcf-protection=none -o "$programs/$program" "programs/$program.c"
  mkdir -m 755 /t
  mkdir /t/d
  printf 'name = value\n' >/t/config
  printf 'first\n' >/t/d/b
  ln -s ../config /t/d/link
  touch -h -d @1000000000 /t/config /t/d/b /t/d/link
  cp "$programs/$program" /t/
  (cd /t && env -i strace -f -v -s 65535 -yy -o "$programs/log" "./$program" </dev/null >/dev/null 2>&1)
  cp "$programs/log" "logs/$program.log"
  rm -rf /t
done
