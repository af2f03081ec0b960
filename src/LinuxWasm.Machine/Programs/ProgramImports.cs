using LinuxWasm.Engine;
using LinuxWasm.Kernel.Syscalls;
using LinuxWasm.Machine.Imports;

namespace LinuxWasm.Machine.Programs;

/// <summary>Answers a program's imports: the two ABIs, and a memory of its own where it wants one given.</summary>
internal sealed class ProgramImports(GuestAbi abi, ulong memoryLimitPages) : IImportResolver
{
    /// <summary>The memory that was made for an import, if there was one.</summary>
    public LinearMemory? Memory { get; private set; }

    public Extern? Resolve(ImportDescriptor import) => import.Type switch
    {
        FunctionExternType function => import.Module switch
        {
            SyscallImports.Module => SyscallImports.Find(import.Name, abi),
            WaliImports.Module => WaliImports.Find(import.Name, function.Type),
            _ => null,
        },
        MemoryType memory => Memory ??= new LinearMemory(memory, memoryLimitPages),
        _ => null,
    };
}
