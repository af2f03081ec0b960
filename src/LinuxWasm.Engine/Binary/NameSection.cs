namespace LinuxWasm.Engine.Binary;

/// <summary>The function names of the custom section "name". What is wrong in it is ignored, as the specification asks.</summary>
internal static class NameSection
{
    private const int FunctionNames = 1;

    public static Dictionary<int, string> Read(WasmModule module)
    {
        var names = new Dictionary<int, string>();
        try
        {
            var reader = new ByteReader(module.NameData.Span, 0, module.NameData.Length);
            while (!reader.AtEnd)
            {
                byte id = reader.Byte();
                int size = reader.Count("bytes");
                int end = reader.Position + size;
                if (id == FunctionNames)
                {
                    for (int count = reader.Count("names"); count > 0; count--)
                    {
                        int index = (int)reader.U32();
                        names[index] = reader.Name();
                    }
                }

                reader.Position = end;
            }
        }
        catch (WasmFormatException)
        {
            // Names are for people; a module without them is as good.
        }

        return names;
    }
}
