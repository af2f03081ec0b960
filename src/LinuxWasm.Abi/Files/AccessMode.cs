namespace LinuxWasm.Abi;

/// <summary>access(2)'s mode.</summary>
[Flags]
public enum AccessMode
{
    F_OK = 0,
    X_OK = 1,
    W_OK = 2,
    R_OK = 4,
}
