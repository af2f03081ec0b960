using System.Globalization;
using System.Text;
using LinuxWasm.Abi;
using LinuxWasm.Kernel.Net;
using LinuxWasm.Kernel.Net.Inet;
using LinuxWasm.Kernel.Net.Unix;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.FileSystems.Proc;

/// <summary>/proc/sys as far as programs look there (proc(5)); nothing of it can be changed.</summary>
internal static class ProcSys
{
    public static readonly ProcEntry[] Table =
    [
        Directory(
            "fs",
            Text("file-max", static _ => "9223372036854775807"),
            Text("nr_open", static _ => FdTable.MaxDescriptors.ToString(CultureInfo.InvariantCulture)),
            Text("pipe-max-size", static _ => "1048576"),
            Text("protected_hardlinks", static _ => "1"),
            Text("protected_symlinks", static _ => "0")),
        Directory(
            "kernel",
            Text("cap_last_cap", static _ => ((int)Capability.CAP_CHECKPOINT_RESTORE).ToString(CultureInfo.InvariantCulture)),
            Text("domainname", static kernel => Encoding.UTF8.GetString(kernel.Names.Domain)),
            Text("hostname", static kernel => Encoding.UTF8.GetString(kernel.Names.Host)),
            Text("ngroups_max", static _ => "65536"),
            Text("osrelease", static _ => SystemNames.Release),
            Text("ostype", static _ => SystemNames.System),
            Text("overflowgid", static _ => OldId.Overflow.ToString(CultureInfo.InvariantCulture)),
            Text("overflowuid", static _ => OldId.Overflow.ToString(CultureInfo.InvariantCulture)),
            Text("pid_max", static _ => PidTable.PidMax.ToString(CultureInfo.InvariantCulture)),
            Text("version", static _ => SystemNames.Version)),
        Directory(
            "net",
            Directory(
                "core",
                Text("optmem_max", static _ => "131072"),
                Text("rmem_default", static _ => SocketOptions.DefaultBuffer.ToString(CultureInfo.InvariantCulture)),
                Text("rmem_max", static _ => SocketOptions.MaxBuffer.ToString(CultureInfo.InvariantCulture)),
                Text("somaxconn", static _ => Network.MaxBacklog.ToString(CultureInfo.InvariantCulture)),
                Text("wmem_default", static _ => SocketOptions.DefaultBuffer.ToString(CultureInfo.InvariantCulture)),
                Text("wmem_max", static _ => SocketOptions.MaxBuffer.ToString(CultureInfo.InvariantCulture))),
            Directory(
                "ipv4",
                Text("ip_local_port_range", static _ => $"{PortTable.FirstEphemeral}\t{PortTable.LastEphemeral}"),
                Text("ip_unprivileged_port_start", static _ => "1024")),
            Directory(
                "unix",
                Text("max_dgram_qlen", static _ => UnixSocket.MaxQueueLength.ToString(CultureInfo.InvariantCulture)))),
        Directory(
            "vm",
            Text("max_map_count", static _ => "65530"),
            Text("overcommit_memory", static _ => "0")),
    ];

    private static ProcEntry Directory(string name, params ProcEntry[] entries) =>
        new(name, Mode.S_IFDIR, (superBlock, _) => new ProcDirectory(superBlock, entries));

    private static ProcEntry Text(string name, Func<LinuxKernel, string> text) =>
        new(name, Mode.S_IFREG, (superBlock, _) => ProcText.Of(superBlock, () => text(superBlock.Kernel) + "\n"));
}
