using System.Reflection.Emit;

namespace LinuxWasm.Engine.Compilation;

internal enum FormKind
{
    /// <summary>Hardly optimized. It counts its calls and the rounds of its loops.</summary>
    Quick,

    Optimized,

    /// <summary>Optimized, and begins by restoring a saved frame.</summary>
    Rewinding,
}

/// <summary>One of a function's forms: who first asks for its address compiles it, on whatever thread, and the others wait.</summary>
internal sealed class CodeForm(CompiledModule owner, int function, FormKind kind)
{
    private readonly Lock gate = new();

    /// <summary>Keeps the code alive.</summary>
    private DynamicMethod? method;

    private nint address;

    public nint Address
    {
        get
        {
            nint known = ReadyAddress;
            if (known != 0)
                return known;
            lock (gate)
            {
                if (address == 0)
                {
                    method = Make();
                    Volatile.Write(ref address, DynamicCode.Address(method));
                }

                return address;
            }
        }
    }

    /// <summary>0 if it has not been compiled.</summary>
    public nint ReadyAddress => Volatile.Read(ref address);

    private DynamicMethod Make()
    {
        var type = owner.Module.Functions[function];
        IlType[] parameters = kind == FormKind.Rewinding ? [IlType.Native] : FunctionCompiler.ParameterTypes(type);
        var types = Array.ConvertAll(parameters, p => p.ClrType());
        return owner.Body(function, kind).Build(FunctionCompiler.MethodName(function), IlTypes.ResultOf(type).ClrType(), types, kind == FormKind.Quick);
    }
}
