using System.Text;

namespace Assay.Evaluation.Scores;

/// <summary>
/// Comma-separated records (RFC 4180): fields may be quoted, a quote inside is doubled, and a quoted field may span lines.
/// </summary>
internal static class CsvRecords
{
    /// <summary>Records with the line each begins on, from 1; empty lines are passed over.</summary>
    /// <exception cref="EvaluationException">A quoted field never ends.</exception>
    public static IEnumerable<(long Line, IReadOnlyList<string> Fields)> Read(TextReader reader, string path)
    {
        var line = 0L;
        while (reader.ReadLine() is { } text)
        {
            var first = ++line;
            if (text.Length == 0)
                continue;
            while (!QuotesClose(text))
            {
                if (reader.ReadLine() is not { } next)
                    throw new EvaluationException(
                        $"{path}, line {first}: a quoted field never ends; a quote inside a field must be doubled"
                    );
                (text, line) = (text + "\n" + next, line + 1);
            }
            yield return (first, Split(text));
        }
    }

    private static bool QuotesClose(string text) => text.AsSpan().Count('"') % 2 == 0;

    private static List<string> Split(string text)
    {
        var fields = new List<string>();
        var field = new StringBuilder();
        var quoted = false;
        for (var i = 0; i < text.Length; i++)
        {
            if (quoted && text[i] == '"' && i + 1 < text.Length && text[i + 1] == '"')
                field.Append(text[++i]);
            else if (text[i] == '"')
                quoted = !quoted;
            else if (text[i] == ',' && !quoted)
            {
                fields.Add(field.ToString());
                field.Clear();
            }
            else
                field.Append(text[i]);
        }
        fields.Add(field.ToString());
        return fields;
    }
}
