#include <ctype.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "file.h"
#include "format.h"

typedef struct {
    FILE *file;             // where the text goes, or
    char *buf;              // a string of at most `room` characters
    size_t room;
    int length;
} sink;

typedef struct {
    int left, zero, plus, space, alternate;
    int width, precision;   // -1: not given
    int size;               // bytes of an integer argument: 1, 2, 4 or 8
} spec;

static void put(sink *s, const char *text, int n)
{
    if (s->file) {
        fwrite(text, 1, (size_t)n, s->file);
    } else if ((size_t)s->length < s->room) {
        size_t left = s->room - (size_t)s->length;
        memcpy(s->buf + s->length, text, (size_t)n < left ? (size_t)n : left);
    }
    s->length += n;
}

static void pad(sink *s, char c, int n)
{
    for (; n > 0; n--)
        put(s, &c, 1);
}

// Sign or base prefix, zeros, body; padded on the side that the flags ask for.
static void put_field(sink *s, const spec *f, const char *prefix, int zeros, const char *body, int n)
{
    int prefixed = (int)strlen(prefix);
    int fill = f->width - prefixed - zeros - n;
    if (!f->left && !f->zero)
        pad(s, ' ', fill);
    put(s, prefix, prefixed);
    if (!f->left && f->zero)
        pad(s, '0', fill);
    pad(s, '0', zeros);
    put(s, body, n);
    if (f->left)
        pad(s, ' ', fill);
}

static void put_integer(sink *s, spec *f, unsigned long long value, char conversion, const char *prefix)
{
    char digits[24], *end = digits + sizeof digits, *p = end;
    unsigned base = conversion == 'o' ? 8 : (conversion | 32) == 'x' ? 16 : 10;
    const char *alphabet = conversion == 'X' ? "0123456789ABCDEF" : "0123456789abcdef";
    if (f->alternate && base == 16 && value)
        prefix = conversion == 'X' ? "0X" : "0x";
    for (unsigned long long rest = value; rest; rest /= base)
        *--p = alphabet[rest % base];
    int n = (int)(end - p);
    if (f->alternate && base == 8 && f->precision <= n)
        f->precision = n + 1;
    if (f->precision >= 0)
        f->zero = 0;
    int least = f->precision < 0 ? 1 : f->precision;
    put_field(s, f, prefix, least > n ? least - n : 0, p, n);
}

static const char *sign(const spec *f, int negative) { return negative ? "-" : f->plus ? "+" : f->space ? " " : ""; }

static void put_double(sink *s, spec *f, double value, char conversion)
{
    char text[512];
    int precision = f->precision < 0 ? 6 : f->precision > 100 ? 100 : f->precision;
    int n = __format_double(text, value, precision, conversion, f->alternate);
    if (!isdigit(text[0]))
        f->zero = 0;
    put_field(s, f, sign(f, __builtin_signbit(value)), 0, text, n);
}

static long long fetch_signed(va_list *args, int size)
{
    if (size == 8)
        return va_arg(*args, long long);
    int value = va_arg(*args, int);
    return size == 1 ? (signed char)value : size == 2 ? (short)value : value;
}

static unsigned long long fetch_unsigned(va_list *args, int size)
{
    unsigned long long value = (unsigned long long)fetch_signed(args, size);
    return size == 8 ? value : value & ((1ull << (8 * size)) - 1);
}

static int number(const char **format, va_list *args)
{
    if (**format == '*') {
        ++*format;
        return va_arg(*args, int);
    }
    int n = 0;
    for (; isdigit(**format); ++*format)
        n = n * 10 + (**format - '0');
    return n;
}

static const char *parse(const char *p, spec *f, va_list *args)
{
    *f = (spec){ .precision = -1, .size = 4 };
    for (;; p++) {
        if (*p == '-') f->left = 1;
        else if (*p == '0') f->zero = 1;
        else if (*p == '+') f->plus = 1;
        else if (*p == ' ') f->space = 1;
        else if (*p == '#') f->alternate = 1;
        else break;
    }
    f->width = number(&p, args);
    if (f->width < 0) {
        f->left = 1;
        f->width = -f->width;
    }
    if (*p == '.') {
        p++;
        f->precision = number(&p, args);
    }
    for (;; p++) {
        if (*p == 'h') f->size /= 2;
        else if (*p == 'j') f->size = 8;
        else if (*p == 'l' && p[1] == 'l') f->size = 8, p++;
        else if (*p == 'l') f->size = sizeof(long);
        else if (*p != 'z' && *p != 't') return p;
    }
}

static void convert(sink *s, spec *f, char conversion, va_list *args)
{
    switch (conversion) {
    case 'd':
    case 'i': {
        long long value = fetch_signed(args, f->size);
        put_integer(s, f, value < 0 ? 0ull - (unsigned long long)value : (unsigned long long)value, 'd', sign(f, value < 0));
        break;
    }
    case 'u':
    case 'o':
    case 'x':
    case 'X':
        put_integer(s, f, fetch_unsigned(args, f->size), conversion, "");
        break;
    case 'p':
        f->alternate = 1;
        put_integer(s, f, (uintptr_t)va_arg(*args, void *), 'x', "");
        break;
    case 'c': {
        char c = (char)va_arg(*args, int);
        put_field(s, f, "", 0, &c, 1);
        break;
    }
    case 's': {
        const char *text = va_arg(*args, const char *);
        if (!text)
            text = "(null)";
        put_field(s, f, "", 0, text, (int)(f->precision < 0 ? strlen(text) : strnlen(text, (size_t)f->precision)));
        break;
    }
    case 'e': case 'E': case 'f': case 'F': case 'g': case 'G':
        put_double(s, f, va_arg(*args, double), conversion);
        break;
    default:
        put(s, &conversion, 1);
    }
}

static int format_to(sink *s, const char *format, va_list args)
{
    va_list rest;
    va_copy(rest, args);
    while (*format) {
        const char *text = format;
        while (*format && *format != '%')
            format++;
        put(s, text, (int)(format - text));
        if (!*format)
            break;
        spec f;
        format = parse(format + 1, &f, &rest);
        convert(s, &f, *format++, &rest);
    }
    va_end(rest);
    return s->length;
}

int vfprintf(FILE *f, const char *format, va_list args) { return format_to(&(sink){ .file = f }, format, args); }
int vprintf(const char *format, va_list args) { return vfprintf(stdout, format, args); }

int vsnprintf(char *buf, size_t n, const char *format, va_list args)
{
    sink s = { .buf = buf, .room = n ? n - 1 : 0 };
    int length = format_to(&s, format, args);
    if (n)
        buf[(size_t)length < n ? (size_t)length : n - 1] = 0;
    return length;
}

#define FORWARD(call)            \
    va_list args;                \
    va_start(args, format);      \
    int length = call;           \
    va_end(args);                \
    return length

int printf(const char *format, ...) { FORWARD(vfprintf(stdout, format, args)); }
int fprintf(FILE *f, const char *format, ...) { FORWARD(vfprintf(f, format, args)); }
int snprintf(char *buf, size_t n, const char *format, ...) { FORWARD(vsnprintf(buf, n, format, args)); }
