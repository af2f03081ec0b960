#!/usr/bin/env bash
# Writes src/LinuxWasm.Conformance/Layouts/constants.tsv: every integer constant of the system's uapi headers (and of libc's,
# for the few that the kernel's headers do not export), with its value on i386 and on x86-64.
# Needs gcc with -m32 (gcc-multilib) and linux-libc-dev. The kernel's headers come first: libc's O_LARGEFILE is 0 on x86-64.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
out=$here/../../src/LinuxWasm.Conformance/Layouts/constants.tsv
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT

kernel_headers="asm/errno.h asm/fcntl.h linux/fcntl.h linux/openat2.h linux/stat.h asm/mman.h linux/mman.h linux/memfd.h asm/resource.h linux/resource.h
  linux/time.h linux/time_types.h linux/timex.h linux/timerfd.h linux/wait.h linux/sched.h linux/sched/types.h asm/signal.h asm/siginfo.h asm/ioctls.h
  asm/termbits.h asm/poll.h linux/eventpoll.h linux/eventfd.h linux/signalfd.h linux/inotify.h linux/futex.h linux/prctl.h linux/capability.h
  linux/personality.h linux/magic.h linux/mount.h linux/fs.h linux/xattr.h linux/random.h linux/utsname.h linux/limits.h linux/falloc.h linux/fadvise.h
  linux/membarrier.h linux/rseq.h linux/kcmp.h linux/seccomp.h linux/close_range.h linux/ipc.h linux/sem.h linux/msg.h linux/shm.h linux/mqueue.h
  linux/net.h linux/socket.h linux/un.h linux/in.h linux/in6.h linux/tcp.h linux/udp.h asm/socket.h asm/sockios.h linux/sockios.h linux/pidfd.h
  linux/ptrace.h linux/reboot.h linux/quota.h linux/kd.h linux/vt.h linux/tty.h linux/aio_abi.h linux/auxvec.h linux/elf.h"
libc_headers="unistd.h sys/stat.h dirent.h sys/socket.h sys/file.h sys/wait.h sys/time.h sys/uio.h sys/mman.h limits.h fcntl.h sched.h poll.h sys/epoll.h sys/eventfd.h sys/signalfd.h sys/timerfd.h sys/inotify.h netinet/in.h netinet/tcp.h sys/shm.h sys/sem.h sys/msg.h sys/mount.h termios.h"

# values BITS HEADER...: NAME VALUE of each object-like macro and enumerator that is an integer constant
values() {
  local bits=$1 header; shift
  for header; do
    printf '#define _GNU_SOURCE 1\n#include <linux/types.h>\n#include <stddef.h>\n#include <%s>\n' "$header" > "$work/h.c"
    case $header in asm/siginfo.h) sed -i '3a #include <asm/signal.h>' "$work/h.c";; linux/futex.h|linux/kcmp.h|linux/membarrier.h) ;; esac
    gcc "-m$bits" -E -dM "$work/h.c" 2>/dev/null | sed -n 's/^#define \(__W[A-Z]*\|[A-Z][A-Z0-9_]*\) ..*/\1/p' | grep -vE '^(INT|UINT|U?LONG|U?CHAR|SHRT|SSIZE)[0-9_]' | sort -u > "$work/names" || true
    gcc "-m$bits" -E "$work/h.c" 2>/dev/null | grep -v '^#' | tr -d '\n' | grep -oE 'enum[^{};]*\{[^}]*\}' | tr '{},' '\n\n\n' | sed -nE 's/^ *([A-Z][A-Z0-9_]+) *(=.*)?$/\1/p' >> "$work/names" || true
    sort -u -o "$work/names" "$work/names"
    while [ -s "$work/names" ]; do
      # one variable per line, so that the compiler's complaints name the lines to drop
      { cat "$work/h.c"; echo '#line 1'; awk '{printf "static const long long v_%d = (long long)(%s) + 0 * sizeof(char[(%s) * 0 + 1]);\n", NR, $1, $1}' "$work/names"; } > "$work/p.c"
      if gcc "-m$bits" -w -fsyntax-only "$work/p.c" 2> "$work/err"; then break; fi
      bad=$(sed -nE 's/.*p\.c:([0-9]+):.*error.*/\1d/p' "$work/err" | sort -u | tr '\n' ';')
      [ -n "$bad" ] || { : > "$work/names"; break; }
      sed -i "$bad" "$work/names"
    done
    [ -s "$work/names" ] || continue
    { printf 'int printf(const char *, ...);\n'; cat "$work/h.c"; echo 'int main(void) {'; awk '{printf "printf((%s) > 0 ? \"%s %%llu\\n\" : \"%s %%lld\\n\", (long long)(%s));\n", $1, $1, $1, $1}' "$work/names"; echo 'return 0; }'; } > "$work/m.c"
    if gcc "-m$bits" -w -o "$work/m" "$work/m.c" 2> "$work/err"; then "$work/m"; else echo "$header: $(head -1 "$work/err")" >&2; fi
  done | awk '!seen[$1]++' | sort
}

for bits in 32 64; do values $bits $kernel_headers $libc_headers > "$work/$bits"; done
# What Debian 12's headers (Linux 6.1) do not have yet.
newer="PIDFD_THREAD=128 PIDFD_SIGNAL_THREAD=1 PIDFD_SIGNAL_THREAD_GROUP=2 PIDFD_SIGNAL_PROCESS_GROUP=4 PIDFD_SELF_THREAD=-10000 PIDFD_SELF_THREAD_GROUP=-10001"
for bits in 32 64; do
  { cat "$work/$bits"; printf '%s\n' $newer | tr '=' ' '; } | awk '!seen[$1]++' | sort > "$work/all" && mv "$work/all" "$work/$bits"
done
{
  printf '# Constants of Linux: name, value on i386, value on x86-64 ("-": not there). Made by conformance/tools/make-constants.sh.\n'
  join -a1 -a2 -e- -o 0,1.2,2.2 "$work/32" "$work/64" | LC_ALL=C sort | grep -vE '^(E[A-Z0-9]+ )?x?$' | tr ' ' '\t'
} > "$out"
wc -l "$out"
