using System.Text;
using Assay.Evaluation.Evidence;
using Assay.Evaluation.Gates;

namespace Assay.Report.Sections;

/// <summary>
/// The first thing on the page: may this reward be used, for what, in two sentences; then what stands in the way, each cause once.
/// </summary>
internal static class VerdictBanner
{
    private const int MostReasons = 6;

    public static void Write(StringBuilder page, GateEvidence? gate, bool isSealIntact)
    {
        if (gate is null)
        {
            page.Append(
                "<div class=\"verdict is-open\" role=\"note\"><strong>– No gate was run</strong><p>Nobody has decided whether this reward may be used. What decides it: <code>assay gate --use best-of-n --evidence EVIDENCE --output-dir EVIDENCE</code></p></div>\n"
            );
            return;
        }
        var summary = GateSummary.Of(gate);
        string Named(GateVerdict verdict) => Figure.Count(gate.Checks.Count(check => check.Verdict == verdict));
        page.AppendHtml(
            $"<div class=\"verdict is-{(isSealIntact ? Verdicts.Style(gate.Verdict) : "open")}\" role=\"note\"><strong>{(isSealIntact ? "" : "? Edited, it says: ")}{Verdicts.Text(gate.Verdict).ToUpperInvariant()}{(gate.Verdict == GateVerdict.CannotTell ? " whether it is ready" : "")} for use: {gate.Use}</strong>"
        );
        page.AppendHtml($"<p class=\"plain\">{string.Join(" ", summary.Sentences)}</p>");
        page.AppendHtml(
            $"<p>{gate.Checks.Count} checks: {Named(GateVerdict.Ready)} passed, {Named(GateVerdict.NotReady)} failed, {Named(GateVerdict.CannotTell)} could not tell. Policy <code>{gate.Policy.Path}</code>, decided {gate.Time}.</p>"
        );
        var open = summary.Obstacles;
        if (open.Count > 0)
            page.Append("<ul>");
        foreach (var obstacle in open.Take(MostReasons))
        {
            page.AppendHtml($"<li><b class=\"{Verdicts.Style(obstacle.Verdict)}\">{Verdicts.Text(obstacle.Verdict)}</b> ");
            for (var i = 0; i < obstacle.Checks.Count; i++)
                page.AppendHtml($"{(i == 0 ? "" : ", ")}<code>{obstacle.Checks[i].Name}</code>");
            page.AppendHtml($": {obstacle.Reason}</li>");
        }
        if (open.Count > MostReasons)
            page.AppendHtml(
                $"<li>and {open.Skip(MostReasons).Sum(obstacle => obstacle.Checks.Count)} more, in <a href=\"#gate\">the table of checks</a></li>"
            );
        page.Append(open.Count > 0 ? "</ul></div>\n" : "</div>\n");
    }
}
