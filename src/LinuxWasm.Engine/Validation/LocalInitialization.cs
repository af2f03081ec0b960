namespace LinuxWasm.Engine.Validation;

/// <summary>
/// Which locals have a value. Only those that have none to begin with are kept here: references that are never null. Such a local
/// is set until the end of the block that it was set in.
/// </summary>
internal sealed class LocalInitialization
{
    private readonly HashSet<int> unset = [];
    private readonly List<int> set = [];

    /// <summary>How many locals have been set, for <see cref="Leave"/>.</summary>
    public int Height => set.Count;

    public void Clear()
    {
        unset.Clear();
        set.Clear();
    }

    public void Declare(int first, int count)
    {
        for (int i = first; i < first + count; i++)
            unset.Add(i);
    }

    public bool IsSet(int local) => unset.Count == 0 || !unset.Contains(local);

    public void Set(int local)
    {
        if (unset.Count > 0 && unset.Remove(local))
            set.Add(local);
    }

    /// <summary>At a block's end: what was set in it is not set any more.</summary>
    public void Leave(int height)
    {
        for (int i = set.Count - 1; i >= height; i--)
        {
            unset.Add(set[i]);
            set.RemoveAt(i);
        }
    }
}
