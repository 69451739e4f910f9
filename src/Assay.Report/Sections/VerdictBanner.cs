using System.Text;
using Assay.Evaluation.Evidence;
using Assay.Evaluation.Gates;

namespace Assay.Report.Sections;

/// <summary>The first thing on the page: may this reward be used, for what, and if not, what said so.</summary>
internal static class VerdictBanner
{
    private const int MostReasons = 6;

    public static void Write(StringBuilder page, GateEvidence? gate, bool isSealIntact)
    {
        if (gate is null)
        {
            page.Append("<div class=\"verdict is-open\" role=\"note\"><strong>– No gate was run</strong><p>Nobody has decided whether this reward may be used. What decides it: <code>assay gate --use best-of-n --evidence EVIDENCE --output-dir EVIDENCE</code></p></div>\n");
            return;
        }
        string Named(GateVerdict verdict) => Figure.Count(gate.Checks.Count(check => check.Verdict == verdict));
        page.AppendHtml($"<div class=\"verdict is-{(isSealIntact ? Verdicts.Style(gate.Verdict) : "open")}\" role=\"note\"><strong>{(isSealIntact ? "" : "? Edited, it says: ")}{Verdicts.Text(gate.Verdict).ToUpperInvariant()}{(gate.Verdict == GateVerdict.CannotTell ? " whether it is ready" : "")} for use: {gate.Use}</strong>");
        page.AppendHtml($"<p>{gate.Checks.Count} checks: {Named(GateVerdict.Ready)} passed, {Named(GateVerdict.NotReady)} failed, {Named(GateVerdict.CannotTell)} could not tell. Policy <code>{gate.Policy.Path}</code>, decided {gate.Time}.</p>");
        var open = gate.Checks.Where(check => check.Verdict != GateVerdict.Ready).OrderBy(check => check.Verdict == GateVerdict.NotReady ? 0 : 1).ToArray();
        if (open.Length > 0) page.Append("<ul>");
        foreach (var check in open.Take(MostReasons)) page.AppendHtml($"<li><b class=\"{Verdicts.Style(check.Verdict)}\">{Verdicts.Text(check.Verdict)}</b> <code>{check.Name}</code>: {check.Reason}</li>");
        if (open.Length > MostReasons) page.AppendHtml($"<li>and {open.Length - MostReasons} more, in <a href=\"#gate\">the table of checks</a></li>");
        page.Append(open.Length > 0 ? "</ul></div>\n" : "</div>\n");
    }
}
