using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;

namespace LinuxWasm.Kernel.Tasks;

/// <summary>Command line and environment on their way from the old program to the new one, within what execve(2) allows.</summary>
internal sealed class ExecArguments
{
    /// <summary>MAX_ARG_STRLEN: of one string, with its NUL.</summary>
    private const int LongestString = 32 * 4096;

    /// <summary>ARG_MAX: so much is allowed however small the stack's limit is.</summary>
    private const ulong LeastLimit = 32 * 4096;

    /// <summary>Three quarters of _STK_LIM: no more is allowed however large the stack's limit is.</summary>
    private const ulong LargestLimit = 6 << 20;

    private readonly List<byte[]> _arguments = [];
    private readonly List<byte[]> _environment = [];
    private ulong _room;

    public List<byte[]> Arguments => _arguments;

    public List<byte[]> Environment => _environment;

    /// <summary>Copies both from the guest: EFAULT, or E2BIG where they take too much.</summary>
    public Errno Read(LinuxTask task, GuestPtr argv, GuestPtr envp, ReadOnlySpan<byte> fileName)
    {
        var pointer = (uint)task.Abi.PointerSize;
        var limit = Math.Clamp(task.Group.Limits[Resource.RLIMIT_STACK] / 4, LeastLimit, LargestLimit);
        var error = ReadPointers(task, argv, limit / pointer, out var arguments);
        if (error != Errno.None)
            return error;
        error = ReadPointers(task, envp, limit / pointer, out var environment);
        if (error == Errno.None)
            error = Copy(task, arguments, environment, limit, fileName);
        // A program without a single argument gets an empty one (execve(2), since Linux 5.18).
        if (error == Errno.None && _arguments.Count == 0)
            _arguments.Add([]);
        return error;
    }

    /// <summary>Puts a script's interpreter, its argument and the script's own path in the place of the first argument (binfmt_script).</summary>
    public Errno Insert(ScriptHeader header, byte[] scriptPath)
    {
        _arguments.RemoveAt(0);
        byte[][] first = header.Argument is { } argument ? [header.Interpreter, argument, scriptPath] : [header.Interpreter, scriptPath];
        _arguments.InsertRange(0, first);
        foreach (var text in first)
        {
            if (!Take(text.Length + 1))
                return Errno.E2BIG;
        }

        return Errno.None;
    }

    private Errno Copy(LinuxTask task, List<GuestPtr> arguments, List<GuestPtr> environment, ulong limit, ReadOnlySpan<byte> fileName)
    {
        var pointers = (ulong)(Math.Max(arguments.Count, 1) + environment.Count) * (uint)task.Abi.PointerSize;
        if (limit <= pointers)
            return Errno.E2BIG;
        _room = limit - pointers;
        if (!Take(fileName.Length + 1))
            return Errno.E2BIG;
        var error = ReadStrings(task, environment, _environment);
        return error == Errno.None ? ReadStrings(task, arguments, _arguments) : error;
    }

    private static Errno ReadPointers(LinuxTask task, GuestPtr array, ulong most, out List<GuestPtr> pointers)
    {
        pointers = [];
        if (array.IsNull)
            return Errno.None;
        var size = (uint)task.Abi.PointerSize;
        for (ulong i = 0; ; i++)
        {
            var at = array + (uint)(i * size);
            GuestPtr next;
            if (size == 8)
            {
                if (!task.Memory.TryRead<ulong>(at, out var wide))
                    return Errno.EFAULT;
                next = wide == 0 ? GuestPtr.Null : GuestPtr.FromRegister(wide) is { IsNull: false } found ? found : GuestPtr.Invalid;
            }
            else
            {
                if (!task.Memory.TryRead<uint>(at, out var narrow))
                    return Errno.EFAULT;
                next = new GuestPtr(narrow);
            }

            if (next.IsNull)
                return Errno.None;
            if (i >= most)
                return Errno.E2BIG;
            pointers.Add(next);
        }
    }

    private Errno ReadStrings(LinuxTask task, List<GuestPtr> pointers, List<byte[]> strings)
    {
        Span<byte> buffer = new byte[LongestString];
        foreach (var pointer in pointers)
        {
            var error = task.Memory.ReadString(pointer, buffer, out var length);
            if (error != Errno.None)
                return error == Errno.ENAMETOOLONG ? Errno.E2BIG : error;
            if (!Take(length + 1))
                return Errno.E2BIG;
            strings.Add(buffer[..length].ToArray());
        }

        return Errno.None;
    }

    private bool Take(int bytes)
    {
        if ((ulong)bytes > _room)
            return false;
        _room -= (ulong)bytes;
        return true;
    }
}
