# The two doors into the kernel, and the handlers that signals of a case run.

        .text

# long raw(nr, a, b, c, d, e, f): a 64-bit call without errno.
        .globl  raw
raw:
        movq    %rdi, %rax
        movq    %rsi, %rdi
        movq    %rdx, %rsi
        movq    %rcx, %rdx
        movq    %r8, %r10
        movq    %r9, %r8
        movq    8(%rsp), %r9
        syscall
        ret

        .globl  enter64
enter64:
        movq    0(%rdi), %rax
        movq    16(%rdi), %rsi
        movq    24(%rdi), %rdx
        movq    32(%rdi), %r10
        movq    40(%rdi), %r8
        movq    48(%rdi), %r9
        movq    8(%rdi), %rdi
        syscall
        ret

# A signal that arrives inside may restore only the low halves of the registers and none of r8 to r15 (32-bit frames), so
# everything that the caller needs stands on the stack.
        .globl  enter32
enter32:
        pushq   %rbx
        pushq   %rbp
        pushq   %r12
        pushq   %r13
        pushq   %r14
        pushq   %r15
        movl    0(%rdi), %eax
        movl    8(%rdi), %ebx
        movl    16(%rdi), %ecx
        movl    24(%rdi), %edx
        movl    32(%rdi), %esi
        movl    48(%rdi), %ebp
        movl    40(%rdi), %edi
        int     $0x80
        popq    %r15
        popq    %r14
        popq    %r13
        popq    %r12
        popq    %rbp
        popq    %rbx
        movl    %eax, %eax
        ret

# The call makes a child on another stack (clone's second argument, which the caller has set): there, pop function and argument.
        .globl  enter64_on_stack
enter64_on_stack:
        movq    0(%rdi), %rax
        movq    16(%rdi), %rsi
        movq    24(%rdi), %rdx
        movq    32(%rdi), %r10
        movq    40(%rdi), %r8
        movq    48(%rdi), %r9
        movq    8(%rdi), %rdi
        syscall
        testq   %rax, %rax
        jz      child
        ret

        .globl  enter32_on_stack
enter32_on_stack:
        pushq   %rbx
        pushq   %rbp
        movl    0(%rdi), %eax
        movl    8(%rdi), %ebx
        movl    16(%rdi), %ecx
        movl    24(%rdi), %edx
        movl    32(%rdi), %esi
        movl    48(%rdi), %ebp
        movl    40(%rdi), %edi
        int     $0x80
        testl   %eax, %eax
        jz      child
        popq    %rbp
        popq    %rbx
        movl    %eax, %eax
        ret

child:
        xorl    %ebp, %ebp
        popq    %rdi
        popq    %rax
        call    *%rax
        hlt

# void handler64(int signal): note it in the log of the stack that it runs on (agent.h: STACKS_BASE, STACK_SIZE, SLOTS, event_log).
        .set    STACKS, 0x60000000
        .set    SLOTS, 16
        .set    LOG_SIZE, 8 + 4 * 64

        .globl  handler64
handler64:
        movq    %rsp, %rax
        subq    $STACKS, %rax
        shrq    $16, %rax
        cmpq    $SLOTS, %rax
        jb      1f
        movl    $SLOTS, %eax
1:      imulq   $LOG_SIZE, %rax, %rax
        movl    event_logs(%rax), %ecx
        cmpl    $64, %ecx
        jae     2f
        leaq    event_logs+8(%rax), %rdx
        movl    %edi, (%rdx,%rcx,4)
        incl    event_logs(%rax)
2:      ret

        .globl  restorer64
restorer64:
        movl    $15, %eax               # rt_sigreturn
        syscall
        hlt

        .code32
        .globl  handler32
handler32:
        movl    %esp, %edx
        subl    $STACKS, %edx
        shrl    $16, %edx
        cmpl    $SLOTS, %edx
        jb      1f
        movl    $SLOTS, %edx
1:      imull   $LOG_SIZE, %edx, %edx
        movl    event_logs(%edx), %ecx
        cmpl    $64, %ecx
        jae     2f
        movl    4(%esp), %eax
        leal    event_logs+8(%edx,%ecx,4), %ecx
        movl    %eax, (%ecx)
        incl    event_logs(%edx)
2:      ret

        .globl  restorer32
restorer32:
        popl    %eax                    # the signal number, as sigreturn expects
        movl    $119, %eax              # sigreturn
        int     $0x80
        hlt

        .globl  rt_restorer32
rt_restorer32:
        movl    $173, %eax              # rt_sigreturn
        int     $0x80
        hlt

        .code64
        .section .note.GNU-stack,"",@progbits
