#include <ctype.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

char **environ;

int abs(int n) { return n < 0 ? -n : n; }
int atoi(const char *s) { return (int)strtoll(s, 0, 10); }
long strtol(const char *s, char **end, int base) { return (long)strtoll(s, end, base); }
long long strtoll(const char *s, char **end, int base) { return (long long)strtoull(s, end, base); }

unsigned long long strtoull(const char *s, char **end, int base)
{
    unsigned long long value = 0;
    const char *start = s;
    while (isspace(*s))
        s++;
    int negative = *s == '-';
    if (*s == '-' || *s == '+')
        s++;
    if ((base == 0 || base == 16) && s[0] == '0' && (s[1] | 32) == 'x') {
        s += 2;
        base = 16;
    } else if (base == 0) {
        base = *s == '0' ? 8 : 10;
    }
    const char *first = s;
    for (;; s++) {
        int digit = isdigit(*s) ? *s - '0' : isalpha(*s) ? (*s | 32) - 'a' + 10 : 99;
        if (digit >= base)
            break;
        value = value * (unsigned)base + (unsigned)digit;
    }
    if (end)
        *end = (char *)(s == first ? start : s);
    return negative ? -value : value;
}

char *getenv(const char *name)
{
    size_t n = strlen(name);
    for (char **e = environ; *e; e++)
        if (!strncmp(*e, name, n) && (*e)[n] == '=')
            return *e + n + 1;
    return 0;
}

_Noreturn void abort(void)
{
    raise(SIGABRT);
    __builtin_trap();
}
