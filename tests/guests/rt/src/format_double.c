// Exact decimal conversion: a double is mantissa * 2^exponent, which has finitely many decimal digits, so all of
// them are computed in base 10^9 and rounded once, half to even, as the GNU C library does.
#include <string.h>

#include "format.h"

enum { Base = 1000000000, Limbs = 160, Point = 36 };

// limb[Point] is the units' limb; fractions follow, higher limbs go before.
typedef struct { unsigned limb[Limbs]; } decimal;

static void multiply(decimal *d, unsigned factor)
{
    unsigned long long carry = 0;
    for (int i = Limbs - 1; i >= 0; i--) {
        carry += (unsigned long long)d->limb[i] * factor;
        d->limb[i] = (unsigned)(carry % Base);
        carry /= Base;
    }
}

static void halve(decimal *d, int bits)
{
    unsigned rest = 0;
    for (int i = 0; i < Limbs; i++) {
        unsigned long long value = (unsigned long long)rest * Base + d->limb[i];
        d->limb[i] = (unsigned)(value >> bits);
        rest = (unsigned)(value & ((1u << bits) - 1));
    }
}

static void expand(decimal *d, double value)
{
    unsigned long long bits;
    memcpy(&bits, &value, sizeof bits);
    int exponent = (int)(bits >> 52 & 0x7ff);
    unsigned long long mantissa = bits & ((1ull << 52) - 1);
    if (exponent)
        mantissa |= 1ull << 52;
    else
        exponent = 1;
    memset(d, 0, sizeof *d);
    d->limb[Point] = (unsigned)(mantissa % Base);
    d->limb[Point - 1] = (unsigned)(mantissa / Base);
    for (exponent -= 1075; exponent > 0; exponent -= exponent > 29 ? 29 : exponent)
        multiply(d, 1u << (exponent > 29 ? 29 : exponent));
    for (; exponent < 0; exponent += exponent < -29 ? 29 : -exponent)
        halve(d, exponent < -29 ? 29 : -exponent);
}

// Every digit as a character; digit k stands for 10^(Top - k).
enum { Digits = Limbs * 9, Top = Point * 9 + 8 };

static void spell(const decimal *d, char *digits)
{
    for (int i = 0; i < Limbs; i++) {
        unsigned value = d->limb[i];
        for (int k = 8; k >= 0; k--, value /= 10)
            digits[i * 9 + k] = (char)('0' + value % 10);
    }
}

// Rounds so that nothing is left from digit k on.
static void round_at(char *digits, int k)
{
    if (k >= Digits)
        return;
    int up = digits[k] > '5';
    if (digits[k] == '5') {
        up = (digits[k - 1] - '0') & 1;
        for (int i = k + 1; i < Digits && !up; i++)
            up = digits[i] != '0';
    }
    memset(digits + k, '0', (size_t)(Digits - k));
    while (up) {
        up = digits[--k] == '9';
        digits[k] = up ? '0' : digits[k] + 1;
    }
}

static int first_digit(const char *digits)
{
    for (int k = 0; k < Digits; k++)
        if (digits[k] != '0')
            return k;
    return Top;
}

static char digit_at(const char *digits, int k) { return k < Digits ? digits[k] : '0'; }

static int put_fixed(char *buf, const char *digits, int precision, int point)
{
    char *out = buf;
    int k = first_digit(digits);
    for (k = k < Top ? k : Top; k <= Top; k++)
        *out++ = digits[k];
    if (point)
        *out++ = '.';
    for (int i = 0; i < precision; i++, k++)
        *out++ = digit_at(digits, k);
    return (int)(out - buf);
}

static int put_exponent(char *out, int exponent, char letter)
{
    char *start = out;
    *out++ = letter;
    *out++ = exponent < 0 ? '-' : '+';
    if (exponent < 0)
        exponent = -exponent;
    if (exponent >= 100)
        *out++ = (char)('0' + exponent / 100);
    *out++ = (char)('0' + exponent / 10 % 10);
    *out++ = (char)('0' + exponent % 10);
    return (int)(out - start);
}

static int put_mantissa(char *buf, const char *digits, int precision, int point)
{
    char *out = buf;
    int k = first_digit(digits);
    *out++ = digits[k++];
    if (point)
        *out++ = '.';
    for (int i = 0; i < precision; i++, k++)
        *out++ = digit_at(digits, k);
    return (int)(out - buf);
}

static int strip_zeros(const char *buf, int length)
{
    if (!memchr(buf, '.', (size_t)length))
        return length;
    while (buf[length - 1] == '0')
        length--;
    return buf[length - 1] == '.' ? length - 1 : length;
}

int __format_double(char *buf, double value, int precision, char conversion, int alternate)
{
    static decimal d;
    static char digits[Digits];
    int upper = conversion < 'a';
    if (__builtin_isinf(value) || __builtin_isnan(value)) {
        const char *word = __builtin_isnan(value) ? upper ? "NAN" : "nan" : upper ? "INF" : "inf";
        memcpy(buf, word, 3);
        return 3;
    }
    expand(&d, __builtin_fabs(value));
    spell(&d, digits);

    if ((conversion | 32) == 'f') {
        round_at(digits, Top + 1 + precision);
        return put_fixed(buf, digits, precision, precision || alternate);
    }

    int general = (conversion | 32) == 'g';
    if (general)
        precision = precision ? precision - 1 : 0;
    round_at(digits, first_digit(digits) + 1 + precision);
    int exponent = Top - first_digit(digits);
    if (general && exponent >= -4 && exponent <= precision) {
        int length = put_fixed(buf, digits, precision - exponent, precision > exponent || alternate);
        return alternate ? length : strip_zeros(buf, length);
    }
    int length = put_mantissa(buf, digits, precision, precision || alternate);
    if (general && !alternate)
        length = strip_zeros(buf, length);
    return length + put_exponent(buf + length, exponent, upper ? 'E' : 'e');
}
