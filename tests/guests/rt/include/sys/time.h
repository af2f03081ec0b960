#pragma once

#include <sys/types.h>

struct timeval {
    time_t tv_sec;
    long tv_usec;
};

struct itimerval {
    struct timeval it_interval, it_value;
};

#define ITIMER_REAL 0

int setitimer(int which, const struct itimerval *value, struct itimerval *old);
