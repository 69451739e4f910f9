using System.Text;
using Assay.Evaluation.Evidence;

namespace Assay.Report.Sections;

/// <summary>Who was judged and on which files, by hash.</summary>
internal static class SubjectSection
{
    public static void Draw(StringBuilder page, EvidenceSet evidence)
    {
        var subject = evidence.Subject!;
        page.AppendHtml(
            $"<p><b><bdi>{subject.Name}</bdi></b> at <code>{subject.Path}</code>.<br />Fingerprint <code>{subject.Fingerprint}</code>"
        );
        page.Append(
            subject.Kind == SubjectKind.Scores
                ? ": the hash of a score file made elsewhere; which model gave these scores is not proven.</p>"
                : ": over weights, tokenizer and template; two models with the same one give the same scores.</p>"
        );
        HtmlTable.Write(
            page,
            "Evidence on this page",
            ["file", "kind", "SHA-256"],
            evidence
                .Items.Select(item => (item.File, item.Evidence.Format))
                .Concat(evidence.Comparison is { } comparison ? [(comparison.File, comparison.Report.Format)] : [])
                .Select(item => (IReadOnlyList<Cell>)[Cell.Code(item.File.Path), item.Format, Cell.Code(item.File.Sha256)])
        );
        HtmlTable.Write(
            page,
            "What the evidence rests on",
            ["file", "read by", "SHA-256"],
            evidence
                .Items.Where(item => item.Evidence is not GateEvidence)
                .SelectMany(item =>
                    item.Evidence.Inputs.Concat(item.Evidence is EvalEvidence { Scores: { } scores } ? [scores] : [])
                        .Select(input => (Input: input, Reader: Path.GetFileName(item.File.Path)))
                )
                .Concat(
                    evidence.Comparison is { } compared
                        ? compared.Report.Models.Select(model => (Input: model.Scores, Reader: Path.GetFileName(compared.File.Path)))
                        : []
                )
                .GroupBy(read => read.Input)
                .Select(read =>
                    (IReadOnlyList<Cell>)
                        [Cell.Code(read.Key.Path), string.Join(", ", read.Select(one => one.Reader).Distinct()), Cell.Code(read.Key.Sha256)]
                )
        );
    }
}
