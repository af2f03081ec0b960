using System.Buffers.Binary;
using LinuxWasm.Abi;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel.Vfs;

/// <summary>Who may do what with which extended attribute (xattr(7); fs/xattr.c).</summary>
public static class Xattr
{
    /// <summary>XATTR_SIZE_MAX: bytes of one value.</summary>
    public const int MaxValue = 65536;

    public static Errno Get(in VfsCaller caller, VfsPath place, FsName name, out byte[] value)
    {
        value = [];
        var inode = place.Inode;
        var kind = KindOf(name);
        if (kind == Kind.Acl)
            return inode.Xattrs is null || inode.IsSymlink ? Errno.EOPNOTSUPP : Errno.ENODATA;
        var error = CheckPermission(caller.Credentials, inode, kind, Access.Read);
        if (error == Errno.None)
            error = CheckName(inode, kind, name);
        return error != Errno.None ? error : inode.Xattrs!.Get(name, out value);
    }

    public static Errno Set(in VfsCaller caller, VfsPath place, FsName name, ReadOnlySpan<byte> value, bool create, bool replace)
    {
        if (place.Mount.IsReadOnly)
            return Errno.EROFS;
        var inode = place.Inode;
        var kind = KindOf(name);
        if (kind == Kind.Acl)
            return SetAcl(caller.Credentials, inode, name, value);
        var error = CheckPermission(caller.Credentials, inode, kind, Access.Write);
        if (error != Errno.None)
            return error;
        if (kind == Kind.FileCapability && !IsFileCapability(value))
            return Errno.EINVAL;
        error = CheckSecurity(caller.Credentials, kind);
        if (error == Errno.None)
            error = CheckName(inode, kind, name);
        if (error == Errno.None)
            error = inode.Xattrs!.Set(name, value, create, replace);
        return Changed(inode, error);
    }

    public static Errno Remove(in VfsCaller caller, VfsPath place, FsName name)
    {
        if (place.Mount.IsReadOnly)
            return Errno.EROFS;
        var inode = place.Inode;
        var kind = KindOf(name);
        if (kind == Kind.Acl)
            return inode.Xattrs is null || inode.IsSymlink ? Errno.EOPNOTSUPP : Permissions.OwnsOrCapable(inode, caller.Credentials) ? Errno.None : Errno.EPERM;
        var error = CheckPermission(caller.Credentials, inode, kind, Access.Write);
        if (error == Errno.None)
            error = CheckSecurity(caller.Credentials, kind);
        if (error == Errno.None)
            error = CheckName(inode, kind, name);
        if (error == Errno.None)
            error = inode.Xattrs!.Remove(name);
        return Changed(inode, error);
    }

    /// <summary>The names, each with a NUL. Those of "trusted." are shown to CAP_SYS_ADMIN only.</summary>
    public static byte[] List(in VfsCaller caller, VfsPath place)
    {
        if (place.Inode.Xattrs is not { } xattrs)
            return [];
        using var list = new MemoryStream();
        foreach (var name in xattrs.List())
        {
            if (KindOf(name) == Kind.Trusted && !caller.Credentials.Has(Capability.CAP_SYS_ADMIN))
                continue;
            list.Write(name.Span);
            list.WriteByte(0);
        }

        return list.ToArray();
    }

    private static Kind KindOf(FsName name)
    {
        var text = name.Span;
        if (text.StartsWith("user."u8))
            return Kind.User;
        if (text.StartsWith("trusted."u8))
            return Kind.Trusted;
        if (text.SequenceEqual("security.capability"u8))
            return Kind.FileCapability;
        if (text.StartsWith("security."u8))
            return Kind.Security;
        if (text.SequenceEqual("system.posix_acl_access"u8) || text.SequenceEqual("system.posix_acl_default"u8))
            return Kind.Acl;
        return text.StartsWith("system."u8) ? Kind.System : Kind.Unknown;
    }

    /// <summary>xattr_permission.</summary>
    private static Errno CheckPermission(Credentials credentials, Inode inode, Kind kind, Access access)
    {
        var refused = access == Access.Write ? Errno.EPERM : Errno.ENODATA;
        switch (kind)
        {
            case Kind.Security or Kind.FileCapability or Kind.System:
                return Errno.None;
            case Kind.Trusted:
                return credentials.Has(Capability.CAP_SYS_ADMIN) ? Errno.None : refused;
            case Kind.User when !inode.IsRegular && !inode.IsDirectory:
                return refused;
            case Kind.User when access == Access.Write && inode.IsDirectory && (inode.Mode & Mode.S_ISVTX) != 0 && !Permissions.OwnsOrCapable(inode, credentials):
                return Errno.EPERM;
            default:
                return FileTree.CheckAccess(inode, credentials, access);
        }
    }

    /// <summary>cap_inode_setxattr: without a security module, "security." is the administrator's.</summary>
    private static Errno CheckSecurity(Credentials credentials, Kind kind) => kind switch
    {
        Kind.Security when !credentials.Has(Capability.CAP_SYS_ADMIN) => Errno.EPERM,
        Kind.FileCapability when !credentials.Has(Capability.CAP_SETFCAP) => Errno.EPERM,
        _ => Errno.None,
    };

    /// <summary>xattr_resolve_name: whether the file system keeps such attributes.</summary>
    private static Errno CheckName(Inode inode, Kind kind, FsName name)
    {
        if (inode.Xattrs is null || kind is Kind.System or Kind.Unknown)
            return Errno.EOPNOTSUPP;
        return name.Span[^1] == '.' && name.Span.IndexOf((byte)'.') == name.Length - 1 ? Errno.EINVAL : Errno.None;
    }

    /// <summary>struct vfs_cap_data: a revision, and as many words as it says (capabilities(7)).</summary>
    private static bool IsFileCapability(ReadOnlySpan<byte> value)
    {
        if (value.Length < 4)
            return false;
        var revision = BinaryPrimitives.ReadUInt32LittleEndian(value) & 0xff000000;
        return (revision == 0x02000000 && value.Length == 20) || (revision == 0x03000000 && value.Length == 24);
    }

    /// <summary>
    /// A minimal access control list is a mode in other words, and is kept as one. Lists with more in them are not supported: EOPNOTSUPP.
    /// </summary>
    private static Errno SetAcl(Credentials credentials, Inode inode, FsName name, ReadOnlySpan<byte> value)
    {
        if (inode.Xattrs is null || inode.IsSymlink)
            return Errno.EOPNOTSUPP;
        if (value.Length > 0 && !MinimalAcl.IsWellFormed(value))
            return Errno.EINVAL;
        if (!Permissions.OwnsOrCapable(inode, credentials))
            return Errno.EPERM;
        var isDefault = name.Span.EndsWith("default"u8);
        if (isDefault && !inode.IsDirectory)
            return value.Length == 0 ? Errno.None : Errno.EACCES;
        if (value.Length == 0)
            return Errno.None;
        if (isDefault || !MinimalAcl.TryGetMode(value, out var mode))
            return Errno.EOPNOTSUPP;
        lock (inode.Lock)
            return inode.SetAttributes(new AttributeChange { Kinds = AttributeKinds.Mode, Mode = (inode.Mode & Mode.Permissions & ~Mode.Access) | mode });
    }

    private static Errno Changed(Inode inode, Errno error)
    {
        if (error == Errno.None)
        {
            lock (inode.Lock)
                inode.Ctime = inode.Now;
        }

        return error;
    }

    private enum Kind
    {
        Unknown,
        User,
        Trusted,
        Security,
        FileCapability,
        System,
        Acl,
    }
}
