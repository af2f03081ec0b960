using System.Buffers.Binary;
using LinuxWasm.Conformance.Cases;
using LinuxWasm.Conformance.Expressions;
using LinuxWasm.Conformance.Layouts;

namespace LinuxWasm.Conformance.Running;

/// <summary>Calls that the harness itself makes through a task, before and after a case's steps.</summary>
/// <param name="abi">The task's: a task keeps to one table.</param>
/// <param name="scratch">Memory of the task that no buffer lies in.</param>
internal sealed class HarnessCalls(ICaseTask task, GuestAbi abi, ulong scratch)
{
    // The calls of i386 that are x86-64's under another name.
    private static readonly Dictionary<string, string> _namesOfI386 = new()
    {
        ["setgroups"] = "setgroups32",
        ["setresuid"] = "setresuid32",
        ["setresgid"] = "setresgid32",
    };

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(10);

    private static readonly StructLayout _stat = (StructLayout)LayoutTable.For(GuestAbi.X8664).Find("stat")!;

    /// <summary>Makes a call; byte arrays become pointers to their bytes. The last range read back is returned with the result.</summary>
    public (CallResult Result, byte[]? Read) Call(string name, object[] arguments, int readLength = 0)
    {
        var writes = new List<MemoryWrite>();
        var registers = new List<ulong>();
        // The first 64 KiB of the scratch space are for what a call writes.
        var at = scratch + 0x10000;
        foreach (var argument in arguments)
        {
            switch (argument)
            {
                case byte[] bytes:
                    writes.Add(new MemoryWrite(at, bytes));
                    registers.Add(at);
                    at += (ulong)((bytes.Length + 16) & ~15);
                    break;
                case Int128 number:
                    registers.Add((ulong)(number & ulong.MaxValue));
                    break;
                default:
                    registers.Add((ulong)Convert.ToInt64(argument, System.Globalization.CultureInfo.InvariantCulture));
                    break;
            }
        }

        var request = new StepRequest
        {
            Abi = abi,
            Number = CallTable.Find(abi == GuestAbi.I386 ? _namesOfI386.GetValueOrDefault(name, name) : name, abi) ?? throw new TargetException($"no call '{name}'"),
            Arguments = registers,
            Writes = writes,
            Reads = readLength > 0 ? [new MemoryRange(scratch, readLength)] : [],
        };
        var reply = task.Execute(request, _patience) ?? throw new TargetException($"{name} of the harness did not return");
        return (CallResult.From(reply.Result, abi), readLength > 0 ? reply.Memory[0] : null);
    }

    /// <summary>A call that must succeed.</summary>
    public Int128 Must(string name, params object[] arguments)
    {
        var (result, _) = Call(name, arguments);
        return result.Error is null ? result.Value : throw new TargetException($"{name}{Describe(arguments)} of the harness gave {result}");
    }

    /// <summary>The status of a path, symbolic links not followed; null when there is nothing.</summary>
    public Func<string, Int128>? Status(byte[] path)
    {
        var (result, bytes) = Call("newfstatat", [Constant("AT_FDCWD"), path, scratch, Constant("AT_SYMLINK_NOFOLLOW")], _stat.Size);
        if (result.Error is (int)Abi.Errno.ENOENT or (int)Abi.Errno.ENOTDIR)
            return null;
        if (result.Error is not null || bytes is null)
            throw new TargetException($"newfstatat of the harness gave {result}");
        return name =>
        {
            var field = _stat.Find(name)!;
            return Evaluator.Decode((ScalarLayout)field.Type, bytes.AsSpan(field.Offset, field.Type.Size));
        };
    }

    public byte[] ReadLink(byte[] path)
    {
        var (result, bytes) = Call("readlink", [path, scratch, 4096], 4096);
        return result.Error is null ? bytes!.AsSpan(0, (int)result.Value).ToArray() : throw new TargetException($"readlink of the harness gave {result}");
    }

    /// <summary>At most <paramref name="limit"/> bytes from the start of a file.</summary>
    public byte[] ReadFile(byte[] path, int limit)
    {
        var fd = Must("openat", Constant("AT_FDCWD"), path, Constant("O_RDONLY"), 0);
        var content = new List<byte>();
        while (content.Count < limit)
        {
            var (result, bytes) = Call("read", [fd, scratch, 0x10000], 0x10000);
            if (result.Error is not null)
                throw new TargetException($"read of the harness gave {result}");
            if (result.Value == 0)
                break;
            content.AddRange(bytes.AsSpan(0, (int)result.Value));
        }

        Must("close", fd);
        return [.. content];
    }

    public void WriteFile(Int128 fd, byte[] content)
    {
        for (var done = 0; done < content.Length;)
        {
            var part = content.AsSpan(done, Math.Min(content.Length - done, 0x10000)).ToArray();
            done += (int)Must("write", fd, part, part.Length);
        }
    }

    public static Int128 Constant(string name) => ConstantTable.Find(name, GuestAbi.X8664) ?? throw new TargetException($"no constant '{name}'");

    public static byte[] Bytes(params long[] words)
    {
        var bytes = new byte[words.Length * 8];
        for (var i = 0; i < words.Length; i++)
            BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(i * 8), words[i]);
        return bytes;
    }

    private static string Describe(object[] arguments) =>
        "(" + string.Join(", ", arguments.Select(a => a is byte[] bytes ? Value.Quote(bytes.AsSpan().TrimEnd((byte)0)) : a.ToString())) + ")";
}
