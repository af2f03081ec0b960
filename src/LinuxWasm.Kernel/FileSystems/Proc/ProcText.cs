using System.Text;
using LinuxWasm.Abi;
using LinuxWasm.Kernel.Syscalls;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.FileSystems.Proc;

/// <summary>A file whose text is made when it is read. stat(2) gives it no size.</summary>
internal sealed class ProcText(ProcSuperBlock superBlock, Func<LinuxTask?, byte[]> text, ThreadGroup? process = null, Mode mode = (Mode)0x124 /* 0444 */)
    : ProcInode(superBlock, Mode.S_IFREG | mode, process)
{
    /// <summary>For text in ASCII.</summary>
    public static ProcText Of(ProcSuperBlock superBlock, Func<string> text, ThreadGroup? process = null) =>
        new(superBlock, _ => Encoding.UTF8.GetBytes(text()), process);

    public override Errno Open(in OpenRequest request, out OpenFile? file)
    {
        file = null;
        if ((request.Flags & OpenFlags.O_ACCMODE) != OpenFlags.O_RDONLY)
            return Errno.EACCES;
        file = new ProcTextFile(request, text);
        return Errno.None;
    }
}

/// <summary>A text of proc, opened: who reads from the start again gets what is true then (seq_file).</summary>
internal sealed class ProcTextFile(in OpenRequest request, Func<LinuxTask?, byte[]> text) : OpenFile(request, OpenModes.Stored)
{
    private readonly Lock _lock = new();
    private readonly LinuxTask? _opener = request.Task;
    private byte[]? _content;

    public override SysResult Read(Span<byte> buffer, ref long position)
    {
        lock (_lock)
        {
            if (_content is null || position == 0)
                _content = text(_opener);
            if (position >= _content.Length)
                return 0;
            var count = Math.Min(buffer.Length, _content.Length - (int)position);
            _content.AsSpan((int)position, count).CopyTo(buffer);
            position += count;
            return count;
        }
    }

    public override SysResult Seek(long offset, SeekWhence whence) =>
        whence is SeekWhence.SEEK_SET or SeekWhence.SEEK_CUR ? SeekWithin(offset, whence, 0) : Errno.EINVAL;
}
