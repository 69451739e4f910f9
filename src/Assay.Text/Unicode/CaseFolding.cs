namespace Assay.Text.Unicode;

/// <summary>
/// Full case folding of Unicode 16.0 (CaseFolding.txt, C and F), as Oniguruma's (?i) uses it: ß = ẞ = ss, K = k, ſ = s, without Turkish
/// rules.
/// </summary>
internal static class CaseFolding
{
    private static readonly Dictionary<int, int[]> Folds = UnicodeData.Map("fold");
    private static readonly CodePointMap FoldMap = new(Folds);
    private static readonly ILookup<string, int> Unfolds = Folds.ToLookup(fold => Key(fold.Value), fold => fold.Key);

    public static int[] Fold(int codePoint) => Folds.TryGetValue(codePoint, out var fold) ? fold : [codePoint];

    /// <summary>The fold of a code point, empty when it is itself.</summary>
    public static ReadOnlySpan<int> FoldOf(int codePoint) => FoldMap[codePoint];

    /// <summary>The set and every code point with the same fold as one of it.</summary>
    public static CodePointSet Close(CodePointSet set)
    {
        var added = new List<(int, int)>();
        foreach (var group in Unfolds)
        {
            var members = group.ToList();
            var fold = Folds[members[0]];
            if (fold.Length == 1)
                members.Add(fold[0]);
            if (!members.Exists(set.Contains))
                continue;
            foreach (var member in members)
                added.Add((member, member));
        }
        return set.Union(CodePointSet.Of([.. added]));
    }

    /// <summary>
    /// The folds of two and three characters that code points of the set have: under (?i) a class with ß also takes "ss".
    /// </summary>
    public static IReadOnlyList<int[]> SequencesIn(CodePointSet set) =>
        [.. Unfolds.Where(group => group.Any(set.Contains)).Select(group => Folds[group.First()]).Where(fold => fold.Length > 1)];

    private static string Key(int[] points) => string.Concat(points.Select(char.ConvertFromUtf32));
}
