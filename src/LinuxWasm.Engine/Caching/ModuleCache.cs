using LinuxWasm.Engine.Caching;

namespace LinuxWasm.Engine;

/// <summary>
/// Keeps on disk what is found out of modules, so that a program's next start need not: that the module is valid, which functions the program
/// needs first, and their code. Any number of processes may use one folder: an entry is written aside and moved to its place whole. What is
/// damaged, or from another build of the engine, is thrown away. A cache that can't be read or written is as good as none, and no error.
/// </summary>
public sealed class ModuleCache : IDisposable
{
    private const string Extension = ".lwc";
    private const UnixFileMode OnlyOwner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>A writer that has not finished by then has died.</summary>
    private static readonly TimeSpan Abandoned = TimeSpan.FromHours(1);

    /// <summary>An entry's time is that of its last use, give or take.</summary>
    private static readonly TimeSpan Touch = TimeSpan.FromHours(12);

    private static readonly TimeSpan SaveAfter = TimeSpan.FromSeconds(5);

    private readonly Lock gate = new();
    private readonly HashSet<ModuleHistory> changed = [];
    private Timer? saver;

    /// <param name="folder">It is made when first written to, for its owner only. Code from it is run, so a folder that others can write to is not used.</param>
    public ModuleCache(string folder) => Folder = Path.GetFullPath(folder);

    /// <summary>
    /// The user's own: <c>$LINUXWASM_CACHE</c>; else <c>linuxwasm/modules</c> in <c>$XDG_CACHE_HOME</c> or <c>~/.cache</c>, in <c>~/Library/Caches</c> on
    /// macOS, in the local application data on Windows. Null if there is none of these, or <c>LINUXWASM_CACHE</c> is <c>off</c>.
    /// </summary>
    public static string? DefaultFolder
    {
        get
        {
            string? asked = Environment.GetEnvironmentVariable("LINUXWASM_CACHE");
            if (!string.IsNullOrEmpty(asked))
                return asked == "off" ? null : asked;
            return CachesFolder() is { } caches ? Path.Combine(caches, "linuxwasm", "modules") : null;
        }
    }

    public string Folder { get; }

    /// <summary>Bytes that all entries together may take; what was used least recently goes first.</summary>
    public long MaximumBytes { get; init; } = 256 << 20;

    /// <summary>Smaller modules are compiled as fast as an entry is read.</summary>
    public int SmallestModule { get; init; } = 32 << 10;

    /// <summary>Decodes a module, and validates it unless it is known to be valid.</summary>
    /// <exception cref="WasmFormatException">The bytes are no valid module of the features that the engine has.</exception>
    public WasmModule Decode(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length < SmallestModule)
            return WasmModule.Decode(bytes);
        var key = CacheKey.Of(bytes.Span);
        var module = WasmModule.DecodeKnown(bytes, Find(key));
        module.CacheKey = key;
        return module;
    }

    /// <summary>Writes what has been found out since.</summary>
    public void Save()
    {
        ModuleHistory[] all;
        lock (gate)
        {
            all = [.. changed];
            changed.Clear();
            saver?.Dispose();
            saver = null;
        }

        foreach (var history in all)
        {
            if (history.News() is { } entry)
                Write(history.Key, entry);
        }
    }

    /// <summary>Saves.</summary>
    public void Dispose() => Save();

    /// <summary>There is something to save: soon, for programs that run for long and are then killed.</summary>
    internal void Remember(ModuleHistory history)
    {
        lock (gate)
        {
            if (changed.Add(history))
                saver ??= new Timer(_ => Save(), null, SaveAfter, Timeout.InfiniteTimeSpan);
        }
    }

    private static string? CachesFolder()
    {
        if (OperatingSystem.IsWindows())
            return NullIfEmpty(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData));
        string? home = NullIfEmpty(Environment.GetEnvironmentVariable("HOME"));
        if (OperatingSystem.IsMacOS())
            return home is null ? null : Path.Combine(home, "Library", "Caches");

        // The XDG base directory specification: a relative path is to be ignored.
        string? caches = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
        return Path.IsPathFullyQualified(caches ?? "") ? caches : home is null ? null : Path.Combine(home, ".cache");
    }

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private string PathOf(CacheKey key) => Path.Combine(Folder, key.FileName + Extension);

    private CacheEntry? Find(CacheKey key)
    {
        string path = PathOf(key);
        try
        {
            if (!FolderIsPrivate() || !File.Exists(path))
                return null;
            if (CacheEntry.Read(File.ReadAllBytes(path), key) is { } entry)
            {
                if (DateTime.UtcNow - File.GetLastWriteTimeUtc(path) > Touch)
                    File.SetLastWriteTimeUtc(path, DateTime.UtcNow);
                return entry;
            }

            File.Delete(path);
        }
        catch (Exception unusable) when (unusable is IOException or UnauthorizedAccessException)
        {
            // As good as no entry.
        }

        return null;
    }

    private bool FolderIsPrivate() => OperatingSystem.IsWindows() || PrivateFolder.IsOurs(Folder);

    private void Write(CacheKey key, CacheEntry entry)
    {
        string? aside = null;
        try
        {
            if (OperatingSystem.IsWindows())
                Directory.CreateDirectory(Folder);
            else
                Directory.CreateDirectory(Folder, OnlyOwner);
            if (!FolderIsPrivate())
                return;
            string name = Path.Combine(Folder, $"{key.FileName}.{Path.GetRandomFileName()}");
            aside = name;
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            using (var file = new FileStream(name, options))
                file.Write(entry.ToBytes(key));
            File.Move(name, PathOf(key), overwrite: true);
            aside = null;
            Trim();
        }
        catch (Exception unusable) when (unusable is IOException or UnauthorizedAccessException)
        {
            // The next start takes as long as this one.
            if (aside is not null)
                TryDelete(aside);
        }
    }

    private void Trim()
    {
        var now = DateTime.UtcNow;
        long left = MaximumBytes;
        foreach (var file in new DirectoryInfo(Folder).EnumerateFiles().OrderByDescending(f => f.LastWriteTimeUtc))
        {
            if (file.Extension == Extension)
                left -= file.Length;
            if (file.Extension == Extension ? left < 0 : now - file.LastWriteTimeUtc > Abandoned)
                TryDelete(file.FullName);
        }
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception held) when (held is IOException or UnauthorizedAccessException)
        {
            // Another process has it open or has deleted it; it goes another time.
        }
    }
}
