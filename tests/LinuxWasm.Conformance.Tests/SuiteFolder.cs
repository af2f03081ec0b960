namespace LinuxWasm.Conformance.Tests;

/// <summary>The repository's folder of cases.</summary>
internal static class SuiteFolder
{
    public static string Path { get; } = Find();

    private static string Find()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = System.IO.Path.GetDirectoryName(folder))
        {
            var suite = System.IO.Path.Combine(folder, "conformance");
            if (File.Exists(System.IO.Path.Combine(suite, "case.schema.json")))
                return suite;
        }

        throw new DirectoryNotFoundException("the folder conformance is not above " + AppContext.BaseDirectory);
    }
}
