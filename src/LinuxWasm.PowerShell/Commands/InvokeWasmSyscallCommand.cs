using System.Globalization;
using System.Management.Automation;
using LinuxWasm.Abi;
using LinuxWasm.Kernel.Syscalls;
using LinuxWasm.PowerShell.Calls;
using LinuxWasm.PowerShell.Completion;
using LinuxWasm.PowerShell.Kernels;
using LinuxWasm.PowerShell.Output;

namespace LinuxWasm.PowerShell.Commands;

/// <summary>
/// <para>Makes one system call.</para>
/// </summary>
[Cmdlet(VerbsLifecycle.Invoke, "WasmSyscall", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(WasmSyscallResult))]
public sealed class InvokeWasmSyscallCommand : KernelCommand, IDisposable
{
    private readonly CancellationTokenSource _stop = new();

    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(SyscallNameCompleter))]
    [ValidateNotNullOrEmpty]
    public string Name { get; set; } = "";

    [Parameter(Position = 1, ValueFromRemainingArguments = true)]
    [AllowNull]
    [AllowEmptyCollection]
    [ArgumentCompleter(typeof(SyscallArgumentCompleter))]
    [Alias("Arguments", "ArgumentList")]
    public object?[] Argument { get; set; } = [];

    [Parameter(ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [KernelTransformation]
    [ArgumentCompleter(typeof(KernelCompleter))]
    public override WasmKernel? Kernel { get; set; }

    [Parameter]
    [ValidateSet("x86-64", "i386", "generic")]
    public string? Abi { get; set; }

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
            var result = kernel.Host.Invoke(request, _stop.Token, WriteWarning);
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
