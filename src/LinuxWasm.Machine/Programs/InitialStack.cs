using System.Buffers.Binary;
using LinuxWasm.Kernel.Memory;

namespace LinuxWasm.Machine.Programs;

/// <summary>
/// Argument count, arguments, environment and auxiliary vector as execve lays them out at the top of a new stack (the i386 process
/// start of the System V ABI): <c>argc, argv[0..argc-1], NULL, envp[0..], NULL, auxv[0..], AT_NULL, strings</c>, all words 32 bits.
/// </summary>
internal sealed class InitialStack
{
    private const uint Alignment = 16;
    private const int Word = 4;

    /// <summary>Bytes that AT_RANDOM points to.</summary>
    public const int RandomLength = 16;

    private readonly IReadOnlyList<byte[]> _arguments;
    private readonly IReadOnlyList<byte[]> _environment;
    private readonly (AuxiliaryKey Key, uint Value)[] _auxiliary;

    /// <param name="arguments">The command line, without NULs.</param>
    /// <param name="environment">KEY=VALUE, without NULs.</param>
    /// <param name="auxiliary">The vector without AT_NULL, AT_RANDOM and AT_EXECFN, which are added.</param>
    public InitialStack(
        IReadOnlyList<byte[]> arguments,
        IReadOnlyList<byte[]> environment,
        (AuxiliaryKey Key, uint Value)[] auxiliary)
    {
        _arguments = arguments;
        _environment = environment;
        _auxiliary = auxiliary;
        long strings = RandomLength;
        foreach (var text in arguments.Concat(environment))
            strings += text.Length + 1;
        var words = 1 + (arguments.Count + 1) + (environment.Count + 1) + 2 * (auxiliary.Length + 3);
        Size = strings + words * (long)Word + Alignment;
    }

    /// <summary>Where the bytes of AT_RANDOM are to be put, once <see cref="Write"/> has answered.</summary>
    public uint RandomAddress { get; private set; }

    /// <summary>Bytes that <see cref="Write"/> may use.</summary>
    public long Size { get; }

    /// <summary>Writes it below <paramref name="top"/> and gives the address of argc, aligned to 16; null where memory forbids it.</summary>
    public uint? Write(GuestMemory memory, uint top)
    {
        if (Size > top || !memory.TryGetWritable(new GuestPtr(top - (uint)Size), (uint)Size, out var room))
            return null;
        var start = top - (uint)Size;
        var cursor = new Cursor(room, start);
        RandomAddress = cursor.PushBytes(new byte[RandomLength]);
        var arguments = cursor.PushStrings(_arguments);
        var environment = cursor.PushStrings(_environment);
        var words = new List<uint> { (uint)_arguments.Count };
        words.AddRange(arguments);
        words.Add(0);
        words.AddRange(environment);
        words.Add(0);
        foreach (var (key, value) in _auxiliary)
            Add(key, value);
        Add(AuxiliaryKey.AT_RANDOM, RandomAddress);
        Add(AuxiliaryKey.AT_EXECFN, arguments.Length > 0 ? arguments[0] : 0);
        Add(AuxiliaryKey.AT_NULL, 0);
        return cursor.PushWords(words);

        void Add(AuxiliaryKey key, uint value)
        {
            words.Add((uint)key);
            words.Add(value);
        }
    }

    /// <summary>Fills downwards, as a stack does.</summary>
    private ref struct Cursor(Span<byte> room, uint start)
    {
        private readonly Span<byte> _room = room;
        private int _at = room.Length;

        public uint PushBytes(ReadOnlySpan<byte> bytes)
        {
            _at -= bytes.Length;
            bytes.CopyTo(_room[_at..]);
            return start + (uint)_at;
        }

        public uint[] PushStrings(IReadOnlyList<byte[]> texts)
        {
            var addresses = new uint[texts.Count];
            for (var i = texts.Count - 1; i >= 0; i--)
            {
                _room[--_at] = 0;
                addresses[i] = PushBytes(texts[i]);
            }

            return addresses;
        }

        public uint PushWords(List<uint> words)
        {
            var address = (start + (uint)_at - (uint)(words.Count * Word)) & ~(Alignment - 1);
            var at = (int)(address - start);
            foreach (var word in words)
            {
                BinaryPrimitives.WriteUInt32LittleEndian(_room[at..], word);
                at += Word;
            }

            return address;
        }
    }
}

/// <summary>Keys of the auxiliary vector, getauxval(3).</summary>
internal enum AuxiliaryKey : uint
{
    AT_NULL = 0,
    AT_PAGESZ = 6,
    AT_UID = 11,
    AT_EUID = 12,
    AT_GID = 13,
    AT_EGID = 14,
    AT_CLKTCK = 17,
    AT_SECURE = 23,
    AT_RANDOM = 25,
    AT_EXECFN = 31,
}
