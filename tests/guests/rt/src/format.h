#pragma once

// Writes a finite or infinite double as printf's conversion (one of "eEfFgG") does into buf, without sign, and
// returns the length. buf has room for 400 + precision characters.
int __format_double(char *buf, double value, int precision, char conversion, int alternate);
