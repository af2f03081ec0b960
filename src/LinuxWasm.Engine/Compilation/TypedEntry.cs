using System.Collections.Concurrent;
using System.Reflection;
using System.Reflection.Emit;

namespace LinuxWasm.Engine.Compilation;

/// <summary>Delegates of the host's types that call guest functions: they put the arguments in memory and call on.</summary>
internal static unsafe class TypedEntry
{
    private static readonly ConcurrentDictionary<(Type, FuncType), DynamicMethod> Methods = new();

    public static Delegate Make(IlFunction function, Type type, MethodInfo invoke) =>
        Methods.GetOrAdd((type, function.Type), _ => Build(function.Type, invoke)).CreateDelegate(type, function);

    /// <summary>Called by the methods made here.</summary>
    public static void Call(object function, nint arguments, nint results) =>
        ((IlFunction)function).Invoke((WasmValue*)arguments, (WasmValue*)results);

    private static DynamicMethod Build(FuncType type, MethodInfo invoke)
    {
        var parameters = invoke.GetParameters();
        var il = new IlWriter();
        int area = il.DeclareArea();
        int count = parameters.Length;
        il.GrowArea(area, 16 * (count + 1));
        var types = new Type[count + 1];
        types[0] = typeof(object);
        for (int i = 0; i < count; i++)
        {
            types[i + 1] = parameters[i].ParameterType;
            Expect(types[i + 1], type.Parameters[i], invoke);
            Address(il, area, i);
            il.Ldarg(i + 1);
            il.StoreIndirect(type.Parameters[i]);
        }

        if (type.Results.Length > 0)
        {
            Expect(invoke.ReturnType, type.Results[0], invoke);
            Address(il, area, count);
            il.LdcI4(0);
            il.Emit(Il.ConvI8);
            il.Emit(Il.StindI8);
        }

        il.Ldarg(0);
        Address(il, area, 0);
        Address(il, area, count);
        il.Call(typeof(TypedEntry).GetMethod(nameof(Call))!);
        if (type.Results.Length > 0)
        {
            Address(il, area, count);
            il.LoadIndirect(type.Results[0]);
        }

        il.Emit(Il.Ret);
        return il.Build("typed", invoke.ReturnType, types);
    }

    private static void Expect(Type clr, ValType type, MethodInfo invoke)
    {
        var expected = IlTypes.Of(type).ClrType();
        if (clr != expected && !(clr == typeof(uint) && expected == typeof(int)) && !(clr == typeof(ulong) && expected == typeof(long)))
            throw new ArgumentException($"{invoke}: {clr} does not fit {type.Name()}");
    }

    private static void Address(IlWriter il, int area, int index)
    {
        il.Ldloca(area);
        il.Emit(Il.ConvU);
        il.LdcI4(index * 16);
        il.Emit(Il.Add);
    }
}
