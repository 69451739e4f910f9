using Assay.Data;
using Assay.Evaluation.Evidence;
using Assay.Evaluation.FreshPolicy;
using Assay.Evaluation.Metrics;
using Assay.Evaluation.Statistics;
using Assay.Ground.Numerics;

namespace Assay.Evaluation.Tests.FreshPolicy;

/// <summary>Accuracy on fresh pairs, its human-reviewed part, the gap to the static set and what moved between the two.</summary>
public sealed class FreshCheckTests : IDisposable
{
    private static readonly EvidenceSubject Model = new("m", "models/m", "abc");

    private readonly string _folder = Directory.CreateTempSubdirectory("assay-fresh-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static PairScore Score(long row, bool right, string? group = null, double weight = 1) =>
        new()
        {
            Row = row,
            ChosenScore = right ? 1 : -1,
            RejectedScore = 0,
            Group = group,
            Weight = weight,
        };

    private static PreferencePair Pair(
        long row,
        LabelSource? source = null,
        string? chosenBy = null,
        string? rejectedBy = null,
        string prompt = "p",
        string chosen = " yes",
        string rejected = " no",
        double? probability = null
    ) =>
        new()
        {
            Row = row,
            Prompt = prompt,
            PromptTextLength = prompt.Length,
            Chosen = Conversation.OfText(prompt + chosen),
            Rejected = Conversation.OfText(prompt + rejected),
            Provenance = new Provenance
            {
                LabelSource = source,
                ChosenGenerator = chosenBy,
                RejectedGenerator = rejectedBy,
                SamplingProbability = probability,
            },
        };

    /// <summary>A score file with so many right of so many.</summary>
    private string Scores(string name, int right, int count) =>
        Write(
            name,
            string.Concat(
                Enumerable
                    .Range(1, count)
                    .Select(row =>
                        $$"""{"row":{{row}},"chosen_score":{{(row <= right ? 1 : -1)}},"rejected_score":0,"chosen_length":{{row % 40}},"rejected_length":{{row % 30}}}"""
                        + "\n"
                    )
            )
        );

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    private static FreshEvidence Judge(FreshCheck check, StaticSet? compared = null, IEnumerable<PreferencePair>? texts = null) =>
        check.Evidence(Model, [], new Dictionary<string, long>(), compared, texts);

    private static FreshCheck Right(int right, int count, Func<int, LabelSource?> source)
    {
        var check = new FreshCheck();
        for (var row = 1; row <= count; row++)
            check.Add(Score(row, row <= right), Pair(row, source(row)));
        return check;
    }

    [Fact]
    public void The_missions_064_on_fresh_against_092_static_is_said_with_its_gap_in_words()
    {
        var evidence = Judge(Right(64, 100, _ => LabelSource.Human), StaticSet.Read(Scores("static.jsonl", 92, 100), Model, 0));
        Assert.Equal((0.64, 0.92), (evidence.Fresh.Accuracy, evidence.Static!.Accuracy));
        Assert.Equal(0.64, evidence.HumanReviewed!.Accuracy);
        Assert.Equal(0.28, evidence.Gap, 1e-12);
        Assert.True(evidence.GapInterval!.Value.Low > 0.1);
        Assert.StartsWith("0.6400 (", evidence.Meaning[0]);
        Assert.Contains("on 100 fresh pairs against 0.9200 on the static set", evidence.Meaning[0]);
        Assert.Contains("Do not optimise", evidence.Meaning[0]);
    }

    [Fact]
    public void Without_a_gap_nobody_is_told_not_to_optimise()
    {
        var evidence = Judge(Right(90, 100, _ => LabelSource.Human), StaticSet.Read(Scores("static.jsonl", 92, 100), Model, 0));
        Assert.DoesNotContain("Do not", string.Join(' ', evidence.Meaning));
        Assert.Contains("No difference can be seen", evidence.Meaning[0]);
    }

    [Fact]
    public void An_accuracy_below_one_half_is_not_called_guessing() =>
        Assert.Contains("against the labels", Judge(Right(30, 100, _ => LabelSource.Human)).Meaning[0]);

    // Newcombe 1998, table II, method 10: (a), (b) and (d).
    [Theory]
    [InlineData(56, 70, 48, 80, 0.0524, 0.3339)]
    [InlineData(9, 10, 3, 10, 0.1705, 0.8090)]
    [InlineData(5, 56, 0, 29, -0.0381, 0.1926)]
    public void The_interval_of_a_difference_is_the_published_one(
        int first,
        int firstCount,
        int second,
        int secondCount,
        double low,
        double high
    )
    {
        var interval = ProportionInterval.Difference(
            (double)first / firstCount,
            ProportionInterval.Wilson(first, firstCount),
            (double)second / secondCount,
            ProportionInterval.Wilson(second, secondCount)
        );
        Assert.Equal((low, high), (Math.Round(interval.Low, 4), Math.Round(interval.High, 4)));
    }

    [Fact]
    public void The_human_reviewed_part_is_measured_alone()
    {
        var evidence = Judge(
            Right(
                60,
                100,
                row =>
                    row <= 20 ? LabelSource.Human
                    : row <= 50 ? LabelSource.Model
                    : row <= 60 ? LabelSource.Unreviewed
                    : null
            )
        );
        Assert.Equal((20, 1.0), (evidence.HumanReviewed!.Pairs, evidence.HumanReviewed.Accuracy));
        Assert.Equal(
            ["human 20", "model 30", "unknown 40", "unreviewed 10"],
            evidence.Review.Select(entry => $"{entry.Key} {entry.Value}")
        );
        Assert.Contains(
            evidence.Meaning,
            sentence => sentence.StartsWith("Of the 100 labels people reviewed 20: 1.0000", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void Labels_of_which_nobody_says_who_reviewed_them_are_not_human_reviewed()
    {
        var evidence = Judge(Right(90, 100, _ => null));
        Assert.Null(evidence.HumanReviewed);
        Assert.Contains(evidence.Meaning, sentence => sentence.Contains("not with people", StringComparison.Ordinal));
    }

    [Fact]
    public void What_is_said_of_the_whole_file_fills_silence_and_contradicts_no_row()
    {
        var check = new FreshCheck(unsaid: LabelSource.Human);
        for (var row = 1; row <= 10; row++)
            check.Add(
                Score(row, true),
                row <= 4 ? Pair(row, LabelSource.Model)
                    : row <= 7 ? Pair(row)
                    : null
            );
        var evidence = Judge(check);
        Assert.Equal((6, 4), (evidence.HumanReviewed!.Pairs, evidence.Review["model"]));
    }

    [Fact]
    public void Another_generators_pairs_are_counted_and_set_aside_when_one_is_asked_for()
    {
        FreshCheck Fill(FreshCheck check)
        {
            for (var row = 1; row <= 10; row++)
                check.Add(
                    Score(row, row <= 4),
                    row <= 4 ? Pair(row, null, "new", "new")
                        : row <= 7 ? Pair(row, null, "new", "old")
                        : row <= 9 ? Pair(row, null, "old", "old")
                        : Pair(row)
                );
            return check;
        }
        FreshEvidence one = Judge(Fill(new FreshCheck("new"))),
            all = Judge(Fill(new FreshCheck()));
        Assert.Equal((4, 1.0), (one.Fresh.Pairs, one.Fresh.Accuracy));
        Assert.Equal(["generator_unknown 1", "other_generator 5"], one.SetAside.Select(entry => $"{entry.Key} {entry.Value}"));
        Assert.Equal(10, all.Fresh.Pairs);
        Assert.Equal(["(none) 2", "new 11", "old 7"], all.Generators.Select(entry => $"{entry.Key} {entry.Value}"));
        Assert.Contains(
            all.Meaning,
            sentence => sentence.Contains("2 generators (new, old): an older policy's are not fresh", StringComparison.Ordinal)
        );
        Assert.Contains(
            Judge(Right(5, 10, _ => null)).Meaning,
            sentence => sentence.Contains("do not say which policy", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void Pairs_of_one_prompt_widen_the_interval()
    {
        FreshCheck Fill(int perPrompt)
        {
            var check = new FreshCheck();
            for (var row = 1; row <= 200; row++)
                check.Add(Score(row, row / 10 % 3 != 0, $"g{row / perPrompt}"), null);
            return check;
        }
        double Width(Interval interval) => interval.High - interval.Low;
        FreshEvidence alone = Judge(Fill(1)),
            together = Judge(Fill(10));
        Assert.Equal(alone.Fresh.Accuracy, together.Fresh.Accuracy);
        Assert.True(Width(together.IntervalByPrompt!.Value) > 1.5 * Width(alone.IntervalByPrompt!.Value));
        Assert.Equal((200, 21), (alone.Prompts, together.Prompts));
    }

    [Fact]
    public void No_pair_is_no_figure_and_no_error()
    {
        var evidence = Judge(new FreshCheck(), StaticSet.Read(Scores("static.jsonl", 9, 10), Model, 0));
        Assert.Equal(0, evidence.Fresh.Pairs);
        Assert.True(double.IsNaN(evidence.Fresh.Accuracy) && double.IsNaN(evidence.Gap));
        Assert.Null(evidence.GapInterval);
        Assert.Empty(evidence.Shifts);
        Assert.IsType<FreshEvidence>(RoundTrip(evidence));
    }

    private IEvidence RoundTrip(FreshEvidence evidence)
    {
        var path = Path.Combine(_folder, "out", "fresh.json");
        EvidenceFile.Write(path, evidence);
        return EvidenceFile.Read(path)!;
    }

    [Fact]
    public void The_evidence_is_the_same_after_it_was_written_and_read()
    {
        var check = new FreshCheck();
        for (var row = 1; row <= 300; row++)
            check.Add(
                Score(row, row % 3 > 0, $"g{row / 2}") with
                {
                    ChosenLength = row % 50,
                    RejectedLength = row % 20,
                },
                Pair(row, LabelSource.Human, "new", "new", $"prompt {row / 2}", probability: row % 2 == 0 ? 1 : 0.5)
            );
        var evidence = Judge(
            check,
            StaticSet.Read(Scores("static.jsonl", 250, 300), Model, 0),
            Enumerable.Range(1, 300).Select(row => Pair(row, prompt: $"other {row}"))
        );
        Assert.True(evidence.IsWeighted);
        Assert.Equal(EvidenceFile.ToJson(evidence), EvidenceFile.ToJson(Assert.IsType<FreshEvidence>(RoundTrip(evidence))));
        Assert.Equal(
            ["rewards", "margins", "answer_length", "length_difference", "prompt_text", "answer_text"],
            evidence.Shifts.Select(shift => shift.Quantity)
        );
    }

    /// <summary>Two sets of one world, or of two.</summary>
    private FreshEvidence Compare(
        Func<SeededRandom, string> staticWord,
        Func<SeededRandom, string> freshWord,
        double freshOffset,
        long seed
    )
    {
        var random = new SeededRandom(seed);
        string Text(Func<SeededRandom, string> word) => string.Concat(Enumerable.Range(0, 20).Select(_ => " " + word(random)));
        var lines = new System.Text.StringBuilder();
        var texts = new List<PreferencePair>();
        for (var row = 1; row <= 300; row++)
        {
            lines
                .Append(
                    System.Globalization.CultureInfo.InvariantCulture,
                    $$"""{"row":{{row}},"chosen_score":{{random.NextDouble()}},"rejected_score":{{random.NextDouble()}}}"""
                )
                .Append('\n');
            texts.Add(Pair(row, prompt: $"static {row % 7}{Text(Any)}", chosen: Text(staticWord), rejected: Text(staticWord)));
        }
        var check = new FreshCheck(seed: seed);
        for (var row = 1; row <= 300; row++)
        {
            var pair = Pair(row, prompt: $"static {row % 7}{Text(Any)}", chosen: Text(freshWord), rejected: Text(freshWord));
            check.Add(
                new PairScore
                {
                    Row = row,
                    ChosenScore = random.NextDouble() + freshOffset,
                    RejectedScore = random.NextDouble() + freshOffset,
                    Group = PairScoring.GroupOf(pair.Prompt),
                },
                pair
            );
        }
        return Judge(check, StaticSet.Read(Write($"static-{seed}.jsonl", lines.ToString()), Model, seed), texts);
    }

    private static string Any(SeededRandom random) => $"w{random.Next(200)}";

    private static double P(FreshEvidence evidence, string quantity) =>
        evidence.Shifts.Single(shift => shift.Quantity == quantity).Drift.MannWhitney.PValue;

    [Fact]
    public void Two_sets_of_one_world_show_a_shift_no_more_often_than_chance_says()
    {
        FreshEvidence[] same = [.. Enumerable.Range(1, 30).Select(seed => Compare(Any, Any, 0, seed))];
        foreach (var quantity in new[] { "rewards", "margins", "prompt_text", "answer_text" })
            // 1.5 expected; above 6 less than once in a thousand
            Assert.InRange(same.Count(evidence => P(evidence, quantity) < 0.05), 0, 6);
        Assert.InRange(
            same.Average(evidence =>
                evidence.Shifts.Single(shift => shift.Quantity == "answer_text").Drift.MannWhitney.ProbabilitySecondHigher
            ),
            0.48,
            0.52
        );
        Assert.InRange(
            same.Count(evidence => evidence.Meaning.Any(sentence => sentence.Contains("these moved", StringComparison.Ordinal))),
            0,
            6
        );
    }

    [Fact]
    public void Other_words_in_the_answers_are_seen_there_and_not_in_the_prompts()
    {
        var moved = Compare(Any, random => random.Next(10) == 0 ? "certainly" : Any(random), 0, 1);
        Assert.True(P(moved, "answer_text") < 1e-6);
        Assert.True(P(moved, "prompt_text") > 1e-3 && P(moved, "rewards") > 1e-3);
        Assert.Contains(moved.Meaning, sentence => sentence.Contains("these moved: answer text", StringComparison.Ordinal));
    }

    [Fact]
    public void Higher_rewards_are_seen_and_leave_margins_alone()
    {
        var moved = Compare(Any, Any, 0.3, 1);
        Assert.True(P(moved, "rewards") < 1e-6 && P(moved, "margins") > 1e-3);
    }

    [Fact]
    public void Pairs_picked_for_a_small_margin_are_no_shift_of_margins()
    {
        // One world: of the fresh half all pairs with a small margin were labelled, and one in ten of the others.
        var random = new SeededRandom(1);
        var lines = new System.Text.StringBuilder();
        for (var row = 1; row <= 1000; row++)
            lines
                .Append(
                    System.Globalization.CultureInfo.InvariantCulture,
                    $$"""{"row":{{row}},"chosen_score":{{random.NextDouble()}},"rejected_score":{{random.NextDouble()}}}"""
                )
                .Append('\n');
        FreshCheck weighted = new(seed: 2),
            unweighted = new(seed: 2);
        for (var row = 1; row <= 2000; row++)
        {
            double chosen = random.NextDouble(),
                rejected = random.NextDouble();
            var isSmall = Math.Abs(chosen - rejected) < 0.2;
            if (!isSmall && random.NextDouble() >= 0.1)
                continue;
            var score = new PairScore
            {
                Row = row,
                ChosenScore = chosen,
                RejectedScore = rejected,
            };
            weighted.Add(score, Pair(row, probability: isSmall ? 1 : 0.1));
            unweighted.Add(score, Pair(row));
        }
        var compared = StaticSet.Read(Write("static.jsonl", lines.ToString()), Model, 0);
        double Margins(FreshCheck check) =>
            Judge(check, compared).Shifts.Single(shift => shift.Quantity == "margins").Drift.KolmogorovSmirnov.PValue;
        Assert.True(Margins(weighted) > 0.001);
        Assert.True(Margins(unweighted) < 1e-9);
    }
}
