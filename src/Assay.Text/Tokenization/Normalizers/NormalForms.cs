namespace Assay.Text.Tokenization.Normalizers;

/// <summary>
/// NFC, NFD, NFKC and NFKD of Unicode 9.0 with the change of each character that <see cref="AlignedText.Emit"/> wants: the characters of
/// one decomposition are one that replaces and others that are new, a composed one takes in what it was made of
/// (unicode-normalization-alignments 0.1.12, decompose.rs, recompose.rs).
/// </summary>
internal static class NormalForms
{
    private const int HangulFirst = 0xAC00,
        HangulCount = 11172,
        LeadFirst = 0x1100,
        LeadCount = 19,
        VowelFirst = 0x1161,
        VowelCount = 21,
        TailFirst = 0x11A7,
        TailCount = 28;

    private static readonly CodePointMap Canonical = new(UnicodeData.Map("nfd"));
    private static readonly CodePointMap Compatible = MakeCompatible();
    private static readonly CodePointMap Classes = new(
        UnicodeData.Names("ccc").SelectMany(Members).ToDictionary(entry => entry.Key, entry => new[] { entry.Value })
    );
    private static readonly Dictionary<(int, int), int> Composites = UnicodeData
        .Map("compose")
        .ToDictionary(entry => (entry.Value[0], entry.Value[1]), entry => entry.Key);
    private static readonly CodePointSet Seconds = CodePointSet
        .Of([.. Composites.Keys.Select(pair => (pair.Item2, pair.Item2))])
        .Union(CodePointSet.Of((VowelFirst, VowelFirst + VowelCount - 1), (TailFirst + 1, TailFirst + TailCount - 1)));

    public static void Apply(AlignedText text, bool compatible, bool compose, List<(int CodePoint, int Change)> changes)
    {
        if (System.Text.Ascii.IsValid(text.Bytes))
            return; // its own form in all four
        Decompose(text.Bytes, compatible, changes);
        text.BeginWhole();
        if (compose)
            Compose(text, changes);
        else
            foreach (var (codePoint, change) in changes)
                text.Emit(codePoint, change);
        text.End();
    }

    public static int CombiningClass(int codePoint) =>
        codePoint < 0x300 || Classes[codePoint] is not [var combiningClass] ? 0 : combiningClass;

    private static void Decompose(ReadOnlySpan<byte> text, bool compatible, List<(int CodePoint, int Change)> changes)
    {
        changes.Clear();
        var pending = 0; // where the run of combining marks that may need sorting begins
        for (var at = 0; at < text.Length; )
        {
            var codePoint = Utf8.Decode(text, at, out var length);
            at += length;
            if (codePoint is >= HangulFirst and < HangulFirst + HangulCount)
            {
                SortMarks(changes, pending);
                var index = codePoint - HangulFirst;
                changes.Add((LeadFirst + index / (VowelCount * TailCount), 0));
                changes.Add((VowelFirst + index % (VowelCount * TailCount) / TailCount, 1));
                if (index % TailCount != 0)
                    changes.Add((TailFirst + index % TailCount, 1));
                pending = changes.Count;
                continue;
            }
            var parts =
                codePoint < 0x80 ? default
                : compatible ? Compatible[codePoint]
                : Canonical[codePoint];
            for (var i = 0; i < Math.Max(1, parts.Length); i++)
            {
                var part = parts.IsEmpty ? codePoint : parts[i];
                if (CombiningClass(part) == 0)
                {
                    SortMarks(changes, pending);
                    pending = changes.Count + 1;
                }
                changes.Add((part, i == 0 ? 0 : 1));
            }
        }
        SortMarks(changes, pending);
    }

    /// <summary>Sorts by combining class, keeping the order within one.</summary>
    private static void SortMarks(List<(int CodePoint, int Change)> changes, int from)
    {
        var sorted = true;
        for (var i = from + 1; i < changes.Count && sorted; i++)
            sorted = CombiningClass(changes[i - 1].CodePoint) <= CombiningClass(changes[i].CodePoint);
        if (sorted)
            return;
        var marks = changes[from..].OrderBy(mark => CombiningClass(mark.CodePoint)).ToList();
        for (var i = 0; i < marks.Count; i++)
            changes[from + i] = marks[i];
    }

    private static void Compose(AlignedText text, List<(int CodePoint, int Change)> changes)
    {
        // A starter waits for what composes with it; marks that do not, from waitingFrom to the current one, wait with it.
        (int CodePoint, int Change)? starter = null;
        var waiting = new Waiting(changes);
        var lastClass = -1;
        foreach (var (codePoint, change) in changes)
        {
            var combiningClass = CombiningClass(codePoint);
            if (starter is not { } first)
            {
                if (combiningClass == 0)
                    starter = (codePoint, change);
                else
                    text.Emit(codePoint, change);
                waiting.Advance();
                continue;
            }
            var blocked = lastClass >= combiningClass;
            if (!blocked && Composite(first.CodePoint, codePoint) is { } composite)
            {
                starter = (composite, first.Change + change - 1);
                waiting.Advance();
                continue;
            }
            if (combiningClass == 0)
            {
                text.Emit(first.CodePoint, first.Change);
                waiting.Flush(text);
                starter = (codePoint, change);
                lastClass = -1;
                waiting.Advance();
                continue;
            }
            waiting.Keep();
            lastClass = combiningClass;
        }
        if (starter is { } last)
            text.Emit(last.CodePoint, last.Change);
        waiting.Flush(text);
    }

    /// <summary>
    /// The marks that wait for their starter, moved to the front of the list that is being read, which is behind the reader.
    /// </summary>
    private struct Waiting(List<(int CodePoint, int Change)> changes)
    {
        private int _count,
            _read;

        public void Advance() => _read++;

        // CollectionsMarshal: writing an element in a foreach would end the enumeration.
        public void Keep() => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(changes)[_count++] = changes[_read++];

        public void Flush(AlignedText text)
        {
            for (var i = 0; i < _count; i++)
                text.Emit(changes[i].CodePoint, changes[i].Change);
            _count = 0;
        }
    }

    private static int? Composite(int first, int second)
    {
        if (second < 0x300 || !Seconds.Contains(second))
            return null;
        if (first is >= LeadFirst and < LeadFirst + LeadCount && second is >= VowelFirst and < VowelFirst + VowelCount)
            return HangulFirst + ((first - LeadFirst) * VowelCount + second - VowelFirst) * TailCount;
        if (
            first is >= HangulFirst and < HangulFirst + HangulCount
            && (first - HangulFirst) % TailCount == 0
            && second is > TailFirst and < TailFirst + TailCount
        )
            return first + second - TailFirst;
        return Composites.TryGetValue((first, second), out var composite) ? composite : null;
    }

    private static CodePointMap MakeCompatible()
    {
        var all = UnicodeData.Map("nfd");
        foreach (var (codePoint, parts) in UnicodeData.Map("nfkd"))
            all[codePoint] = parts;
        return new(all);
    }

    private static IEnumerable<KeyValuePair<int, int>> Members(string combiningClass)
    {
        var ranges = UnicodeData.Set("ccc " + combiningClass).Ranges.ToArray();
        for (var i = 0; i < ranges.Length; i += 2)
        for (var c = ranges[i]; c <= ranges[i + 1]; c++)
            yield return new(c, int.Parse(combiningClass, System.Globalization.CultureInfo.InvariantCulture));
    }
}
