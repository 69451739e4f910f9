using System.Text;
using Assay.Evaluation.Evidence;

namespace Assay.Report.Sections;

/// <summary>What the audit holds against the model, in its own sentences, before any table is read.</summary>
internal static class FindingList
{
    private const int MostFindings = 8;

    public static void Write(StringBuilder page, EvidenceSet evidence)
    {
        page.Append(
            "<section id=\"findings\" aria-labelledby=\"findings-title\"><h2 id=\"findings-title\">What speaks against the model</h2>\n"
        );
        if (evidence.Of<AuditEvidence>() is not { } audit)
            page.Append("<p>Nobody looked: no audit was run, or its evidence was not given.</p>");
        else if (audit.Findings is not { Count: > 0 } findings)
            page.AppendHtml($"<p>Nothing that was measured. {Measured(audit)}</p>");
        else
        {
            page.Append("<ul>");
            foreach (var finding in findings.Take(MostFindings))
                page.AppendHtml($"<li>{finding.Sentence}</li>");
            if (findings.Count > MostFindings)
                page.AppendHtml($"<li>and {findings.Count - MostFindings} more, in the sections of the audit and in audit.json</li>");
            page.Append("</ul>");
        }
        page.Append("</section>\n");
    }

    /// <summary>What an empty list rests on: nothing found says little where little was looked at.</summary>
    private static string Measured(AuditEvidence audit)
    {
        var probes = audit.Probes.Count(ProbeSection.IsJudged);
        string[] measured =
        [
            .. new[]
            {
                audit.Length is null ? null : "length",
                audit.Style is null ? null : "style",
                probes == 0 ? null : $"{probes} probes",
                audit.SelfTests.Count == 0 ? null : $"{audit.SelfTests.Count} self-tests",
            }.OfType<string>(),
        ];
        return $"Measured: {(measured.Length == 0 ? "nothing" : string.Join(", ", measured))}.";
    }
}
