using System.Text;
using Assay.Evaluation.Evidence;
using Assay.Ground.Numerics;
using Assay.Report.Sections;

namespace Assay.Report;

/// <summary>
/// Draws all that is known of one reward model as one HTML file: the gate's verdict first, then who was judged, on what, and every figure
/// with its interval. Needs no network and runs nothing.
/// </summary>
public static class ModelPage
{
    /// <summary>The sections in their order, and whether there is anything to show in each.</summary>
    public static IReadOnlyList<(string Id, bool IsPresent)> Contents(ModelStory story) =>
        [.. Sections(story).Select(section => (section.Id, section.Draw is not null))];

    /// <summary>The page.</summary>
    public static string Render(ModelStory story)
    {
        var name =
            story.Evidence.Subject?.Name
            ?? (story.Evidence.Signal<VerifierEvidence>() is { } rule ? $"verifier {rule.Verifier}" : null)
            ?? Path.GetFileName(Path.TrimEndingDirectorySeparator(story.Training?.Folder ?? "unnamed"));
        var sections = Sections(story);
        var page = HtmlPage.Begin($"{name}: reward model report");
        // What is under #everything is printed whole when the link was followed; else only what sums it up.
        page.AppendHtml(
            $"<div id=\"everything\"><header><h1>Reward model <bdi>{name}</bdi></h1><p class=\"screen\">Printed, this page is a summary of two pages; <a href=\"#everything\">print everything instead</a>.</p></header><main id=\"content\">\n"
        );
        // Before the verdict: what follows may not be believed.
        foreach (var doubt in story.Evidence.Doubts())
            page.AppendHtml($"<p class=\"warning\"><b>Note.</b> {doubt}.</p>");
        VerdictBanner.Write(page, story.Evidence.Of<GateEvidence>(), story.Evidence.IsSealIntact);
        foreach (
            var remark in story
                .Evidence.Mismatches()
                .Select(mismatch => $"The verdict does not rest on what is shown here: {mismatch}. Run the gate again.")
                .Concat(story.Remarks)
        )
            page.AppendHtml($"<p class=\"warning\"><b>Note.</b> {remark}</p>");
        Glance.Write(page, story.Evidence);
        FindingList.Write(page, story.Evidence);
        page.Append("<nav aria-label=\"Sections\"><ul>");
        foreach (var section in sections)
            page.AppendHtml($"<li><a href=\"#{section.Id}\">{section.Title}</a>{(section.Draw is null ? " (missing)" : "")}</li>");
        page.Append("</ul></nav>\n");
        foreach (var section in sections)
            section.Write(page);
        page.AppendHtml(
            $"</main><footer><p>Made {story.Time} by {story.MadeBy}. Every figure is read from the evidence files named under Subject; the page computes none. Accuracy counts a tie as half. Intervals are 95 %: Wilson's, which take pairs as independent, unless another is named.</p></footer></div>\n"
        );
        return HtmlPage.End(page);
    }

    private static IReadOnlyList<ReportSection> Sections(ModelStory story)
    {
        var eval = story.Evidence.Of<EvalEvidence>();
        var audit = story.Evidence.Of<AuditEvidence>();
        BenchmarkEvidence[] benchmarks = [.. story.Evidence.All<BenchmarkEvidence>()];
        var training = story.Training is { Split: null } unsplit ? unsplit with { Split = story.Evidence.Split } : story.Training;
        var gate = story.Evidence.Of<GateEvidence>();
        const string Train = "assay report --model DIR …, with a folder that assay train wrote",
            Eval = "assay eval --model DIR --data FILE --output-dir EVIDENCE",
            Audit = "assay audit --model DIR --data FILE --output-dir EVIDENCE";
        return
        [
            Section("gate", "Gate checks", "assay gate --use best-of-n --evidence EVIDENCE --output-dir EVIDENCE", gate, GateSection.Draw),
            new(
                "subject",
                "Subject and evidence",
                Eval,
                story.Evidence.Items.Count == 0 ? null : page => SubjectSection.Draw(page, story.Evidence)
            ),
            Section(
                "quality",
                "Data quality",
                "assay check --data FILE --output-dir CHECKED, and its report.json beside the evidence",
                story.Evidence.Check,
                QualitySection.Draw
            ),
            Section(
                "data",
                "Training data",
                Train,
                training?.Data.Count > 0 || training?.Split is not null ? training : null,
                DataSection.Draw
            ),
            Section(
                "training",
                "Training",
                Train,
                training?.Log.Count > 0 || training?.Evaluations.Count > 0 ? training : null,
                (page, run) =>
                {
                    TrainingSection.Draw(page, run);
                    // Where the model was judged, the probe stands beside that.
                    if (eval is null && run.Summary.TryGetValue("eval_accuracy", out var accuracy))
                        BaselineNote.Draw(
                            page,
                            story.Probe,
                            accuracy,
                            run.Summary.TryGetValue("eval_pairs", out var pairs) ? ProportionInterval.Wilson(accuracy * pairs, pairs) : null
                        );
                }
            ),
            Section(
                "accuracy",
                "Accuracy",
                Eval,
                eval,
                (page, evidence) =>
                {
                    AccuracySection.Draw(page, evidence, gate);
                    BaselineNote.Draw(page, story.Probe, evidence.Metrics.Accuracy, evidence.Metrics.AccuracyInterval);
                }
            ),
            Section("rewards", "Rewards and margins", Eval, eval, RewardSection.Draw),
            Section("calibration", "Calibration", Eval, eval?.Calibration, CalibrationSection.Draw),
            Section(
                "length",
                "Length",
                Audit,
                audit is { Length: not null } or { Baselines: not null } ? audit : null,
                (page, evidence) => LengthSection.Draw(page, evidence, gate)
            ),
            Section("style", "Style", Audit, audit?.Style, StyleSection.Draw),
            Section(
                "probes",
                "Probes",
                Audit,
                audit?.Probes.Count > 0 ? audit : null,
                (page, evidence) => ProbeSection.Draw(page, evidence, gate, story.ProbeExamples)
            ),
            Section("self_tests", "Self-tests", Audit, audit?.SelfTests.Count > 0 ? audit : null, ProbeSection.DrawSelfTests),
            Section(
                "fresh",
                "Fresh policy",
                "assay fresh --model DIR --data FILE --static EVIDENCE --output-dir EVIDENCE",
                story.Evidence.Of<FreshEvidence>(),
                (page, evidence) => FreshSection.Draw(page, evidence, gate)
            ),
            Section("mistakes", "Worst mistakes", Eval, eval?.Worst.Count > 0 ? eval : null, MistakeSection.Draw),
            Section(
                "benchmarks",
                "Benchmarks",
                "assay benchmark KIND --model DIR --data FILE --output-dir EVIDENCE",
                benchmarks.Length > 0 ? benchmarks : null,
                BenchmarkSection.Draw
            ),
            // Of a scalar model there is none of these, and none is missed.
            .. SignalSection.IsPresent(story.Evidence)
                ? (ReportSection[])[new("signals", "Judges, verifiers, steps", "", page => SignalSection.Draw(page, story.Evidence))]
                : [],
            new(
                "comparison",
                "Comparison",
                "assay compare EVIDENCE OTHER_EVIDENCE --output-dir EVIDENCE",
                story.Evidence.Comparison is null ? null : page => ComparisonSection.Draw(page, story.Evidence)
            ),
        ];
    }

    private static ReportSection Section<T>(string id, string title, string command, T? evidence, Action<StringBuilder, T> draw)
        where T : class => new(id, title, command, evidence is null ? null : page => draw(page, evidence));
}
