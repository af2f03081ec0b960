using System.Collections.Concurrent;
using System.Reflection;

namespace LinuxWasm.Engine;

/// <summary>
/// Atomic instructions, sequentially consistent, on addresses that have been checked. Operands of narrow cells are wrapped, results zero-extended.
/// </summary>
internal static unsafe class Atomics
{
    private static readonly ConcurrentDictionary<string, MethodInfo> Methods = new(StringComparer.Ordinal);

    public static MethodInfo Method(string name) => Methods.GetOrAdd(name, n =>
        typeof(Atomics).GetMethod(n, BindingFlags.Public | BindingFlags.Static) ?? throw new MissingMethodException(nameof(Atomics), n));

    public static int Load8(byte* at) => Volatile.Read(ref *at);

    public static int Load16(ushort* at) => Volatile.Read(ref *at);

    public static int Load32(int* at) => Volatile.Read(ref *at);

    public static long Load64(long* at) => Volatile.Read(ref *at);

    public static void Store8(byte* at, int value) => Interlocked.Exchange(ref *at, (byte)value);

    public static void Store16(ushort* at, int value) => Interlocked.Exchange(ref *at, (ushort)value);

    public static void Store32(int* at, int value) => Interlocked.Exchange(ref *at, value);

    public static void Store64(long* at, long value) => Interlocked.Exchange(ref *at, value);

    public static int Add32(int* at, int value) => Interlocked.Add(ref *at, value) - value;

    public static long Add64(long* at, long value) => Interlocked.Add(ref *at, value) - value;

    public static int Sub32(int* at, int value) => Interlocked.Add(ref *at, -value) + value;

    public static long Sub64(long* at, long value) => Interlocked.Add(ref *at, -value) + value;

    public static int And32(int* at, int value) => Interlocked.And(ref *at, value);

    public static long And64(long* at, long value) => Interlocked.And(ref *at, value);

    public static int Or32(int* at, int value) => Interlocked.Or(ref *at, value);

    public static long Or64(long* at, long value) => Interlocked.Or(ref *at, value);

    public static int Xchg8(byte* at, int value) => Interlocked.Exchange(ref *at, (byte)value);

    public static int Xchg16(ushort* at, int value) => Interlocked.Exchange(ref *at, (ushort)value);

    public static int Xchg32(int* at, int value) => Interlocked.Exchange(ref *at, value);

    public static long Xchg64(long* at, long value) => Interlocked.Exchange(ref *at, value);

    public static int Cmpxchg8(byte* at, int expected, int value) => Interlocked.CompareExchange(ref *at, (byte)value, (byte)expected);

    public static int Cmpxchg16(ushort* at, int expected, int value) => Interlocked.CompareExchange(ref *at, (ushort)value, (ushort)expected);

    public static int Cmpxchg32(int* at, int expected, int value) => Interlocked.CompareExchange(ref *at, value, expected);

    public static long Cmpxchg64(long* at, long expected, long value) => Interlocked.CompareExchange(ref *at, value, expected);

    public static int Add8(byte* at, int value) => Update8(at, value, static (a, b) => a + b);

    public static int Sub8(byte* at, int value) => Update8(at, value, static (a, b) => a - b);

    public static int And8(byte* at, int value) => Update8(at, value, static (a, b) => a & b);

    public static int Or8(byte* at, int value) => Update8(at, value, static (a, b) => a | b);

    public static int Xor8(byte* at, int value) => Update8(at, value, static (a, b) => a ^ b);

    public static int Add16(ushort* at, int value) => Update16(at, value, static (a, b) => a + b);

    public static int Sub16(ushort* at, int value) => Update16(at, value, static (a, b) => a - b);

    public static int And16(ushort* at, int value) => Update16(at, value, static (a, b) => a & b);

    public static int Or16(ushort* at, int value) => Update16(at, value, static (a, b) => a | b);

    public static int Xor16(ushort* at, int value) => Update16(at, value, static (a, b) => a ^ b);

    public static int Xor32(int* at, int value)
    {
        while (true)
        {
            int before = Load32(at);
            if (Interlocked.CompareExchange(ref *at, before ^ value, before) == before)
                return before;
        }
    }

    public static long Xor64(long* at, long value)
    {
        while (true)
        {
            long before = Load64(at);
            if (Interlocked.CompareExchange(ref *at, before ^ value, before) == before)
                return before;
        }
    }

    public static int Wait32(int expected, long timeout, nint at, int memory, FuncRef* self) =>
        Waiting(self, memory).Wait(at, () => Load32((int*)at) == expected, timeout, Helpers.InstanceOf(self).Execution);

    public static int Wait64(long expected, long timeout, nint at, int memory, FuncRef* self) =>
        Waiting(self, memory).Wait(at, () => Load64((long*)at) == expected, timeout, Helpers.InstanceOf(self).Execution);

    public static int Notify(int count, nint at, int memory, FuncRef* self) =>
        Helpers.InstanceOf(self).Memories[memory].Waiters.Notify(at, (uint)count);

    private static WaitQueues Waiting(FuncRef* self, int memory)
    {
        var target = Helpers.InstanceOf(self).Memories[memory];
        if (!target.Shared)
            Helpers.Throw(TrapKind.ExpectedSharedMemory);
        return target.Waiters;
    }

    private static int Update8(byte* at, int value, Func<int, int, int> operation)
    {
        while (true)
        {
            byte before = Volatile.Read(ref *at);
            if (Interlocked.CompareExchange(ref *at, (byte)operation(before, value), before) == before)
                return before;
        }
    }

    private static int Update16(ushort* at, int value, Func<int, int, int> operation)
    {
        while (true)
        {
            ushort before = Volatile.Read(ref *at);
            if (Interlocked.CompareExchange(ref *at, (ushort)operation(before, value), before) == before)
                return before;
        }
    }
}
