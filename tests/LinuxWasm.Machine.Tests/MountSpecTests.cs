namespace LinuxWasm.Machine.Tests;

public sealed class MountSpecTests
{
    [Theory]
    [InlineData("tmpfs:none:/data", "tmpfs", "none", "/data", "")]
    [InlineData("host:/srv/files:/mnt:ro", "host", "/srv/files", "/mnt", "ro")]
    [InlineData("host:.:/work:ro,uid=1000", "host", ".", "/work", "ro,uid=1000")]
    [InlineData(@"host:C:\work:/work", "host", @"C:\work", "/work", "")]
    [InlineData("host:C:/work:/work:ro", "host", "C:/work", "/work", "ro")]
    [InlineData("tmpfs::/data", "tmpfs", "", "/data", "")]
    [InlineData("tmpfs:a:/data", "tmpfs", "a", "/data", "")]
    public void The_written_form_is_type_source_target_and_options(string text, string type, string source, string target, string options)
    {
        var spec = MountSpec.Parse(text);

        Assert.Equal(new MountSpec(type, source, target, options), spec);
        Assert.Equal(text, spec.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("tmpfs")]
    [InlineData("tmpfs:none")]
    [InlineData("tmpfs:none:data")]
    [InlineData(":none:/data")]
    public void Anything_else_is_refused_by_name_and_with_the_form(string text)
    {
        var refused = Assert.Throws<FormatException>(() => MountSpec.Parse(text));

        Assert.Contains($"mount '{text}'", refused.Message, StringComparison.Ordinal);
        Assert.Contains("TYPE:SOURCE:TARGET[:OPTIONS]", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("host:.:/etc/passwd")]
    [InlineData("tmpfs:none:/etc/passwd")]
    public void A_target_that_is_a_file_is_to_blame_itself(string text)
    {
        using var machine = new WasmMachine();

        var refused = Assert.Throws<GuestTreeException>(() => machine.Provision(MountSpec.Parse(text).Apply));

        Assert.Equal("/etc/passwd: mount: ENOTDIR: a mount covers a directory, and this is a file of the guest", refused.Message);
    }

    [Theory]
    [InlineData("tmpfs")]
    [InlineData("dev")]
    [InlineData("devtmpfs")]
    [InlineData("devpts")]
    [InlineData("proc")]
    public void Each_file_system_that_the_help_names_can_be_mounted(string type)
    {
        using var machine = new WasmMachine();

        machine.Provision(MountSpec.Parse($"{type}:none:/mnt").Apply);
    }

    [Theory]
    [InlineData("host:/no/such/folder:/mnt", "there is no folder '/no/such/folder' on the host")]
    [InlineData("host:.:/mnt:color=red", "'color=red'")]
    [InlineData("tmpfs:none:/mnt:size=big", "'size=big'")]
    [InlineData("hst:.:/mnt", "there is no file system 'hst'; one of devpts, ")]
    public void A_refused_mount_says_what_was_expected(string text, string why)
    {
        using var machine = new WasmMachine();

        var refused = Assert.Throws<GuestTreeException>(() => machine.Provision(MountSpec.Parse(text).Apply));

        Assert.StartsWith("/mnt: mount: ", refused.Message, StringComparison.Ordinal);
        Assert.Contains(why, refused.Message, StringComparison.Ordinal);
    }
}
