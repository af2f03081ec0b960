using LinuxWasm.Abi.Generators;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;

namespace LinuxWasm.Abi.Tests;

/// <summary>What the generator makes of declarations, and which ones it refuses.</summary>
public sealed class SyscallGeneratorTests
{
    private const string Tsv = "# name\ti386\tx86-64\tgeneric\nread\t3\t0\t63\npread64\t180\t17\t67\nstat64\t195\t-\t-\n";

    private const string Declarations = """
        namespace LinuxWasm.Kernel.Syscalls
        {
            [System.AttributeUsage(System.AttributeTargets.Method, AllowMultiple = true)]
            public sealed class SyscallAttribute(string name) : System.Attribute { public int On { get; init; } public string Man { get; init; } = name; }
            public readonly struct SysResult;
            public readonly record struct Fd(int Value);
            public readonly record struct GuestSize(ulong Value);
        }
        namespace LinuxWasm.Kernel.Tasks { public sealed class LinuxTask; }
        namespace LinuxWasm.Kernel.Memory { public readonly record struct GuestPtr(uint Address); }
        namespace Guest
        {
            using LinuxWasm.Kernel.Memory;
            using LinuxWasm.Kernel.Syscalls;
            using LinuxWasm.Kernel.Tasks;
            public static class Calls
            {
                METHOD
            }
        }
        """;

    [Fact]
    public void A_64_bit_parameter_takes_two_registers_of_i386_and_one_elsewhere()
    {
        var generated = Generate("[Syscall(\"pread64\")] public static SysResult Pread(LinuxTask task, Fd fd, GuestPtr buf, GuestSize count, long offset) => default;", out var problems);

        Assert.Empty(problems);
        Assert.Contains("Narrow0(LinuxTask task, in Registers r) => global::Guest.Calls.Pread(task, new Fd((int)r.A1), new GuestPtr((uint)r.A2), new GuestSize((uint)r.A3), (long)((uint)r.A4 | r.A5 << 32))", generated, StringComparison.Ordinal);
        Assert.Contains("Wide0(LinuxTask task, in Registers r) => global::Guest.Calls.Pread(task, new Fd((int)r.A1), GuestPtr.FromRegister(r.A2), new GuestSize(r.A3), (long)r.A4)", generated, StringComparison.Ordinal);
        Assert.Contains("table[180]", generated, StringComparison.Ordinal);
        Assert.Contains("table[17]", generated, StringComparison.Ordinal);
        Assert.Contains("table[67]", generated, StringComparison.Ordinal);
    }

    [Fact]
    public void A_table_without_the_name_is_passed_over()
    {
        var generated = Generate("[Syscall(\"stat64\")] public static SysResult Stat64(LinuxTask task) => default;", out var problems);

        Assert.Empty(problems);
        Assert.Contains("table[195]", generated, StringComparison.Ordinal);
        Assert.Equal(1, generated.Split("table[").Length - 1);
    }

    [Theory]
    [InlineData("[Syscall(\"no_such_call\")] public static SysResult M(LinuxTask task) => default;", "is in none of the system call tables")]
    [InlineData("[Syscall(\"stat64\", On = 2)] public static SysResult M(LinuxTask task) => default;", "is in none of the tables that it is declared for")]
    [InlineData("[Syscall(\"read\")] public static int M(LinuxTask task) => 0;", "returns SysResult")]
    [InlineData("[Syscall(\"read\")] public static SysResult M(Fd fd) => default;", "first parameter is the calling LinuxTask")]
    [InlineData("[Syscall(\"read\")] public static SysResult M(LinuxTask task, string path) => default;", "no register holds a string")]
    [InlineData("[Syscall(\"read\")] public static SysResult M(LinuxTask task, long a, long b, long c, long d) => default;", "more than six registers")]
    [InlineData("[Syscall(\"read\")] public static SysResult M(LinuxTask task) => default; [Syscall(\"read\")] public static SysResult N(LinuxTask task) => default;", "declared twice")]
    public void A_declaration_that_cannot_be_dispatched_fails_the_build(string method, string expected)
    {
        Generate(method, out var problems);

        Assert.Contains(problems, problem => problem.Severity == DiagnosticSeverity.Error && problem.GetMessage(null).Contains(expected, StringComparison.Ordinal));
    }

    private static string Generate(string method, out IReadOnlyList<Diagnostic> problems)
    {
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Select(path => MetadataReference.CreateFromFile(path));
        var source = CSharpSyntaxTree.ParseText(Declarations.Replace("METHOD", method, StringComparison.Ordinal), cancellationToken: TestContext.Current.CancellationToken);
        var compilation = CSharpCompilation.Create("guest", [source], references, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        var driver = CSharpGeneratorDriver
            .Create([new SyscallGenerator().AsSourceGenerator()], [new TextFile("syscalls.tsv", Tsv)])
            .RunGenerators(compilation, TestContext.Current.CancellationToken);
        var result = driver.GetRunResult();
        problems = result.Diagnostics;
        return result.GeneratedTrees.Single().ToString();
    }

    private sealed class TextFile(string path, string text) : AdditionalText
    {
        public override string Path => path;

        public override SourceText GetText(CancellationToken cancellationToken = default) => SourceText.From(text);
    }
}
