// Calls whose structures are x86-64's own.
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include "../src/morecore.h"
#include "abi.h"

ssize_t pread(int fd, void *buf, size_t n, off_t offset) { return (ssize_t)__result(SYS(pread64, fd, buf, n, offset)); }
ssize_t pwrite(int fd, const void *buf, size_t n, off_t offset) { return (ssize_t)__result(SYS(pwrite64, fd, buf, n, offset)); }
int ftruncate(int fd, off_t length) { return (int)__result(SYS(ftruncate, fd, length)); }
off_t lseek(int fd, off_t offset, int whence) { return __result(SYS(lseek, fd, offset, whence)); }

void *mmap(void *address, size_t length, int protection, int flags, int fd, off_t offset)
{
    return (void *)(intptr_t)__result(SYS(mmap, address, length, protection, flags, fd, offset));
}

// brk may answer 0 in WALI.
void *__morecore(size_t n)
{
    void *p = mmap(0, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return p == MAP_FAILED ? 0 : p;
}

struct kitimerval {
    long long interval, interval_usec, value, value_usec;
};

int setitimer(int which, const struct itimerval *value, struct itimerval *old)
{
    struct kitimerval new_k = { 0 }, old_k;
    if (value)
        new_k = (struct kitimerval){ value->it_interval.tv_sec, value->it_interval.tv_usec, value->it_value.tv_sec, value->it_value.tv_usec };
    int r = (int)__result(SYS(setitimer, which, value ? &new_k : 0, &old_k));
    if (!r && old)
        *old = (struct itimerval){ { old_k.interval, (long)old_k.interval_usec }, { old_k.value, (long)old_k.value_usec } };
    return r;
}

struct kstat {
    unsigned long long st_dev, st_ino, st_nlink;
    unsigned st_mode, st_uid, st_gid, __pad0;
    unsigned long long st_rdev;
    long long st_size, st_blksize, st_blocks;
    long long atime, atime_nsec, mtime, mtime_nsec, ctime, ctime_nsec;
    long long __unused[3];
};
_Static_assert(sizeof(struct kstat) == 144, "stat of x86-64");

static int convert(long long r, const struct kstat *from, struct stat *to)
{
    if (__result(r) < 0)
        return -1;
    *to = (struct stat){
        .st_dev = from->st_dev, .st_ino = from->st_ino, .st_mode = from->st_mode, .st_nlink = (nlink_t)from->st_nlink,
        .st_uid = from->st_uid, .st_gid = from->st_gid, .st_rdev = from->st_rdev, .st_size = from->st_size,
        .st_blksize = (blksize_t)from->st_blksize, .st_blocks = from->st_blocks,
        .st_atim = { from->atime, (long)from->atime_nsec, 0 },
        .st_mtim = { from->mtime, (long)from->mtime_nsec, 0 },
        .st_ctim = { from->ctime, (long)from->ctime_nsec, 0 },
    };
    return 0;
}

int stat(const char *path, struct stat *st)
{
    struct kstat k;
    return convert(SYS(stat, path, &k), &k, st);
}

int lstat(const char *path, struct stat *st)
{
    struct kstat k;
    return convert(SYS(lstat, path, &k), &k, st);
}

int fstat(int fd, struct stat *st)
{
    struct kstat k;
    return convert(SYS(fstat, fd, &k), &k, st);
}

int fstatat(int dirfd, const char *path, struct stat *st, int flags)
{
    struct kstat k;
    return convert(SYS(newfstatat, dirfd, path, &k, flags), &k, st);
}
