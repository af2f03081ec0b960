#pragma once

#include <stdio.h>

enum { Unbuffered, LineBuffered, FullyBuffered };

struct __file {
    int fd;
    int mode;       // -1 until the first write looks whether fd is a terminal
    int used;
    char *buf;      // BUFSIZ bytes
};
