using LinuxWasm.Abi;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.FileSystems.Tmp;

/// <summary>Seals (fcntl(2), memfd_create(2)): what nobody can do to the file any more. Ordinary files have the one that forbids all others.</summary>
internal sealed partial class TmpfsRegular
{
    private const FileSeals Unwritable = FileSeals.F_SEAL_WRITE | FileSeals.F_SEAL_FUTURE_WRITE;

    private FileSeals _seals = FileSeals.F_SEAL_SEAL;

    /// <summary>Set before anybody has the file, for memfd_create(2).</summary>
    public FileSeals Seals
    {
        get => (FileSeals)Volatile.Read(ref System.Runtime.CompilerServices.Unsafe.As<FileSeals, int>(ref _seals));
        init => _seals = value;
    }

    /// <summary>memfd_add_seals: EPERM where it is sealed against seals, EBUSY where somebody could still write through a mapping.</summary>
    public Errno AddSeals(FileSeals seals)
    {
        lock (Lock)
        {
            if ((_seals & FileSeals.F_SEAL_SEAL) != 0)
                return Errno.EPERM;
            if ((seals & ~_seals & FileSeals.F_SEAL_WRITE) != 0 && WritableMappings > 0)
                return Errno.EBUSY;
            // A program that is to stay what it is must not be written to either.
            if ((seals & FileSeals.F_SEAL_EXEC) != 0 && (Mode & Mode.AnyExecute) != 0)
                seals |= FileSeals.F_SEAL_SHRINK | FileSeals.F_SEAL_GROW | Unwritable;
            _seals |= seals;
            return Errno.None;
        }
    }

    private bool IsSealedAgainst(in AttributeChange change)
    {
        if ((change.Kinds & AttributeKinds.Size) != 0
            && ((change.Size < Size && (_seals & FileSeals.F_SEAL_SHRINK) != 0) || (change.Size > Size && (_seals & FileSeals.F_SEAL_GROW) != 0)))
            return true;
        return (change.Kinds & AttributeKinds.Mode) != 0 && (_seals & FileSeals.F_SEAL_EXEC) != 0 && ((change.Mode ^ Mode) & Mode.AnyExecute) != 0;
    }
}
