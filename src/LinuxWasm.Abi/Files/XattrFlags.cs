namespace LinuxWasm.Abi;

/// <summary>setxattr(2)'s flags.</summary>
[Flags]
public enum XattrFlags
{
    None = 0,

    /// <summary>EEXIST where there is such an attribute.</summary>
    XATTR_CREATE = 1,

    /// <summary>ENODATA where there is none.</summary>
    XATTR_REPLACE = 2,
}
