using System.Globalization;
using System.Text;

namespace Assay.Data.Duplicates;

/// <summary>
/// Unicode normal form KC (UAX #15) from the embedded <c>nfkc.txt</c> (Unicode 14.0). It is our own because the program runs without ICU
/// (invariant globalisation), where <see cref="string.Normalize()"/> returns its input unchanged, and because split records must not depend
/// on the runtime's tables.
/// </summary>
internal static class UnicodeNormalization
{
    private const int HangulBase = 0xAC00,
        LeadBase = 0x1100,
        VowelBase = 0x1161,
        TrailBase = 0x11A7;
    private const int LeadCount = 19,
        VowelCount = 21,
        TrailCount = 28,
        HangulCount = LeadCount * VowelCount * TrailCount;

    private static readonly Dictionary<int, int[]> Decompositions = [];
    private static readonly Dictionary<(int First, int Second), int> Composites = [];
    private static readonly Dictionary<int, byte> CombiningClasses = [];

    static UnicodeNormalization()
    {
        using var stream = typeof(UnicodeNormalization).Assembly.GetManifestResourceStream("Assay.Data.nfkc.txt")!;
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            var fields = line.TrimStart('=', '+').Split(' ');
            switch (line[0])
            {
                case '#':
                    break;
                case '=':
                    Composites.Add((Hex(fields[0]), Hex(fields[1])), Hex(fields[2]));
                    break;
                case '+':
                    var range = fields[0].Split("..");
                    for (var codePoint = Hex(range[0]); codePoint <= Hex(range[1]); codePoint++)
                        CombiningClasses.Add(codePoint, byte.Parse(fields[1], CultureInfo.InvariantCulture));
                    break;
                default:
                    Decompositions.Add(Hex(fields[0]), [.. fields[1..].Select(Hex)]);
                    break;
            }
        }
    }

    /// <summary>The text in normal form KC. Unpaired surrogates become U+FFFD.</summary>
    public static string Nfkc(string text)
    {
        var codePoints = new List<int>(text.Length);
        foreach (var rune in text.EnumerateRunes())
            Decompose(rune.Value, codePoints);
        Order(codePoints);
        Compose(codePoints);
        var normal = new StringBuilder(codePoints.Count);
        Span<char> pair = stackalloc char[2];
        foreach (var codePoint in codePoints)
            normal.Append(pair[..new Rune(codePoint).EncodeToUtf16(pair)]);
        return normal.ToString();
    }

    private static int Hex(string digits) => int.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private static byte CombiningClass(int codePoint) => codePoint < 0x300 ? (byte)0 : CombiningClasses.GetValueOrDefault(codePoint);

    private static void Decompose(int codePoint, List<int> to)
    {
        var syllable = codePoint - HangulBase;
        if (syllable is >= 0 and < HangulCount)
        {
            to.Add(LeadBase + syllable / (VowelCount * TrailCount));
            to.Add(VowelBase + syllable % (VowelCount * TrailCount) / TrailCount);
            if (syllable % TrailCount != 0)
                to.Add(TrailBase + syllable % TrailCount);
        }
        else if (codePoint >= 0xA0 && Decompositions.TryGetValue(codePoint, out var parts))
            to.AddRange(parts);
        else
            to.Add(codePoint);
    }

    /// <summary>Sorts each run of combining marks by class, keeping the order of equal classes.</summary>
    private static void Order(List<int> codePoints)
    {
        for (var index = 1; index < codePoints.Count; index++)
        {
            var codePoint = codePoints[index];
            var combiningClass = CombiningClass(codePoint);
            if (combiningClass == 0)
                continue;
            var to = index;
            for (; to > 0 && CombiningClass(codePoints[to - 1]) > combiningClass; to--)
                codePoints[to] = codePoints[to - 1];
            codePoints[to] = codePoint;
        }
    }

    private static void Compose(List<int> codePoints)
    {
        var kept = 0;
        var starter = -1;
        var lastClass = -1; // of what stands between the starter and here; -1 when nothing does
        for (var index = 0; index < codePoints.Count; index++)
        {
            var codePoint = codePoints[index];
            var combiningClass = CombiningClass(codePoint);
            if (starter >= 0 && lastClass < combiningClass && TryCompose(codePoints[starter], codePoint, out var composite))
            {
                codePoints[starter] = composite;
                continue;
            }
            if (combiningClass == 0)
            {
                starter = kept;
                lastClass = -1;
            }
            else
            {
                lastClass = combiningClass;
            }
            codePoints[kept++] = codePoint;
        }
        codePoints.RemoveRange(kept, codePoints.Count - kept);
    }

    private static bool TryCompose(int first, int second, out int composite)
    {
        if (first is >= LeadBase and < LeadBase + LeadCount && second is >= VowelBase and < VowelBase + VowelCount)
        {
            composite = HangulBase + ((first - LeadBase) * VowelCount + second - VowelBase) * TrailCount;
            return true;
        }
        if (
            first is >= HangulBase and < HangulBase + HangulCount
            && (first - HangulBase) % TrailCount == 0
            && second is > TrailBase and < TrailBase + TrailCount
        )
        {
            composite = first + second - TrailBase;
            return true;
        }
        return Composites.TryGetValue((first, second), out composite);
    }
}
