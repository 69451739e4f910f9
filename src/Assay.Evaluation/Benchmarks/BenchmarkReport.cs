using Assay.Evaluation.Judges;
using Assay.Evaluation.RewardBench;
using Assay.Evaluation.Statistics;
using Assay.Ground.Numerics;

namespace Assay.Evaluation.Benchmarks;

/// <summary>
/// A benchmark's result in one shape for tables, JSON and comparison: the headline exactly as published, its parts, and what makes it
/// incomparable. The scoring revision names the formula.
/// </summary>
public sealed record BenchmarkReport
{
    public required BenchmarkKind Kind { get; init; }

    /// <summary>Name of the scoring formula, such as <c>rb2-2025-06-12</c>.</summary>
    public required string Revision { get; init; }

    /// <summary>The published headline; NaN while a needed part is missing, or a row of the benchmark was not scored.</summary>
    public required double Score { get; init; }

    /// <summary>
    /// 95 % interval of <see cref="Score"/>, from the parts' by <see cref="WeightedMeanInterval"/>; null where the score is undefined.
    /// </summary>
    public Interval? ScoreInterval { get; init; }

    /// <summary>
    /// The headline's formula over the rows that were scored; differs from <see cref="Score"/> only when rows were left out.
    /// </summary>
    public double PartialScore { get; init; } = double.NaN;

    /// <summary>
    /// The headline if the scorer got every left-out row wrong, and if it got every one right; null when no row was left out.
    /// </summary>
    public Interval? PossibleScores { get; init; }

    /// <summary>Rows judged.</summary>
    public required int Rows { get; init; }

    /// <summary>
    /// Rows of the benchmark that were not scored, by reason: <c>over_length</c>, <c>cannot_render</c>, <c>score_missing</c>.
    /// </summary>
    public IReadOnlyDictionary<string, int> LeftOut { get; init; } = new Dictionary<string, int>();

    /// <summary>Rows that are no part of the benchmark, by reason: <c>tie</c>, and in one's own file <c>wrong_type</c>.</summary>
    public IReadOnlyDictionary<string, int> PassedOver { get; init; } = new Dictionary<string, int>();

    /// <summary>
    /// Share of the rows in which a right and a wrong answer share the best score: with the tie rule it explains differences between
    /// scorers.
    /// </summary>
    public required double TieRate { get; init; }

    /// <summary>Subsets first, then the averages made of them.</summary>
    public required IReadOnlyList<BenchmarkPart> Parts { get; init; }

    /// <summary>Best-of-K curves, one a set; empty for benchmarks that have none.</summary>
    public IReadOnlyList<BenchmarkCurve> Curves { get; init; } = [];

    /// <summary>Missing subsets, other row counts than published, rows left out.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>Judges scored rows as the benchmark does.</summary>
    /// <param name="kind">The benchmark.</param>
    /// <param name="rows">The rows with their scores.</param>
    /// <param name="leftOut">Rows of the benchmark without scores, each with the reason. Any of them makes the headline undefined: the
    /// published one is of all rows.</param>
    /// <exception cref="EvaluationException">There are no rows, or they do not fit the benchmark.</exception>
    public static BenchmarkReport Of(
        BenchmarkKind kind,
        IReadOnlyList<ScoredBenchmarkRow> rows,
        IReadOnlyList<(BenchmarkRow Row, string Reason)>? leftOut = null
    )
    {
        if (rows.Count == 0)
            throw new EvaluationException(
                leftOut is { Count: > 0 }
                    ? $"none of the {leftOut.Count} benchmark rows could be scored ({string.Join(", ", leftOut.CountBy(row => row.Reason).Select(reason => $"{reason.Key} {reason.Value}"))})"
                    : "there are no benchmark rows to score: is the file empty?"
            );
        var report = Judge(kind, rows);
        report = report with { PartialScore = report.Score, Rows = rows.Count, TieRate = (double)rows.Count(IsTied) / rows.Count };
        if (leftOut is not { Count: > 0 })
            return report;
        BenchmarkReport If(double right, double wrong) =>
            Judge(
                kind,
                [
                    .. rows,
                    .. leftOut.Select(row => new ScoredBenchmarkRow(
                        row.Row,
                        [.. row.Row.Answers.Select((_, i) => i < row.Row.CorrectCount ? right : wrong)]
                    )),
                ]
            );
        var (worst, best) = (If(0, 1), If(1, 0));
        return report with
        {
            Score = double.NaN,
            ScoreInterval = null,
            PossibleScores = double.IsNaN(worst.Score) ? null : new(worst.Score, best.Score),
            LeftOut = leftOut.CountBy(row => row.Reason).OrderBy(reason => reason.Key, StringComparer.Ordinal).ToDictionary(),
            // Counted with the rows that were left out: what lacks in the files is another matter.
            Warnings =
            [
                .. worst.Warnings,
                $"{leftOut.Count} of {rows.Count + leftOut.Count} rows were not scored, so the published headline is undefined; parts are over the rows that were",
            ],
        };
    }

    private static BenchmarkReport Judge(BenchmarkKind kind, IReadOnlyList<ScoredBenchmarkRow> rows) =>
        kind switch
        {
            BenchmarkKind.RewardBench => First(rows),
            BenchmarkKind.RewardBench2 => Second(rows),
            BenchmarkKind.RmBench => Styles(rows),
            BenchmarkKind.JudgeBench => Judge(rows),
            BenchmarkKind.LlmBar => Bar(rows),
            BenchmarkKind.PpePreference => Votes(rows),
            BenchmarkKind.PpeCorrectness => Correctness(rows),
            BenchmarkKind.Rmb => Sections(rows),
            _ => Plain(rows),
        };

    private static bool IsTied(ScoredBenchmarkRow row) =>
        row.RightScores.DefaultIfEmpty(double.NaN).Max() == row.WrongScores.DefaultIfEmpty(double.NaN).Max();

    private static BenchmarkReport First(IReadOnlyList<ScoredBenchmarkRow> rows)
    {
        foreach (var row in rows.Where(row => row.Scores.Count != 2))
            throw new EvaluationException($"{row.Row.Where}: {row.Scores.Count} answers, RewardBench has one chosen and one rejected");
        bool IsPrior(ScoredBenchmarkRow row) => RewardBenchTables.AllPriorSets.Contains(row.Row.Subset);
        var prior = rows.Where(IsPrior).GroupBy(row => row.Row.Subset).Select(set => Part(set.Key, [.. set], IsRight)).ToArray();
        var counted = prior.Where(set => RewardBenchTables.PriorSets.Contains(set.Name)).ToArray();
        // Prior sets alone have no sections: they are judged by themselves.
        if (prior.Sum(set => set.Rows) == rows.Count)
            return New(
                BenchmarkKind.RewardBench,
                double.NaN,
                prior,
                ["there are only prior sets: the headline needs the four sections too"]
            );
        var result = RewardBenchV1.Of(
            rows.Where(row => !IsPrior(row)).Select(row => (row.Row.Subset, row.Scores[0], row.Scores[1])),
            counted.Length == 0 ? null : counted.ToDictionary(set => set.Name, set => set.Score)
        );
        BenchmarkPart[] subsets =
        [
            .. result.Subsets.Select(subset => new BenchmarkPart(subset.Subset, subset.Accuracy, subset.Rows, subset.Interval)),
        ];
        var sections = RewardBenchTables
            .Sections.Where(section => subsets.Any(subset => section.Subsets.Contains(subset.Name)))
            .Select(section =>
                Mean(
                    section.Section,
                    result.Sections[section.Section],
                    subsets
                        .Where(subset => section.Subsets.Contains(subset.Name))
                        .Select(subset => (Weight: (double)RewardBenchTables.Weights[subset.Name], Part: subset))
                )
            )
            .ToArray();
        var priors = counted.Length == 0 ? null : Mean("Prior Sets", result.PriorSets, counted.Select(set => (1.0, set)));
        BenchmarkPart[] averages = [.. sections, .. priors is null ? Array.Empty<BenchmarkPart>() : [priors]];
        var micro = new BenchmarkPart(
            "micro accuracy",
            result.MicroAccuracy,
            0,
            Wilson(result.MicroAccuracy, subsets.Sum(subset => subset.Rows))
        );
        return New(
            BenchmarkKind.RewardBench,
            result.Overall,
            [.. subsets, .. prior, .. averages, micro],
            result.Warnings,
            averages.Select(part => (part.Name == "Prior Sets" ? 1.0 : 2.0, part))
        );
    }

    private static BenchmarkReport Second(IReadOnlyList<ScoredBenchmarkRow> rows)
    {
        var result = RewardBenchV2.Of(rows.Select(row => (row.Row.Subset, new TiesRow(row.Row.Id, row.Row.CorrectCount, row.Scores))));
        BenchmarkPart[] parts =
        [
            .. RewardBenchV2
                .Published.Where(subset => result.Subsets.ContainsKey(subset.Subset))
                .Select(subset =>
                {
                    var (score, count) = (result.Subsets[subset.Subset], rows.Count(row => row.Row.Subset == subset.Subset));
                    return new BenchmarkPart(
                        subset.Subset,
                        score,
                        count,
                        subset.Subset == RewardBenchV2.Ties ? TiesInterval(score, result.TiesTerms!.CommonIds.Count) : Wilson(score, count)
                    );
                }),
        ];
        return New(BenchmarkKind.RewardBench2, result.Overall, parts, result.Warnings, parts.Select(part => (1.0, part)));
    }

    /// <summary>The Ties score is a mean over its numbers of values from −0.01 to 1.01, brought to 0..1 for Wilson's interval.</summary>
    private static Interval TiesInterval(double score, int numbers)
    {
        const double Low = -0.01,
            Width = 1.02;
        var interval = Wilson(Math.Clamp((score - Low) / Width, 0, 1), numbers);
        return new(Low + Width * interval.Low, Low + Width * interval.High);
    }

    private static BenchmarkReport Styles(IReadOnlyList<ScoredBenchmarkRow> rows)
    {
        foreach (var row in rows.Where(row => row.Row.CorrectCount != RmBench.StyleCount || row.Scores.Count != 2 * RmBench.StyleCount))
            throw new EvaluationException(
                $"{row.Row.Where}: {row.Row.CorrectCount} chosen of {row.Scores.Count} answers, RM-Bench has three chosen and three rejected"
            );
        var result = RmBench.Of(
            rows.Select(row => new RmBench.Row(row.Row.Id, row.Row.Subset, [.. row.RightScores], [.. row.WrongScores]))
        );
        BenchmarkPart[] domains =
        [
            .. result.ByDomain.Select(domain => new BenchmarkPart(
                domain.Key,
                domain.Value.Average,
                domain.Value.Rows,
                Wilson(domain.Value.Average, domain.Value.Rows)
            )),
        ];
        return New(
            BenchmarkKind.RmBench,
            domains.Length == RmBench.Domains.Count ? result.TotalAverage : double.NaN,
            [.. domains, new("hard", result.HardAverage, 0), new("normal", result.NormalAverage, 0), new("easy", result.EasyAverage, 0)],
            Counts(RmBench.PublishedRows, domains),
            domains.Select(domain => (1.0, domain))
        );
    }

    /// <summary>RMB: the categories, then the four sections.</summary>
    private static BenchmarkReport Sections(IReadOnlyList<ScoredBenchmarkRow> rows)
    {
        var found = Rmb
            .Sections.Select(section =>
                (section.Name, Rows: rows.Where(row => row.Row.Subset.StartsWith(section.Path, StringComparison.Ordinal)).ToArray())
            )
            .Where(section => section.Rows.Length > 0);
        BenchmarkPart[] sections = [.. found.Select(section => Part(section.Name, section.Rows, IsRight))],
            categories = [.. rows.GroupBy(row => row.Row.Subset).Select(category => Part(category.Key, [.. category], IsRight))];
        string[] missing =
        [
            .. Rmb
                .Sections.Where(section => sections.All(part => part.Name != section.Name))
                .Select(section => $"section {section.Name} has no rows"),
        ];
        return New(
            BenchmarkKind.Rmb,
            missing.Length > 0 ? double.NaN : sections.Average(part => part.Score),
            [.. categories, .. sections],
            missing,
            sections.Select(part => (1.0, part))
        );
    }

    private static BenchmarkReport Judge(IReadOnlyList<ScoredBenchmarkRow> rows)
    {
        // The right answer is placed first; one game, as the benchmark does with reward models.
        JudgeBench.Pair Pair(ScoredBenchmarkRow row) =>
            new(row.Row.Subset, Verdict.First, JudgeBench.OfScores(row.Scores[0], row.Scores[1]), Verdict.None);
        BenchmarkPart[] sources =
        [
            .. JudgeBench
                .Sources.Select(source =>
                    (source, Rows: rows.Where(row => row.Row.Subset.StartsWith(source, StringComparison.Ordinal)).ToArray())
                )
                .Where(group => group.Rows.Length > 0)
                .Select(group => Part(group.source, group.Rows, IsRight)),
        ];
        string[] missing =
        [
            .. JudgeBench
                .Sources.Where(source => sources.All(part => part.Name != source))
                .Select(source => $"source {source} has no rows"),
        ];
        var score = JudgeBench.FirstGameAccuracy([.. rows.Select(Pair)]) / 100;
        return New(
            BenchmarkKind.JudgeBench,
            score,
            sources,
            rows.Count is JudgeBench.PublishedGptRows or JudgeBench.PublishedClaudeRows
                ? missing
                :
                [
                    .. missing,
                    $"{rows.Count} pairs; published are {JudgeBench.PublishedGptRows} (answers of gpt-4o) and {JudgeBench.PublishedClaudeRows} (of claude-3.5-sonnet), each with its own headline",
                ]
        ) with
        {
            ScoreInterval = Wilson(score, rows.Count),
        };
    }

    private static BenchmarkReport Bar(IReadOnlyList<ScoredBenchmarkRow> rows)
    {
        double Average(IEnumerable<ScoredBenchmarkRow> part) =>
            LlmBar.Of([.. part.Select(row => LlmBar.OfRatings(Number(row.Scores[0]), Number(row.Scores[1]), 1))]).AverageAccuracy / 100;
        BenchmarkPart[] parts =
        [
            .. rows.GroupBy(row => row.Row.Subset)
                .Select(subset => new BenchmarkPart(subset.Key, Average(subset), subset.Count(), Wilson(Average(subset), subset.Count()))),
        ];
        var scores = parts.ToDictionary(part => part.Name, part => part.Score);
        if (!LlmBar.PublishedRows.Select(subset => subset.Name).All(scores.ContainsKey))
            return New(
                BenchmarkKind.LlmBar,
                Average(rows),
                parts,
                ["not all five LLMBar subsets are there: the score is over the rows found"]
            ) with
            {
                ScoreInterval = Wilson(Average(rows), rows.Count),
            };
        var (adversarial, all) = LlmBar.Averages(scores);
        var five = parts.Where(part => LlmBar.PublishedRows.Any(subset => subset.Name == part.Name)).ToArray();
        return New(
            BenchmarkKind.LlmBar,
            all,
            [
                .. parts,
                Mean("adversarial average", adversarial, five.Where(part => part.Name != LlmBar.NaturalSubset).Select(part => (1.0, part))),
                Mean("average of the five subsets", all, five.Select(part => (1.0, part))),
            ],
            Counts(LlmBar.PublishedRows, parts),
            five.Select(part => (1.0, part))
        );

        static double? Number(double score) => double.IsNaN(score) ? null : score;
    }

    /// <summary>By language, then by the kinds of prompt that the leaderboard shows; a row may be of several.</summary>
    private static BenchmarkReport Votes(IReadOnlyList<ScoredBenchmarkRow> rows)
    {
        var kinds = ((string[])["hard_prompt", "easy_prompt", "if_prompt", "math_prompt", "is_code"])
            .Select(name => (name, Rows: rows.Where(row => row.Row.Published[name]?.ToString() == "true").ToArray()))
            .Where(kind => kind.Rows.Length > 0);
        var report = Plain(rows);
        return report with
        {
            Kind = BenchmarkKind.PpePreference,
            Parts = [.. report.Parts, .. kinds.Select(kind => Part(kind.name, kind.Rows, IsRight))],
        };
    }

    private static BenchmarkReport Correctness(IReadOnlyList<ScoredBenchmarkRow> rows)
    {
        List<BenchmarkPart> accuracies = [],
            more = [];
        var curves = new List<BenchmarkCurve>();
        foreach (var set in BenchmarkFile.PpeSets)
        {
            PpeCorrectness.Row[] prompts = [.. rows.Where(row => row.Row.Subset == set).Select(row => row.Prompt())];
            if (prompts.Length == 0)
                continue;
            var result = PpeCorrectness.Of(prompts);
            var compared = prompts.Count(row => row.Comparisons.Count > 0);
            accuracies.Add(new(set, result.Accuracy, prompts.Length, compared == 0 ? null : Wilson(result.Accuracy, compared)));
            more.AddRange([
                new($"{set} AUC", result.AreaUnderCurve, 0),
                new($"{set} best of {result.Curve.Count}", result.MeanEndScore, 0, Wilson(result.MeanEndScore, prompts.Length)),
                new($"{set} highest point", result.MeanMaxScore, 0),
                new($"{set} loss", result.Loss, 0),
            ]);
            curves.Add(new(set, result.Curve, result.BestCurve));
        }
        return New(
            BenchmarkKind.PpeCorrectness,
            accuracies.Count == BenchmarkFile.PpeSets.Count ? accuracies.Average(part => part.Score) : double.NaN,
            [.. accuracies, .. more],
            Counts(PpeCorrectness.PublishedRows, accuracies),
            accuracies.Select(part => (1.0, part))
        ) with
        {
            Curves = curves,
        };
    }

    /// <summary>The row is right if every right answer beats every wrong one, strictly.</summary>
    private static BenchmarkReport Plain(IReadOnlyList<ScoredBenchmarkRow> rows)
    {
        var all = Part("all", rows, IsRight);
        return New(
            BenchmarkKind.Own,
            all.Score,
            [.. rows.GroupBy(row => row.Row.Subset).Select(subset => Part(subset.Key, [.. subset], IsRight))],
            []
        ) with
        {
            ScoreInterval = all.Interval,
        };
    }

    private static BenchmarkPart Part(string name, IReadOnlyCollection<ScoredBenchmarkRow> rows, Func<ScoredBenchmarkRow, bool> right) =>
        new(name, (double)rows.Count(right) / rows.Count, rows.Count, Wilson((double)rows.Count(right) / rows.Count, rows.Count));

    /// <summary>For values between 0 and 1 that are not all 0 or 1 it is wider than need be.</summary>
    private static Interval Wilson(double share, int rows) => ProportionInterval.Wilson(Math.Min(rows, share * rows), rows);

    private static BenchmarkPart Mean(string name, double score, IEnumerable<(double Weight, BenchmarkPart Part)> parts) =>
        new(name, score, 0, IntervalOf(parts));

    private static Interval? IntervalOf(IEnumerable<(double Weight, BenchmarkPart Part)> parts)
    {
        var all = parts.ToArray();
        return all.Length == 0 || all.Any(part => part.Part.Interval is null)
            ? null
            : WeightedMeanInterval.Of(
                all.Select(part => (part.Weight / all.Sum(other => other.Weight), part.Part.Score, part.Part.Interval!.Value))
            );
    }

    private static IReadOnlyList<string> Counts(IEnumerable<(string Name, int Rows)> published, IEnumerable<BenchmarkPart> parts) =>
        [
            .. published
                .Select(part => (part.Name, part.Rows, Found: parts.FirstOrDefault(found => found.Name == part.Name)?.Rows ?? 0))
                .Where(part => part.Rows != part.Found)
                .Select(part => $"{part.Name}: {part.Found} rows, published are {part.Rows}"),
        ];

    private static bool IsRight(ScoredBenchmarkRow row) => row.WrongScores.All(wrong => row.RightScores.All(right => right > wrong));

    private static BenchmarkReport New(
        BenchmarkKind kind,
        double score,
        IReadOnlyList<BenchmarkPart> parts,
        IReadOnlyList<string> warnings,
        IEnumerable<(double Weight, BenchmarkPart Part)>? headline = null
    ) =>
        new()
        {
            Kind = kind,
            Revision = BenchmarkDescription.Of(kind).Revision,
            Score = score,
            ScoreInterval = headline is null || double.IsNaN(score) ? null : IntervalOf(headline),
            Parts = parts,
            Warnings = warnings,
            Rows = 0,
            TieRate = 0,
        };
}
