namespace Assay.Text.Tokenization.RegularExpressions;

/// <summary>
/// Which bytes a pattern can begin with, and whether it can match nothing: lets the matcher pass over alternatives and positions that
/// cannot match.
/// </summary>
internal static class FirstBytes
{
    /// <summary>For each byte whether a match can begin with it; null when the pattern can match the empty string.</summary>
    public static bool[]? Of(PatternNode node)
    {
        var bytes = new bool[256];
        return Add(node, bytes) ? null : bytes;
    }

    /// <summary>Adds what <paramref name="node"/> can begin with; true when it can match without taking a character.</summary>
    private static bool Add(PatternNode node, bool[] bytes)
    {
        switch (node)
        {
            case PatternNode.Literal { IgnoreCase: false } literal:
                bytes[Utf8.Bytes(literal.CodePoints[0])[0]] = true;
                return false;
            case PatternNode.Literal literal:
                for (var c = 0; c < 256; c++)
                    if (c >= 128 || CaseFolding.Fold(c)[0] == literal.CodePoints[0])
                        bytes[c] = true;
                return false;
            case PatternNode.Class { Set: var set }:
                AddSet(set, bytes);
                return false;
            case PatternNode.Sequence sequence:
                foreach (var part in sequence.Parts)
                    if (!Add(part, bytes))
                        return false;
                return true;
            case PatternNode.Alternation alternation:
                var empty = false;
                foreach (var branch in alternation.Branches)
                    empty |= Add(branch, bytes);
                return empty;
            case PatternNode.Repeat repeat:
                return Add(repeat.Part, bytes) || repeat.Least == 0;
            case PatternNode.Capture capture:
                return Add(capture.Part, bytes);
            case PatternNode.Atomic atomic:
                return Add(atomic.Part, bytes);
            default:
                return true;
        }
    }

    private static void AddSet(CodePointSet set, bool[] bytes)
    {
        var ranges = set.Ranges;
        for (var i = 0; i < ranges.Length; i += 2)
        {
            // Within one length the first byte grows with the code point.
            for (var first = ranges[i]; first <= ranges[i + 1]; )
            {
                var last = Math.Min(
                    ranges[i + 1],
                    first < 0x80 ? 0x7F
                        : first < 0x800 ? 0x7FF
                        : first < 0x10000 ? 0xFFFF
                        : CodePointSet.Last
                );
                for (int lead = Utf8.Bytes(first)[0]; lead <= Utf8.Bytes(last)[0]; lead++)
                    bytes[lead] = true;
                first = last + 1;
            }
        }
    }
}
