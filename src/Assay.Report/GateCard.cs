using System.Globalization;
using System.Text;
using Assay.Evaluation;
using Assay.Evaluation.Evidence;
using Assay.Evaluation.Gates;

namespace Assay.Report;

/// <summary>
/// The gate's section of a model's card, the <c>README.md</c> that the Hugging Face hub shows. What people wrote stays; the section between
/// the markers is replaced, or put at the end. A new card gets a front matter with what is true of every model that Assay saves; a card
/// that is there keeps its own. <c>model-index</c> is written by <c>assay report --as huggingface</c>.
/// </summary>
public static class GateCard
{
    public const string Begin = "<!-- assay:gate:begin, written by assay gate; edits between the markers are lost -->",
        End = "<!-- assay:gate:end -->";

    private const string FrontMatter = """
        ---
        library_name: transformers
        pipeline_tag: text-classification
        tags:
        - reward-model
        ---

        """;

    /// <summary>The card with this verdict in it.</summary>
    /// <param name="path">Of the card, for messages.</param>
    /// <param name="card">Its text; null when there is none.</param>
    /// <param name="gate">The verdict.</param>
    /// <exception cref="EvaluationException">The markers in the card are not one of each in order.</exception>
    public static string Put(string path, string? card, GateEvidence gate)
    {
        var section = $"{Begin}\n{Section(gate)}{End}";
        if (card is null)
            return $"{FrontMatter}\n# {gate.Subject.Name}\n\n{section}\n";
        var line = card.Contains("\r\n", StringComparison.Ordinal) ? "\r\n" : "\n";
        section = section.ReplaceLineEndings(line);
        var (begin, end) = (card.IndexOf(Begin, StringComparison.Ordinal), card.IndexOf(End, StringComparison.Ordinal));
        if (begin < 0 && end < 0)
            return $"{card.TrimEnd()}{line}{line}{section}{line}";
        if (
            begin < 0
            || end < begin
            || card.LastIndexOf(Begin, StringComparison.Ordinal) != begin
            || card.LastIndexOf(End, StringComparison.Ordinal) != end
        )
            throw new EvaluationException(
                $"{path}: the markers '{Begin}' and '{End}' must stand there once each, in this order: mend them or take both out, and the section is put at the end"
            );
        return card[..begin] + section + card[(end + End.Length)..];
    }

    private static string Section(GateEvidence gate)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"## Verdict: {GateRecord.Word(gate.Verdict)} for {Plain(gate.Use)}\n\n");
        if (Gate.Deciding(gate) is { } decider)
            text.Append(CultureInfo.InvariantCulture, $"`{decider.Name}`: {Plain(decider.Reason)}.\n\n");
        text.Append("| check | verdict | figure | 95 % interval | wanted | rows |\n| --- | --- | ---: | ---: | ---: | ---: |\n");
        foreach (var check in gate.Checks)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"| `{check.Name}` | {GateRecord.Word(check.Verdict)} | {(check.Value is { } value ? check.Text(value) : "")} | {(check.Interval is { } interval ? $"{check.Text(interval.Low)} to {check.Text(interval.High)}" : "")} | `{check.Wanted}` | {check.Count} |\n"
            );
        }
        text.Append(
            CultureInfo.InvariantCulture,
            $"\nDecided {gate.Time} by {Plain(gate.Policy.Path)}. Model `{gate.Subject.Fingerprint}`, seal `{gate.Seal}`; `assay gate --verify` checks both. SHA-256 of what it rests on:\n\n"
        );
        foreach (var input in gate.Inputs.Append(gate.Policy))
            text.Append(CultureInfo.InvariantCulture, $"- {Plain(Path.GetFileName(input.Path))} `{input.Sha256}`\n");
        return text.ToString();
    }

    /// <summary>Text that Markdown shows as it is, on one line.</summary>
    private static string Plain(string text)
    {
        var plain = new StringBuilder();
        foreach (var letter in text.ReplaceLineEndings(" "))
        {
            if (letter is '\\' or '`' or '*' or '[' or ']' or '<' or '>' or '|' or '#')
                plain.Append('\\');
            plain.Append(letter);
        }
        return plain.ToString();
    }
}
