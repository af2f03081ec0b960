using System.Globalization;
using System.Text;
using LinuxWasm.Engine;
using LinuxWasm.Kernel.Syscalls;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Machine.Imports;

namespace LinuxWasm.Machine.Programs;

/// <summary>A module that can be run as a program: what it is called, how it is entered, and which system calls it makes.</summary>
public sealed class ProgramImage : IGuestProgram
{
    private ProgramImage(string name, WasmModule module, GuestAbi abi, string entry)
    {
        Name = name;
        Module = module;
        Abi = abi;
        Entry = entry;
    }

    /// <summary>The path or file name that it was loaded from, for messages.</summary>
    public string Name { get; }

    /// <summary>WALI where it imports anything of <c>wali</c>, else i386. One with <c>wasm_host_syscall</c> is i386's, even if it takes setjmp from <c>wali</c>.</summary>
    public GuestAbi Abi { get; }

    /// <summary>The same program under another name.</summary>
    internal ProgramImage Named(string name) => name == Name ? this : new ProgramImage(name, Module, Abi, Entry);

    /// <summary>It starts in WALI's way.</summary>
    internal bool IsWali => Abi == GuestAbi.Wali;

    internal WasmModule Module { get; }

    /// <summary>The export that is called: <c>_start</c>, <c>main</c> or <c>__main_argc_argv</c>.</summary>
    internal string Entry { get; }

    /// <summary>Decodes and validates a module and checks that it is a program.</summary>
    /// <exception cref="ProgramException">It is not WebAssembly, not valid, or no program; the message says what was expected.</exception>
    public static ProgramImage Load(string name, ReadOnlyMemory<byte> bytes, ModuleCache? cache = null)
    {
        WasmModule module;
        try
        {
            module = cache is null ? WasmModule.Decode(bytes) : cache.Decode(bytes);
        }
        catch (WasmFormatException malformed) when (!bytes.Span.StartsWith("\0asm"u8))
        {
            throw new ProgramException($"{name}: not a valid WebAssembly module: {Beginning(bytes.Span)}", malformed);
        }
        catch (WasmFormatException malformed)
        {
            throw new ProgramException($"{name}: not a valid WebAssembly module: {malformed.Message}", malformed);
        }

        var importsWali = false;
        var importsSyscall = false;
        foreach (var import in module.Imports)
        {
            importsWali |= import.Module == WaliImports.Module;
            importsSyscall |= import is { Module: SyscallImports.Module, Name: SyscallImports.SyscallName };
        }

        if (Find(module, "memory", ExternKind.Memory) is null && module.Memory is null)
            throw new ProgramException($"{name}: the module has no memory; a program exports or imports one named 'memory'");
        // __main_argc_argv is what clang calls a main with parameters.
        var entry = Find(module, "_start", ExternKind.Function)
            ?? Find(module, "main", ExternKind.Function)
            ?? Find(module, "__main_argc_argv", ExternKind.Function)
            ?? throw new ProgramException($"{name}: the module exports neither '_start' nor 'main', so there is nothing to run");
        return new ProgramImage(name, module, importsWali && !importsSyscall ? GuestAbi.Wali : GuestAbi.I386, entry.Name);
    }

    /// <summary>What a file that is something else begins with.</summary>
    private static string Beginning(ReadOnlySpan<byte> bytes)
    {
        const int Shown = 16;
        if (bytes.IsEmpty)
            return "it is empty";
        if (bytes.StartsWith("\x7fELF"u8))
            return "it is a program for the machine itself (ELF)";
        var text = new StringBuilder();
        foreach (var one in bytes[..Math.Min(bytes.Length, Shown)])
            text.Append(one is >= 0x20 and < 0x7F and not (byte)'"' and not (byte)'\\' ? ((char)one).ToString() : string.Create(CultureInfo.InvariantCulture, $"\\x{one:x2}"));
        return $"it begins with \"{text}\"{(bytes.Length > Shown ? "..." : "")}, a module with \"\\0asm\"";
    }

    private static ExportDescriptor? Find(WasmModule module, string name, ExternKind kind)
    {
        foreach (var export in module.Exports)
        {
            if (export.Name == name && export.Type.Kind == kind)
                return export;
        }

        return null;
    }
}

/// <summary>A program that can't be started: its message names the program and what was expected of it.</summary>
public sealed class ProgramException(string message, Exception? cause = null) : Exception(message, cause);
