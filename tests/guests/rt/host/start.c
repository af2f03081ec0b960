#include <stdlib.h>
#include <unistd.h>

#include "abi.h"

int main(int argc, char **argv);

// argc, argv[], null, envp[], null, auxv
_Noreturn void __start(long *stack)
{
    int argc = (int)*stack;
    char **argv = (char **)(stack + 1);
    environ = argv + argc + 1;
    exit(main(argc, argv));
}

_Noreturn void _exit(int status)
{
    SYS(exit_group, status);
    __builtin_trap();
}
