/* What a guest's C runtime (tests/guests/rt) takes from WebAssembly or from its host, for an i386 process of Linux: so the same program, with
   the same runtime, makes the same calls natively, and two traces of it can be laid side by side. */

int wasm_host_syscall(int nr, int a, int b, int c, int d, int e, int f)
{
    int result;
    int rest[2] = { nr, f };
    __asm__ volatile("pushl %%ebp\n\tmovl 4(%%eax), %%ebp\n\tmovl (%%eax), %%eax\n\tint $0x80\n\tpopl %%ebp"
                     : "=a"(result) : "a"(rest), "b"(a), "c"(b), "d"(c), "S"(d), "D"(e) : "memory");
    return result;
}

/* The initial stack begins with argc. */
__asm__(".globl _start\n"
        "_start:\n"
        "\tmovl %esp, %eax\n"
        "\tandl $-16, %esp\n"
        "\tsubl $12, %esp\n"
        "\tpushl %eax\n"
        "\tcall __start\n"
        "\thlt\n");

/* ebx, esi, edi, ebp, esp, eip; whether the mask is kept, and the mask. */
void __keep_mask(unsigned char *env, int save)
{
    *(int *)(env + 24) = save;
    if (save)
        wasm_host_syscall(175, 2, 0, (int)(env + 32), 8, 0, 0);
}

void __restore_mask(unsigned char *env)
{
    if (*(int *)(env + 24))
        wasm_host_syscall(175, 2, (int)(env + 32), 0, 8, 0, 0);
}

__asm__(".globl setjmp, sigsetjmp, longjmp\n"
        "setjmp:\n"
        "\tmovl 4(%esp), %eax\n"
        "\tmovl $0, 24(%eax)\n"
        "\tjmp 1f\n"
        "sigsetjmp:\n"
        "\tpushl 8(%esp)\n"
        "\tpushl 8(%esp)\n"
        "\tcall __keep_mask\n"
        "\taddl $8, %esp\n"
        "\tmovl 4(%esp), %eax\n"
        "1:\n"
        "\tmovl %ebx, (%eax)\n"
        "\tmovl %esi, 4(%eax)\n"
        "\tmovl %edi, 8(%eax)\n"
        "\tmovl %ebp, 12(%eax)\n"
        "\tleal 4(%esp), %ecx\n"
        "\tmovl %ecx, 16(%eax)\n"
        "\tmovl (%esp), %ecx\n"
        "\tmovl %ecx, 20(%eax)\n"
        "\txorl %eax, %eax\n"
        "\tret\n"
        "longjmp:\n"
        "\tpushl 4(%esp)\n"
        "\tcall __restore_mask\n"
        "\taddl $4, %esp\n"
        "\tmovl 4(%esp), %edx\n"
        "\tmovl 8(%esp), %eax\n"
        "\ttestl %eax, %eax\n"
        "\tjnz 1f\n"
        "\tincl %eax\n"
        "1:\tmovl (%edx), %ebx\n"
        "\tmovl 4(%edx), %esi\n"
        "\tmovl 8(%edx), %edi\n"
        "\tmovl 12(%edx), %ebp\n"
        "\tmovl 16(%edx), %esp\n"
        "\tjmp *20(%edx)\n");

double sqrt(double x)
{
    __asm__("fsqrt" : "+t"(x));
    return x;
}

/* WebAssembly has instructions for these, so that the runtime's own are nothing but them. */
void *memcpy(void *to, const void *from, unsigned n)
{
    void *result = to;
    __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(n) : : "memory");
    return result;
}

void *memmove(void *to, const void *from, unsigned n)
{
    char *end = (char *)to + n;
    const char *source = (const char *)from + n;
    if ((const char *)to <= (const char *)from)
        return memcpy(to, from, n);
    while (n--)
        *--end = *--source;
    return to;
}

void *memset(void *to, int value, unsigned n)
{
    void *result = to;
    __asm__ volatile("rep stosb" : "+D"(to), "+c"(n) : "a"(value) : "memory");
    return result;
}
