namespace Assay.Text.Tokenization.Conversion;

/// <summary>
/// The merges that stand for the scores of a sentencepiece BPE model: every way to make a piece of two others, the best piece first.
/// Source: transformers, convert_slow_tokenizer.py, generate_merges.
/// </summary>
internal static class Merges
{
    /// <param name="pieces">The pieces by id with their scores.</param>
    /// <param name="ids">What a merge may be made of, with the ids that order the ways to make one piece.</param>
    public static List<(string Left, string Right)> Of(IReadOnlyList<(string Text, float Score)> pieces, Dictionary<string, int> ids)
    {
        var find = ids.GetAlternateLookup<ReadOnlySpan<char>>();
        var found = new List<(string Text, int Cut, float Score, int LeftLength, int RightLength)>();
        var ways = new List<(int Cut, int Left, int Right, int Length)>();
        foreach (var (text, score) in pieces)
        {
            ways.Clear();
            var length = 0;
            for (var cut = 1; cut < text.Length; cut++)
            {
                if (char.IsLowSurrogate(text[cut]))
                    continue;
                length++;
                if (find.TryGetValue(text.AsSpan(0, cut), out var left) && find.TryGetValue(text.AsSpan(cut), out var right))
                    ways.Add((cut, left, right, length));
            }
            length++;
            foreach (var way in ways.OrderBy(way => way.Left).ThenBy(way => way.Right))
                found.Add((text, way.Cut, score, way.Length, length - way.Length));
        }
        // Lengths are in code points, and what is equal stays in order, as Python sorts.
        return
        [
            .. found
                .OrderByDescending(way => way.Score)
                .ThenByDescending(way => way.LeftLength)
                .ThenByDescending(way => way.RightLength)
                .Select(way => (way.Text[..way.Cut], way.Text[way.Cut..])),
        ];
    }
}
