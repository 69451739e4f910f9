namespace Assay.Report.Sections;

/// <summary>Names of the records as people read them.</summary>
internal static class Words
{
    /// <summary>Snake case to words: <c>filler_padding</c> is "filler padding".</summary>
    public static string Of(string name) => name.Replace('_', ' ');

    /// <summary>Counts by name: "over length 63, context mismatch 5".</summary>
    public static string Of(IReadOnlyDictionary<string, long> counts) =>
        string.Join(
            ", ",
            counts
                .OrderByDescending(entry => entry.Value)
                .ThenBy(entry => entry.Key, StringComparer.Ordinal)
                .Select(entry => $"{Of(entry.Key)} {Figure.Count(entry.Value)}")
        );
}
