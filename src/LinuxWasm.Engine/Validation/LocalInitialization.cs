namespace LinuxWasm.Engine.Validation;

/// <summary>
/// Which locals have a value. Only those that have none to begin with count here: references that are never null. Such a local is
/// set until the end of the block that it was set in.
/// </summary>
internal sealed class LocalInitialization
{
    private readonly List<int> set = [];
    private bool[] unset = [];
    private int end;

    /// <summary>How many locals have been set, for <see cref="Leave"/>.</summary>
    public int Height => set.Count;

    public void Clear()
    {
        Array.Clear(unset, 0, end);
        end = 0;
        set.Clear();
    }

    public void Declare(int first, int count)
    {
        end = first + count;
        if (end > unset.Length)
            Array.Resize(ref unset, Math.Max(end, unset.Length * 2));
        Array.Fill(unset, true, first, count);
    }

    public bool IsSet(int local) => local >= end || !unset[local];

    public void Set(int local)
    {
        if (IsSet(local))
            return;
        unset[local] = false;
        set.Add(local);
    }

    /// <summary>At a block's end: what was set in it is not set any more.</summary>
    public void Leave(int height)
    {
        for (int i = set.Count - 1; i >= height; i--)
        {
            unset[set[i]] = true;
            set.RemoveAt(i);
        }
    }
}
