// Makes the folder given, builds a tree in it, renames, links and removes, and prints what it sees after each step.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *result(int r) { return r < 0 ? strerror(errno) : "ok"; }

#define TRY(call) printf("%s: %s\n", #call, result(call))

static void write_file(const char *path, const char *text, mode_t mode)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, mode);
    ssize_t n = fd < 0 ? -1 : write(fd, text, strlen(text));
    printf("write %s: %s\n", path, result((int)n));
    if (fd >= 0)
        close(fd);
}

static int by_name(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

static void describe(const char *path, const char *name, int depth)
{
    struct stat st;
    if (lstat(path, &st) < 0) {
        printf("%s: %s\n", path, strerror(errno));
        return;
    }
    printf("%*s%s %04o", depth * 2 + 2, "", name, st.st_mode & 07777);
    if (S_ISREG(st.st_mode))
        printf(" file, %d links, %lld bytes\n", (int)st.st_nlink, (long long)st.st_size);
    else if (S_ISLNK(st.st_mode)) {
        char target[256];
        int n = (int)readlink(path, target, sizeof target);
        printf(" link to %.*s, %lld bytes\n", n < 0 ? 0 : n, target, (long long)st.st_size);
    } else
        printf(" %s\n", S_ISDIR(st.st_mode) ? "folder" : "something else");
}

static void walk(const char *path, int depth)
{
    char *names[64];
    int count = 0;
    DIR *dir = opendir(path);
    if (!dir) {
        printf("%s: %s\n", path, strerror(errno));
        return;
    }
    for (struct dirent *entry; (entry = readdir(dir)) && count < 64;)
        if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
            names[count++] = strdup(entry->d_name);
    closedir(dir);
    qsort(names, (size_t)count, sizeof *names, by_name);
    for (int i = 0; i < count; i++) {
        char full[512];
        struct stat st;
        snprintf(full, sizeof full, "%s/%s", path, names[i]);
        describe(full, names[i], depth);
        if (lstat(full, &st) == 0 && S_ISDIR(st.st_mode))
            walk(full, depth + 1);
        free(names[i]);
    }
}

static void tree(const char *title)
{
    printf("-- %s\n", title);
    walk(".", 0);
}

static void print_file(const char *path)
{
    char text[64];
    int fd = open(path, O_RDONLY);
    ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof text);
    printf("%s holds \"%.*s\" (%s)\n", path, n < 0 ? 0 : (int)n, text, result((int)n));
    if (fd >= 0)
        close(fd);
}

static void create(void)
{
    TRY(mkdir("a", 0755));
    TRY(mkdir("a/b", 0700));
    TRY(mkdir("a/b/c", 01777));
    TRY(mkdir("a", 0755));
    TRY(mkdir("missing/b", 0755));
    write_file("a/one", "one\n", 0644);
    write_file("a/b/two", "two two\n", 0600);
    write_file("a/b/c/three", "", 0444);
    write_file("a/one", "again", 0644);
    write_file("a/one/under", "a file is no folder", 0644);
    tree("created");
}

static void link_and_rename(void)
{
    TRY(link("a/one", "a/b/uno"));
    TRY(link("a/one", "a/b/two"));
    TRY(link("a", "another"));
    TRY(symlink("../one", "a/b/up"));
    TRY(symlink("nowhere", "dangling"));
    TRY(symlink("loop", "loop"));
    print_file("a/b/uno");
    print_file("a/b/up");
    print_file("dangling");
    print_file("loop");
    tree("linked");

    TRY(rename("a/b/c", "c"));
    TRY(rename("a/one", "c/eins"));
    TRY(rename("c/three", "a/b/two"));
    TRY(rename("c", "a/b"));
    TRY(rename("a", "a/b/inside"));
    TRY(rename("missing", "b"));
    TRY(rename("c/eins", "a"));
    TRY(rename("a/b/uno", "c/eins"));
    tree("renamed");
}

static void change(void)
{
    TRY(chmod("c", 0711));
    TRY(chmod("c/eins", 0750));
    TRY(chmod("dangling", 0600));
    TRY(access("c/eins", F_OK));
    TRY(access("dangling", F_OK));
    int fd = open("c/eins", O_RDWR);
    TRY(ftruncate(fd, 2));
    TRY((int)pwrite(fd, "X", 1, 5));
    TRY((int)lseek(fd, -1, SEEK_END));
    TRY((int)lseek(fd, -10, SEEK_SET));
    TRY(unlink("c/eins"));
    struct stat st;
    TRY(fstat(fd, &st));
    printf("unlinked, still open: %d links, %lld bytes\n", (int)st.st_nlink, (long long)st.st_size);
    TRY(close(fd));
    TRY(close(fd));
    tree("changed");
}

static void remove_all(void)
{
    TRY(rmdir("a"));
    TRY(unlink("a"));
    TRY(rmdir("dangling"));
    TRY(unlink("dangling"));
    TRY(unlink("loop"));
    TRY(unlink("a/b/up"));
    TRY(unlink("a/b/two"));
    TRY(unlink("a/b/uno"));
    TRY(rmdir("a/b"));
    TRY(rmdir("a"));
    TRY(rmdir("c"));
    TRY(rmdir("."));
    tree("removed");
}

int main(int argc, char **argv)
{
    const char *root = argc > 1 ? argv[1] : "tree";
    umask(022);
    if (mkdir(root, 0755) < 0 || chdir(root) < 0) {
        printf("%s: %s\n", root, strerror(errno));
        return 1;
    }
    create();
    link_and_rename();
    change();
    remove_all();
    TRY(chdir(".."));
    const char *slash = strrchr(root, '/');
    TRY(rmdir(slash ? slash + 1 : root));
    return 0;
}
