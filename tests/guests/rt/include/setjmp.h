// The engine does these: a WebAssembly program cannot take its own stack apart.
#pragma once

typedef unsigned long long jmp_buf[43];
typedef unsigned long long sigjmp_buf[43];

__attribute__((import_module("wali"), import_name("setjmp"), returns_twice)) int setjmp(jmp_buf env);
__attribute__((import_module("wali"), import_name("sigsetjmp"), returns_twice)) int sigsetjmp(sigjmp_buf env, int save);
__attribute__((import_module("wali"), import_name("longjmp"), noreturn)) void longjmp(jmp_buf env, int value);
#define siglongjmp longjmp
