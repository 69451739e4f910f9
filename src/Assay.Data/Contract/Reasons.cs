using System.Collections.Frozen;
using System.Reflection;
using System.Text.Json;

namespace Assay.Data.Contract;

/// <summary>The table of reasons: code in files and reports, where a row with it goes, and what it means in one sentence.</summary>
public static class Reasons
{
    /// <param name="Reason">The reason.</param>
    /// <param name="Code">Its name in every file and table, snake_case.</param>
    /// <param name="Status">Where a row with it goes.</param>
    /// <param name="Meaning">One sentence for people.</param>
    public sealed record Entry(Reason Reason, string Code, RowStatus Status, string Meaning);

    /// <summary>Every reason, in the order of the enumeration.</summary>
    public static IReadOnlyList<Entry> All { get; } = [.. Enum.GetValues<Reason>().Select(Read)];

    private static Entry Read(Reason reason)
    {
        var leads = typeof(Reason).GetField(reason.ToString())!.GetCustomAttribute<LeadsAttribute>()!;
        return new Entry(reason, JsonNamingPolicy.SnakeCaseLower.ConvertName(reason.ToString()), leads.Status, leads.Meaning);
    }

    private static readonly FrozenDictionary<string, Entry> ByCode = All.ToFrozenDictionary(entry => entry.Code);

    /// <summary>The reason's snake_case name.</summary>
    public static string Code(this Reason reason) => All[(int)reason].Code;

    /// <summary>Where a row with this reason goes.</summary>
    public static RowStatus Status(this Reason reason) => All[(int)reason].Status;

    /// <summary>
    /// True when the file is wrong rather than the pair: such rows count against the reader's error limit, and <c>check</c> exits with 2.
    /// </summary>
    public static bool IsError(this Reason reason) => reason <= Reason.MixedFormat;

    /// <summary>The reason of that code, or null.</summary>
    public static Reason? OfCode(string code) => ByCode.TryGetValue(code, out var entry) ? entry.Reason : null;
}
