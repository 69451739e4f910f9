using Spectre.Console;
using Cell = Spectre.Console.Text;

namespace Assay.Cli;

/// <summary>
/// A table of results that fits where it is printed. No figure is ever wrapped or cut, and no name inside a word: a table that is too wide
/// first moves its columns together, then breaks prose and names between words, then leaves out the columns that were said to be
/// dispensable and names them, and at last writes each row as a block of lines.
/// </summary>
internal sealed class ResultTable
{
    /// <summary>What names and prose may be broken down to, in columns.</summary>
    private const int NarrowestName = 18,
        NarrowestProse = 24;

    /// <summary>Between two columns, where there is room and where there is little.</summary>
    private const int Wide = 2,
        Tight = 1;

    private readonly string[] _headings;
    private readonly ColumnKind[] _kinds;
    private readonly List<string[]> _rows = [];
    private string[] _dispensable = [];

    /// <param name="headings">Those that begin with <c>#</c> head figures, those with <c>~</c> prose, those with <c>?</c> words that say
    /// what was decided; the others head names.</param>
    public ResultTable(params ReadOnlySpan<string> headings)
    {
        _kinds =
        [
            .. headings
                .ToArray()
                .Select(heading =>
                    heading is ""
                        ? ColumnKind.Name
                        : heading[0] switch
                        {
                            '#' => ColumnKind.Figure,
                            '~' => ColumnKind.Prose,
                            '?' => ColumnKind.Verdict,
                            _ => ColumnKind.Name,
                        }
                ),
        ];
        _headings = [.. headings.ToArray().Select((heading, i) => _kinds[i] == ColumnKind.Name ? heading : heading[1..])];
    }

    private enum ColumnKind
    {
        Name,
        Figure,
        Prose,
        Verdict,
    }

    /// <summary>Columns that may be left out where there is no room, the first named first.</summary>
    public ResultTable Dispensing(params string[] headings)
    {
        if (headings.Except(_headings).FirstOrDefault() is { } unknown)
            throw new ArgumentException($"the table has no column '{unknown}'", nameof(headings));
        _dispensable = headings;
        return this;
    }

    /// <summary>
    /// A row of text, as it is to be read: nothing in it is markup. Fewer cells than columns leave the rest empty; none makes an empty
    /// line.
    /// </summary>
    public void Add(params ReadOnlySpan<string> cells) =>
        _rows.Add([.. cells.ToArray().Concat(Enumerable.Repeat("", _headings.Length - cells.Length))]);

    /// <summary>The lines, without a space at their ends.</summary>
    /// <param name="width">Columns that there are.</param>
    /// <param name="paint">Colours what was decided.</param>
    public IEnumerable<string> Lines(int width, Paint paint)
    {
        List<int> shown = [.. Enumerable.Range(0, _headings.Length)];
        var left = new List<string>();
        foreach (var heading in _dispensable)
        {
            if (WidthsWithin(width, shown) is not null)
                break;
            shown.Remove(Array.IndexOf(_headings, heading));
            left.Add(heading);
        }
        return WidthsWithin(width, shown) is var (widths, gap) ? InColumns(shown, widths, gap, left, width, paint) : InBlocks(width, paint);
    }

    /// <summary>How wide each column is so that all fit, and what is left between them; null where they do not.</summary>
    private (int[] Widths, int Gap)? WidthsWithin(int width, List<int> shown)
    {
        int[] widths =
        [
            .. shown.Select(column =>
                Math.Max(WordWrap.WidthOf(_headings[column]), _rows.Count == 0 ? 0 : _rows.Max(row => WordWrap.WidthOf(row[column])))
            ),
        ];
        if (widths.Sum() + Wide * (widths.Length - 1) <= width)
            return (widths, Wide);
        var over = widths.Sum() + Tight * (widths.Length - 1) - width;
        // Prose gives way before names do, and the wider before the narrower.
        foreach (
            var place in Enumerable
                .Range(0, shown.Count)
                .Where(place => Least(place) is not null)
                .OrderBy(place => _kinds[shown[place]] == ColumnKind.Prose ? 0 : 1)
                .ThenByDescending(place => widths[place])
        )
        {
            if (over <= 0)
                break;
            var given = Math.Clamp(widths[place] - Least(place)!.Value, 0, over);
            widths[place] -= given;
            over -= given;
        }
        return over <= 0 ? (widths, Tight) : null;

        int? Least(int place) =>
            _kinds[shown[place]] switch
            {
                ColumnKind.Name => Math.Max(NarrowestName, LongestWord(shown[place])),
                ColumnKind.Prose => Math.Max(NarrowestProse, LongestWord(shown[place])),
                _ => null,
            };
    }

    private int LongestWord(int column) =>
        _rows.Select(row => row[column]).Append(_headings[column]).Max(text => text.Split(' ').Max(WordWrap.WidthOf));

    private IEnumerable<string> InColumns(List<int> shown, int[] widths, int gap, List<string> left, int width, Paint paint)
    {
        var table = new Table().Border(TableBorder.None).HideHeaders();
        foreach (var (column, place) in shown.Select((column, place) => (column, place)))
            table.AddColumn(
                new TableColumn("")
                {
                    Width = widths[place],
                    Padding = new Padding(0, 0, place == shown.Count - 1 ? 0 : gap, 0),
                    Alignment = _kinds[column] == ColumnKind.Figure ? Justify.Right : Justify.Left,
                }
            );
        void Row(IEnumerable<string> cells) =>
            table.AddRow(
                cells.Select(
                    (text, place) =>
                        new Cell(text) { Justification = _kinds[shown[place]] == ColumnKind.Figure ? Justify.Right : Justify.Left }
                )
            );
        Row(shown.Select(column => _headings[column]));
        Row(shown.Select((_, place) => new string('─', widths[place])));
        foreach (var row in _rows)
            Row(shown.Select(column => row[column]));
        using var written = new StringWriter();
        var console = AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Out = new AnsiConsoleOutput(written),
                Ansi = AnsiSupport.No,
                ColorSystem = ColorSystemSupport.NoColors,
            }
        );
        console.Profile.Width = width + Wide;
        console.Write(table);
        foreach (var line in written.ToString().TrimEnd('\n').Split('\n'))
            yield return Painted(line.TrimEnd(), shown, widths, gap, paint);
        if (left.Count > 0)
            yield return paint.Faint($"(no room for {string.Join(", ", left.Select(heading => $"'{heading}'"))})");
        yield return "";
    }

    /// <summary>Colours the cells of verdict columns, whose places in the line are known.</summary>
    private string Painted(string line, List<int> shown, int[] widths, int gap, Paint paint)
    {
        // From the right, so that colour codes do not move what is still to come. Columns before a verdict hold names and figures of one
        // column a letter, or the line is left as it is.
        for (var place = shown.Count - 1; place >= 0; place--)
        {
            if (!paint.IsOn || _kinds[shown[place]] != ColumnKind.Verdict || WordWrap.WidthOf(line) != line.Length)
                continue;
            var at = widths.Take(place).Sum() + gap * place;
            if (at >= line.Length)
                continue;
            var cell = line.Substring(at, Math.Min(widths[place], line.Length - at));
            line = line[..at] + paint.Verdict(cell) + line[(at + cell.Length)..];
        }
        return line;
    }

    private IEnumerable<string> InBlocks(int width, Paint paint)
    {
        foreach (var row in _rows)
        {
            if (row.All(cell => cell.Length == 0))
                continue;
            foreach (
                var heading in WordWrap.Lines(paint.Heading(_kinds[0] == ColumnKind.Figure ? $"{_headings[0]}: {row[0]}" : row[0]), width)
            )
                yield return heading;
            // As many of its cells on a line as there is room for; prose has lines of its own.
            var line = "";
            foreach (var column in Enumerable.Range(1, row.Length - 1).Where(column => row[column] is not ("" or "-")))
            {
                var value = _kinds[column] == ColumnKind.Verdict ? paint.Verdict(row[column]) : row[column];
                var part = _headings[column].Length == 0 ? value : $"{_headings[column]}: {value}";
                if (line.Length > 0 && (_kinds[column] == ColumnKind.Prose || WordWrap.WidthOf(line) + 1 + WordWrap.WidthOf(part) > width))
                {
                    yield return line.TrimEnd(';');
                    line = "";
                }
                line = line.Length == 0 ? $"  {part};" : $"{line} {part};";
            }
            foreach (var wrapped in WordWrap.Lines(line.TrimEnd(';'), width).Where(wrapped => wrapped.Length > 0))
                yield return wrapped;
        }
        yield return "";
    }
}
