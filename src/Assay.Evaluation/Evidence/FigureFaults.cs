using System.Globalization;
using System.Text.Json.Nodes;
using Assay.Data.Checking;
using Assay.Data.Splits;
using Assay.Evaluation.Gates;
using Assay.Evaluation.Metrics;
using Assay.Evaluation.Scores;
using Assay.Ground.Numerics;

namespace Assay.Evaluation.Evidence;

/// <summary>
/// Finds figures of an evidence file that cannot all be true: shares outside 0 to 1, counts that do not add up, an accuracy that is not
/// that of its own counts or outside its own interval, figures that the others do not give, and an accuracy that the score file beside it
/// does not give. It notices edits and accidents. Whoever forges all of a folder alike is not caught.
/// </summary>
internal sealed class FigureFaults
{
    private const double Tolerance = 1e-6;

    private readonly List<string> _found = [];
    private readonly string _file;

    private FigureFaults(string path) => _file = Path.GetFileName(path);

    /// <summary>The faults of one file, each a sentence that names the figure.</summary>
    public static IReadOnlyList<string> Of(object content, string path)
    {
        var faults = new FigureFaults(path);
        switch (content)
        {
            case EvalEvidence eval:
                faults.Eval(eval, path);
                break;
            case AuditEvidence audit:
                faults.Audit(audit);
                break;
            case FreshEvidence fresh:
                faults.Fresh(fresh, path);
                break;
            case BenchmarkEvidence benchmark:
                faults.Benchmark(benchmark);
                break;
            case CheckReport report:
                faults.Check(report);
                break;
            case PairSplit { Proof: { } proof } split:
                faults.Equal(
                    "proof.rows",
                    proof.Rows,
                    "its lists of rows hold",
                    split.Train.Count + split.Heldout.Count + split.Removed.Count
                );
                break;
            case FiguresFile figures:
                faults.Given(figures);
                break;
        }
        if (content is IEvidence evidence)
            faults.Derived(evidence, path);
        return faults._found;
    }

    private void Eval(EvalEvidence eval, string path)
    {
        var metrics = eval.Metrics;
        Figures("metrics", metrics);
        foreach (var slice in metrics.Slices)
            Figures($"metrics.slices {slice.By} {slice.Name}", slice);
        foreach (var cut in metrics.Slices.Where(slice => slice.By != "annotator").GroupBy(slice => slice.By))
        {
            var (pairs, wins) = (cut.Sum(slice => slice.Pairs), cut.Sum(slice => slice.Wins));
            if (pairs > metrics.Pairs)
                Add($"metrics.slices: the parts by {cut.Key} hold {pairs} pairs, all together are {metrics.Pairs}");
            else if (pairs == metrics.Pairs)
                Equal("metrics.wins", metrics.Wins, $"the parts by {cut.Key} hold", wins);
        }
        if (eval.Prompts > metrics.Pairs)
            Add($"prompts is {eval.Prompts}, more than the {metrics.Pairs} pairs");
        Interval("interval_by_prompt", eval.IntervalByPrompt);
        Share("auc", eval.Auc);
        Equal("calibration.pairs", eval.Calibration.Pairs, "metrics.pairs is", metrics.Pairs);
        foreach (var (name, table) in new[] { ("equal_width", eval.Calibration.EqualWidth), ("equal_mass", eval.Calibration.EqualMass) })
        {
            Equal($"calibration.{name}", table.Bins.Sum(bin => bin.Count), "metrics.pairs is", metrics.Pairs);
            foreach (var bin in table.Bins.Where(bin => bin.Count > 0))
            {
                Share($"calibration.{name} bin {Number(bin.Low)} mean_probability", bin.MeanProbability);
                Share($"calibration.{name} bin {Number(bin.Low)} win_rate", bin.WinRate);
            }
        }
        Share("calibration.mean_confidence", eval.Calibration.MeanConfidence);
        Share("calibration.brier", eval.Calibration.Brier);
        Recount("metrics", metrics, eval.Scores, path);
    }

    private void Fresh(FreshEvidence fresh, string path)
    {
        Figures("fresh", fresh.Fresh);
        if (fresh.HumanReviewed is { } reviewed)
        {
            Figures("human_reviewed", reviewed);
            if (reviewed.Pairs > fresh.Fresh.Pairs)
                Add($"human_reviewed.pairs is {reviewed.Pairs}, more than the {fresh.Fresh.Pairs} fresh pairs");
            if (fresh.Review.TryGetValue("human", out var human))
                Equal("human_reviewed.pairs", reviewed.Pairs, "review.human is", human);
        }
        if (fresh.Review.Count > 0)
            Equal("fresh.pairs", fresh.Fresh.Pairs, "review counts", fresh.Review.Values.Sum());
        if (fresh.Static is { } compared)
        {
            Figures("static", compared);
            Same("gap", fresh.Gap, "static.accuracy minus fresh.accuracy", compared.Accuracy - fresh.Fresh.Accuracy);
        }
        foreach (
            var (name, interval) in new[]
            {
                ("interval_by_prompt", fresh.IntervalByPrompt),
                ("human_reviewed_interval_by_prompt", fresh.HumanReviewedIntervalByPrompt),
                ("static_interval_by_prompt", fresh.StaticIntervalByPrompt),
            }
        )
            Interval(name, interval);
        Within("gap", fresh.Gap, fresh.GapInterval);
        Recount("fresh", fresh.Fresh, fresh.Scores, path);
    }

    private void Audit(AuditEvidence audit)
    {
        if (audit.Length is { } length)
        {
            Equal(
                "length.pairs",
                length.Pairs,
                "longer, shorter and equal together are",
                length.ChosenLonger + length.ChosenShorter + length.EqualLength
            );
            Share("length.accuracy_when_chosen_longer", length.AccuracyWhenChosenLonger);
            Share("length.accuracy_when_chosen_shorter", length.AccuracyWhenChosenShorter);
            Share("length.model_prefers_longer", length.ModelPrefersLonger);
            if (length.ChosenLonger + length.ChosenShorter > 0)
                Same(
                    "length.label_prefers_longer",
                    length.LabelPrefersLonger,
                    "its counts give",
                    (double)length.ChosenLonger / (length.ChosenLonger + length.ChosenShorter)
                );
            for (var i = 0; i < length.Matched.Count; i++)
            {
                Share($"length.matched[{i}].accuracy", length.Matched[i].Accuracy);
                if (length.Matched[i].Pairs > length.Pairs)
                    Add($"length.matched[{i}].pairs is {length.Matched[i].Pairs}, more than all {length.Pairs}");
            }
        }
        foreach (var feature in audit.Style?.Features ?? [])
        {
            foreach (
                var (name, value) in new[]
                {
                    ("label_prefers_more", feature.LabelPrefersMore),
                    ("model_prefers_more", feature.ModelPrefersMore),
                    ("accuracy_when_chosen_has_more", feature.AccuracyWhenChosenHasMore),
                    ("accuracy_when_chosen_has_less", feature.AccuracyWhenChosenHasLess),
                }
            )
                Share($"style.{feature.Feature}.{name}", value);
            if (feature.UnequalPairs > audit.Style!.Pairs)
                Add($"style.{feature.Feature}.unequal_pairs is {feature.UnequalPairs}, more than all {audit.Style.Pairs}");
        }
        if (audit.Baselines is { } baselines)
        {
            foreach (
                var (name, value, interval) in new[]
                {
                    ("length_only", baselines.LengthOnly, baselines.LengthOnlyInterval),
                    ("bag_of_words", baselines.BagOfWords, baselines.BagOfWordsInterval),
                    ("model", baselines.Model, baselines.ModelInterval),
                }
            )
            {
                Share($"baselines.{name}", value);
                Within($"baselines.{name}", value, interval);
            }
        }
        foreach (var probe in audit.Probes)
        {
            Share($"probes.{probe.Name}.raised_share", probe.RaisedShare);
            Share($"probes.{probe.Name}.flipped_share", probe.FlippedShare);
            if (probe.Pairs > 0)
                Within($"probes.{probe.Name}.flipped_share", probe.FlippedShare, probe.FlippedInterval);
        }
        foreach (var test in audit.SelfTests.Where(test => test.Passed && test.LargestDifference > test.Tolerance))
            Add(
                $"self_tests.{test.Name} passed with a difference of {Number(test.LargestDifference)}, more than the {Number(test.Tolerance)} allowed"
            );
    }

    private void Benchmark(BenchmarkEvidence benchmark)
    {
        var report = benchmark.Report;
        // RewardBench 2's ties subset reaches from -0.01 to 1.01.
        if (report.Score is < -0.01 - Tolerance or > 1.01 + Tolerance)
            Add($"report.score is {Number(report.Score)}, outside 0 to 1");
        Within("report.score", report.Score, report.ScoreInterval);
        foreach (var part in report.Parts)
        {
            if (part.Score is < -0.01 - Tolerance or > 1.01 + Tolerance)
                Add($"report.parts {part.Name} is {Number(part.Score)}, outside 0 to 1");
            Within($"report.parts {part.Name}", part.Score, part.Interval);
        }
        double[] parts = [.. report.Parts.Select(part => part.Score).Where(double.IsFinite)];
        if (parts.Length > 0 && double.IsFinite(report.Score))
            Within("report.score", report.Score, new(parts.Min(), parts.Max()), "the range of its parts,");
        Share("report.tie_rate", report.TieRate);
    }

    private void Check(CheckReport report)
    {
        if (report.Files.Count > 0 || report.KeptCount + report.ReviewCount > 0)
            Equal(
                "item_count",
                report.ItemCount,
                "kept, review and quarantine together are",
                report.KeptCount + report.ReviewCount + report.QuarantineCount
            );
        else if (report.QuarantineCount > report.ItemCount)
            Add($"quarantine_count is {report.QuarantineCount}, more than the {report.ItemCount} items");
        if (report.Agreement?.KrippendorffAlpha is not { Value: { } alpha } given)
            return;
        if (alpha is < -1 or > 1)
            Add($"agreement.krippendorff_alpha is {Number(alpha)}, outside -1 to 1");
        if (given is { Low: { } low, High: { } high })
            Within("agreement.krippendorff_alpha", alpha, new(low, high));
    }

    private void Given(FiguresFile file)
    {
        foreach (var (name, figure) in file.Figures)
        {
            var kind = GateCheckKinds.All.First(kind => kind.Name == name.Split('.', 2)[0]);
            if (figure.Value < kind.Lowest - Tolerance || figure.Value > kind.Highest + Tolerance)
                Add($"figures.{name} is {Number(figure.Value)}, outside {Number(kind.Lowest)} to {Number(kind.Highest)}");
        }
    }

    private void Figures(string name, PairFigures figures)
    {
        if (figures.Pairs == 0)
            return;
        foreach (
            var (part, value) in new[]
            {
                ("accuracy", figures.Accuracy),
                ("accuracy_low", figures.AccuracyLow),
                ("accuracy_high", figures.AccuracyHigh),
                ("accuracy_ties_wrong", figures.AccuracyTiesWrong),
                ("accuracy_ties_right", figures.AccuracyTiesRight),
                ("accuracy_ties_dropped", figures.AccuracyTiesDropped),
            }
        )
            Share($"{name}.{part}", value);
        Equal($"{name}.pairs", figures.Pairs, "wins, ties and losses together are", figures.Wins + figures.Ties + figures.Losses);
        Same($"{name}.accuracy", figures.Accuracy, "with ties half it is", (figures.AccuracyTiesWrong + figures.AccuracyTiesRight) / 2);
        if (Math.Abs(figures.EffectivePairs - figures.Pairs) < Tolerance)
            Same($"{name}.accuracy", figures.Accuracy, "its wins and ties give", (figures.Wins + figures.Ties / 2.0) / figures.Pairs);
        if (figures.EffectivePairs > figures.Pairs * (1 + Tolerance))
            Add($"{name}.effective_pairs is {Number(figures.EffectivePairs)}, more than its {figures.Pairs} pairs");
        if (
            !Within($"{name}.accuracy", figures.Accuracy, figures.AccuracyInterval)
            || figures is not { EffectivePairs: > 0, Accuracy: >= 0 and <= 1 }
        )
            return;
        var interval = ProportionInterval.Wilson(figures.Accuracy * figures.EffectivePairs, figures.EffectivePairs);
        Same($"{name}.accuracy_low", figures.AccuracyLow, "accuracy and pairs give", interval.Low);
        Same($"{name}.accuracy_high", figures.AccuracyHigh, "accuracy and pairs give", interval.High);
        if (figures.Loss < 0)
            Add($"{name}.loss is {Number(figures.Loss)}, below 0");
    }

    /// <summary>The scores themselves, where they still lie beside the evidence.</summary>
    private void Recount(string name, PairFigures figures, EvidenceInput? named, string path)
    {
        if (named is null || EvidenceRows.Beside(named.Path, path) is not { } scores)
            return;
        var file = Path.GetFileName(scores);
        if (EvidenceInput.Of(scores).Sha256 != named.Sha256)
        {
            Add($"{file} is not the file that it was made of (its SHA-256 differs)");
            return;
        }
        var counted = new FigureAccumulator();
        foreach (var pair in PairScoreFile.Read(scores))
            counted.Add(pair);
        var found = counted.Figures();
        Equal($"{name}.pairs", figures.Pairs, $"{file} holds", found.Pairs);
        Same($"{name}.accuracy", figures.Accuracy, $"{file} gives", found.Accuracy);
        Same($"{name}.loss", figures.Loss, $"{file} gives", found.Loss);
    }

    /// <summary>
    /// Figures that follow from others (a calibration error from its bins, a gap from its sides) must be what they give: the evidence is
    /// written again from what was read, and compared.
    /// </summary>
    private void Derived(IEvidence evidence, string path) =>
        Compare(JsonNode.Parse(File.ReadAllText(path)), JsonNode.Parse(EvidenceFile.ToJson(evidence)), "");

    private void Compare(JsonNode? written, JsonNode? again, string at)
    {
        switch (written, again)
        {
            // Findings are sentences drawn from the figures, which a later version may word otherwise.
            case (JsonObject one, JsonObject other):
                foreach (var (name, value) in one.Where(member => at.Length > 0 || member.Key != "findings"))
                    if (other.ContainsKey(name))
                        Compare(value, other[name], at.Length == 0 ? name : $"{at}.{name}");
                break;
            case (JsonArray one, JsonArray other) when one.Count == other.Count:
                for (var i = 0; i < one.Count; i++)
                    Compare(one[i], other[i], $"{at}[{i}]");
                break;
            case (JsonValue one, JsonValue other) when one.TryGetValue(out double value) && other.TryGetValue(out double wanted):
                Same(at, value, "the figures beside it give", wanted);
                break;
            case (JsonValue one, JsonValue other)
                when one.TryGetValue(out bool value) && other.TryGetValue(out bool wanted) && value != wanted:
                Add($"{at} is {(value ? "true" : "false")}, and the figures beside it say otherwise");
                break;
        }
    }

    private void Share(string name, double value)
    {
        if (value < -Tolerance || value > 1 + Tolerance)
            Add($"{name} is {Number(value)}, outside 0 to 1");
    }

    private void Interval(string name, Interval? interval)
    {
        if (interval is not { } known)
            return;
        Share(name + ".low", known.Low);
        Share(name + ".high", known.High);
        if (known.Low > known.High)
            Add($"{name} begins at {Number(known.Low)} and ends at {Number(known.High)}");
    }

    private bool Within(string name, double value, Interval? interval, string what = "its own interval")
    {
        if (
            interval is not { } known
            || double.IsNaN(value)
            || (value >= known.Low - Tolerance && value <= known.High + Tolerance)
            || double.IsNaN(known.Low)
            || double.IsNaN(known.High)
        )
            return true;
        Add($"{name} is {Number(value)}, outside {what} {Number(known.Low)} to {Number(known.High)}");
        return false;
    }

    private void Same(string name, double value, string what, double wanted)
    {
        if (double.IsFinite(value) && double.IsFinite(wanted) && Math.Abs(value - wanted) > Tolerance * Math.Max(1, Math.Abs(wanted)))
            Add($"{name} is {Number(value)}, and {what} {Number(wanted)}");
    }

    private void Equal(string name, long value, string what, long wanted)
    {
        if (value != wanted)
            Add($"{name} is {value}, and {what} {wanted}");
    }

    /// <summary>One figure is named once, by the first rule that it breaks.</summary>
    private void Add(string fault)
    {
        var name = fault.Split(' ', 2)[0];
        if (!_found.Any(known => known.StartsWith($"{_file}: {name} ", StringComparison.Ordinal)))
            _found.Add($"{_file}: {fault}");
    }

    private static string Number(double value) => value.ToString("0.####", CultureInfo.InvariantCulture);
}
