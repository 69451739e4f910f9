using Assay.Evaluation.Advice;

namespace Assay.Evaluation.Tests;

/// <summary>Each need and each kind of data has its signal, and takes it away again where what it rests on is missing.</summary>
public sealed class AdvisorTests
{
    private static readonly AdviceFacts Pairs = new() { Files = ["pairs.jsonl"], Pairs = 5000 };

    private static readonly AdviceFacts Steps = new()
    {
        Files = ["steps.jsonl"],
        Solutions = 2000,
        Steps = 12000,
        RightSteps = 0.8,
    };

    private static readonly AdviceFacts Graded = new()
    {
        Files = ["graded.jsonl"],
        References = 3000,
        LabelledAnswers = 3000,
        FalsePositives = 0.001,
        FalseNegatives = 0.02,
    };

    private static readonly AdviceFacts Rated = new()
    {
        Files = ["helpsteer.jsonl"],
        RatedAnswers = 3000,
        Ratings = ["helpfulness", "verbosity"],
    };

    public static TheoryData<AdviceFacts, AdviceNeeds, string?> Cases =>
        new()
        {
            {
                Rated,
                new() { Use = "rl" },
                "scalar"
            },
            {
                Rated with
                {
                    RatedAnswers = 300,
                },
                new() { Use = "best-of-n", MaxLatency = 50 },
                null
            },
            {
                Rated with
                {
                    Pairs = 5000,
                },
                new() { Use = "policy" },
                "dpo"
            },
            {
                Pairs,
                new() { Use = "rl" },
                "scalar"
            },
            {
                Pairs,
                new() { Use = "policy" },
                "dpo"
            },
            {
                Pairs with
                {
                    Pairs = 300,
                },
                new() { Use = "best-of-n" },
                "judge"
            },
            {
                Pairs with
                {
                    Pairs = 300,
                },
                new() { Use = "best-of-n", MaxLatency = 50 },
                null
            },
            {
                Pairs with
                {
                    Pairs = 300,
                },
                new() { Use = "policy" },
                null
            },
            {
                Pairs with
                {
                    Pairs = 10,
                },
                new() { Use = "best-of-n" },
                null
            },
            {
                Pairs,
                new() { Use = "rl", PerStep = true },
                null
            },
            {
                Pairs,
                new() { Use = "rl", Verifiable = true },
                "verifier"
            },
            {
                Steps,
                new() { Use = "rl", PerStep = true },
                "process"
            },
            {
                Steps,
                new() { Use = "best-of-n" },
                "process"
            },
            {
                Steps with
                {
                    Solutions = 100,
                },
                new() { Use = "rl", PerStep = true },
                null
            },
            {
                Graded,
                new() { Use = "rl" },
                "verifier"
            },
            {
                Graded with
                {
                    FalsePositives = 0.3,
                },
                new() { Use = "rl" },
                null
            },
            {
                Graded with
                {
                    Pairs = 5000,
                    FalsePositives = 0.3,
                },
                new() { Use = "rl" },
                "scalar"
            },
            {
                Pairs with
                {
                    VotedRows = 1000,
                    Agreement = 0.05,
                    AgreementInterval = new(0.02, 0.08),
                },
                new() { Use = "monitor", MaxLatency = 10 },
                null
            },
            {
                Pairs with
                {
                    VotedRows = 1000,
                    Agreement = 0.4,
                    AgreementInterval = new(0.37, 0.43),
                },
                new() { Use = "monitor", MaxLatency = 10 },
                "scalar"
            },
        };

    [Theory]
    [MemberData(nameof(Cases))]
    public void What_is_recommended_follows_from_data_and_needs(AdviceFacts facts, AdviceNeeds needs, string? signal)
    {
        var report = Advisor.Of(facts, needs);
        Assert.Equal(signal, report.Recommended);
        Assert.All(
            report.Sentences,
            sentence => Assert.True(sentence.Text.Length > 0 && sentence.Evidence.Length > 0 && sentence.Source.Length > 0),
            throwIfEmpty: true
        );
        Assert.Equal(
            signal is null ? [] : new[] { signal },
            report.Sentences.Where(sentence => sentence.Says == "use").Select(sentence => sentence.Signal).Distinct()
        );
        // Whatever is advised against says why.
        if (signal is null)
            Assert.Contains(report.Sentences, sentence => sentence.Says == "not");
    }

    [Fact]
    public void Length_that_decides_is_named_before_all()
    {
        Assert.Contains(
            Advisor.Of(Pairs with { LengthOnly = 0.9, ChosenLonger = 0.9 }, new() { Use = "rl" }).Sentences,
            sentence => sentence.Signal == "data" && sentence.Text.Contains("length", StringComparison.Ordinal)
        );
        Assert.DoesNotContain(
            Advisor.Of(Pairs with { LengthOnly = 0.52, ChosenLonger = 0.5 }, new() { Use = "rl" }).Sentences,
            sentence => sentence.Text.Contains("by length", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void Needs_out_of_range_are_refused()
    {
        Assert.Throws<EvaluationException>(() => Advisor.Of(Pairs, new() { Use = "ppo" }));
        Assert.Throws<EvaluationException>(() => Advisor.Of(Pairs, new() { Use = "rl", MaxLatency = 0 }));
    }

    [Fact]
    public void Ratings_are_used_for_want_of_pairs_and_stand_beside_them_else()
    {
        static AdviceSentence Regression(AdviceFacts facts) =>
            Advisor
                .Of(facts, new AdviceNeeds { Use = "rl" })
                .Sentences.Single(one => one.Text.Contains("regression-targets helpfulness verbosity", StringComparison.Ordinal));
        Assert.Equal("use", Regression(Rated).Says);
        Assert.Equal("beside", Regression(Rated with { Pairs = 5000 }).Says);
        Assert.Equal("3000 answers rated by helpfulness, verbosity", Regression(Rated).Evidence);
    }
}
