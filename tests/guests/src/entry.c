// abi: host native
// link: --no-entry --export=main
// A program without a start of its own: the loader calls its main, and what main returns is the exit status.
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (write(STDOUT_FILENO, argv[i], strlen(argv[i])) < 0 || write(STDOUT_FILENO, "\n", 1) < 0)
            return 1;
    return argc;
}
