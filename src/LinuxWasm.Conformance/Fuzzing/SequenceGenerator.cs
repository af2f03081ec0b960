using System.Globalization;

namespace LinuxWasm.Conformance.Fuzzing;

/// <summary>
/// Random sequences of calls on a small tree, half sensible and half hostile: few paths and descriptors, so that calls meet each other's
/// traces. Nothing in them sleeps: what could is asked not to. Devices are left alone: in the oracle they are bound from outside, read-only.
/// </summary>
internal sealed class SequenceGenerator(int seed)
{
    // {name} is drawn from the lists below.
    private static readonly string[] _templates =
    [
        "open({path}, {open}|O_NONBLOCK, {mode})", "open({path}, {open}|O_NONBLOCK, {mode})", "openat({dir}, {path}, {open}|O_NONBLOCK, {mode})", "creat({file}, {mode})",
        "close({fd})", "read({fd}, {buffer}, {length})", "write({fd}, {data}, {length})", "pread64({fd}, {buffer}, {length}, {offset})",
        "pwrite64({fd}, {data}, {length}, {offset})", "readv({fd}, iovec[2]{{&b, 3}, {&c, 5}}, {count})", "writev({fd}, iovec[2]{{\"abc\", 3}, {\"defgh\", 5}}, {count})",
        "lseek({fd}, {offset}, {whence})", "dup({fd})", "dup2({fd}, {fd})", "dup3({fd}, {fd}, {cloexec})", "fcntl({fd}, F_GETFD)", "fcntl({fd}, F_SETFD, {small})",
        "fcntl({fd}, F_GETFL)", "fcntl({fd}, F_SETFL, {status}|O_NONBLOCK)", "fcntl({fd}, F_DUPFD, {small})", "fcntl({fd}, {command}, {small})",
        "ftruncate({fd}, {offset})", "truncate({path}, {offset})", "fallocate({fd}, {fallocate}, {offset}, {offset})", "fsync({fd})",
        "mkdir({path}, {mode})", "mkdirat({dir}, {path}, {mode})", "rmdir({path})", "unlink({path})", "unlinkat({dir}, {path}, {unlink})", "link({path}, {path})",
        "linkat({dir}, {path}, {dir}, {path}, {atflags})", "symlink({text}, {path})", "readlink({path}, {buffer}, {length})", "rename({path}, {path})",
        "renameat2({dir}, {path}, {dir}, {path}, {rename})", "mknod({path}, {node}, 0)", "chmod({path}, {mode})", "fchmod({fd}, {mode})", "fchmodat({dir}, {path}, {mode})",
        "chown({path}, {id}, {id})", "lchown({path}, {id}, {id})", "fchown({fd}, {id}, {id})", "fchownat({dir}, {path}, {id}, {id}, {atflags})",
        "access({path}, {access})", "faccessat2({dir}, {path}, {access}, {atflags})", "umask({mode})", "stat({path}, &st)", "lstat({path}, &st)", "fstat({fd}, &st)",
        "chdir({path})", "fchdir({fd})", "getcwd({buffer}, {length})", "pipe2(&fds, {cloexec}|O_NONBLOCK)", "copy_file_range({fd}, NULL, {fd}, NULL, {length}, 0)",
        "sendfile({fd}, {fd}, NULL, {length})", "flock({fd}, {flock}|LOCK_NB)", "utimensat({dir}, {path}, timespec[2]{{1000, {nsec}}, {2000, {nsec}}}, {atflags})",
        "getdents64({fd}, {buffer}, {length})", "setresuid({id}, {id}, -1)", "setregid({id}, {id})", "setgroups({small}, u32[8]{1, 2, 3, 4})", "close_range({small}, {fd}, {small})",
        "ioctl({fd}, FIONREAD, {buffer})", "splice({fd}, NULL, {fd}, NULL, {length}, SPLICE_F_NONBLOCK)", "tee({fd}, {fd}, {length}, SPLICE_F_NONBLOCK)", "fadvise64({fd}, {offset}, {length}, {small})",
        "setxattr({path}, \"user.a\", {data}, {length}, {small})", "getxattr({path}, \"user.a\", {buffer}, {length})", "memfd_create(\"m\", {memfd})", "eventfd2({small}, EFD_NONBLOCK)",
    ];

    private static readonly Dictionary<string, string[]> _values = new()
    {
        ["path"] = ["\"a\"", "\"b\"", "\"d\"", "\"d/a\"", "\"d/e\"", "\"s\"", "\"s/a\"", "\"/t\"", "\"/t/d/../a\"", "\".\"", "\"..\"", "\"\"", "\"a/\"", "\"d/\"", "\"loop\"", "\"fifo\"", "BADPTR", "repeat(\"x\", 256)", "\"new\"", "\"d/new\""],
        ["file"] = ["\"a\"", "\"b\"", "\"d/a\"", "\"new\"", "\"d\"", "BADPTR"],
        ["text"] = ["\"a\"", "\"d\"", "\"nowhere\"", "\"\"", "\"..\"", "BADPTR"],
        ["fd"] = ["3", "3", "4", "4", "5", "5", "6", "7", "8", "9", "99", "-1"],
        ["dir"] = ["AT_FDCWD", "AT_FDCWD", "3", "4", "5", "99", "-1"],
        ["open"] = ["O_RDONLY", "O_WRONLY", "O_RDWR", "O_RDWR|O_CREAT", "O_RDWR|O_CREAT|O_EXCL", "O_WRONLY|O_TRUNC", "O_WRONLY|O_APPEND", "O_RDONLY|O_DIRECTORY", "O_PATH", "O_RDONLY|O_NOFOLLOW", "O_RDWR|O_TMPFILE", "O_RDONLY|O_CLOEXEC", "O_CREAT|O_DIRECTORY"],
        ["mode"] = ["0644", "0600", "0", "0777", "07777", "0444", "0200", "01777", "02755", "-1"],
        ["buffer"] = ["&b", "&b", "&b", "&c", "BADPTR", "NULL"],
        ["data"] = ["\"hello, world\"", "&d", "&d", "BADPTR"],
        ["length"] = ["0", "1", "5", "16", "16", "64", "63"],
        ["count"] = ["0", "1", "2", "2", "-1", "1025"],
        ["offset"] = ["0", "1", "3", "5", "10", "100", "4096", "5000", "-1", "-5", "0x7fffffff", "0x100000000"],
        ["whence"] = ["SEEK_SET", "SEEK_CUR", "SEEK_END", "SEEK_DATA", "SEEK_HOLE", "7", "-1"],
        ["cloexec"] = ["0", "O_CLOEXEC", "O_CLOEXEC"],
        ["small"] = ["0", "1", "2", "3", "4", "7", "8", "-1"],
        ["status"] = ["0", "O_APPEND", "O_NOATIME", "O_SYNC|O_CREAT"],
        ["fallocate"] = ["0", "FALLOC_FL_KEEP_SIZE", "FALLOC_FL_PUNCH_HOLE|FALLOC_FL_KEEP_SIZE", "FALLOC_FL_PUNCH_HOLE", "0x40"],
        ["unlink"] = ["0", "AT_REMOVEDIR", "1"],
        ["atflags"] = ["0", "0", "AT_SYMLINK_NOFOLLOW", "AT_SYMLINK_FOLLOW", "AT_EMPTY_PATH", "0x8000"],
        ["rename"] = ["0", "RENAME_NOREPLACE", "RENAME_EXCHANGE", "3", "8"],
        ["node"] = ["S_IFIFO|0644", "S_IFSOCK|0600", "S_IFREG|0644", "0600", "S_IFDIR|0755", "S_IFLNK|0777"],
        ["id"] = ["0", "1000", "1001", "-1", "65534"],
        ["access"] = ["F_OK", "R_OK", "W_OK", "X_OK", "R_OK|W_OK|X_OK", "8", "-1"],
        ["flock"] = ["LOCK_SH", "LOCK_EX", "LOCK_UN", "0"],
        // Not 4 and 7: F_SETFL would take O_NONBLOCK away, and F_SETLKW sleeps.
        ["command"] = ["0", "1", "3", "5", "9", "11", "100", "1030", "1032", "-1"],
        ["memfd"] = ["0", "MFD_CLOEXEC", "MFD_ALLOW_SEALING", "0x100", "-1"],
        ["nsec"] = ["0", "5", "UTIME_NOW", "UTIME_OMIT", "1000000000", "-1"],
    };

    private readonly Random _random = new(seed);

    /// <summary>The calls of one sequence.</summary>
    public IReadOnlyList<string> Next(int length) =>
        [.. Enumerable.Range(0, length).Select(_ => Fill(_templates[_random.Next(_templates.Length)]))];

    /// <summary>A sequence as a case in YAML. Results are left open, or are the ones given.</summary>
    public static string ToYaml(string id, string about, string abi, IReadOnlyList<string> calls, IReadOnlyList<string>? results = null)
    {
        var text = new System.Text.StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"id: {id}").AppendLine(CultureInfo.InvariantCulture, $"about: {about}").AppendLine("tags: [fuzz]");
        text.AppendLine(CultureInfo.InvariantCulture, $"requires: {{ abi: {abi} }}").AppendLine("setup:");
        text.AppendLine("  - file: { path: /t/a, content: hello }").AppendLine("  - dir: /t/d").AppendLine("  - file: { path: /t/d/a, content: inside, mode: 0600 }");
        text.AppendLine("  - symlink: { path: /t/s, target: d }").AppendLine("  - symlink: { path: /t/loop, target: loop }").AppendLine("  - fifo: /t/fifo");
        text.AppendLine("buffers:").AppendLine("  b: char[64]").AppendLine("  c: char[64]").AppendLine("  d: { size: 64, fill: 0x64 }").AppendLine("  st: stat").AppendLine("  fds: int[2]").AppendLine("steps:");
        for (var i = 0; i < calls.Count; i++)
            text.AppendLine(CultureInfo.InvariantCulture, $"  - {calls[i]} = {(results is null ? "any" : results[i])}");
        return text.ToString();
    }

    private string Fill(string template)
    {
        var text = new System.Text.StringBuilder();
        for (var at = 0; at < template.Length;)
        {
            var end = template[at] == '{' ? template.IndexOf('}', at) : -1;
            if (end > 0 && _values.TryGetValue(template[(at + 1)..end], out var choices))
            {
                text.Append(choices[_random.Next(choices.Length)]);
                at = end + 1;
            }
            else
                text.Append(template[at++]);
        }

        return text.ToString();
    }
}
