using Assay.Data.Reading.Formats;

namespace Assay.Data.Reading;

/// <summary>A shape of rows that Assay reads: its name, and the rule by which its rows become pairs. One object for each.</summary>
public sealed class PairFormat
{
    internal PairFormat(RowFormat rows) => Rows = rows;

    /// <summary>All formats, in the order in which detection asks them.</summary>
    public static IReadOnlyList<PairFormat> All => RowFormat.Formats;

    /// <summary>Its name in flags and files, snake_case.</summary>
    public string Name => Rows.Name;

    /// <summary>How its rows become pairs, in one sentence.</summary>
    public string Rule => Rows.Rule;

    /// <summary>Whether a row may stand for several pairs: such a row is set down pair by pair, in TRL's form.</summary>
    public bool HoldsSeveralPairs => Rows.HoldsSeveralPairs;

    internal RowFormat Rows { get; }

    /// <summary>The format of that name, or null.</summary>
    public static PairFormat? OfName(string name) => All.FirstOrDefault(format => format.Name == name);

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}

/// <summary>What the sides of a format's pairs are: a model reads texts and turns differently.</summary>
internal enum RowSides
{
    /// <summary>Messages.</summary>
    Turns,

    /// <summary>Texts, each a prompt and its continuation.</summary>
    Texts,

    /// <summary>As a row has it, or no sides at all.</summary>
    Either,
}
