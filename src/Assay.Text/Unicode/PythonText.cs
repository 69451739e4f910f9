using System.Buffers;
using System.Globalization;
using System.Text;

namespace Assay.Text.Unicode;

/// <summary>What Python's str type knows about characters: white space, line ends, letters, cases.</summary>
internal static class PythonText
{
    /// <summary>What <see cref="IsSpace"/> holds for.</summary>
    public static readonly char[] AllSpaces = [.. Enumerable.Range(0, 0x3001).Select(c => (char)c).Where(IsSpace)];

    public static readonly SearchValues<char> Spaces = SearchValues.Create(AllSpaces);

    private static readonly CodePointSet s_uppercase = UnicodeData.Set("set Uppercase"),
        s_lowercase = UnicodeData.Set("set Lowercase");
    private static readonly Dictionary<int, int[]> s_upper = UnicodeData.Map("python upper"),
        s_title = UnicodeData.Map("python title");

    /// <summary><c>str.isspace</c> of one character: also U+001C to U+001F, not U+200B or U+FEFF.</summary>
    public static bool IsSpace(char c) =>
        c switch
        {
            <= ' ' => c is ' ' or (>= '\t' and <= '\r') or (>= '\x1C' and <= '\x1F'),
            < '\u1680' => c is '\x85' or '\xA0',
            _ => c is '\u1680' or (>= '\u2000' and <= '\u200A') or '\u2028' or '\u2029' or '\u202F' or '\u205F' or '\u3000',
        };

    public static bool IsLineEnd(char c) =>
        c is '\n' or '\r' or '\v' or '\f' or '\x1C' or '\x1D' or '\x1E' or '\x85' or '\u2028' or '\u2029';

    public static string TrimEnd(string text) => text.TrimEnd(AllSpaces);

    public static string Strip(string text) => text.Trim(AllSpaces);

    public static bool IsPrintable(int point) =>
        point == ' '
        || CategoryOf(point)
            is not (
                UnicodeCategory.Control
                or UnicodeCategory.Format
                or UnicodeCategory.Surrogate
                or UnicodeCategory.PrivateUse
                or UnicodeCategory.OtherNotAssigned
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator
                or UnicodeCategory.SpaceSeparator
            );

    public static bool IsLetter(int point) =>
        CategoryOf(point)
            is UnicodeCategory.UppercaseLetter
                or UnicodeCategory.LowercaseLetter
                or UnicodeCategory.TitlecaseLetter
                or UnicodeCategory.ModifierLetter
                or UnicodeCategory.OtherLetter;

    public static bool IsDecimal(int point) => CategoryOf(point) == UnicodeCategory.DecimalDigitNumber;

    public static bool IsDigit(int point) => IsDecimal(point) || CharUnicodeInfo.GetDigitValue(CodePoints.ToText(point), 0) >= 0;

    public static bool IsNumeric(int point) => IsDecimal(point) || CharUnicodeInfo.GetNumericValue(CodePoints.ToText(point), 0) >= 0;

    /// <summary>Has the property Uppercase; title case does not count.</summary>
    public static bool IsUpper(int point) => s_uppercase.Contains(point);

    public static bool IsTitle(int point) => CategoryOf(point) == UnicodeCategory.TitlecaseLetter;

    /// <summary>Has the property Lowercase.</summary>
    public static bool IsLower(int point) => s_lowercase.Contains(point);

    /// <summary>Takes part in words for <c>title()</c>: letters with a case and what Unicode calls cased.</summary>
    public static bool IsCased(int point) => IsUpper(point) || IsLower(point) || IsTitle(point);

    public static string ToUpper(string text) => Map(text, static (_, _, point) => Upper(point));

    public static string ToLower(string text) => Map(text, static (whole, offset, point) => Lower(whole, offset, point));

    public static string Fold(string text) => Map(text, static (_, _, point) => Text(CaseFolding.Fold(point)));

    public static string SwapCase(string text) =>
        Map(
            text,
            static (whole, offset, point) =>
                IsUpper(point) ? Lower(whole, offset, point)
                : IsLower(point) ? Upper(point)
                : CodePoints.ToText(point)
        );

    public static string Capitalize(string text) =>
        Map(text, static (whole, offset, point) => offset == 0 ? Title(point) : Lower(whole, offset, point));

    public static string ToTitle(string text)
    {
        var inWord = false;
        return Map(
            text,
            (whole, offset, point) =>
            {
                var mapped = inWord ? Lower(whole, offset, point) : Title(point);
                inWord = IsCased(point);
                return mapped;
            }
        );
    }

    private static string Upper(int point) =>
        s_upper.TryGetValue(point, out var upper) ? Text(upper)
        : Rune.IsValid(point) ? Rune.ToUpperInvariant(new Rune(point)).ToString()
        : CodePoints.ToText(point);

    private static string Title(int point) =>
        s_title.TryGetValue(point, out var title) ? Text(title)
        : point is >= 0x10D0 and <= 0x10FF ? CodePoints.ToText(point)
        : Upper(point);

    private static string Text(int[] points) => string.Concat(points.Select(CodePoints.ToText));

    private static string Lower(string text, int offset, int point) =>
        point switch
        {
            0x130 => "i\u0307",
            0x3A3 => IsFinalSigma(text, offset) ? "\u03C2" : "\u03C3",
            _ => SimpleLower(point),
        };

    private static string SimpleLower(int point) =>
        Rune.IsValid(point) ? Rune.ToLowerInvariant(new Rune(point)).ToString() : CodePoints.ToText(point);

    /// <summary>A capital sigma after a cased letter and not before one, case-ignorable characters aside.</summary>
    private static bool IsFinalSigma(string text, int offset)
    {
        var before = offset - 1;
        while (before >= 0 && IsCaseIgnorable(text[before]))
            before--;
        if (before < 0)
            return false;
        if (char.IsLowSurrogate(text[before]) && before > 0 && char.IsHighSurrogate(text[before - 1]))
            before--;
        if (!IsCased(CodePoints.At(text, before)))
            return false;
        var after = offset + 1;
        while (after < text.Length && IsCaseIgnorable(text[after]))
            after++;
        return after == text.Length || !IsCased(CodePoints.At(text, after));
    }

    private static bool IsCaseIgnorable(char c) =>
        c is '\'' or '.' or ':' or '^' or '`' or '\xA8' or '\xAD' or '\xAF' or '\xB4' or '\xB7' or '\xB8' or '\u2018' or '\u2019'
        || CharUnicodeInfo.GetUnicodeCategory(c)
            is UnicodeCategory.NonSpacingMark
                or UnicodeCategory.EnclosingMark
                or UnicodeCategory.Format
                or UnicodeCategory.ModifierSymbol
                or UnicodeCategory.ModifierLetter;

    private static string Map(string text, Func<string, int, int, string> mapping)
    {
        var mapped = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i += CodePoints.UnitsAt(text, i))
            mapped.Append(mapping(text, i, CodePoints.At(text, i)));
        return mapped.ToString();
    }

    private static UnicodeCategory CategoryOf(int point) => CharUnicodeInfo.GetUnicodeCategory(point);
}
