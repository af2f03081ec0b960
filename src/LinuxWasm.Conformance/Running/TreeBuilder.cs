using LinuxWasm.Conformance.Cases;
using LinuxWasm.Conformance.Expressions;

namespace LinuxWasm.Conformance.Running;

/// <summary>Makes the tree of a case before its first step: /t, which belongs to whom the case runs as, and what setup lists.</summary>
internal sealed class TreeBuilder(CaseRun run, HarnessCalls calls)
{
    private readonly Evaluator _evaluator = new(new ConstantScope(run.Abi));

    public void Build()
    {
        var uid = Number(run.Identity.Uid, 0);
        var gid = Number(run.Identity.Gid, uid);
        if (uid != 0 || gid != 0)
            calls.Must("chown", Text("/t"), uid, gid);
        foreach (var item in run.Setup)
            Make(item);
        // A directory's time is set last, because what is made in it changes it.
        foreach (var item in run.Setup.Where(item => item.Time is not null))
            SetTime(item);
    }

    private void Make(SetupItem item)
    {
        var path = Path(item.Path);
        switch (item)
        {
            case SetupFile file:
                MakeFile(path, file);
                break;
            case SetupDirectory:
                calls.Must("mkdir", path, Number(item.Mode, 0x1ED));
                break;
            case SetupSymlink link:
                calls.Must("symlink", Path(link.Target), path);
                break;
            case SetupLink link:
                calls.Must("link", Path(link.Target), path);
                return;
            case SetupNode node:
                calls.Must("mknod", path, _evaluator.Number(node.Type) | Number(item.Mode, 0x1A4), 0);
                break;
            case SetupMount mount:
                calls.Must("mount", Path(mount.FileSystem), path, Path(mount.FileSystem), Number(mount.Flags, 0), mount.Options is null ? 0 : Path(mount.Options));
                return;
        }

        if (item.Owner is not null || item.Group is not null)
            calls.Must("lchown", path, Number(item.Owner, -1), Number(item.Group, Number(item.Owner, -1)));
        // chown clears set-id bits and mkdir obeys the umask, so the mode comes after both.
        if (item is not SetupSymlink)
            calls.Must("chmod", path, Number(item.Mode, item is SetupDirectory ? 0x1ED : 0x1A4));
    }

    private void MakeFile(byte[] path, SetupFile file)
    {
        var fd = calls.Must("openat", HarnessCalls.Constant("AT_FDCWD"), path, HarnessCalls.Constant("O_WRONLY") | HarnessCalls.Constant("O_CREAT") | HarnessCalls.Constant("O_EXCL"), 0x1A4);
        if (file.Content is not null)
            calls.WriteFile(fd, Content(file.Content));
        if (file.Size is not null)
            calls.Must("ftruncate", fd, _evaluator.Number(file.Size));
        calls.Must("close", fd);
    }

    private void SetTime(SetupItem item)
    {
        var seconds = (long)_evaluator.Number(item.Time!);
        calls.Must("utimensat", HarnessCalls.Constant("AT_FDCWD"), Path(item.Path), HarnessCalls.Bytes(seconds, 0, seconds, 0), HarnessCalls.Constant("AT_SYMLINK_NOFOLLOW"));
    }

    private Int128 Number(Expression? expression, Int128 otherwise) => expression is null ? otherwise : _evaluator.Number(expression);

    private byte[] Content(Expression expression) =>
        _evaluator.Evaluate(expression).Bytes ?? throw new EvaluationException(expression.Offset, "expected text");

    private byte[] Path(Expression expression) => [.. Content(expression), 0];

    internal static byte[] Text(string text) => [.. System.Text.Encoding.UTF8.GetBytes(text), 0];
}
