namespace Assay.Data.Duplicates;

/// <summary>Union-find over 0, 1, 2, …; a set is named by its smallest member, so that a later member never renames it.</summary>
internal sealed class DisjointSets
{
    private readonly List<int> _parents = [];

    public int Count => _parents.Count;

    public int Add()
    {
        _parents.Add(_parents.Count);
        return _parents.Count - 1;
    }

    /// <summary>The smallest member of the set that holds <paramref name="member"/>.</summary>
    public int Find(int member)
    {
        while (_parents[member] != member)
            member = _parents[member] = _parents[_parents[member]];
        return member;
    }

    public void Join(int left, int right)
    {
        int leftRoot = Find(left),
            rightRoot = Find(right);
        _parents[Math.Max(leftRoot, rightRoot)] = Math.Min(leftRoot, rightRoot);
    }
}
