using System.Text.RegularExpressions;

namespace Assay.Build;

/// <summary>
/// No row of a table in Markdown is wider than a screen, so that the raw file is read as well as the drawn page. Where a link leads does
/// not count: it cannot be broken.
/// </summary>
internal static partial class TableWidths
{
    private const int Widest = 160;

    /// <summary>Names every row below <paramref name="root"/> that is too wide; 0 where there is none, else 1.</summary>
    public static int Check(string root)
    {
        var found = 0;
        foreach (var folder in (string[])["", "docs", "runs"])
        foreach (var file in Directory.EnumerateFiles(Path.Combine(root, folder), "*.md"))
        foreach (var line in WideRows(File.ReadAllLines(file)))
        {
            Console.Error.WriteLine(
                $"{Path.GetRelativePath(root, file)}:{line}: a row of more than {Widest} columns: say it shorter, and the rest below the table"
            );
            found++;
        }
        return found == 0 ? 0 : 1;
    }

    /// <summary>Their numbers, from 1.</summary>
    internal static IEnumerable<int> WideRows(IReadOnlyList<string> lines)
    {
        var isCode = false;
        for (var i = 0; i < lines.Count; i++)
        {
            isCode ^= lines[i].StartsWith("```", StringComparison.Ordinal);
            if (!isCode && lines[i].StartsWith('|') && Targets().Replace(lines[i], "]").Length > Widest)
                yield return i + 1;
        }
    }

    [GeneratedRegex(@"\]\([^)]*\)")]
    private static partial Regex Targets();
}
