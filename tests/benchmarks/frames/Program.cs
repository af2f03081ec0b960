using System.Globalization;
using LinuxWasm.Frames.Benchmark;

// Measures what suspendable frames cost, on the functions of frames.c: `frames frames.wasm [ROUNDS] [--best]`. run.sh calls it.
if (args.Length == 0)
{
    Console.Error.WriteLine("usage: frames frames.wasm [ROUNDS] [--best]");
    return 2;
}

int rounds = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 11;
var guest = new Guest(args[0]);
int status = 0;
Figures.Best = args.Contains("--best");

// The depth that a guest may use is its thread's.
var thread = new Thread(
    () =>
    {
        Figures.Title("resumable function, ratio to the same one not resumable");
        Resumable.Measure(guest, rounds);
        Figures.Title("frames, times");
        Frames.Measure(guest, rounds);
        Interrupts.Measure(guest);
        status = Overflows.Measure(guest) ? 0 : 1;
    },
    64 << 20);
thread.Start();
thread.Join();
return status;
