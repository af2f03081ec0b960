using System.Management.Automation;

namespace LinuxWasm.PowerShell.Kernels;

/// <summary>Lets <c>-ProcessId</c> take an object that has a ProcessId, such as a process, in place of the number.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class ProcessTransformationAttribute : ArgumentTransformationAttribute
{
    public override object? Transform(EngineIntrinsics engineIntrinsics, object inputData) =>
        inputData is not null && PSObject.AsPSObject(inputData).Properties["ProcessId"]?.Value is int pid ? pid : inputData;
}
