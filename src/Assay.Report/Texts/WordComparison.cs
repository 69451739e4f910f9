using System.Text;

namespace Assay.Report.Texts;

/// <summary>
/// Two texts side by side, word by word: the longest common subsequence of their words, the rest marked. A word is a run of letters and
/// digits, or one other visible character (so each character of a script without spaces); spaces go with the word before them. A single
/// word that happens to stand in both between differences is not called shared: it would only break up what differs.
/// </summary>
internal sealed record WordComparison
{
    /// <summary>
    /// Most cells of the table of subsequences: 4 million take 8 MB and some milliseconds. Texts beyond it are not compared.
    /// </summary>
    public const int MostCells = 4_000_000;

    private const int ShortestShared = 2;

    public required IReadOnlyList<TextRun> First { get; init; }

    public required IReadOnlyList<TextRun> Second { get; init; }

    /// <summary>Words in shared runs over the words of the shorter text, 0..1; 1 when both are empty.</summary>
    public required double SharedShare { get; init; }

    /// <summary>Compares; null when the texts are too long for it.</summary>
    public static WordComparison? Of(string first, string second)
    {
        List<string> one = WordsOf(first),
            other = WordsOf(second);
        string[] ones = [.. one.Select(Bare)],
            others = [.. other.Select(Bare)];
        int shorter = Math.Min(one.Count, other.Count),
            head = 0,
            tail = 0;
        while (head < shorter && ones[head] == others[head])
            head++;
        while (tail < shorter - head && ones[^(tail + 1)] == others[^(tail + 1)])
            tail++;
        int rows = one.Count - head - tail,
            columns = other.Count - head - tail;
        if ((long)(rows + 1) * (columns + 1) > MostCells)
            return null;
        // matches[i] is the place in the second text of word i of the first, or −1.
        var matches = new int[one.Count];
        for (var i = 0; i < matches.Length; i++)
            matches[i] =
                i < head ? i
                : i >= one.Count - tail ? i - one.Count + other.Count
                : -1;
        Align(ones.AsSpan(head, rows), others.AsSpan(head, columns), head, matches);
        bool[] inFirst = new bool[one.Count],
            inSecond = new bool[other.Count];
        var shared = MarkRuns(matches, other.Count, inFirst, inSecond);
        return new WordComparison
        {
            First = RunsOf(one, inFirst),
            Second = RunsOf(other, inSecond),
            SharedShare =
                shorter == 0
                    ? one.Count == other.Count
                        ? 1
                        : 0
                    : (double)shared / shorter,
        };
    }

    private static void Align(ReadOnlySpan<string> one, ReadOnlySpan<string> other, int head, int[] matches)
    {
        // longest[i, j]: of what follows word i of the one and word j of the other; at most 2,000 words a side fit, so a ushort holds it.
        var longest = new ushort[one.Length + 1, other.Length + 1];
        for (var i = one.Length - 1; i >= 0; i--)
        {
            for (var j = other.Length - 1; j >= 0; j--)
                longest[i, j] = one[i] == other[j] ? (ushort)(longest[i + 1, j + 1] + 1) : Math.Max(longest[i + 1, j], longest[i, j + 1]);
        }
        for (int i = 0, j = 0; i < one.Length && j < other.Length; )
        {
            if (one[i] == other[j])
                matches[head + i++] = head + j++;
            else if (longest[i + 1, j] >= longest[i, j + 1])
                i++;
            else
                j++;
        }
    }

    /// <summary>Marks what stays shared, and counts its words.</summary>
    private static int MarkRuns(int[] matches, int otherCount, bool[] inFirst, bool[] inSecond)
    {
        var shared = 0;
        for (var start = 0; start < matches.Length; )
        {
            var end = start + 1;
            if (matches[start] < 0)
            {
                start = end;
                continue;
            }
            while (end < matches.Length && matches[end] == matches[end - 1] + 1)
                end++;
            // At the border of both texts one word is enough: there is no difference on its other side.
            var touchesBorder = (start == 0 && matches[start] == 0) || (end == matches.Length && matches[end - 1] == otherCount - 1);
            if (end - start >= ShortestShared || touchesBorder)
            {
                for (var i = start; i < end; i++)
                    inFirst[i] = inSecond[matches[i]] = true;
                shared += end - start;
            }
            start = end;
        }
        return shared;
    }

    private static List<TextRun> RunsOf(List<string> words, bool[] isShared)
    {
        var runs = new List<TextRun>();
        for (var start = 0; start < words.Count; )
        {
            var end = start + 1;
            while (end < words.Count && isShared[end] == isShared[start])
                end++;
            runs.Add(new(string.Concat(words.Skip(start).Take(end - start)), isShared[start]));
            start = end;
        }
        return runs;
    }

    /// <summary>The words, each with the spaces after it; spaces at the start go with the first. Together they are the text.</summary>
    private static List<string> WordsOf(string text)
    {
        var words = new List<string>();
        int start = 0,
            at = 0;
        while (at < text.Length && char.IsWhiteSpace(text[at]))
            at++;
        while (at < text.Length)
        {
            if (IsLetter(RuneAt(text, at)))
            {
                while (at < text.Length && IsLetter(RuneAt(text, at)))
                    at += RuneAt(text, at).Utf16SequenceLength;
            }
            else
                at += RuneAt(text, at).Utf16SequenceLength;
            while (at < text.Length && char.IsWhiteSpace(text[at]))
                at++;
            words.Add(text[start..at]);
            start = at;
        }
        if (start < text.Length)
            words.Add(text[start..]);
        return words;
    }

    private static string Bare(string word) => word.Trim();

    // Scripts from CJK radicals on have no spaces between words; marks belong to the letter before them.
    private static bool IsLetter(Rune rune) =>
        rune.Value < 0x2E80
        && (
            Rune.IsLetterOrDigit(rune)
            || Rune.GetUnicodeCategory(rune)
                is System.Globalization.UnicodeCategory.NonSpacingMark
                    or System.Globalization.UnicodeCategory.SpacingCombiningMark
        );

    // A broken surrogate counts as one unknown character of one UTF-16 unit.
    private static Rune RuneAt(string text, int at) => Rune.TryGetRuneAt(text, at, out var rune) ? rune : new Rune('\u001A');
}

/// <summary>A stretch of a text that the other text has too, or has not.</summary>
/// <param name="Text">The stretch with its spaces and punctuation.</param>
/// <param name="IsShared">Whether the other text has it, in the same order.</param>
internal readonly record struct TextRun(string Text, bool IsShared);
