namespace LinuxWasm.Machine;

/// <summary>What a program expects to find in any Linux: devices, a place for temporary files, names of users and hosts.</summary>
internal static class DefaultTree
{
    private const uint Sticky = 0x3FF; // 01777

    public static void Provision(GuestTree tree, string hostName)
    {
        tree.MakeDirectory("/dev");
        tree.Mount("dev", "/dev", "dev");
        tree.Mount("devpts", "/dev/pts", "devpts", options: "gid=5,mode=620,ptmxmode=666");
        tree.MakeDirectory("/proc", 0x16D);
        tree.Mount("proc", "/proc", "proc");
        tree.MakeDirectory("/tmp", Sticky);
        tree.MakeDirectory("/etc");
        tree.MakeDirectory("/root", 0x1C0);
        tree.MakeDirectory("/home");
        tree.WriteFile("/etc/passwd", "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n");
        tree.WriteFile("/etc/group", "root:x:0:\ntty:x:5:\nnogroup:x:65534:\n");
        tree.WriteFile("/etc/hosts", $"127.0.0.1\tlocalhost\n::1\tlocalhost\n127.0.1.1\t{hostName}\n");
        tree.WriteFile("/etc/hostname", hostName + "\n");
    }
}
