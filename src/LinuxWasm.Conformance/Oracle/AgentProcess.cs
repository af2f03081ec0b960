using System.Buffers.Binary;
using System.Diagnostics;
using System.Text;
using LinuxWasm.Conformance.Running;

namespace LinuxWasm.Conformance.Oracle;

/// <summary>What the agent says of itself when it starts.</summary>
internal sealed record AgentHello(
    ulong ArenaBase, ulong ArenaSize, ulong Handler64, ulong Restorer64, ulong Handler32, ulong Restorer32, ulong RtRestorer32, bool RangedIds, bool HasProc, bool HasI386, string Release);

/// <summary>A running agent and its pipe: frames of a length, a byte and a payload in both directions (see conformance/oracle/supervisor.c).</summary>
internal sealed class AgentProcess : IDisposable
{
    public const byte Done = 0;
    public const byte StillRunning = 1;
    public const byte CaseGone = 2;

    private const int MaxFrame = 1 << 20;

    private readonly Process _process;
    private readonly Stream _input;
    private readonly Stream _output;
    private readonly StringBuilder _errors = new();

    public AgentProcess(TimeSpan lifetime)
    {
        var start = new ProcessStartInfo(AgentBuilder.Build(), ((int)lifetime.TotalSeconds).ToString(System.Globalization.CultureInfo.InvariantCulture))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        start.Environment.Clear();
        _process = Process.Start(start) ?? throw new TargetException("the oracle's agent does not start");
        _process.ErrorDataReceived += (_, line) =>
        {
            lock (_errors)
                _errors.AppendLine(line.Data);
        };
        _process.BeginErrorReadLine();
        _input = _process.StandardInput.BaseStream;
        _output = _process.StandardOutput.BaseStream;
        Hello = ReadHello();
    }

    public AgentHello Hello { get; }

    public int Id => _process.Id;

    /// <summary>Sends a request and reads its answer.</summary>
    public (byte Status, byte[] Payload) Ask(ReadOnlySpan<byte> request)
    {
        try
        {
            var frame = new byte[4 + request.Length];
            BinaryPrimitives.WriteInt32LittleEndian(frame, request.Length);
            request.CopyTo(frame.AsSpan(4));
            _input.Write(frame);
            _input.Flush();
            return ReadAnswer();
        }
        catch (IOException error)
        {
            throw new TargetException("the oracle's agent is gone: " + Complaint(), error);
        }
    }

    public void Dispose()
    {
        try
        {
            // End of input ends the supervisor, and with it everything inside.
            _input.Dispose();
            if (!_process.WaitForExit(2000))
                _process.Kill();
        }
        catch (Exception error) when (error is IOException or InvalidOperationException)
        {
            // It is gone already, which is what was wanted.
        }

        _process.Dispose();
    }

    private (byte, byte[]) ReadAnswer()
    {
        Span<byte> head = stackalloc byte[5];
        _output.ReadExactly(head);
        var length = BinaryPrimitives.ReadInt32LittleEndian(head) - 1;
        if (length is < 0 or > MaxFrame)
            throw new TargetException("the oracle's agent answers nonsense");
        var payload = new byte[length];
        _output.ReadExactly(payload);
        return (head[4], payload);
    }

    private AgentHello ReadHello()
    {
        try
        {
            var (_, payload) = ReadAnswer();
            ulong Word(int index) => BinaryPrimitives.ReadUInt64LittleEndian(payload.AsSpan(index * 8));
            return new AgentHello(Word(0), Word(1), Word(2), Word(3), Word(4), Word(5), Word(6), Word(7) != 0, Word(8) != 0, Word(9) != 0, Encoding.ASCII.GetString(payload.AsSpan(80)));
        }
        catch (IOException error)
        {
            _process.WaitForExit(1000);
            throw new TargetException("the oracle can't confine itself here: " + Complaint(), error);
        }
    }

    private string Complaint()
    {
        // The reader of the error stream may be a moment behind the end of the process.
        _process.WaitForExit(200);
        lock (_errors)
            return _errors.Length > 0 ? _errors.ToString().Trim() : "it ended without a word";
    }
}
