#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "abi.h"

// The kernel's structure, which has 32-bit fields in i386's table and 64-bit flags, unaligned, in WALI's.
struct __attribute__((packed)) ksigaction {
    unsigned handler;
#ifdef GUEST_ABI_WALI
    unsigned long long flags;
#else
    unsigned flags;
#endif
    unsigned restorer;
    sigset_t mask;
};

int sigaction(int signal, const struct sigaction *act, struct sigaction *old)
{
    struct ksigaction new_k, old_k;
    if (act)
        new_k = (struct ksigaction){ (unsigned)act->sa_handler, (unsigned)act->sa_flags, 0, act->sa_mask };
    int r = (int)__result(SYS(rt_sigaction, signal, act ? &new_k : 0, old ? &old_k : 0, sizeof(sigset_t)));
    if (!r && old) {
        old->sa_handler = (sighandler_t)old_k.handler;
        old->sa_flags = (int)old_k.flags;
        old->sa_mask = old_k.mask;
    }
    return r;
}

sighandler_t signal(int signal, sighandler_t handler)
{
    struct sigaction act = { .sa_handler = handler, .sa_flags = SA_RESTART }, old;
    return sigaction(signal, &act, &old) ? SIG_ERR : old.sa_handler;
}

int sigprocmask(int how, const sigset_t *set, sigset_t *old)
{
    return (int)__result(SYS(rt_sigprocmask, how, set, old, sizeof(sigset_t)));
}

int sigpending(sigset_t *set) { return (int)__result(SYS(rt_sigpending, set, sizeof *set)); }
int sigsuspend(const sigset_t *mask) { return (int)__result(SYS(rt_sigsuspend, mask, sizeof *mask)); }
int kill(pid_t pid, int signal) { return (int)__result(SYS(kill, pid, signal)); }
int raise(int signal) { return kill(getpid(), signal); }

int pause(void)
{
    sigset_t mask;
    return sigprocmask(SIG_BLOCK, 0, &mask) ? -1 : sigsuspend(&mask);
}

static unsigned long long bit(int signal) { return 1ull << (signal - 1); }

int sigemptyset(sigset_t *set) { return set->bits = 0, 0; }
int sigfillset(sigset_t *set) { return set->bits = ~0ull, 0; }
int sigaddset(sigset_t *set, int signal) { return set->bits |= bit(signal), 0; }
int sigdelset(sigset_t *set, int signal) { return set->bits &= ~bit(signal), 0; }
int sigismember(const sigset_t *set, int signal) { return (set->bits & bit(signal)) != 0; }
