using System.Globalization;
using System.Management.Automation;
using LinuxWasm.Abi;
using LinuxWasm.Kernel.Syscalls;
using LinuxWasm.PowerShell.Calls;
using LinuxWasm.PowerShell.Completion;
using LinuxWasm.PowerShell.Kernels;
using LinuxWasm.PowerShell.Output;

namespace LinuxWasm.PowerShell.Commands;

/// <summary>Makes one system call.</summary>
/// <remarks>
/// <para>The call is made by a process that the session has in the kernel for this: descriptors that it opens stay open for the next call, and so do its working directory, its user and its umask. The answer is an object with the return value, the error's name and what the call wrote. An error number is an answer, not an error of the command; -ErrorOnFailure makes it one.</para>
/// <para>Arguments are numbers, names of constants ('O_RDWR|O_CREAT', or with commas), texts for paths and buffers, byte arrays, hashtables for structures by their fields, and lists of these. PowerShell has no octal numbers, so a mode is written in quotes: '0644'. Where the call writes a buffer, a whole number is its size, a type such as [int] is room for one, and $null is a null pointer; a wider number ([long], [uint]) is an address. Arguments that are left out at the end are filled in where there is no doubt: room for results, lengths of buffers, 0 for flags and null for pointers that may be null. Descriptors, paths, other numbers, and whatever a call takes first can't be left out: the error names what is missing.</para>
/// <para>A structure in a place where the call's declaration names none says itself what it is, with the key _type: @{ _type = 'flock'; l_type = 'F_WRLCK' }.</para>
/// </remarks>
/// <example>
/// <summary>Open, write and look.</summary>
/// <code>
/// Start-WasmKernel
/// Invoke-WasmSyscall openat AT_FDCWD, /tmp/greeting, 'O_RDWR|O_CREAT', '0644'
/// Invoke-WasmSyscall write 3, 'hello'
/// Invoke-WasmSyscall pread64 3, 100, 100, 0
/// </code>
/// <para>write is told the text's length, because count was left out. The last answer has the bytes in Output.buf, and as text in Text.</para>
/// </example>
/// <example>
/// <summary>Read a structure.</summary>
/// <code>
/// Start-WasmKernel
/// (Invoke-WasmSyscall stat /etc/passwd).Output.statbuf.st_size
/// </code>
/// <para>Structures come as objects with Linux's names.</para>
/// </example>
/// <example>
/// <summary>See an error.</summary>
/// <code>
/// Start-WasmKernel
/// Invoke-WasmSyscall rmdir /nonexistent | Format-List
/// </code>
/// <para>Errno is ENOENT, Trace is the line that strace would print.</para>
/// </example>
/// <example>
/// <summary>Use the 32-bit table.</summary>
/// <code>
/// Start-WasmKernel
/// Invoke-WasmSyscall stat64 /etc/passwd -Abi i386
/// </code>
/// <para>Structures have the layout of that table.</para>
/// </example>
[Cmdlet(VerbsLifecycle.Invoke, "WasmSyscall", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(WasmSyscallResult))]
public sealed class InvokeWasmSyscallCommand : KernelCommand, IDisposable
{
    private readonly CancellationTokenSource _stop = new();

    /// <summary>The call's name, or its number in the table of -Abi.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(SyscallNameCompleter))]
    [ValidateNotNullOrEmpty]
    public string Name { get; set; } = "";

    /// <summary>The call's arguments.</summary>
    [Parameter(Position = 1, ValueFromRemainingArguments = true)]
    [AllowNull]
    [AllowEmptyCollection]
    [ArgumentCompleter(typeof(SyscallArgumentCompleter))]
    [Alias("Arguments", "ArgumentList")]
    public object?[] Argument { get; set; } = [];

    /// <summary>The kernel to make the call in: an object, an id or a name. By default the session's current kernel.</summary>
    [Parameter(ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [KernelTransformation]
    [ArgumentCompleter(typeof(KernelCompleter))]
    public override WasmKernel? Kernel { get; set; }

    /// <summary>The process that makes the call, by its number or as an object that has one: the call sees and changes that process's descriptors and directory. By default a process of the session's own.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ProcessTransformation]
    [ArgumentCompleter(typeof(ProcessIdCompleter))]
    [Alias("Process", "Pid")]
    public int ProcessId { get; set; }

    /// <summary>Whose numbers and structures the call has. By default x86-64, or i386 for calls that only that table has.</summary>
    [Parameter]
    [ValidateSet("x86-64", "i386", "generic")]
    public string? Abi { get; set; }

    /// <summary>Writes an error, with the error's name as its id, where the call fails.</summary>
    [Parameter]
    public SwitchParameter ErrorOnFailure { get; set; }

    protected override void ProcessRecord()
    {
        var kernel = RequireKernel();
        var request = Resolve();
        if (!ShouldProcess($"{request.Name}({request.Arguments.Count} arguments) in kernel '{kernel.Name}'", "Make system call"))
            return;
        try
        {
            var pid = ProcessId == 0 ? kernel.Host.Pid : ProcessId;
            var result = pid == kernel.Host.Pid
                ? kernel.Host.Invoke(request, _stop.Token, WriteWarning)
                : kernel.Host.InvokeAs(pid, request, _stop.Token, WriteWarning);
            if (result is null)
            {
                WriteError(ErrorRecords.Of("ESRCH", ErrorCategory.ObjectNotFound, $"No process {pid} runs in kernel '{kernel.Name}'.", pid));
                return;
            }

            WriteObject(result);
            if (ErrorOnFailure && result.Errno is { } name)
                WriteError(ErrorRecords.Of(Enum.Parse<Errno>(name), result.Name, result));
        }
        catch (CallArgumentException wrong)
        {
            ThrowTerminatingError(new ErrorRecord(wrong, "InvalidArgument", ErrorCategory.InvalidArgument, wrong.Argument));
        }
    }

    protected override void StopProcessing() => _stop.Cancel();

    public void Dispose() => _stop.Dispose();

    private CallRequest Resolve()
    {
        var abis = Abi is { } chosen ? [GuestAbi.All.Single(abi => abi.Name == chosen)] : new[] { GuestAbi.X64, GuestAbi.I386 };
        foreach (var abi in abis)
        {
            if (Find(abi) is { } found)
            {
                var parameters = SyscallCatalogue.Find(abi.Table, found.Name)?.Parameters ?? Nameless;
                return new CallRequest(found.Name, found.Number, abi, parameters, Argument ?? []);
            }
        }

        var where = Abi is { } table ? $"the {table} table" : "Linux";
        ThrowTerminatingError(ErrorRecords.Of("SyscallNotFound", ErrorCategory.ObjectNotFound, $"'{Name}' is no system call of {where}. Get-WasmSyscall lists them.", Name));
        throw new InvalidOperationException();
    }

    private (string Name, int Number)? Find(GuestAbi abi)
    {
        if (int.TryParse(Name, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return SyscallCatalogue.NameOf(abi.Table, number) is { } known ? (known, number) : null;
        return SyscallNumbers.Find(Name)?.In(abi.Table) is { } found ? (Name, found) : null;
    }

    /// <summary>What is known of a call without an implementation: it answers ENOSYS whatever it is given.</summary>
    private static SyscallParameter[] Nameless { get; } =
        [.. Enumerable.Range(1, 6).Select(i => new SyscallParameter(string.Create(CultureInfo.InvariantCulture, $"a{i}"), ParameterKind.Pointer, "void"))];
}
