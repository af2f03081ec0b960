using LinuxWasm.Engine.Caching;
using static LinuxWasm.Engine.Tests.Wasm;

namespace LinuxWasm.Engine.Tests;

public sealed class CacheTests : IDisposable
{
    private readonly string folder = Path.Combine(Directory.CreateTempSubdirectory("cache").FullName, "modules");

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(folder)!, recursive: true);

    [Fact]
    public void From_the_cache_a_module_does_the_same()
    {
        var first = Run(out var fresh);
        string entry = Entry();
        var second = Run(out var cached);

        Assert.Null(fresh.Known);
        Assert.NotNull(cached.Known);
        Assert.Equal(Names, cached.Known.Functions.Select(f => cached.FunctionName(f.Index)));
        Assert.All(cached.Known.Functions, f => Assert.False(f.Body.IsEmpty));
        Assert.Equal(first, second);
        Assert.Equal(entry, Entry());
    }

    [Fact]
    public void Kept_code_is_what_runs()
    {
        Run(out _);
        var module = Cache().Decode(Bytes());
        var key = module.CacheKey!;
        var known = module.Known!;
        int answer = known.Functions.First(f => module.FunctionName(f.Index) == "answer").Index;
        int other = known.Functions.First(f => module.FunctionName(f.Index) == "other").Index;
        var body = known.Functions.First(f => f.Index == other).Body;
        var swapped = new CacheEntry
        {
            Calls = known.Calls,
            Options = known.Options,
            Functions = [.. known.Functions.Select(f => f.Index == answer ? f with { Body = body } : f)],
        };
        File.WriteAllBytes(Entry(), swapped.ToBytes(key));

        var instance = Instantiate(Cache(), out _);

        Assert.Equal(43, instance.Call("answer").I32);
    }

    [Theory]
    [InlineData("a byte of it is another")]
    [InlineData("it is cut short")]
    [InlineData("it is empty")]
    [InlineData("it is something else")]
    [InlineData("it is of another build of the engine")]
    [InlineData("it is another module's")]
    public void An_entry_that_is_not_right_is_thrown_away_and_made_anew(string wrong)
    {
        var expected = Run(out _);
        string entry = Entry();
        byte[] bytes = File.ReadAllBytes(entry);
        switch (wrong)
        {
            case "a byte of it is another": bytes[^20] ^= 1; break;
            case "it is cut short": bytes = bytes[..^1]; break;
            case "it is empty": bytes = []; break;
            case "it is something else": bytes = [.. Enumerable.Repeat((byte)'x', 1000)]; break;
            case "it is of another build of the engine": bytes[4 + 40] ^= 1; break;
            default: bytes[4] ^= 1; break;
        }

        File.WriteAllBytes(entry, bytes);

        Assert.Equal(expected, Run(out var module));
        Assert.Null(module.Known);
        Assert.Equal(entry, Entry());
        Assert.Equal(expected, Run(out module));
        Assert.NotNull(module.Known);
    }

    [Fact]
    public void A_module_that_is_not_valid_is_refused_each_time()
    {
        var builder = new ModuleBuilder();
        builder.Function("f", Type(">i"), [], F64Const(1));
        byte[] bytes = builder.Bytes();
        for (int i = 0; i < 2; i++)
            Assert.Throws<WasmFormatException>(() => Cache().Decode(bytes));
    }

    [Fact]
    public void Code_of_other_options_is_not_used()
    {
        var expected = Run(out _);
        using var cache = Cache();
        var module = cache.Decode(Bytes());
        var instance = (IlInstance)new IlEngine(new EngineOptions { Cache = cache, SuspendAtEveryCall = true }).Instantiate(module, new ImportTable(), new Execution());

        Assert.NotNull(module.Known);
        Assert.Equal(0, instance.Compiled.KnownFunctions);
        Assert.Equal(expected, Answers(instance));
    }

    [Fact]
    public void A_folder_that_can_not_be_made_is_no_error()
    {
        string file = Path.Combine(Path.GetDirectoryName(folder)!, "file");
        File.WriteAllText(file, "");
        var cache = new ModuleCache(Path.Combine(file, "modules")) { SmallestModule = 0 };

        Assert.Equal(42, Instantiate(cache, out _).Call("answer").I32);
        cache.Save();
    }

    [Fact]
    public void A_folder_that_others_can_enter_is_not_used()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "there, a user's own folder is private by inheritance");
        Run(out _);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(folder, File.GetUnixFileMode(folder) | UnixFileMode.OtherExecute);

        Run(out var module);

        Assert.Null(module.Known);
    }

    [Fact]
    public void The_folder_and_its_entries_are_the_users_own()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "there are no modes there");
        Run(out _);
        if (OperatingSystem.IsWindows())
            return;
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Entry()));
    }

    [Fact]
    public void What_was_used_least_recently_goes_when_there_is_too_much()
    {
        Run(out _);
        string old = Entry();
        File.SetLastWriteTimeUtc(old, DateTime.UtcNow - TimeSpan.FromHours(1));
        using (var cache = new ModuleCache(folder) { SmallestModule = 0, MaximumBytes = new FileInfo(old).Length + 10 })
            Assert.Equal(7, Instantiate(cache, out _, answer: 7).Call("answer").I32);

        Assert.NotEqual(old, Entry());
    }

    [Fact]
    public void What_a_dead_writer_has_left_is_cleared_away()
    {
        Run(out _);
        string left = Path.Combine(folder, "left.tmp");
        string busy = Path.Combine(folder, "busy.tmp");
        File.WriteAllText(left, "");
        File.WriteAllText(busy, "");
        File.SetLastWriteTimeUtc(left, DateTime.UtcNow - TimeSpan.FromHours(2));
        using (var cache = Cache())
            Instantiate(cache, out _, answer: 7).Call("answer");

        Assert.False(File.Exists(left));
        Assert.True(File.Exists(busy));
    }

    [Fact]
    public async Task Many_at_once_do_each_other_no_harm()
    {
        var expected = Run(out _);
        var all = Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            for (int round = 0; round < 10; round++)
            {
                Assert.Equal(expected, Run(out var _));
                File.Delete(Path.Combine(folder, Path.GetFileName(Directory.EnumerateFiles(folder, "*.lwc").FirstOrDefault() ?? "none")));
            }
        })).ToArray();
        await Task.WhenAll(all);

        Run(out _);
        Assert.Equal(expected, Run(out var module));
        Assert.NotNull(module.Known);
        Assert.DoesNotContain(Directory.EnumerateFiles(folder), f => !f.EndsWith(".lwc", StringComparison.Ordinal));
    }

    [Fact]
    public void Small_modules_are_not_worth_an_entry()
    {
        using (var cache = new ModuleCache(folder))
            Assert.Equal(42, Instantiate(cache, out _).Call("answer").I32);

        Assert.False(Directory.Exists(folder));
    }

    private static readonly string[] Names = ["sum", "answer", "other"];

    private ModuleCache Cache() => new(folder) { SmallestModule = 0 };

    private string Entry() => Assert.Single(Directory.EnumerateFiles(folder));

    /// <summary>One run of a program: decodes, runs, and saves.</summary>
    private long[] Run(out WasmModule module)
    {
        using var cache = Cache();
        return Answers(Instantiate(cache, out module));
    }

    private static long[] Answers(Instance instance) =>
        [instance.Call("sum", 1000).I64, instance.Call("answer").I32, instance.Call("other").I32];

    private static Instance Instantiate(ModuleCache cache, out WasmModule module, int answer = 42)
    {
        module = cache.Decode(Bytes(answer));
        return new IlEngine(new EngineOptions { Cache = cache }).Instantiate(module, new ImportTable(), new Execution());
    }

    private static byte[] Bytes(int answer = 42)
    {
        var builder = new ModuleBuilder().Memory(1);
        builder.Function("never", Type("i>i"), [], Get(0));
        builder.Function("other", Type(">i"), [], I32Const(43));
        builder.Function("answer", Type(">i"), [], I32Const(answer));
        // Adds n + (n - 1) + ... + 1 through memory.
        builder.Function("sum", Type("i>l"), [], I32Const(0), I64Const(0), Memory(0x37, 0), Loop(),
            I32Const(0), I32Const(0), Memory(0x29, 0), Get(0), [0xAD], [0x7C], Memory(0x37, 0),
            Get(0), I32Const(1), I32Sub, Tee(0), BrIf(0), End, I32Const(0), Memory(0x29, 0));
        return builder.Bytes();
    }
}
