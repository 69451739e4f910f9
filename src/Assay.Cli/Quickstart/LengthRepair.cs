namespace Assay.Cli.Quickstart;

/// <summary>
/// Takes the length shortcut out of a set of pairs by leaving pairs out: among those whose lengths differ by about the same, as many are
/// kept in which the longer answer won as in which the shorter did. What remains cannot be told by length.
/// </summary>
internal static class LengthRepair
{
    /// <summary>Length differences this close, in words, count as the same.</summary>
    private const int BucketWords = 4;

    public static IReadOnlyList<SupportPair> Balance(IReadOnlyList<SupportPair> pairs)
    {
        var kept = new List<SupportPair>();
        foreach (var bucket in pairs.GroupBy(pair => Math.Abs(WordDifference(pair)) / BucketWords))
        {
            List<SupportPair> longerWon = [.. bucket.Where(pair => WordDifference(pair) > 0)],
                shorterWon = [.. bucket.Where(pair => WordDifference(pair) < 0)];
            var each = Math.Min(longerWon.Count, shorterWon.Count);
            kept.AddRange(longerWon.Take(each));
            kept.AddRange(shorterWon.Take(each));
            kept.AddRange(bucket.Where(pair => WordDifference(pair) == 0));
        }
        return [.. kept.OrderBy(pair => pair.Row)];
    }

    /// <summary>Words of the chosen answer less words of the rejected one.</summary>
    public static int WordDifference(SupportPair pair) => WordCount(pair.Chosen.Text) - WordCount(pair.Rejected.Text);

    /// <summary>Words of a text, split at spaces.</summary>
    public static int WordCount(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length;
}
