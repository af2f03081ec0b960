#include <time.h>

time_t time(time_t *t)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (t)
        *t = now.tv_sec;
    return now.tv_sec;
}

// Days to a date by the proleptic Gregorian calendar, in years that begin on 1 March, so that a leap day comes last.
struct tm *gmtime_r(const time_t *t, struct tm *tm)
{
    long long days = *t / 86400;
    int second = (int)(*t % 86400);
    if (second < 0) {
        second += 86400;
        days--;
    }
    tm->tm_hour = second / 3600;
    tm->tm_min = second / 60 % 60;
    tm->tm_sec = second % 60;
    tm->tm_wday = (int)(((days + 4) % 7 + 7) % 7);

    long long shifted = days + 719468;
    long long era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
    int day_of_era = (int)(shifted - era * 146097);
    int year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int month = (5 * day_of_year + 2) / 153;
    long long year = year_of_era + era * 400 + (month >= 10);
    int leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    tm->tm_mday = day_of_year - (153 * month + 2) / 5 + 1;
    tm->tm_mon = month < 10 ? month + 2 : month - 10;
    tm->tm_year = (int)(year - 1900);
    tm->tm_yday = month < 10 ? day_of_year + 59 + leap : day_of_year - 306;
    tm->tm_isdst = 0;
    return tm;
}
