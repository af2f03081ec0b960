#!/usr/bin/env bash
# Writes the C source of a large program to standard output, the same each time: 2,664 functions of the usual shape (loops over memory, a
# switch, calls, calls through a table, a system call on a path seldom taken), of which a run calls one in nine, a few times each.
set -euo pipefail
awk -v functions=2664 '
function random(below) { seed = seed * 16807 % 2147483647; return seed % below }
BEGIN {
  seed = 1
  print "__attribute__((import_module(\"env\"), import_name(\"wasm_host_syscall\"))) int wasm_host_syscall(int, int, int, int, int, int, int);"
  print "typedef unsigned (*function)(unsigned, unsigned *);"
  print "static unsigned Data[4096];"
  print "static int write_text(const char *text, int length) { return wasm_host_syscall(4, 1, (int)text, length, 0, 0, 0); }"
  for (i = 0; i < functions; i++) {
    printf "__attribute__((noinline)) static unsigned f%d(unsigned n, unsigned *data)\n{\n    unsigned a = n + %d, b = %d, c = n ^ %d;\n", i, random(1000), 1 + random(1000), random(1000)
    loops = 1 + random(2)
    for (k = 0; k < loops; k++) {
      printf "    for (unsigned i = 0; i < (n & 7) + %d; i++) {\n", 1 + random(4)
      lines = 2 + random(3)
      for (j = 0; j < lines; j++)
        printf "        %s = (%s + data[(i * %d + %s) & 4095]) * %du ^ (%s >> %d);\n", substr("abc", 1 + random(3), 1), substr("abc", 1 + random(3), 1), 1 + random(60), substr("abc", 1 + random(3), 1), 1 + 2 * random(500), substr("abc", 1 + random(3), 1), 1 + random(20)
      printf "        if (a > b)\n            data[(c + %d) & 4095] += a;\n    }\n", random(4096)
    }
    printf "    switch (c & 7) {\n"
    for (k = 0; k < 7; k++)
      printf "    case %d: a += b * %d; data[(a ^ %d) & 4095] ^= c + %d; break;\n", k, 3 + random(90), random(4096), random(999)
    printf "    default: b ^= a; break;\n    }\n"
    if (i >= 9) {
      printf "    if (a == %du)\n        write_text(\"rare\\n\", 5);\n", 1000000 + random(1000000)
      if (i % 9 == 0) {
        printf "    if (n > 1 && n < 900)\n        b += f%d(n / 2, data);\n", i - 9
        if (i % 27 == 0) printf "    if (n > 1000)\n        c += ((function volatile *)Table)[n %% 4](n, data);\n"
      } else {
        printf "    if (n > 2000)\n        b += f%d(a, data);\n", i - 1 - random(8)
      }
    }
    printf "    return a + b * 3 + c * 5;\n}\n"
    if (i == 3) print "static function Table[4] = { f0, f1, f2, f3 };"
  }
  print "void _start(void)\n{\n    unsigned sum = 0;\n    for (int round = 0; round < 3; round++) {"
  for (i = 0; i < functions; i += 9) printf "        sum = sum * 31 + f%d(%d, Data);\n", i, 2 + random(6)
  # Keeps the rest: a program has more in it than one run needs.
  print "    }\n    if (sum == 0x12345678u) {"
  for (i = 0; i < functions; i++) if (i % 9) printf "        sum += f%d(sum, Data);\n", i
  print "    }\n    char text[9];\n    for (int i = 0; i < 8; i++)\n        text[i] = \"0123456789abcdef\"[sum >> (28 - 4 * i) & 15];\n    text[8] = 10;\n    write_text(text, 9);"
  print "    wasm_host_syscall(252, 0, 0, 0, 0, 0, 0);\n}"
}'
