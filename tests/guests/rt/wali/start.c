#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "abi.h"

int main(int argc, char **argv);

static char **copy_arguments(unsigned argc)
{
    char **argv = calloc(argc + 1, sizeof *argv);
    for (unsigned i = 0; i < argc; i++) {
        argv[i] = malloc(wali___cl_get_argv_len(i) + 1);
        wali___cl_copy_argv(argv[i], i);
    }
    return argv;
}

static char *read_file(const char *path)
{
    int fd = open(path, O_RDONLY);
    if (fd < 0)
        return 0;
    size_t room = 4096, used = 0;
    char *text = malloc(room);
    for (ssize_t n; (n = read(fd, text + used, room - used - 1)) > 0;) {
        used += (size_t)n;
        if (used == room - 1)
            text = realloc(text, room *= 2);
    }
    close(fd);
    text[used] = 0;
    return text;
}

// The environment comes as a file of lines KEY=VALUE, if there is one at all.
static char **read_environment(void)
{
    char path[256];
    char *text = wali___get_init_envfile(path, sizeof path) == 1 ? read_file(path) : 0;
    size_t lines = 1;
    for (char *p = text; p && *p; p++)
        lines += *p == '\n';
    char **env = calloc(lines + 1, sizeof *env);
    size_t n = 0;
    for (char *line = text; line && *line;) {
        char *end = strchr(line, '\n');
        if (end)
            *end = 0;
        if (*line)
            env[n++] = line;
        line = end ? end + 1 : 0;
    }
    return env;
}

__attribute__((export_name("_start"))) void _start(void)
{
    int status = wali___init();
    if (status)
        wali___proc_exit(status);
    environ = read_environment();
    unsigned argc = wali___cl_get_argc();
    char **argv = copy_arguments(argc);
    exit(main((int)argc, argv));
}

_Noreturn void _exit(int status)
{
    wali___deinit();
    wali___proc_exit(status);
}

__attribute__((export_name("__wasm_memory_size"))) size_t __wasm_memory_size(void)
{
    return __builtin_wasm_memory_size(0);
}

__attribute__((export_name("__wasm_memory_grow"))) size_t __wasm_memory_grow(size_t pages)
{
    return __builtin_wasm_memory_grow(0, pages);
}
