namespace Assay.Text.Tokenization.RegularExpressions;

/// <summary>
/// The properties of \p{…} and [[:…:]]: general categories by short and long name, scripts, and a few more. Names ignore case, spaces, '-'
/// and '_'.
/// </summary>
internal static class UnicodeProperties
{
    private static readonly Dictionary<string, string> Keys = MakeKeys();

    /// <summary>The set of a property, or null when it is not known.</summary>
    public static CodePointSet? Find(string name)
    {
        var plain = Plain(name);
        return Keys.TryGetValue(plain, out var key)
            ? UnicodeData.Set(key)
            : plain switch
            {
                "any" => CodePointSet.All,
                "assigned" => UnicodeData.Set("gc Cn").Not(),
                "whitespace" => UnicodeData.WhiteSpace,
                _ => FindPosix(plain),
            };
    }

    public static CodePointSet? FindPosix(string name) =>
        name switch
        {
            "alnum" => UnicodeData.Set("set Alphabetic").Union(UnicodeData.Set("gc Nd")),
            "alpha" => UnicodeData.Set("set Alphabetic"),
            "ascii" => CodePointSet.Of((0, 127)),
            "blank" => UnicodeData.Set("gc Zs").Union(CodePointSet.OfPoint('\t')),
            "cntrl" => UnicodeData.Set("gc Cc"),
            "digit" => UnicodeData.Set("gc Nd"),
            "graph" => Graph(),
            "lower" => UnicodeData.Set("set Lowercase"),
            "print" => Graph().Union(UnicodeData.Set("gc Zs")),
            "punct" => UnicodeData.Set("set PosixPunct"),
            "space" => UnicodeData.WhiteSpace,
            "upper" => UnicodeData.Set("set Uppercase"),
            "word" => UnicodeData.Set("set Word"),
            "xdigit" => CodePointSet.Of(('0', '9'), ('A', 'F'), ('a', 'f')),
            _ => null,
        };

    private static CodePointSet Graph() =>
        UnicodeData.WhiteSpace.Union(UnicodeData.Set("gc Cc")).Union(UnicodeData.Set("gc Cn")).Union(UnicodeData.Set("gc Cs")).Not();

    private static Dictionary<string, string> MakeKeys()
    {
        var keys = new Dictionary<string, string>
        {
            ["alphabetic"] = "set Alphabetic",
            ["uppercase"] = "set Uppercase",
            ["lowercase"] = "set Lowercase",
            ["cn"] = "gc Cn",
        };
        foreach (var name in UnicodeData.Names("gc"))
            keys.Add(Plain(name), "gc " + name);
        foreach (var name in "LMNPSZC")
            keys.Add(Plain(name.ToString()), "gc " + name);
        foreach (var name in UnicodeData.Names("script"))
            keys.Add(Plain(name), "script " + name);
        foreach (
            var pair in (
                "Letter L,Uppercase_Letter Lu,Lowercase_Letter Ll,Titlecase_Letter Lt,Modifier_Letter Lm,Other_Letter Lo,Mark M,Combining_Mark M,Nonspacing_Mark Mn,"
                + "Spacing_Mark Mc,Enclosing_Mark Me,Number N,Decimal_Number Nd,Letter_Number Nl,Other_Number No,Punctuation P,Connector_Punctuation Pc,Dash_Punctuation Pd,"
                + "Open_Punctuation Ps,Close_Punctuation Pe,Initial_Punctuation Pi,Final_Punctuation Pf,Other_Punctuation Po,Symbol S,Math_Symbol Sm,Currency_Symbol Sc,"
                + "Modifier_Symbol Sk,Other_Symbol So,Separator Z,Space_Separator Zs,Line_Separator Zl,Paragraph_Separator Zp,Other C,Control Cc,Format Cf,Surrogate Cs,"
                + "Private_Use Co,Unassigned Cn"
            ).Split(',')
        )
            if (pair.Split(' ') is [var name, var category])
                keys.TryAdd(Plain(name), "gc " + category);
        return keys;
    }

    private static string Plain(string name) => string.Concat(name.Where(c => c is not (' ' or '-' or '_'))).ToLowerInvariant();
}
