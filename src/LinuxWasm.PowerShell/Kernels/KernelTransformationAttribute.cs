using System.Globalization;
using System.Management.Automation;

namespace LinuxWasm.PowerShell.Kernels;

/// <summary>Lets <c>-Kernel</c> take an id or a name in place of the object.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class KernelTransformationAttribute : ArgumentTransformationAttribute
{
    public override object? Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        var value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        return value switch
        {
            int id => Find(kernel => kernel.Id == id, id.ToString(CultureInfo.InvariantCulture)),
            string name => Find(kernel => string.Equals(kernel.Name, name, StringComparison.OrdinalIgnoreCase), name),
            // Anything else is the binder's to convert or to refuse.
            _ => inputData,
        };
    }

    private static WasmKernel Find(Func<WasmKernel, bool> wanted, string text) =>
        KernelRegistry.Current.Kernels.FirstOrDefault(wanted)
            ?? throw new ArgumentTransformationMetadataException($"No kernel '{text}' runs in this session. Get-WasmKernel lists those that do.");
}
