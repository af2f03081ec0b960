using System.Text;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Machine.Programs;

namespace LinuxWasm.Machine.Tests;

public sealed class InitialStackTests
{
    private readonly GuestMemory _memory = new(new PlainMemory(64 << 10));

    [Fact]
    public void The_words_stand_as_execve_leaves_them()
    {
        var block = new InitialStack([.. Bytes("ls", "-l")], [.. Bytes("A=1")], [(AuxiliaryKey.AT_PAGESZ, 4096)]);

        var argc = block.Write(_memory, 32 << 10)!.Value;

        Assert.Equal(0u, argc % 16);
        Assert.Equal(2u, Word(argc));
        Assert.Equal("ls", Text(Word(argc + 4)));
        Assert.Equal("-l", Text(Word(argc + 8)));
        Assert.Equal(0u, Word(argc + 12));
        Assert.Equal("A=1", Text(Word(argc + 16)));
        Assert.Equal(0u, Word(argc + 20));
        Assert.Equal([(6u, 4096u), (25u, block.RandomAddress), (31u, Word(argc + 4)), (0u, 0u)], AuxiliaryVector(argc + 24));
    }

    [Fact]
    public void Nothing_is_written_at_the_top_or_above_it()
    {
        Assert.True(_memory.TryWrite(new GuestPtr(32 << 10), 0xdeadbeefu));
        var block = new InitialStack([.. Bytes("a")], [], []);

        var argc = block.Write(_memory, 32 << 10)!.Value;

        Assert.Equal(0xdeadbeefu, Word(32 << 10));
        Assert.InRange(argc, (32u << 10) - (uint)block.Size, 32u << 10);
    }

    [Fact]
    public void A_block_that_does_not_fit_is_not_written()
    {
        var block = new InitialStack([.. Bytes(new string('x', 5000))], [], []);

        Assert.Null(block.Write(_memory, 4096));
    }

    private static IEnumerable<byte[]> Bytes(params string[] texts) => texts.Select(Encoding.UTF8.GetBytes);

    private uint Word(uint address)
    {
        Assert.True(_memory.TryRead(new GuestPtr(address), out uint word));
        return word;
    }

    private string Text(uint address)
    {
        var bytes = new byte[8192];
        Assert.Equal(Abi.Errno.None, _memory.ReadString(new GuestPtr(address), bytes, out var length));
        return Encoding.UTF8.GetString(bytes, 0, length);
    }

    private List<(uint, uint)> AuxiliaryVector(uint address)
    {
        var vector = new List<(uint, uint)>();
        do
        {
            vector.Add((Word(address), Word(address + 4)));
            address += 8;
        }
        while (vector[^1].Item1 != 0);
        return vector;
    }
}
