// abi: wali native
// Threads: shared memory, atomics, a lock, a queue with a condition, thread-local storage.
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { Threads = 4, Turns = 20000 };

static _Atomic int Atomic;
static long long Locked;
static pthread_mutex_t Lock = PTHREAD_MUTEX_INITIALIZER;
static _Thread_local int Own = 100;

static void *count(void *arg)
{
    int number = *(int *)arg;
    for (int i = 0; i < Turns; i++) {
        atomic_fetch_add(&Atomic, 1);
        Own += number;
        if (i % 10 == 0) {
            pthread_mutex_lock(&Lock);
            Locked += number;
            pthread_mutex_unlock(&Lock);
        }
    }
    // errno belongs to the thread.
    errno = number;
    open("", O_RDONLY);
    *(int *)arg = errno == ENOENT ? Own : -1;
    return arg;
}

static void counters(void)
{
    pthread_t threads[Threads];
    int numbers[Threads];
    puts("counting");
    errno = 77;
    for (int i = 0; i < Threads; i++) {
        numbers[i] = i + 1;
        int error = pthread_create(&threads[i], NULL, count, &numbers[i]);
        if (error) {
            printf("pthread_create: %d\n", error);
            exit(1);
        }
    }
    for (int i = 0; i < Threads; i++) {
        void *result;
        pthread_join(threads[i], &result);
        printf("thread %d: own %d%s\n", i + 1, numbers[i], result == &numbers[i] ? "" : ", wrong result");
    }
    printf("atomic %d, locked %lld, main's own %d, main's errno %d\n", atomic_load(&Atomic), Locked, Own, errno);
}

enum { Room = 8, Items = 2000 };

static int Queue[Room], Used, Next;
static pthread_cond_t NotEmpty = PTHREAD_COND_INITIALIZER, NotFull = PTHREAD_COND_INITIALIZER;

static void put(int item)
{
    pthread_mutex_lock(&Lock);
    while (Used == Room)
        pthread_cond_wait(&NotFull, &Lock);
    Queue[(Next + Used++) % Room] = item;
    pthread_cond_signal(&NotEmpty);
    pthread_mutex_unlock(&Lock);
}

static int take(void)
{
    pthread_mutex_lock(&Lock);
    while (Used == 0)
        pthread_cond_wait(&NotEmpty, &Lock);
    int item = Queue[Next];
    Next = (Next + 1) % Room;
    Used--;
    pthread_cond_signal(&NotFull);
    pthread_mutex_unlock(&Lock);
    return item;
}

static void *produce(void *arg)
{
    for (int i = 1; i <= Items; i++)
        put(i);
    put(0);
    return arg;
}

static void queue(void)
{
    pthread_t producers[2];
    long long sum = 0;
    for (int i = 0; i < 2; i++)
        pthread_create(&producers[i], NULL, produce, NULL);
    for (int ends = 0; ends < 2;) {
        int item = take();
        sum += item;
        ends += item == 0;
    }
    for (int i = 0; i < 2; i++)
        pthread_join(producers[i], NULL);
    printf("two producers, sum %lld\n", sum);
}

static int Pipe[2];

static void *read_from_pipe(void *arg)
{
    char c = 0;
    ssize_t n = read(Pipe[0], &c, 1);
    *(int *)arg = n == 1 ? c : -1;
    return NULL;
}

static void blocked_in_a_call(void)
{
    pthread_t reader;
    int got = 0;
    if (pipe(Pipe))
        perror("pipe");
    pthread_create(&reader, NULL, read_from_pipe, &got);
    if (write(Pipe[1], "!", 1) != 1)
        perror("write");
    pthread_join(reader, NULL);
    printf("the reader got %c\n", got);
}

static void *compute_for_ever(void *arg)
{
    for (;;)
        atomic_fetch_add(&Atomic, 1);
    return arg;
}

// The process ends with main, whatever its threads are doing.
static void leave_some_behind(void)
{
    pthread_t busy, waiting;
    static int unused;
    int before = atomic_load(&Atomic);
    pthread_create(&busy, NULL, compute_for_ever, NULL);
    pthread_create(&waiting, NULL, read_from_pipe, &unused);
    while (atomic_load(&Atomic) == before)
        ;
    puts("leaving two threads behind");
}

int main(void)
{
    counters();
    queue();
    blocked_in_a_call();
    leave_some_behind();
    return 0;
}
