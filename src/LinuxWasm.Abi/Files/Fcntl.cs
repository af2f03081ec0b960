using System.Runtime.InteropServices;

namespace LinuxWasm.Abi;

/// <summary>fcntl(2)'s commands, x86 numbering.</summary>
public enum FcntlCommand
{
    F_DUPFD = 0,
    F_GETFD = 1,
    F_SETFD = 2,
    F_GETFL = 3,
    F_SETFL = 4,
    F_GETLK = 5,
    F_SETLK = 6,
    F_SETLKW = 7,
    F_SETOWN = 8,
    F_GETOWN = 9,
    F_SETSIG = 10,
    F_GETSIG = 11,

    /// <summary>i386's locks with 64-bit offsets.</summary>
    F_GETLK64 = 12,
    F_SETLK64 = 13,
    F_SETLKW64 = 14,
    F_SETOWN_EX = 15,
    F_GETOWN_EX = 16,
    F_GETOWNER_UIDS = 17,

    /// <summary>Locks that belong to the open file description.</summary>
    F_OFD_GETLK = 36,
    F_OFD_SETLK = 37,
    F_OFD_SETLKW = 38,
    F_SETLEASE = 1024,
    F_GETLEASE = 1025,
    F_NOTIFY = 1026,
    F_DUPFD_QUERY = 1027,
    F_CREATED_QUERY = 1028,
    F_CANCELLK = 1029,
    F_DUPFD_CLOEXEC = 1030,
    F_SETPIPE_SZ = 1031,
    F_GETPIPE_SZ = 1032,
    F_ADD_SEALS = 1033,
    F_GET_SEALS = 1034,
    F_GET_RW_HINT = 1035,
    F_SET_RW_HINT = 1036,
    F_GET_FILE_RW_HINT = 1037,
    F_SET_FILE_RW_HINT = 1038,
}

/// <summary>Seals of a memfd (memfd_create(2)).</summary>
[Flags]
public enum FileSeals
{
    None = 0,
    F_SEAL_SEAL = 1,
    F_SEAL_SHRINK = 2,
    F_SEAL_GROW = 4,
    F_SEAL_WRITE = 8,
    F_SEAL_FUTURE_WRITE = 16,
    F_SEAL_EXEC = 32,
    All = 63,
}

/// <summary>memfd_create(2)'s flags.</summary>
[Flags]
public enum MemfdFlags : uint
{
    None = 0,
    MFD_CLOEXEC = 1,
    MFD_ALLOW_SEALING = 2,
    MFD_HUGETLB = 4,
    MFD_NOEXEC_SEAL = 8,
    MFD_EXEC = 16,

    /// <summary>Those above; others give EINVAL (the huge page size counts only with MFD_HUGETLB).</summary>
    Known = 31,
}

/// <summary>Who gets SIGIO: F_SETOWN_EX's type.</summary>
public enum OwnerType
{
    F_OWNER_TID = 0,
    F_OWNER_PID = 1,
    F_OWNER_PGRP = 2,
}

/// <summary>struct f_owner_ex.</summary>
[StructLayout(LayoutKind.Explicit, Size = 8)]
public struct FOwnerEx
{
    [FieldOffset(0)]
    public OwnerType type;

    [FieldOffset(4)]
    public int pid;
}
