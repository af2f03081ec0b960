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
}
