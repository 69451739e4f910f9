using System.Collections.Frozen;
using System.Text;

namespace Assay.Evaluation.Audits;

/// <summary>
/// A cheap guess of the language of a text, by script and, in Latin script, by the commonest words of eleven languages. Made to notice an
/// answer in another language than its prompt's; it says nothing rather than guess on short texts, code and lists of names.
/// </summary>
public static class LanguageGuess
{
    /// <summary>A text's beginning is enough, and long texts cost no more.</summary>
    private const int LongestRead = 2000;

    /// <summary>Common words a Latin text must show, and how far the first language must be ahead of the second.</summary>
    private const int MinHits = 3,
        MinLead = 2;

    private static readonly (string Language, string Words)[] CommonWords =
    [
        ("en", "the and of to is that it you for with this are have was not be they what how which would i my your can there"),
        ("de", "der die das und ist nicht ein eine ich sie zu den mit auf für von dem sich auch wie wir oder aber kann wird sind haben"),
        ("fr", "le la les des est et une que pour dans pas vous qui sur avec ce cette sont je nous plus ou être au aux mais votre"),
        ("es", "el la los las de que y en un una es por con para no se su como más pero sus está usted muy hay o también"),
        ("it", "il lo la gli di che e un una è per con non si come ma sono della nel più anche questo alla del hai puoi"),
        ("pt", "o a os as de que e do da em um uma é para com não se por mais mas como você são ou pode está dos isso"),
        ("nl", "de het een en van is niet dat ik je op te met voor zijn aan maar ook er dit kunnen wordt bij wat of hebben"),
        ("pl", "i w nie na się jest że to z do jak o co ale po są dla czy tym może przez tak od być które oraz"),
        ("tr", "bir ve bu için ile de da ne gibi olarak daha çok olan değil var en kadar ama ben size veya sonra her şey mi"),
        ("vi", "là và của có không cho một các được trong với người này những để bạn khi tôi đã về cũng như thể từ nhiều đó"),
        ("id", "yang dan di untuk dengan tidak ini itu dari adalah anda dalam akan pada saya ke bisa atau juga ada karena oleh seperti"),
    ];

    /// <summary>Bit i of a word's value: it is common in the i-th language.</summary>
    private static readonly FrozenDictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> LanguagesOf = CommonWords
        .SelectMany((entry, i) => entry.Words.Split(' ').Select(word => (word, bit: 1 << i)))
        .GroupBy(entry => entry.word, entry => entry.bit)
        .ToFrozenDictionary(group => group.Key, group => group.Aggregate((all, bit) => all | bit))
        .GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>
    /// <c>en</c>, <c>de</c>, <c>fr</c>, <c>es</c>, <c>it</c>, <c>pt</c>, <c>nl</c>, <c>pl</c>, <c>tr</c>, <c>vi</c>, <c>id</c>, <c>zh</c>,
    /// <c>ja</c>, <c>ko</c>; for other scripts the script's name, such as <c>cyrillic</c>; null when it cannot be told.
    /// </summary>
    public static string? Of(string text)
    {
        var read = text.AsSpan(0, Math.Min(text.Length, LongestRead));
        return ByScript(read, out var isLatin) ?? (isLatin ? ByWords(read) : null);
    }

    private static string? ByScript(ReadOnlySpan<char> text, out bool isLatin)
    {
        Span<int> counts = stackalloc int[ScriptNames.Length];
        var letters = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            if (!Rune.IsLetter(rune))
                continue;
            letters++;
            counts[Script(rune.Value)]++;
        }
        isLatin = counts[0] * 2 > letters;
        if (letters == 0 || isLatin)
            return null;
        // Japanese mixes kana with Chinese characters.
        if ((counts[1] + counts[2]) * 2 > letters)
            return counts[2] * 10 > letters ? "ja" : "zh";
        for (var script = 3; script < counts.Length - 1; script++)
        {
            if (counts[script] * 2 > letters)
                return ScriptNames[script];
        }
        return null;
    }

    private static readonly string[] ScriptNames =
    [
        "latin",
        "zh",
        "ja",
        "ko",
        "cyrillic",
        "greek",
        "hebrew",
        "arabic",
        "devanagari",
        "bengali",
        "tamil",
        "thai",
        "other",
    ];

    private static int Script(int value) =>
        value switch
        {
            < 0x250 or (>= 0x1E00 and < 0x1F00) or (>= 0xFF21 and <= 0xFF5A) => 0,
            (>= 0x3400 and < 0xA000) or (>= 0x20000 and < 0x33480) => 1,
            >= 0x3040 and < 0x3100 => 2,
            (>= 0xAC00 and < 0xD7B0) or (>= 0x1100 and < 0x1200) => 3,
            >= 0x400 and < 0x530 => 4,
            >= 0x370 and < 0x400 => 5,
            >= 0x590 and < 0x600 => 6,
            (>= 0x600 and < 0x780) or (>= 0xFB50 and < 0xFE00) or (>= 0xFE70 and < 0xFF00) => 7,
            >= 0x900 and < 0x980 => 8,
            >= 0x980 and < 0xA00 => 9,
            >= 0xB80 and < 0xC00 => 10,
            >= 0xE00 and < 0xE80 => 11,
            _ => 12,
        };

    private static string? ByWords(ReadOnlySpan<char> text)
    {
        Span<int> hits = stackalloc int[CommonWords.Length];
        Span<char> word = stackalloc char[12];
        var length = 0;
        var words = 0;
        foreach (var letter in text)
        {
            if (char.IsLetter(letter))
            {
                if (length < word.Length)
                    word[length] = char.ToLowerInvariant(letter);
                length++;
                continue;
            }
            End(word, hits);
        }
        End(word, hits);
        int first = -1,
            second = -1;
        for (var i = 0; i < hits.Length; i++)
        {
            if (first < 0 || hits[i] > hits[first])
                (first, second) = (i, first);
            else if (second < 0 || hits[i] > hits[second])
                second = i;
        }
        // One word in ten is common in running text of any of these languages; of code or names fewer are.
        return hits[first] >= MinHits && hits[first] * 10 >= words && hits[first] - hits[second] >= MinLead
            ? CommonWords[first].Language
            : null;

        void End(Span<char> word, Span<int> hits)
        {
            if (length == 0)
                return;
            words++;
            if (length <= word.Length && LanguagesOf.TryGetValue(word[..length], out var languages))
            {
                for (var i = 0; i < hits.Length; i++)
                    hits[i] += languages >> i & 1;
            }
            length = 0;
        }
    }
}
