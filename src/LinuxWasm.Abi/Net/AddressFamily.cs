namespace LinuxWasm.Abi;

/// <summary>Domains of socket(2) and the first field of each address (bits/socket.h). Others than these get EAFNOSUPPORT.</summary>
public enum AddressFamily
{
    AF_UNSPEC = 0,
    AF_UNIX = 1,
    AF_INET = 2,
    AF_INET6 = 10,
    AF_NETLINK = 16,
    AF_PACKET = 17,
}
