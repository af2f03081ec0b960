# Makes two traces of `strace -f -o` comparable: a line for each call, tasks numbered in the order in which they are named, and what belongs to
# the machine replaced by a word: ADDRESS, TIME. Output: task, line, text.

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
    # A handler is an address, or an index of a guest's table of functions; how the environment is passed is the loader's.
    gsub(/sa_handler=0x[0-9a-f]+/, "sa_handler=ADDRESS", text)
    sub(/\[\/\* [0-9]+ vars \*\/\]/, "ADDRESS /* 0 vars */", text)
    gsub(/0x[0-9a-f][0-9a-f][0-9a-f][0-9a-f]+/, "ADDRESS", text)
    if (name ~ /^clock_gettime|^gettimeofday/) gsub(/tv_(sec|nsec|usec)=[0-9]+/, "TIME", text)
    gsub(/si_utime=[0-9]+, si_stime=[0-9]+/, "si_utime=TIME, si_stime=TIME", text)
    if (name ~ /^(fork|vfork|clone|getpid|gettid|wait4)$/) text = name_process(text, ") = ")
    if (name == "getppid" && !(text ~ /= 0$/)) text = first == pid ? "getppid() = PARENT" : name_process(text, ") = ")
    if (name ~ /^(wait4|kill|setpgid|getpgid)$/) text = name_process(text, name "(")
    text = name_process(text, "si_pid=")
    print task(pid) "\t" ++lines "\t" text
}

{
    pid = $1
    text = $0
    sub(/^[0-9]+ +/, "", text)
    if (first == "") { first = pid; task(pid) }
    if (text ~ /^\[ Process PID/) next
    # A guest's handler returns without a call.
    if (text ~ /^(rt_)?sigreturn\(/ || text ~ /resumed.*sigreturn/) next
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
