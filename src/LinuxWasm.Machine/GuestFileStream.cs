namespace LinuxWasm.Machine;

/// <summary>A file of the guest's tree as a stream of the host. Each use is a system call of the kernel's root user.</summary>
public sealed class GuestFileStream : Stream
{
    private readonly Action<Action<GuestTree>> _use;
    private readonly string _path;
    private readonly ulong _fd;
    private readonly bool _writes;
    private bool _closed;

    private GuestFileStream(Action<Action<GuestTree>> use, string path, ulong fd, bool writes)
    {
        _use = use;
        _path = path;
        _fd = fd;
        _writes = writes;
    }

    public override bool CanRead => !_writes;

    public override bool CanWrite => _writes;

    public override bool CanSeek => true;

    public override long Length => Do(tree => tree.Status(_path).Size);

    public override long Position
    {
        get => Seek(0, SeekOrigin.Current);
        set => Seek(value, SeekOrigin.Begin);
    }

    /// <summary>Opens a file to read.</summary>
    /// <param name="use">Whose tree it stands in, one caller at a time: <see cref="WasmMachine.Provision"/>.</param>
    /// <param name="path">The guest path.</param>
    /// <exception cref="GuestTreeException">It is not there, or no file with content.</exception>
    public static GuestFileStream OpenRead(Action<Action<GuestTree>> use, string path) => Open(use, path, writes: false, tree => tree.OpenToRead(path));

    /// <summary>Opens a file to write from its beginning, and makes it where it is missing. What it holds is left.</summary>
    /// <param name="use">Whose tree it stands in, one caller at a time: <see cref="WasmMachine.Provision"/>.</param>
    /// <param name="path">The guest path.</param>
    /// <param name="mode">Of a new file.</param>
    /// <exception cref="GuestTreeException">It can't be written.</exception>
    public static GuestFileStream OpenWrite(Action<Action<GuestTree>> use, string path, uint mode = 0x1B6) => Open(use, path, writes: true, tree => tree.OpenToWrite(path, mode));

    public override int Read(byte[] buffer, int offset, int count) => Do(tree => tree.Read(_path, _fd, buffer, offset, count));

    public override void Write(byte[] buffer, int offset, int count) => Do(tree =>
    {
        tree.Write(_path, _fd, buffer, offset, count);
        return 0;
    });

    public override long Seek(long offset, SeekOrigin origin) => Do(tree => tree.Seek(_path, _fd, offset, origin));

    public override void SetLength(long value) => Do(tree =>
    {
        tree.Truncate(_path, _fd, value);
        return 0;
    });

    public override void Flush()
    {
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_closed)
        {
            _closed = true;
            Do(tree =>
            {
                tree.Close(_fd);
                return 0;
            });
        }

        base.Dispose(disposing);
    }

    private static GuestFileStream Open(Action<Action<GuestTree>> use, string path, bool writes, Func<GuestTree, ulong> open)
    {
        ulong fd = 0;
        use(tree => fd = open(tree));
        return new GuestFileStream(use, path, fd, writes);
    }

    private T Do<T>(Func<GuestTree, T> work)
    {
        T result = default!;
        _use(tree => result = work(tree));
        return result;
    }
}
