// ls [-l] [-a] [PATH...]: sorted by byte value; -l gives mode, links, owner, group, size, time of change (UTC), name.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static int Long, All, Status;

static void complain(const char *path)
{
    fprintf(stderr, "ls: %s: %s\n", path, strerror(errno));
    Status = 1;
}

static void mode_text(mode_t mode, char text[11])
{
    static const char kinds[] = "?pc?d?b?-?l?s???";
    strcpy(text, "?rwxrwxrwx");
    text[0] = kinds[mode >> 12 & 15];
    for (int i = 0; i < 9; i++)
        if (!(mode & (0400u >> i)))
            text[1 + i] = '-';
    if (mode & S_ISUID)
        text[3] = mode & 0100 ? 's' : 'S';
    if (mode & S_ISGID)
        text[6] = mode & 0010 ? 's' : 'S';
    if (mode & S_ISVTX)
        text[9] = mode & 0001 ? 't' : 'T';
}

static void show(const char *path, const char *name)
{
    if (!Long) {
        puts(name);
        return;
    }
    struct stat st;
    if (lstat(path, &st) < 0) {
        complain(path);
        return;
    }
    char mode[11];
    struct tm tm;
    time_t changed = st.st_mtime;
    mode_text(st.st_mode, mode);
    gmtime_r(&changed, &tm);
    printf("%s %3lu %5u %5u ", mode, (unsigned long)st.st_nlink, st.st_uid, st.st_gid);
    if (S_ISCHR(st.st_mode) || S_ISBLK(st.st_mode))
        printf("%4u,%4u", (unsigned)(st.st_rdev >> 8 & 0xfff), (unsigned)(st.st_rdev & 0xff));
    else
        printf("%9lld", (long long)st.st_size);
    printf(" %04d-%02d-%02d %02d:%02d:%02d %s", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, name);
    if (S_ISLNK(st.st_mode)) {
        char target[4096];
        ssize_t n = readlink(path, target, sizeof target);
        printf(" -> %.*s", n < 0 ? 0 : (int)n, target);
    }
    putchar('\n');
}

static int by_name(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

static void list(const char *path)
{
    DIR *dir = opendir(path);
    if (!dir) {
        complain(path);
        return;
    }
    char **names = NULL;
    size_t count = 0, room = 0;
    for (struct dirent *entry; (entry = readdir(dir));) {
        if (entry->d_name[0] == '.' && !All)
            continue;
        if (count == room)
            names = realloc(names, (room = room ? room * 2 : 64) * sizeof *names);
        names[count++] = strdup(entry->d_name);
    }
    closedir(dir);
    if (count)
        qsort(names, count, sizeof *names, by_name);
    for (size_t i = 0; i < count; i++) {
        char full[8192];
        snprintf(full, sizeof full, "%s/%s", path, names[i]);
        show(full, names[i]);
        free(names[i]);
    }
    free(names);
}

int main(int argc, char **argv)
{
    int first = 1;
    for (; first < argc && argv[first][0] == '-'; first++)
        for (const char *option = argv[first] + 1; *option; option++)
            switch (*option) {
            case 'l': Long = 1; break;
            case 'a': All = 1; break;
            default:
                fprintf(stderr, "ls: unknown option -%c; expected -l or -a\n", *option);
                return 2;
            }
    if (first == argc)
        list(".");
    for (int i = first; i < argc; i++) {
        struct stat st;
        if (lstat(argv[i], &st) < 0) {
            complain(argv[i]);
        } else if (S_ISDIR(st.st_mode)) {
            if (argc - first > 1)
                printf("%s:\n", argv[i]);
            list(argv[i]);
        } else {
            show(argv[i], argv[i]);
        }
    }
    return Status;
}
