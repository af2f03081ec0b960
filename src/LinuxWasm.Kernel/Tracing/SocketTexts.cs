using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Net.Inet;
using LinuxWasm.Kernel.Syscalls;

namespace LinuxWasm.Kernel.Tracing;

/// <summary>Addresses, messages and options of sockets as strace prints them.</summary>
internal static class SocketTexts
{
    private const int ShownBytes = 32;
    private const int ShownParts = 16;
    private const int ShownMessages = 32;

    /// <summary>The argument's text, or null where it is printed as its type is.</summary>
    public static string? Argument(SyscallRecord call, string name, string parameter, GuestPtr pointer, long value, long? result)
    {
        switch (name, parameter)
        {
            case ("socket" or "socketpair", "domain"):
                return NameOf((AddressFamily)value);
            case ("socket" or "socketpair", "type"):
                return TypeText((SocketType)value);
            case ("socket" or "socketpair", "protocol"):
                return ProtocolText((AddressFamily)(int)call.Registers[0], (int)value);
            case ("accept4", "flags"):
                return value == 0 ? "0" : TypeText((SocketType)value);
            case ("bind" or "connect", "addr"):
                return Address(call.Task.Memory, pointer, (int)call.Registers[2]);
            case ("sendto", "dest_addr"):
                return Address(call.Task.Memory, pointer, (int)call.Registers[5]);
            case ("accept" or "accept4" or "getsockname" or "getpeername", "addr"):
                return Received(call, pointer, new GuestPtr((uint)call.Registers[2]), result);
            case ("recvfrom", "src_addr"):
                return Received(call, pointer, new GuestPtr((uint)call.Registers[5]), result);
            case ("sendmsg", "msg"):
                return Header(call, pointer, sent: long.MaxValue);
            case ("recvmsg", "msg"):
                return result is >= 0 ? Header(call, pointer, result.Value) : pointer.ToString();
            case ("sendmmsg", "msgvec"):
                return Headers(call, pointer, (uint)call.Registers[2], isSent: true);
            case ("recvmmsg" or "recvmmsg_time64", "msgvec"):
                return result is >= 0 ? Headers(call, pointer, (uint)result.Value, isSent: false) : pointer.ToString();
            case ("getsockopt" or "setsockopt", "optname"):
                return OptionName((SocketLevel)(int)call.Registers[1], (int)value);
            case ("setsockopt", "optval"):
                return Option(call, pointer, (int)call.Registers[4]);
            case ("getsockopt", "optval"):
                return result == 0 && call.Task.Memory.TryRead<int>(new GuestPtr((uint)call.Registers[4]), out var length) ? Option(call, pointer, length) : null;
            default:
                return null;
        }
    }

    private static string NameOf(AddressFamily family) =>
        Enum.IsDefined(family) ? family.ToString() : string.Create(CultureInfo.InvariantCulture, $"{(int)family:#;-#;0} /* AF_??? */");

    private static string TypeText(SocketType type)
    {
        var parts = new List<string>();
        var kind = type & SocketType.TypeMask;
        if (kind != SocketType.None)
            parts.Add(Enum.IsDefined(kind) && kind != SocketType.TypeMask ? kind.ToString() : string.Create(CultureInfo.InvariantCulture, $"0x{(int)kind:x} /* SOCK_??? */"));
        foreach (var flag in (ReadOnlySpan<SocketType>)[SocketType.SOCK_CLOEXEC, SocketType.SOCK_NONBLOCK])
        {
            if ((type & flag) != 0)
                parts.Add(flag.ToString());
        }

        var rest = type & ~(SocketType.TypeMask | SocketType.SOCK_CLOEXEC | SocketType.SOCK_NONBLOCK);
        if (rest != 0)
            parts.Add($"0x{(int)rest:x}");
        return string.Join('|', parts);
    }

    private static string ProtocolText(AddressFamily family, int protocol) => (family, protocol) switch
    {
        (AddressFamily.AF_INET or AddressFamily.AF_INET6, 0) => "IPPROTO_IP",
        (AddressFamily.AF_INET or AddressFamily.AF_INET6, 1) => "IPPROTO_ICMP",
        (AddressFamily.AF_INET or AddressFamily.AF_INET6, 6) => "IPPROTO_TCP",
        (AddressFamily.AF_INET or AddressFamily.AF_INET6, 17) => "IPPROTO_UDP",
        _ => protocol.ToString(CultureInfo.InvariantCulture),
    };

    private static string? Received(SyscallRecord call, GuestPtr pointer, GuestPtr lengthPlace, long? result)
    {
        if (pointer.IsNull || result is null or < 0)
            return null;
        return call.Task.Memory.TryRead<int>(lengthPlace, out var length) ? Address(call.Task.Memory, pointer, length) : null;
    }

    private static string? Address(GuestMemory memory, GuestPtr pointer, int length)
    {
        if (pointer.IsNull || length is < sizeof(ushort) or > SocketAddresses.MaxLength || !memory.TryGetReadable(pointer, (uint)length, out var bytes))
            return pointer.IsNull ? null : pointer.ToString();
        var family = (AddressFamily)BinaryPrimitives.ReadUInt16LittleEndian(bytes);
        var text = family switch
        {
            AddressFamily.AF_UNIX when length > sizeof(ushort) => ", sun_path=" + UnixPath(bytes[sizeof(ushort)..]),
            AddressFamily.AF_INET when length >= 16 =>
                $", sin_port=htons({BinaryPrimitives.ReadUInt16BigEndian(bytes[2..])}), sin_addr=inet_addr(\"{new IPAddress(bytes.Slice(4, 4))}\")",
            AddressFamily.AF_INET6 when length >= 28 =>
                $", sin6_port=htons({BinaryPrimitives.ReadUInt16BigEndian(bytes[2..])}), sin6_flowinfo=htonl({BinaryPrimitives.ReadUInt32BigEndian(bytes[4..])}), "
                + $"inet_pton(AF_INET6, \"{new IPAddress(bytes.Slice(8, 16))}\", &sin6_addr), sin6_scope_id={BinaryPrimitives.ReadUInt32LittleEndian(bytes[24..])}",
            _ when length > sizeof(ushort) => ", sa_data=" + StraceText.Quote(bytes[sizeof(ushort)..]),
            _ => "",
        };
        return $"{{sa_family={NameOf(family)}{text}}}";
    }

    private static string UnixPath(ReadOnlySpan<byte> path)
    {
        if (path[0] == 0)
            return "@" + StraceText.Quote(path[1..]);
        var end = path.IndexOf((byte)0);
        return StraceText.Quote(end < 0 ? path : path[..end]);
    }

    private static string Headers(SyscallRecord call, GuestPtr pointer, uint count, bool isSent)
    {
        var texts = new List<string>();
        for (var i = 0u; i < count; i++)
        {
            if (i == ShownMessages)
            {
                texts.Add("...");
                break;
            }

            var place = pointer + (i * MessageHeader.StrideOf(call.Task.Abi));
            if (!call.Task.Memory.TryRead<uint>(place + MessageHeader.SizeOf(call.Task.Abi), out var length)
                || Header(call, place, isSent ? long.MaxValue : length) is not { } text)
                return pointer.ToString();
            texts.Add(isSent ? $"{{msg_hdr={text}}}" : $"{{msg_hdr={text}, msg_len={length}}}");
        }

        return $"[{string.Join(", ", texts)}]";
    }

    /// <param name="call">The call.</param>
    /// <param name="pointer">Where the header stands.</param>
    /// <param name="sent">Bytes of the message that are meant.</param>
    private static string? Header(SyscallRecord call, GuestPtr pointer, long sent)
    {
        if (pointer.IsNull || MessageHeader.Read(call.Task, pointer, out var header) != Errno.None)
            return null;
        var parts = IoVectors.Format(call, header.Vector, (long)Math.Min(header.VectorLength, ShownParts + 1), sent == long.MaxValue ? null : sent);
        var name = header.Name.IsNull ? "NULL" : Address(call.Task.Memory, header.Name, header.NameLength) ?? header.Name.ToString();
        var control = header.ControlLength == 0 || header.Control.IsNull ? "" : $"msg_control={Control(call, header)}, ";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{{msg_name={name}, msg_namelen={header.NameLength}, msg_iov={(header.VectorLength == 0 ? "NULL" : parts)}, msg_iovlen={header.VectorLength}, {control}msg_controllen={header.ControlLength}, msg_flags={FlagsText(header.Flags)}}}");
    }

    private static string FlagsText(MessageFlags flags) => flags == 0 ? "0" : ConstantNames.Format(nameof(MessageFlags), (long)flags)!;

    private static string Control(SyscallRecord call, in MessageHeader header)
    {
        const int Most = 4096;
        var abi = call.Task.Abi;
        if (header.ControlLength > Most || !call.Task.Memory.TryGetReadable(header.Control, (uint)header.ControlLength, out var bytes))
            return header.Control.ToString();
        var texts = new List<string>();
        var size = ControlMessages.HeaderSize(abi);
        while (bytes.Length >= size)
        {
            var length = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
            var level = (SocketLevel)BinaryPrimitives.ReadInt32LittleEndian(bytes[(size - 8)..]);
            var type = BinaryPrimitives.ReadInt32LittleEndian(bytes[(size - 4)..]);
            if (length < size || length > bytes.Length)
                break;
            var data = bytes[size..(int)length];
            texts.Add(string.Create(CultureInfo.InvariantCulture, $"{{cmsg_len={length}, cmsg_level={level}, cmsg_type={TypeName(level, type)}{DataText(level, type, data)}}}"));
            bytes = bytes[Math.Min(ControlMessages.Align(abi, (int)length), bytes.Length)..];
        }

        return $"[{string.Join(", ", texts)}]";
    }

    private static string TypeName(SocketLevel level, int type) =>
        level == SocketLevel.SOL_SOCKET && Enum.IsDefined((ControlType)type) ? ((ControlType)type).ToString() : $"0x{type:x}";

    private static string DataText(SocketLevel level, int type, ReadOnlySpan<byte> data)
    {
        if (data.IsEmpty)
            return "";
        switch (level == SocketLevel.SOL_SOCKET ? (ControlType)type : 0)
        {
            case ControlType.SCM_RIGHTS:
                return $", cmsg_data=[{string.Join(", ", MemoryMarshal.Cast<byte, int>(data).ToArray())}]";
            case ControlType.SCM_CREDENTIALS when data.Length >= Marshal.SizeOf<Ucred>():
                var sender = MemoryMarshal.Read<Ucred>(data);
                return $", cmsg_data={{pid={sender.pid}, uid={sender.uid}, gid={sender.gid}}}";
            default:
                return ", cmsg_data=" + StraceText.Quote(data[..Math.Min(data.Length, ShownBytes)]);
        }
    }

    private static string OptionName(SocketLevel level, int option) => level switch
    {
        SocketLevel.SOL_SOCKET when Enum.IsDefined((SocketOption)option) => ((SocketOption)option).ToString(),
        _ => InetOptions.NameOf(level, option) ?? Hexadecimal(option),
    };

    private static string Hexadecimal(int value) => value == 0 ? "0" : $"0x{value:x}";

    private static string? Option(SyscallRecord call, GuestPtr pointer, int length)
    {
        var memory = call.Task.Memory;
        var option = (SocketLevel)(int)call.Registers[1] == SocketLevel.SOL_SOCKET ? (SocketOption)(int)call.Registers[2] : 0;
        switch (option)
        {
            case SocketOption.SO_PEERCRED when length == 12 && memory.TryRead<Ucred>(pointer, out var peer):
                return $"{{pid={peer.pid}, uid={peer.uid}, gid={peer.gid}}}";
            case SocketOption.SO_LINGER when length == 8 && memory.TryRead<Linger>(pointer, out var linger):
                return $"{{l_onoff={linger.l_onoff}, l_linger={linger.l_linger}}}";
            case SocketOption.SO_ERROR when length == 4 && memory.TryRead<int>(pointer, out var error):
                return $"[{(error == 0 ? "0" : ((Errno)error).ToString())}]";
            default:
                return length == sizeof(int) && memory.TryRead<int>(pointer, out var value) ? $"[{value}]" : null;
        }
    }
}
