// Five bodies under gravitation, 500,000 steps.
#define KERNEL_NAME "nbody"
#include <math.h>

#include "kernel.h"

enum { Bodies = 5 };
typedef struct { double x, y, z, vx, vy, vz, mass; } body;

static void advance(body *bodies, double dt)
{
    for (int i = 0; i < Bodies; i++) {
        body *a = &bodies[i];
        for (int k = i + 1; k < Bodies; k++) {
            body *b = &bodies[k];
            double dx = a->x - b->x, dy = a->y - b->y, dz = a->z - b->z;
            double square = dx * dx + dy * dy + dz * dz;
            double pull = dt / (square * sqrt(square));
            a->vx -= dx * b->mass * pull;
            a->vy -= dy * b->mass * pull;
            a->vz -= dz * b->mass * pull;
            b->vx += dx * a->mass * pull;
            b->vy += dy * a->mass * pull;
            b->vz += dz * a->mass * pull;
        }
    }
    for (int i = 0; i < Bodies; i++) {
        bodies[i].x += dt * bodies[i].vx;
        bodies[i].y += dt * bodies[i].vy;
        bodies[i].z += dt * bodies[i].vz;
    }
}

uint32_t kernel(void)
{
    body bodies[Bodies];
    for (int i = 0; i < Bodies; i++) {
        double r = 1 + i * 1.5;
        bodies[i] = (body){ r, 0.3 * i, 0.1 * r, 0.01 * i, 1 / r, -0.02 * i, i ? 0.001 * i : 10 };
    }
    for (int step = 0; step < 500000; step++)
        advance(bodies, 0.0005);
    double sum = 0;
    for (int i = 0; i < Bodies; i++)
        sum += bodies[i].x + bodies[i].y * 2 + bodies[i].z * 3;
    return (uint32_t)(int64_t)(sum * 1e6);
}
