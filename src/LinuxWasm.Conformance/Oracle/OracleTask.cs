using System.Buffers.Binary;
using LinuxWasm.Conformance.Cases;
using LinuxWasm.Conformance.Running;

namespace LinuxWasm.Conformance.Oracle;

/// <summary>A real process or thread, reached through its letter box in the agent.</summary>
internal sealed class OracleTask(OracleSession session, byte slot) : ICaseTask
{
    private const byte NoChild = 0xff;

    private IReadOnlyList<MemoryRange> _reads = [];

    public TaskActivity Activity
    {
        get
        {
            var request = new byte[5];
            request[0] = (byte)'s';
            BinaryPrimitives.WriteInt32LittleEndian(request.AsSpan(1), Pid());
            var letter = ((OracleTask)session.Init).Ask(request, TimeSpan.FromSeconds(5)) is { Length: >= 8 } reply ? (char)reply[0] : '\0';
            return letter switch
            {
                'S' => TaskActivity.Sleeping,
                'D' => TaskActivity.Uninterruptible,
                'T' or 't' => TaskActivity.Stopped,
                'R' => TaskActivity.Running,
                _ => TaskActivity.Gone,
            };
        }
    }

    public StepReply? Execute(StepRequest request, TimeSpan patience)
    {
        _reads = request.Reads;
        return Ask(Encode(request), patience) is { } payload ? Decode(payload) : null;
    }

    public StepReply? Wait(TimeSpan patience)
    {
        var request = new byte[6];
        request[0] = (byte)'W';
        request[1] = slot;
        BinaryPrimitives.WriteInt32LittleEndian(request.AsSpan(2), (int)patience.TotalMilliseconds);
        return Answer(session.Ask(request)) is { } payload ? Decode(payload) : null;
    }

    public int? WaitForEnd(TimeSpan patience)
    {
        var request = new byte[9];
        request[0] = (byte)'r';
        BinaryPrimitives.WriteInt32LittleEndian(request.AsSpan(1), Pid());
        BinaryPrimitives.WriteInt32LittleEndian(request.AsSpan(5), (int)patience.TotalMilliseconds);
        var reply = ((OracleTask)session.Init).Ask(request, patience + TimeSpan.FromSeconds(5));
        return reply is { Length: >= 12 } && reply[0] != 0 ? BinaryPrimitives.ReadInt32LittleEndian(reply.AsSpan(8)) : null;
    }

    /// <summary>Sends a message to the task's letter box; null when it has not answered in time.</summary>
    internal byte[]? Ask(ReadOnlySpan<byte> message, TimeSpan patience)
    {
        var request = new byte[6 + message.Length];
        request[0] = (byte)'C';
        request[1] = slot;
        BinaryPrimitives.WriteInt32LittleEndian(request.AsSpan(2), (int)patience.TotalMilliseconds);
        message.CopyTo(request.AsSpan(6));
        return Answer(session.Ask(request));
    }

    private static byte[]? Answer((byte Status, byte[] Payload) answer) => answer.Status switch
    {
        AgentProcess.Done => answer.Payload,
        AgentProcess.StillRunning => null,
        AgentProcess.CaseGone => throw new TargetException(answer.Payload.Length > 0 ? System.Text.Encoding.ASCII.GetString(answer.Payload) : "the case's first process died"),
        _ => throw new TargetException($"the agent refuses a request ({answer.Status})"),
    };

    private int Pid()
    {
        var (_, payload) = session.Ask([(byte)'P', slot]);
        return BinaryPrimitives.ReadInt32LittleEndian(payload);
    }

    private static byte[] Encode(StepRequest request)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write((byte)'c');
        writer.Write((byte)(request.Abi == GuestAbi.I386 ? 0 : 1));
        writer.Write(request.Child is OracleTask child ? child.Slot : NoChild);
        writer.Write(request.Number is { } number ? (ulong)(uint)number : ulong.MaxValue);
        for (var i = 0; i < 6; i++)
            writer.Write(i < request.Arguments.Count ? request.Arguments[i] : 0ul);
        writer.Write(request.Writes.Count);
        foreach (var write in request.Writes)
        {
            writer.Write(write.Address);
            writer.Write(write.Bytes.Length);
            writer.Write(write.Bytes.Span);
        }

        writer.Write(request.Reads.Count);
        foreach (var read in request.Reads)
        {
            writer.Write(read.Address);
            writer.Write(read.Length);
        }

        writer.Flush();
        return stream.ToArray();
    }

    private byte Slot => slot;

    private StepReply Decode(byte[] payload)
    {
        try
        {
            using var reader = new BinaryReader(new MemoryStream(payload));
            var result = reader.ReadInt64();
            var signals = new int[reader.ReadInt32()];
            for (var i = 0; i < signals.Length; i++)
                signals[i] = reader.ReadInt32();
            var memory = new List<byte[]?>();
            foreach (var range in _reads)
                memory.Add(reader.ReadInt32() != 0 ? reader.ReadBytes(range.Length) : null);
            return new StepReply(result, signals, memory);
        }
        catch (EndOfStreamException error)
        {
            throw new TargetException("the task's answer is cut short", error);
        }
    }
}
