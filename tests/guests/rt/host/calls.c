// Calls whose arguments or structures are i386's own: 64-bit values in two registers, low word first, and 64-bit
// fields aligned to 4.
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include "../src/morecore.h"
#include "abi.h"

#define LOW(v) ((int)(v))
#define HIGH(v) ((int)((unsigned long long)(v) >> 32))

ssize_t pread(int fd, void *buf, size_t n, off_t offset)
{
    return (ssize_t)__result(SYS(pread64, fd, buf, n, LOW(offset), HIGH(offset)));
}

ssize_t pwrite(int fd, const void *buf, size_t n, off_t offset)
{
    return (ssize_t)__result(SYS(pwrite64, fd, buf, n, LOW(offset), HIGH(offset)));
}

int ftruncate(int fd, off_t length) { return (int)__result(SYS(ftruncate64, fd, LOW(length), HIGH(length))); }

off_t lseek(int fd, off_t offset, int whence)
{
    off_t position;
    int r = (int)__result(SYS(llseek, fd, HIGH(offset), LOW(offset), &position, whence));
    return r < 0 ? r : position;
}

void *mmap(void *address, size_t length, int protection, int flags, int fd, off_t offset)
{
    return (void *)__result(SYS(mmap2, address, length, protection, flags, fd, offset / 4096));
}

void *__morecore(size_t n)
{
    static unsigned end;
    if (!end)
        end = ((unsigned)SYS(brk, 0) + 15) & ~15u;
    unsigned wanted = end + n;
    if (wanted < end || (unsigned)SYS(brk, wanted) < wanted)
        return 0;
    end = wanted;
    return (void *)(end - n);
}

// Interval and value, each of 32-bit seconds and microseconds: there is no 64-bit form of this call.
int setitimer(int which, const struct itimerval *value, struct itimerval *old)
{
    int new_k[4] = { 0 }, old_k[4];
    if (value) {
        new_k[0] = (int)value->it_interval.tv_sec;
        new_k[1] = value->it_interval.tv_usec;
        new_k[2] = (int)value->it_value.tv_sec;
        new_k[3] = value->it_value.tv_usec;
    }
    int r = (int)__result(SYS(setitimer, which, value ? new_k : 0, old_k));
    if (!r && old)
        *old = (struct itimerval){ { old_k[0], old_k[1] }, { old_k[2], old_k[3] } };
    return r;
}

struct __attribute__((packed)) stat64 {
    unsigned long long st_dev;
    unsigned __pad0, __st_ino;
    unsigned st_mode, st_nlink, st_uid, st_gid;
    unsigned long long st_rdev;
    unsigned __pad3;
    long long st_size;
    unsigned st_blksize;
    unsigned long long st_blocks;
    unsigned atime, atime_nsec, mtime, mtime_nsec, ctime, ctime_nsec;
    unsigned long long st_ino;
};
_Static_assert(sizeof(struct stat64) == 96, "stat64 of i386");

static int convert(int r, const struct stat64 *from, struct stat *to)
{
    if (__result(r) < 0)
        return -1;
    *to = (struct stat){
        .st_dev = from->st_dev, .st_ino = from->st_ino, .st_mode = from->st_mode, .st_nlink = from->st_nlink,
        .st_uid = from->st_uid, .st_gid = from->st_gid, .st_rdev = from->st_rdev, .st_size = from->st_size,
        .st_blksize = (blksize_t)from->st_blksize, .st_blocks = (blkcnt_t)from->st_blocks,
        .st_atim = { (int)from->atime, (long)from->atime_nsec, 0 },
        .st_mtim = { (int)from->mtime, (long)from->mtime_nsec, 0 },
        .st_ctim = { (int)from->ctime, (long)from->ctime_nsec, 0 },
    };
    return 0;
}

int stat(const char *path, struct stat *st)
{
    struct stat64 k;
    return convert(SYS(stat64, path, &k), &k, st);
}

int lstat(const char *path, struct stat *st)
{
    struct stat64 k;
    return convert(SYS(lstat64, path, &k), &k, st);
}

int fstat(int fd, struct stat *st)
{
    struct stat64 k;
    return convert(SYS(fstat64, fd, &k), &k, st);
}

int fstatat(int dirfd, const char *path, struct stat *st, int flags)
{
    struct stat64 k;
    return convert(SYS(fstatat64, dirfd, path, &k, flags), &k, st);
}
