# Makes two traces of `strace -f -o` comparable: a line for each call, tasks numbered in the order in which they are named, and what belongs to
# the machine replaced by a word: ADDRESS, TIME. Output: task, line, text. -v twin=wali: the trace of a
# twin that has a start of its own; -v contended=1: a program whose threads wait for each other.

function task(pid) {
    if (!(pid in number)) number[pid] = ++tasks
    return "P" number[pid]
}

# The number of a process where a call takes or gives one.
function name_process(text, before,    at, start, rest, found) {
    at = index(text, before)
    if (!at) return text
    start = substr(text, 1, at - 1 + length(before))
    rest = substr(text, at + length(before))
    if (!match(rest, /^[1-9][0-9]*/)) return text
    found = substr(rest, 1, RLENGTH)
    return start task(found) substr(rest, RLENGTH + 1)
}

function show(pid, text,    name) {
    sub(/\) +=/, ") =", text)
    name = text
    sub(/\(.*/, "", name)
    # Who compiled it for x86-64 has to say how a handler returns.
    gsub(/SA_RESTORER\|/, "", text)
    gsub(/sa_flags=SA_RESTORER,/, "sa_flags=0,", text)
    gsub(/, sa_restorer=0x[0-9a-f]+/, "", text)
    # A handler is an address, or an index of a guest's table of functions; how the environment is passed is the loader's.
    gsub(/sa_handler=0x[0-9a-f]+/, "sa_handler=ADDRESS", text)
    gsub(/"\/(\.environ\.|proc\/self\/fd\/)[0-9]+"/, "ENVIRONMENT", text)
    sub(/\[\/\* [0-9]+ vars \*\/\]/, "ADDRESS /* 0 vars */", text)
    gsub(/0x[0-9a-f][0-9a-f][0-9a-f][0-9a-f]+/, "ADDRESS", text)
    sub(/^mmap\(ADDRESS,/, "mmap(NULL,", text)
    sub(/si_addr=(NULL|0x[0-9a-f]+|ADDRESS)/, "si_addr=ADDRESS", text)
    # What is left of a time.
    if (text ~ /ERESTART_RESTARTBLOCK/) sub(/\{tv_sec=[0-9]+, tv_nsec=[0-9]+\}\) =/, "TIME) =", text)
    if (name ~ /^[gs]etitimer$/) sub(/tv_usec=[0-9]+\}\}\) =/, "tv_usec=TIME}}) =", text)
    if (name ~ /^clock_gettime|^gettimeofday/) gsub(/tv_(sec|nsec|usec)=[0-9]+/, "TIME", text)
    gsub(/si_utime=[0-9]+, si_stime=[0-9]+/, "si_utime=TIME, si_stime=TIME", text)
    if (name ~ /^(fork|vfork|clone|getpid|gettid|wait4)$/) text = name_process(text, ") = ")
    if (name == "getppid" && !(text ~ /= 0$/)) text = first == pid ? "getppid() = PARENT" : name_process(text, ") = ")
    if (name ~ /^(wait4|kill|setpgid|getpgid)$/) text = name_process(text, name "(")
    text = name_process(text, "si_pid=")
    text = name_process(text, "superseded by execve in pid ")
    # Whatever a process does when its child ends. The children stand in their order.
    if (text ~ /^--- SIGCHLD .*si_code=CLD_/) {
        child = text
        gsub(/.*si_pid=P|,.*/, "", child)
        print task(pid) " children\t" child "\t" text
        return
    }
    # Who has to wait for whom, and how often, is not said by a program whose threads run at once.
    if (contended && name == "futex") {
        sub(/FUTEX_WAIT, [0-9]+/, "FUTEX_WAIT, VALUE", text)
        if (!seen[text]++) print "futexes\t" text "\t" text
        return
    }
    print task(pid) "\t" ++lines "\t" text
}

{
    pid = $1
    text = $0
    sub(/^[0-9]+ +/, "", text)
    if (first == "") { first = pid; task(pid) }
    if (text ~ /^\[ Process PID/) next
    # What twin-wali.c does to begin, up to a call that no guest makes.
    if (pid in beginning) {
        if (text ~ /sched_yield.*= 0$/) delete beginning[pid]
        next
    }
    if (twin == "wali" && text ~ /^(execve\(|<\.\.\. execve resumed>).* = 0$/) beginning[pid] = 1
    if (text ~ /<unfinished \.\.\.>$/) {
        sub(/ *<unfinished \.\.\.>$/, "", text)
        begun[pid] = text
        # The child is named by the call that makes it, which ends later.
        next
    }
    if (text ~ /^<\.\.\. [a-z0-9_]+ resumed>/) {
        sub(/^<\.\.\. [a-z0-9_]+ resumed>/, "", text)
        text = begun[pid] (begun[pid] ~ /,$/ ? " " : "") text
        delete begun[pid]
    } else if (text ~ /^\+\+\+/ && (pid in begun)) {
        show(pid, begun[pid] ") = ?")
        delete begun[pid]
    }
    show(pid, text)
}
