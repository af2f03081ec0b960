using System.Management.Automation;
using LinuxWasm.PowerShell.Output;

namespace LinuxWasm.PowerShell.Kernels;

/// <summary>Lets a parameter that takes a process take its number in the session's current kernel, too.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class WasmProcessTransformationAttribute : ArgumentTransformationAttribute
{
    public override object? Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        if (inputData is null or WasmProcess or PSObject { BaseObject: WasmProcess } || !LanguagePrimitives.TryConvertTo<int>(inputData, out var pid))
            return inputData;
        return KernelRegistry.Current.Selected?.FindProcess(pid)
            ?? throw new ArgumentTransformationMetadataException($"No process {pid} runs in the session's current kernel. Get-WasmProcess lists those that do.");
    }
}
