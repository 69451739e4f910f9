using System.Text;
using System.Text.RegularExpressions;
using Spectre.Console.Rendering;

namespace Assay.Cli;

/// <summary>
/// Breaks lines between words where a terminal would break inside them. A word that is longer than the line, such as a path, is left whole:
/// cut in two it could not be copied. Colour codes take no room.
/// </summary>
internal static partial class WordWrap
{
    /// <summary>Narrower terminals are written to as if they were this wide.</summary>
    private const int Narrowest = 20;

    /// <summary>
    /// One line as the lines it is printed on; further ones are indented like the first, and two more under a list's dash or a warning's
    /// mark.
    /// </summary>
    /// <param name="line">Without a line feed.</param>
    /// <param name="width">Columns of the terminal.</param>
    public static IEnumerable<string> Lines(string line, int width)
    {
        width = Math.Max(Narrowest, width);
        if (WidthOf(line) <= width)
        {
            yield return line;
            yield break;
        }
        var text = line.TrimStart(' ');
        var margin = new string(
            ' ',
            Math.Min(
                line.Length
                    - text.Length
                    + (text.StartsWith("- ", StringComparison.Ordinal) || text.StartsWith("! ", StringComparison.Ordinal) ? 2 : 0),
                width / 2
            )
        );
        var written = new StringBuilder(line, 0, line.Length - text.Length, line.Length);
        var used = written.Length;
        var isFirst = true;
        foreach (var word in text.Split(' '))
        {
            var room = WidthOf(word);
            if (!isFirst && used + 1 + room > width)
            {
                yield return written.ToString().TrimEnd(' ');
                written.Clear().Append(margin);
                used = margin.Length;
                isFirst = true;
            }
            if (!isFirst)
            {
                written.Append(' ');
                used++;
            }
            written.Append(word);
            used += room;
            isFirst = false;
        }
        yield return written.ToString();
    }

    /// <summary>Columns that a text takes: wide letters two, colour codes none.</summary>
    public static int WidthOf(string text) => new Segment(text.Contains('\e') ? Codes().Replace(text, "") : text).CellCount();

    [GeneratedRegex(@"\e\[[0-9;]*m")]
    private static partial Regex Codes();
}
