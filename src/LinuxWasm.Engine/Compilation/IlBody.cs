using System.Buffers.Binary;
using System.Diagnostics;
using System.Reflection;
using System.Reflection.Emit;
using LinuxWasm.Engine.Binary;
using LinuxWasm.Engine.Caching;

namespace LinuxWasm.Engine.Compilation;

/// <summary>A method's body: code, and what becomes tokens and types when the method is made. It holds nothing that belongs to this process alone.</summary>
/// <param name="code">IL; its references to methods and signatures are filled in later.</param>
/// <param name="areas">Of each local: its size, if it is a block of bytes.</param>
internal sealed class IlBody(byte[] code, int maxStack, (int At, MethodReference Method)[] methods, (int At, byte[] Signature)[] signatures, IlType[] locals, int[] areas)
{
    private static readonly Lazy<Module> QuickModule = new(MakeQuickModule);

    /// <summary>True if another process can have it: vectors in signatures, for one, stand there as addresses of this process.</summary>
    public bool CanBeKept => Array.TrueForAll(methods, m => m.Method.CanBeKept) && Array.TrueForAll(signatures, s => IlWriter.IsPlain(s.Signature));

    /// <param name="quick">The JIT is not to optimize.</param>
    public DynamicMethod Build(string name, Type result, Type[] parameters, bool quick)
    {
        var method = new DynamicMethod(name, result, parameters, quick ? QuickModule.Value : typeof(IlBody).Module, skipVisibility: true) { InitLocals = false };
        var info = method.GetDynamicILInfo();
        foreach (var (at, target) in methods)
            BinaryPrimitives.WriteInt32LittleEndian(code.AsSpan(at), target.Token(info));
        foreach (var (at, signature) in signatures)
            BinaryPrimitives.WriteInt32LittleEndian(code.AsSpan(at), info.GetTokenFor(signature));
        info.SetCode(code, maxStack);
        info.SetLocalSignature(LocalSignature());
        return method;
    }

    public void Write(ByteWriter to)
    {
        to.Sized(code);
        to.U32(maxStack);
        to.U32(methods.Length);
        foreach (var (at, method) in methods)
        {
            to.U32(at);
            method.Write(to);
        }

        to.U32(signatures.Length);
        foreach (var (at, signature) in signatures)
        {
            to.U32(at);
            to.Sized(signature);
        }

        to.U32(locals.Length);
        for (int i = 0; i < locals.Length; i++)
        {
            to.Byte((byte)locals[i]);
            if (locals[i] == IlType.Void)
                to.U32(areas[i]);
        }
    }

    /// <exception cref="WasmFormatException">It is cut short.</exception>
    public static IlBody Read(ref ByteReader from)
    {
        byte[] code = from.Sized().ToArray();
        int maxStack = (int)from.U32();
        var methods = new (int, MethodReference)[from.Count("methods")];
        for (int i = 0; i < methods.Length; i++)
            methods[i] = ((int)from.U32(), MethodReference.Read(ref from));
        var signatures = new (int, byte[])[from.Count("signatures")];
        for (int i = 0; i < signatures.Length; i++)
            signatures[i] = ((int)from.U32(), from.Sized().ToArray());
        var locals = new IlType[from.Count("locals")];
        var areas = new int[locals.Length];
        for (int i = 0; i < locals.Length; i++)
        {
            locals[i] = (IlType)from.Byte();
            if (locals[i] == IlType.Void)
                areas[i] = (int)from.U32();
        }

        return new IlBody(code, maxStack, methods, signatures, locals, areas);
    }

    private byte[] LocalSignature()
    {
        var bytes = new List<byte>(locals.Length + 8) { 0x07 };
        IlWriter.Compressed(bytes, locals.Length);
        for (int i = 0; i < locals.Length; i++)
        {
            if (locals[i] != IlType.Void)
                IlWriter.Type(bytes, locals[i]);
            else
                IlWriter.Internal(bytes, FrameArea.OfSize(areas[i]));
        }

        return [.. bytes];
    }

    /// <summary>
    /// The JIT has no switch for one dynamic method, but does not optimize those of a module that was made for debugging.
    /// </summary>
    private static Module MakeQuickModule()
    {
        const DebuggableAttribute.DebuggingModes Modes = DebuggableAttribute.DebuggingModes.Default | DebuggableAttribute.DebuggingModes.DisableOptimizations;
        var debuggable = typeof(DebuggableAttribute).GetConstructor([typeof(DebuggableAttribute.DebuggingModes)])!;
        var assembly = AssemblyBuilder.DefineDynamicAssembly(new AssemblyName("LinuxWasm.Engine.Quick"), AssemblyBuilderAccess.Run, [new CustomAttributeBuilder(debuggable, [Modes])]);
        return assembly.DefineDynamicModule("LinuxWasm.Engine.Quick");
    }
}

/// <summary>A method that code calls.</summary>
internal readonly struct MethodReference
{
    private static readonly Module[] Modules = [typeof(MethodReference).Module, typeof(object).Module];

    private readonly RuntimeMethodHandle handle;
    private readonly RuntimeTypeHandle generic;
    private readonly int module;
    private readonly int token;

    private MethodReference(RuntimeMethodHandle handle, RuntimeTypeHandle generic, int module, int token)
    {
        this.handle = handle;
        this.generic = generic;
        this.module = module;
        this.token = token;
    }

    /// <summary>A plain method of the engine or the core library. These are known again by number, as long as both are the same builds.</summary>
    public bool CanBeKept => module >= 0;

    public static MethodReference To(MethodBase method)
    {
        if (method.DeclaringType is { IsGenericType: true } type)
            return new MethodReference(method.MethodHandle, type.TypeHandle, -1, 0);
        int module = method.IsGenericMethod ? -1 : Array.IndexOf(Modules, method.Module);
        return new MethodReference(method.MethodHandle, default, module, method.MetadataToken);
    }

    public int Token(DynamicILInfo info) => generic.Value == 0 ? info.GetTokenFor(handle) : info.GetTokenFor(handle, generic);

    public void Write(ByteWriter to)
    {
        to.Byte((byte)module);
        to.U32(token);
    }

    public static MethodReference Read(ref ByteReader from)
    {
        int module = from.Byte();
        int token = (int)from.U32();
        if (module >= Modules.Length)
            throw from.Error("a method of an unknown module");
        return new MethodReference(Modules[module].ModuleHandle.ResolveMethodHandle(token), default, module, token);
    }
}
