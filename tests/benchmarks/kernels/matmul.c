// Product of two 160x160 matrices of doubles, forty times.
#define KERNEL_NAME "matmul"
#include "kernel.h"

enum { N = 160 };
static double A[N][N], B[N][N], C[N][N];

uint32_t kernel(void)
{
    uint32_t seed = 1;
    for (int i = 0; i < N; i++)
        for (int k = 0; k < N; k++) {
            A[i][k] = (double)(next_random(&seed) % 1000) / 8;
            B[i][k] = (double)(next_random(&seed) % 1000) / 8;
        }
    for (int round = 0; round < 40; round++) {
        for (int i = 0; i < N; i++)
            for (int k = 0; k < N; k++) {
                double sum = 0;
                for (int j = 0; j < N; j++)
                    sum += A[i][j] * B[j][k];
                C[i][k] = sum;
            }
        A[round][round] += C[round][0] / 4096;
    }
    double total = 0;
    for (int i = 0; i < N; i++)
        for (int k = 0; k < N; k++)
            total += C[i][k];
    return (uint32_t)(uint64_t)total;
}
