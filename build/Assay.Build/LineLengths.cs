using System.Text.RegularExpressions;

namespace Assay.Build;

/// <summary>
/// No line of C# is longer than 140 columns but for the text it quotes: a message stays on one line, so that it is found as it was printed.
/// </summary>
internal static partial class LineLengths
{
    private const int Longest = 140;

    /// <summary>Names every line below <paramref name="root"/> that is too long; 0 where there is none, else 1.</summary>
    public static int Check(string root)
    {
        var found = 0;
        foreach (var folder in (string[])["src", "tests", "bench", "build"])
        foreach (var file in Directory.EnumerateFiles(Path.Combine(root, folder), "*.cs", SearchOption.AllDirectories))
        foreach (var line in LongLines(File.ReadAllLines(file)))
        {
            Console.Error.WriteLine($"{Path.GetRelativePath(root, file)}:{line}: longer than {Longest} columns: break it");
            found++;
        }
        return found == 0 ? 0 : 1;
    }

    /// <summary>Their numbers, from 1.</summary>
    internal static IEnumerable<int> LongLines(IReadOnlyList<string> lines)
    {
        var isQuoted = false;
        for (var i = 0; i < lines.Count; i++)
        {
            var bounds = RawQuotes().Count(lines[i]);
            if (!isQuoted && bounds % 2 == 0 && Literals().Replace(lines[i], "\"\"").Length > Longest)
                yield return i + 1;
            isQuoted ^= bounds % 2 != 0;
        }
    }

    [GeneratedRegex("\"{3,}")]
    private static partial Regex RawQuotes();

    [GeneratedRegex("\"{3}.*?\"{3,}|\"(?:\\\\.|[^\"\\\\])*\"")]
    private static partial Regex Literals();
}
