using LinuxWasm.Engine;
using LinuxWasm.Kernel.Syscalls;
using LinuxWasm.Machine.Imports;

namespace LinuxWasm.Machine.Programs;

/// <summary>Answers a program's imports: the two ABIs, and a memory of its own where it wants one given.</summary>
internal sealed class ProgramImports(GuestAbi abi, ulong memoryLimitPages) : IImportResolver
{
    /// <summary>The memory that was made for an import, if there was one.</summary>
    public LinearMemory? Memory { get; private set; }

    /// <summary>What the engine must know of an import: which it answers itself, and which may have the frames of its callers saved.</summary>
    public static ImportTraits TraitsOf(ImportDescriptor import) => (import.Module, import.Name) switch
    {
        (WaliImports.Module, "setjmp" or "sigsetjmp") => ImportTraits.SetJmp,
        (WaliImports.Module, "longjmp" or "siglongjmp") => ImportTraits.LongJmp,
        (WaliImports.Module, var name) when WaliImports.Suspends(name) => ImportTraits.Suspends,
        // The number is known only when it is called.
        (SyscallImports.Module, SyscallImports.SyscallName) => ImportTraits.Suspends,
        _ => ImportTraits.None,
    };

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
