// exits STATUS [return | _exit]: ends with the status given; text that was not flushed goes out with exit and return only.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    int status = argc > 1 ? atoi(argv[1]) : 0;
    const char *way = argc > 2 ? argv[2] : "exit";
    printf("ending with %d by %s\n", status, way);
    if (!strcmp(way, "return"))
        return status;
    if (!strcmp(way, "_exit"))
        _exit(status);
    exit(status);
}
