#pragma once

#include <sys/types.h>

// tv_nsec is followed by padding, so that the kernel's 16-byte timespec of either ABI is this structure.
struct timespec {
    time_t tv_sec;
    long tv_nsec;
    int __pad;
};

struct tm {
    int tm_sec, tm_min, tm_hour, tm_mday, tm_mon, tm_year, tm_wday, tm_yday, tm_isdst;
};

#define CLOCK_REALTIME 0
#define CLOCK_MONOTONIC 1
#define CLOCK_PROCESS_CPUTIME_ID 2

time_t time(time_t *t);
int clock_gettime(clockid_t clock, struct timespec *ts);
int nanosleep(const struct timespec *request, struct timespec *remain);
struct tm *gmtime_r(const time_t *t, struct tm *tm);
