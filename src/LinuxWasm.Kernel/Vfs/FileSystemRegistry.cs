using System.Collections.Concurrent;
using LinuxWasm.Kernel.FileSystems.Dev;
using LinuxWasm.Kernel.FileSystems.Host;
using LinuxWasm.Kernel.FileSystems.Proc;
using LinuxWasm.Kernel.FileSystems.Pts;
using LinuxWasm.Kernel.FileSystems.Tmp;

namespace LinuxWasm.Kernel.Vfs;

/// <summary>The kinds of file system that a kernel can mount, by name (/proc/filesystems).</summary>
public sealed class FileSystemRegistry
{
    private readonly ConcurrentDictionary<string, FileSystemType> _types = new(StringComparer.Ordinal);

    public FileSystemRegistry()
    {
        Add(new TmpfsType());
        Add(new DevfsType());
        Add(new DevptsType());
        Add(new HostFolderType());
        Add(new ProcType());
    }

    /// <summary>All of them by name.</summary>
    public IReadOnlyList<FileSystemType> All => [.. _types.Values.OrderBy(type => type.Name, StringComparer.Ordinal)];

    public void Add(FileSystemType type) => _types[type.Name] = type;

    /// <summary>The kind with a name as far as <paramref name="caller"/> may mount it, or null: ENODEV. <c>dev</c> is short for devtmpfs.</summary>
    public FileSystemType? Find(string name, in VfsCaller caller) =>
        _types.TryGetValue(name == "dev" ? "devtmpfs" : name, out var type) && (!type.IsForHostOnly || caller.Task is null or { IsHost: true }) ? type : null;
}
