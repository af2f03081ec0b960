// Output only: a guest that reads does so with read(2).
#pragma once

#include <stdarg.h>
#include <stddef.h>

#define EOF (-1)
#define BUFSIZ 4096

typedef struct __file FILE;
extern FILE *const stdout;
extern FILE *const stderr;

int printf(const char *format, ...) __attribute__((format(printf, 1, 2)));
int fprintf(FILE *f, const char *format, ...) __attribute__((format(printf, 2, 3)));
int snprintf(char *buf, size_t n, const char *format, ...) __attribute__((format(printf, 3, 4)));
int vprintf(const char *format, va_list args);
int vfprintf(FILE *f, const char *format, va_list args);
int vsnprintf(char *buf, size_t n, const char *format, va_list args);
size_t fwrite(const void *data, size_t size, size_t count, FILE *f);
int fputs(const char *s, FILE *f);
int fputc(int c, FILE *f);
int putchar(int c);
int puts(const char *s);
int fflush(FILE *f);
void perror(const char *what);
int rename(const char *from, const char *to);
int remove(const char *path);
