namespace LinuxWasm.Engine.Compilation;

/// <summary>The quick form counts down what it does, in its function's reference, and asks for a better form when it comes below 0.</summary>
internal sealed partial class FunctionCompiler
{
    private readonly bool counting;

    private void CountCall()
    {
        int warm = il.DefineLabel();
        int back = il.DefineLabel();
        CountDown(warm);
        il.Mark(back);
        coldPaths.Add(() =>
        {
            il.Mark(warm);
            il.Ldarg(parameters);
            il.Call(Helpers.Method(nameof(Helpers.CallsAreMany)));
            il.Branch(Il.Br, back);
        });
    }

    /// <summary>At a loop's head: a loop that goes on for long moves to the rewinding form, which is optimized, in the middle of its way.</summary>
    private void CountRound(int relocate)
    {
        int warm = il.DefineLabel();
        int back = il.DefineLabel();
        CountDown(warm);
        il.Mark(back);
        coldPaths.Add(() =>
        {
            il.Mark(warm);
            il.Ldarg(parameters);
            il.Call(Helpers.Method(nameof(Helpers.RoundsAreMany)));
            il.Branch(Il.Brtrue, relocate);
            il.Branch(Il.Br, back);
        });
    }

    private void CountDown(int below)
    {
        int left = Temp(IlType.I64, 5);
        Countdown();
        il.Emit(Il.LdindI8);
        il.LdcI8(1);
        il.Emit(Il.Sub);
        il.Stloc(left);
        Countdown();
        il.Ldloc(left);
        il.Emit(Il.StindI8);
        il.Ldloc(left);
        il.LdcI8(0);
        il.Branch(Il.Blt, below);
    }

    private void Countdown()
    {
        il.Ldarg(parameters);
        il.LdcI4(VmOffsets.FuncCountdown);
        il.Emit(Il.Add);
    }
}
