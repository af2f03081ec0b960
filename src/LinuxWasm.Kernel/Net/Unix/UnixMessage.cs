using System.Buffers;
using LinuxWasm.Abi;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.Net.Unix;

/// <summary>A message under way between two sockets (Linux's struct sk_buff). Its bytes count against the sender's SO_SNDBUF until it is received.</summary>
internal sealed class UnixMessage
{
    /// <summary>Bytes of struct sk_buff and of what stands behind the data: what each message costs beside its bytes.</summary>
    private const int HeadOverhead = 256;
    private const int TailOverhead = 320;
    private const int SmallestBlock = 512;
    private const int CacheLine = 64;

    private byte[]? _bytes;

    private UnixMessage(UnixSocket sender, int cost)
    {
        Sender = sender;
        Cost = cost;
    }

    public UnixSocket Sender { get; }

    /// <summary>What it counts (skb->truesize).</summary>
    public int Cost { get; }

    public int Length { get; private set; }

    /// <summary>Bytes that a stream's reader has taken already.</summary>
    public int Consumed { get; set; }

    public int Remaining => Length - Consumed;

    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(Consumed, Remaining);

    /// <summary>Who sent it, where somebody wanted to know when it was sent.</summary>
    public Ucred? Credentials { get; set; }

    /// <summary>Open files that come with it. Guarded by the receiver's lock once it is queued.</summary>
    public Rights? Rights { get; set; }

    /// <summary>The next one in a queue.</summary>
    public UnixMessage? Next { get; set; }

    /// <summary>Copies bytes out of the sender's memory: EFAULT, and ENOBUFS where the kernel's sockets hold too much.</summary>
    /// <param name="sender">Whose SO_SNDBUF it counts against.</param>
    /// <param name="source">The bytes.</param>
    /// <param name="length">How many.</param>
    /// <param name="paged">Bytes that lie in pages; the rest in one block.</param>
    /// <param name="message">The message; it is charged.</param>
    public static Errno Create(UnixSocket sender, ref IoSource source, int length, int paged, out UnixMessage? message)
    {
        message = null;
        var cost = CostOf(length, paged);
        if (!sender.Kernel.Net.Memory.TryTake(cost))
            return Errno.ENOBUFS;
        var made = new UnixMessage(sender, cost) { _bytes = ArrayPool<byte>.Shared.Rent(length), Length = length };
        sender.Charge(cost);
        if (source.Read(made._bytes.AsSpan(0, length)) < length)
        {
            made.Free();
            return Errno.EFAULT;
        }

        message = made;
        return Errno.None;
    }

    /// <summary>
    /// What a message of so many bytes counts: a block of the allocator for as many of them as stand in one, with what stands behind, and whole pages.
    /// </summary>
    public static int CostOf(int length, int paged)
    {
        var block = Align(length - paged, CacheLine) + TailOverhead;
        return (int)Math.Max(System.Numerics.BitOperations.RoundUpToPowerOf2((uint)block), SmallestBlock) + HeadOverhead + Align(paged, 4096);
    }

    /// <summary>It was received, or is thrown away. Rights are the caller's. Call it under no lock.</summary>
    /// <param name="wakes">False where the sender itself takes it back to wait: it would only wake itself.</param>
    public void Free(bool wakes = true)
    {
        if (Interlocked.Exchange(ref _bytes, null) is not { } bytes)
            return;
        ArrayPool<byte>.Shared.Return(bytes);
        Sender.Kernel.Net.Memory.Give(Cost);
        Sender.Uncharge(Cost, wakes);
    }

    internal static int Align(int value, int to) => (value + to - 1) / to * to;
}
