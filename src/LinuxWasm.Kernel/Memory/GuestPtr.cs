namespace LinuxWasm.Kernel.Memory;

/// <summary>An address in guest memory as the guest passed it: not yet checked, and possibly nowhere.</summary>
public readonly record struct GuestPtr(uint Address)
{
    public static readonly GuestPtr Null;

    /// <summary>Lies in the last page of the 32-bit space, which is never mapped: every access gives EFAULT.</summary>
    public static readonly GuestPtr Invalid = new(uint.MaxValue);

    public bool IsNull => Address == 0;

    /// <summary>From a 64-bit register. Zero- and sign-extended 32-bit addresses are taken; all others are nowhere.</summary>
    public static GuestPtr FromRegister(ulong register) =>
        (register >> 32) is 0 or uint.MaxValue ? new GuestPtr((uint)register) : Invalid;

    /// <summary>The address <paramref name="bytes"/> further on; past the end of the space it is <see cref="Invalid"/>.</summary>
    public static GuestPtr operator +(GuestPtr pointer, uint bytes)
    {
        var sum = (ulong)pointer.Address + bytes;
        return sum > uint.MaxValue ? Invalid : new GuestPtr((uint)sum);
    }

    public override string ToString() => IsNull ? "NULL" : $"0x{Address:x}";
}

/// <summary>A guest address where a <typeparamref name="T"/> is expected.</summary>
public readonly record struct GuestPtr<T>(uint Address)
    where T : unmanaged
{
    public bool IsNull => Address == 0;

    public static implicit operator GuestPtr(GuestPtr<T> pointer) => new(pointer.Address);

    public static explicit operator GuestPtr<T>(GuestPtr pointer) => new(pointer.Address);

    public override string ToString() => ((GuestPtr)this).ToString();
}
