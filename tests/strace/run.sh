#!/usr/bin/env bash
# Records real programs with strace, imports the logs as cases and makes their calls again: on LinuxWasm, where of the calls that it has at
# least 95 % must give what Linux gave, and on this machine's Linux, which must agree with itself.
#   tests/strace/run.sh [--keep FOLDER] [PROGRAM...]
# --keep leaves the logs, the cases and the reports in FOLDER. The last line is `N passed, N failed, N skipped`.
set -uo pipefail
cd "$(dirname "$0")/../.."
linuxwasm=(dotnet "$PWD/src/LinuxWasm.Cli/bin/Release/net10.0/linuxwasm.dll")
goal=95

keep=
if [ "${1:-}" = --keep ]; then
  keep=$2
  shift 2
fi
programs=("$@")
if [ ${#programs[@]} -eq 0 ]; then programs=(ls cp tar git sqlite3 python3 pipeline find grep sed bash make perl dd sort gzip); fi

if ! command -v strace >/dev/null; then
  echo 'no strace here'
  echo "0 passed, 0 failed, ${#programs[@]} skipped"
  exit 0
fi
if ! strace -o /dev/null true 2>/dev/null; then
  echo 'strace may not trace here (ptrace is not allowed)'
  echo "0 passed, 0 failed, ${#programs[@]} skipped"
  exit 0
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
out=${keep:-$work/out}
mkdir -p "$out"

# record NAME COMMAND...: in a folder of its own with a small tree, and with nothing of the caller's environment.
record() {
  local name=$1
  shift
  mkdir -p "$work/$name/src/sub"
  (
    cd "$work/$name" || exit
    printf 'hello\n' >src/a
    printf 'world wide\n' >src/sub/b
    ln -s a src/link
    chmod 600 src/a
    mkdir "$work/$name.before"
    cp -a . "$work/$name.before/"
    env -i LC_ALL=C TZ=UTC HOME="$work/$name" PATH=/usr/bin:/bin \
      strace -f -v -s 65535 -yy -o "$out/$name.log" "$@" </dev/null >"$work/$name.out" 2>&1
  ) || { cat "$work/$name.out"; return 1; }
}

# The programs by name; what a program needs is its first word.
run_program() {
  case $1 in
    ls) record ls ls -la src ;;
    cp) record cp cp -a src copy ;;
    tar) record tar tar cf out.tar src ;;
    git) record git sh -c 'git init -q . && git add src && git -c user.name=a -c user.email=a@b commit -q -m one' ;;
    sqlite3) record sqlite3 sqlite3 t.db 'create table t(a); insert into t values (1),(2); select sum(a) from t;' ;;
    python3) record python3 "$(command -v /usr/bin/python3 || command -v python3)" -c 'print(6 * 7)' ;;
    pipeline) record pipeline sh -c 'cat src/a src/sub/b | tr a-z A-Z | sort >sorted' ;;
    find) record find find src -newer src/sub -o -name 'a*' -type f -exec chmod 640 '{}' + ;;
    grep) record grep grep -rn wor . ;;
    sed) record sed sed -i 's/hello/good bye/' src/a src/sub/b ;;
    bash) record bash bash -c 'for i in 1 2 3; do echo $i >>list; done; while read -r n; do echo $((n * n)); done <list >squares; { cat squares; echo end >&2; } 2>errors | wc -l >count; trap "echo left >trap" EXIT; (exit 3) || true' ;;
    make)
      printf 'all: out/both\nout/both: src/a src/sub/b\n\tmkdir -p out\n\tcat src/a src/sub/b >$@\nclean:\n\trm -rf out\n' >"$work/Makefile"
      record make sh -c "cp $work/Makefile . && make -s && make -s && make -s clean" ;;
    perl) record perl perl -e 'open(my $f, ">", "t") or die; print $f "x" x 5000; close $f; rename "t", "u"; print -s "u"; opendir(my $d, "src"); print sort readdir $d; unlink "u"' ;;
    dd) record dd dd if=/dev/zero of=blocks bs=4096 count=5 seek=2 conv=fsync ;;
    sort) record sort sh -c 'seq 2000 >numbers; sort -rn -S 32k -T . numbers >sorted; sort -c -rn sorted' ;;
    gzip) record gzip sh -c 'gzip -k src/a && gzip -dc src/a.gz >again && gzip -t src/a.gz && gunzip -f src/a.gz' ;;
    node) record node node -e 'require("fs").writeFileSync("n", String(6 * 7)); console.log(require("fs").readFileSync("n", "utf8"))' ;;
    *) return 2 ;;
  esac
}

# figures REPORT: replayed, differ, not implemented, not understood.
figures() { grep -E '^[0-9]+ replayed, ' "$1" | tail -n 1 | grep -oE '[0-9]+' | paste -sd ' '; }

passed=0 failed=0 skipped=0
rows=()
for program in "${programs[@]}"; do
  needs=$program
  if [ "$program" = pipeline ]; then needs=sh; fi
  if ! command -v "$needs" >/dev/null; then
    rows+=("$program|no $needs here")
    skipped=$((skipped + 1))
    continue
  fi
  if ! run_program "$program"; then
    echo "FAIL  $program: it could not be recorded"
    failed=$((failed + 1))
    continue
  fi
  "${linuxwasm[@]}" import-strace "$out/$program.log" --replay --output "$out" >"$out/$program.txt" 2>&1
  read -r replayed differ missing unread < <(figures "$out/$program.txt") || { cat "$out/$program.txt"; failed=$((failed + 1)); continue; }
  # The snapshot taken before must tell no other story than the log alone.
  "${linuxwasm[@]}" import-strace "$out/$program.log" --replay --root "$work/$program.before" --root-at "$work/$program" >"$out/$program.root.txt" 2>&1
  read -r again _ < <(figures "$out/$program.root.txt") || again=0
  "${linuxwasm[@]}" import-strace "$out/$program.log" --replay --oracle >"$out/$program.linux.txt" 2>&1
  read -r native native_differ _ native_unread < <(figures "$out/$program.linux.txt") || native=
  made=$((replayed + differ + unread))
  if [ "$made" -eq 0 ]; then share=0; else share=$((replayed * 1000 / made)); fi
  linux='-'
  if [ -n "$native" ]; then linux="$native of $((native + native_differ + native_unread))"; fi
  rows+=("$program|$((made + missing))|$replayed|$differ|$missing|$unread|$((share / 10)).$((share % 10)) %|$again|$linux")

  if [ "$share" -ge $((goal * 10)) ]; then passed=$((passed + 1)); else
    failed=$((failed + 1))
    echo "FAIL  $program: fewer than $goal % of the calls that LinuxWasm has gave what Linux gave"
    grep -E '^ +[0-9]+ (differs|not understood)' "$out/$program.txt"
  fi
  if [ "$again" -ge "$replayed" ]; then passed=$((passed + 1)); else
    failed=$((failed + 1))
    echo "FAIL  $program: with the snapshot only $again calls replay"
    grep -E '^ +[0-9]+ (differs|not understood)' "$out/$program.root.txt"
  fi
  if [ -z "$native" ]; then
    skipped=$((skipped + 1))
    tail -n 1 "$out/$program.linux.txt"
  elif [ $((native * 100)) -ge $((goal * (native + native_differ + native_unread))) ]; then passed=$((passed + 1)); else
    failed=$((failed + 1))
    echo "FAIL  $program: this machine's Linux does not answer as its log says"
    grep -E '^ +[0-9]+ (differs|not understood)' "$out/$program.linux.txt"
  fi
done

printf '\n%-10s %7s %9s %7s %16s %15s %8s %14s %15s\n' program calls replayed differ 'not implemented' 'not understood' share 'with snapshot' 'Linux again'
for row in "${rows[@]}"; do
  IFS='|' read -r a b c d e f g h i <<<"$row"
  printf '%-10s %7s %9s %7s %16s %15s %8s %14s %15s\n' "$a" "$b" "$c" "$d" "$e" "$f" "$g" "$h" "$i"
done
printf '\nNot implemented, all programs together:\n'
grep -hE '^ +[0-9]+ not implemented' "$out"/*[!xt].txt 2>/dev/null | sed -E 's/ \(line .*//; s/^ +([0-9]+) not implemented: /\1 /' | awk '{ n = $1; $1 = ""; seen[$0] += n } END { for (r in seen) printf "%6d%s\n", seen[r], r }' | sort -rn
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
