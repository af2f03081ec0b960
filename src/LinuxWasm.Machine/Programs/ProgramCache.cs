using System.Security.Cryptography;
using LinuxWasm.Engine;
using LinuxWasm.Kernel;

namespace LinuxWasm.Machine.Programs;

/// <summary>The programs that were loaded last, by content, so that a shell's tools are decoded and compiled once.</summary>
/// <param name="kernel">Whose log is told why a file is no program.</param>
/// <param name="modules">What is known of them from earlier runs; null: nothing.</param>
internal sealed class ProgramCache(LinuxKernel kernel, ModuleCache? modules)
{
    private const int Most = 32;

    private readonly Lock _lock = new();
    private readonly LinkedList<Entry> _recent = new();

    /// <summary>A program, or null where the bytes are none.</summary>
    public ProgramImage? TryLoad(string path, ReadOnlyMemory<byte> content)
    {
        try
        {
            return Load(path, content);
        }
        catch (ProgramException refused)
        {
            kernel.Log.Write(kernel.Clock.Monotonic, $"execve: {refused.Message}");
            return null;
        }
    }

    /// <summary>A program.</summary>
    /// <exception cref="ProgramException">The bytes are none; the message says what was expected.</exception>
    public ProgramImage Load(string path, ReadOnlyMemory<byte> content)
    {
        var hash = Convert.ToHexString(SHA256.HashData(content.Span));
        lock (_lock)
        {
            for (var node = _recent.First; node is not null; node = node.Next)
            {
                if (node.Value.Hash != hash)
                    continue;
                _recent.Remove(node);
                _recent.AddFirst(node);
                return node.Value.Image.Named(path);
            }
        }

        var image = ProgramImage.Load(path, content, modules);
        lock (_lock)
        {
            _recent.AddFirst(new Entry(hash, image));
            if (_recent.Count > Most)
                _recent.RemoveLast();
        }

        return image;
    }

    private sealed record Entry(string Hash, ProgramImage Image);
}
