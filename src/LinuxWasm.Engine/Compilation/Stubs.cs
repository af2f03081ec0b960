using System.Collections.Concurrent;
using System.Reflection.Emit;

namespace LinuxWasm.Engine.Compilation;

/// <summary>Small methods between compiled code and the host: one per function type or delegate type, for the life of the process.</summary>
internal static class Stubs
{
    private static readonly ConcurrentDictionary<FuncType, Stub> LazyStubs = new();
    private static readonly ConcurrentDictionary<FuncType, Stub> ForwardStubs = new();
    private static readonly ConcurrentDictionary<FuncType, Stub> EntryStubs = new();
    private static readonly ConcurrentDictionary<FuncType, Stub> CallbackStubs = new();
    private static readonly ConcurrentDictionary<Type, Stub> DelegateStubs = new();
    private static readonly ConcurrentDictionary<(FuncType, FuncType), Stub> CastStubs = new();

    /// <summary>What stands in a <see cref="FuncRef"/> before its function is compiled: compiles, then calls.</summary>
    public static nint Lazy(FuncType type) => LazyStubs.GetOrAdd(type, MakeLazy).Address;

    /// <summary>Calls the function of another instance that an import stands for.</summary>
    public static nint Forward(FuncType type) => ForwardStubs.GetOrAdd(type, MakeForward).Address;

    /// <summary>From the host into a function: <c>void (FuncRef*, WasmValue* arguments, WasmValue* results, nint code)</c>, first result only.</summary>
    public static nint Entry(FuncType type) => EntryStubs.GetOrAdd(type, MakeEntry).Address;

    /// <summary>From a function to the host's delegate.</summary>
    public static nint Host(HostFunction function) => function.Target is HostCallback
        ? CallbackStubs.GetOrAdd(function.Type, MakeCallback).Address
        : DelegateStubs.GetOrAdd(function.Target.GetType(), _ => MakeDelegate(function)).Address;

    /// <summary>Calls a function of one type as another: surplus arguments are dropped, missing ones are 0.</summary>
    public static nint Cast(FuncType expected, FuncType actual) => CastStubs.GetOrAdd((expected, actual), t => MakeCast(t.Item1, t.Item2)).Address;

    /// <summary>False if the call would give null where there can be none.</summary>
    public static bool CanCast(FuncType expected, FuncType actual)
    {
        for (int i = 0; i < actual.Parameters.Length; i++)
        {
            if (actual.Parameters[i].IsNonNull() && !(i < expected.Parameters.Length && expected.Parameters[i].Matches(actual.Parameters[i])))
                return false;
        }

        return expected.Results.Length == 0 || !expected.Results[0].IsNonNull() || (actual.Results.Length > 0 && actual.Results[0].Matches(expected.Results[0]));
    }

    private static Stub MakeCast(FuncType expected, FuncType actual)
    {
        var il = new IlWriter { MaxStack = actual.Parameters.Length + 8 };
        int self = expected.Parameters.Length;
        int target = LoadTarget(il, self);
        for (int i = 0; i < actual.Parameters.Length; i++)
        {
            if (i < self)
                il.Ldarg(i);
            Convert(il, i < self ? expected.Parameters[i] : null, actual.Parameters[i]);
        }

        il.Ldloc(target);
        il.Ldloc(target);
        il.Emit(Il.LdindI);
        il.Calli(Signatures.ForCall(actual));
        ValType? result = actual.Results.Length > 0 ? actual.Results[0] : null;
        if (expected.Results.Length > 0)
            Convert(il, result, expected.Results[0]);
        else if (result is not null)
            il.Emit(Il.Pop);
        il.Emit(Il.Ret);
        return Finish(il, "cast", expected);
    }

    /// <summary>What a register holds is read in the other's width; what stands in a register of another kind is lost.</summary>
    private static void Convert(IlWriter il, ValType? from, ValType to)
    {
        if (from?.Matches(to) == true)
            return;
        if (from == ValType.I64 && to == ValType.I32)
        {
            il.Emit(Il.ConvI4);
            return;
        }

        if (from == ValType.I32 && to == ValType.I64)
        {
            il.Emit(Il.ConvU8);
            return;
        }

        if (from is not null)
            il.Emit(Il.Pop);
        if (to == ValType.V128)
        {
            il.Call(Helpers.Method(nameof(Helpers.ZeroVector)));
            return;
        }

        il.LdcI4(0);
        switch (IlTypes.Of(to))
        {
            case IlType.I64: il.Emit(Il.ConvI8); break;
            case IlType.F32: il.Emit(Il.ConvR4); break;
            case IlType.F64: il.Emit(Il.ConvR8); break;
            case IlType.Native: il.Emit(Il.ConvU); break;
        }
    }

    private static int LoadTarget(IlWriter il, int self)
    {
        int target = il.DeclareLocal(IlType.Native);
        il.Ldarg(self);
        il.LdcI4(VmOffsets.FuncTarget);
        il.Emit(Il.Add);
        il.Emit(Il.LdindI);
        il.Stloc(target);
        return target;
    }

    private static Stub MakeLazy(FuncType type)
    {
        var il = new IlWriter();
        int self = type.Parameters.Length;
        int target = il.DeclareLocal(IlType.Native);
        il.Ldarg(self);
        il.Call(Helpers.Method(nameof(Helpers.CompileFunction)));
        il.Stloc(target);
        for (int i = 0; i <= self; i++)
            il.Ldarg(i);
        il.Ldloc(target);
        il.MaxStack = self + 8;
        il.Calli(Signatures.ForCall(type));
        il.Emit(Il.Ret);

        // Run once for each function.
        return Finish(il, "lazy", type, quick: true);
    }

    private static Stub MakeForward(FuncType type)
    {
        var il = new IlWriter();
        int self = type.Parameters.Length;
        int target = LoadTarget(il, self);
        for (int i = 0; i < self; i++)
            il.Ldarg(i);
        il.Ldloc(target);
        il.Ldloc(target);
        il.Emit(Il.LdindI);
        il.MaxStack = self + 8;
        il.Calli(Signatures.ForCall(type));
        il.Emit(Il.Ret);
        return Finish(il, "forward", type);
    }

    private static Stub MakeEntry(FuncType type)
    {
        var il = new IlWriter { MaxStack = type.Parameters.Length + 8 };
        bool result = type.Results.Length > 0;
        if (result)
            il.Ldarg(2);
        for (int i = 0; i < type.Parameters.Length; i++)
        {
            il.Ldarg(1);
            il.LdcI4(i * 16);
            il.Emit(Il.Add);
            il.LoadIndirect(type.Parameters[i]);
        }

        il.Ldarg(0);
        il.Ldarg(3);
        il.Calli(Signatures.ForCall(type));
        if (result)
            il.StoreIndirect(type.Results[0]);
        il.Emit(Il.Ret);
        return new Stub(il.Build("enter", IlType.Void, [IlType.Native, IlType.Native, IlType.Native, IlType.Native]));
    }

    private static Stub MakeCallback(FuncType type)
    {
        var il = new IlWriter();
        int self = type.Parameters.Length;
        int area = il.DeclareArea();
        il.GrowArea(area, 16 * (self + type.Results.Length + 1));
        for (int i = 0; i < self; i++)
        {
            il.Ldloca(area);
            il.Emit(Il.ConvU);
            il.LdcI4(i * 16);
            il.Emit(Il.Add);
            il.Ldarg(i);
            il.StoreIndirect(type.Parameters[i]);
        }

        il.Ldarg(self);
        il.Ldloca(area);
        il.Emit(Il.ConvU);
        il.Ldloca(area);
        il.Emit(Il.ConvU);
        il.LdcI4(self * 16);
        il.Emit(Il.Add);
        il.Call(Helpers.Method(nameof(Helpers.CallHost)));
        if (type.Results.Length > 0)
        {
            il.Ldloca(area);
            il.Emit(Il.ConvU);
            il.LdcI4(self * 16);
            il.Emit(Il.Add);
            il.LoadIndirect(type.Results[0]);
        }

        il.Emit(Il.Ret);
        return Finish(il, "callback", type);
    }

    private static Stub MakeDelegate(HostFunction function)
    {
        var type = function.Type;
        var il = new IlWriter { MaxStack = type.Parameters.Length + 8 };
        int self = type.Parameters.Length;
        il.Ldarg(self);
        il.Call(Helpers.Method(nameof(Helpers.DelegateOf)));
        il.Ldarg(self);
        il.Call(Helpers.Method(nameof(Helpers.ExecutionOf)));
        for (int i = 0; i < self; i++)
            il.Ldarg(i);
        var delegateType = function.Target.GetType();
        il.Callvirt(delegateType.GetMethod("Invoke") ?? throw new MissingMethodException(delegateType.Name, "Invoke"));
        il.Emit(Il.Ret);
        return Finish(il, "host", type);
    }

    private static Stub Finish(IlWriter il, string name, FuncType type, bool quick = false) =>
        new(il.Build(name, IlTypes.ResultOf(type), FunctionCompiler.ParameterTypes(type), quick));

    private sealed class Stub(DynamicMethod method)
    {
        /// <summary>Keeps the code alive.</summary>
        private readonly DynamicMethod method = method;

        private nint address;

        public nint Address => address != 0 ? address : address = DynamicCode.Address(method);
    }
}
