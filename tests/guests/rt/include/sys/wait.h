#pragma once

#include <sys/types.h>

#define WNOHANG 1
#define WEXITSTATUS(s) (((s) >> 8) & 0xff)
#define WTERMSIG(s) ((s) & 0x7f)
#define WIFEXITED(s) (WTERMSIG(s) == 0)
#define WIFSIGNALED(s) (((s) & 0xffff) - 1u < 0xffu)

pid_t wait(int *status);
pid_t waitpid(pid_t pid, int *status, int options);
