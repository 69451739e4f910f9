using System.Text.Json.Nodes;
using Assay.Cli.Quickstart;
using Assay.Reward;

namespace Assay.Cli.Tests.Models;

[Collection("console")]
public sealed class CompositeTests : IDisposable
{
    private const double Rounding = 2e-6;

    private readonly Workplace _workplace = new();

    public void Dispose() => _workplace.Dispose();

    private string Model(string name, int seed)
    {
        TinyCheckpoint.Write(_workplace[$"{name}-start"], ["is", "yes", "no", "the", "parcel", "question", "it", "number"], seed);
        using var model = RewardModel.LoadForTraining(_workplace[$"{name}-start"], headSeed: seed);
        model.Save(_workplace[name]);
        return name;
    }

    private string Composite(params IEnumerable<string> lines) =>
        _workplace.Write("composite.yaml", ["format: assay.composite/1", "components:", .. lines]);

    private async Task<JsonNode[]> Score(string model, string input, string name)
    {
        await Workplace.Succeed("score", "--model", model, "--input", input, "--output", _workplace[name]);
        return [.. File.ReadLines(_workplace[name]).Select(line => JsonNode.Parse(line)!)];
    }

    [Fact]
    public async Task A_composite_is_the_weighted_sum_of_its_scaled_and_clipped_parts_and_says_each()
    {
        string pairs = _workplace.Pairs("pairs.jsonl", count: 40),
            first = _workplace[Model("first", 1)],
            second = _workplace[Model("second", 2)];
        await Workplace.Succeed("eval", "--model", first, "--data", pairs, "--store-reference");
        await Workplace.Succeed("eval", "--model", second, "--data", pairs, "--store-reference");
        var reference = JsonNode.Parse(File.ReadAllText(Path.Combine(first, "reference_scores.json")))!["scores"]!;
        (var mean, var deviation) = ((double)reference["mean"]!, (double)reference["standard_deviation"]!);
        var composite = Composite(
            "  - {name: a, model: first, scale: standardised, clip: [-1, 1], weight: 0.7}",
            "  - {name: b, model: second, weight: -0.3}",
            "  - {rule: pattern, pattern: 'yes.*', weight: 2}"
        );
        JsonNode[] of = await Score(composite, pairs, "composite.jsonl"),
            a = await Score(first, pairs, "a.jsonl"),
            b = await Score(second, pairs, "b.jsonl");
        for (var i = 0; i < of.Length; i++)
        {
            foreach ((var side, var rule) in (ReadOnlySpan<(string, double)>)[("chosen", 1), ("rejected", 0)])
            {
                double rawA = (double)a[i][$"{side}_score"]!,
                    rawB = (double)b[i][$"{side}_score"]!;
                var parts = of[i][$"{side}_components"]!;
                Assert.Equal((rawA, rawB, rule), ((double)parts["a"]!, (double)parts["b"]!, (double)parts["pattern"]!));
                Assert.Equal(
                    (0.7 * Math.Clamp((rawA - mean) / deviation, -1, 1)) - (0.3 * rawB) + (2 * rule),
                    (double)of[i][$"{side}_score"]!,
                    Rounding
                );
            }
        }
        var (summary, _) = await Workplace.Succeed(
            "score",
            "--model",
            composite,
            "--input",
            pairs,
            "--output",
            _workplace["again.jsonl"],
            "--json"
        );
        JsonNode[] shares = [.. JsonNode.Parse(summary)!["components"]!.AsArray().Select(share => share!)];
        Assert.Equal(["a", "b", "pattern"], shares.Select(share => (string)share["name"]!));
        Assert.Equal(1, shares.Sum(share => (double)share["variance_share"]!), 1e-9);
        Assert.Equal(Covariance(of, node => 2 * (double)node["pattern"]!), (double)shares[2]["variance_share"]!, 1e-5);
    }

    /// <summary>Cov(part, sum) / Var(sum) over both sides, as the formula stands.</summary>
    private static double Covariance(JsonNode[] rows, Func<JsonNode, double> part)
    {
        (double Part, double Sum)[] all =
        [
            .. rows.SelectMany(row =>
                ((string[])["chosen", "rejected"]).Select(side => (part(row[$"{side}_components"]!), (double)row[$"{side}_score"]!))
            ),
        ];
        double meanPart = all.Average(one => one.Part),
            meanSum = all.Average(one => one.Sum);
        return all.Sum(one => (one.Part - meanPart) * (one.Sum - meanSum)) / all.Sum(one => (one.Sum - meanSum) * (one.Sum - meanSum));
    }

    [Fact]
    public async Task It_stands_in_a_model_s_place_when_ranking_and_judging()
    {
        Model("first", 1);
        string composite = Composite("  - {model: first}", "  - {rule: pattern, pattern: 'yes.*', weight: 50}"),
            pairs = _workplace.Pairs("pairs.jsonl");
        var (figures, _) = await Workplace.Succeed("eval", "--model", composite, "--data", pairs, "--json");
        Assert.Contains("\"accuracy\": 1", figures, StringComparison.Ordinal); // every chosen answer begins with yes
        var samples = _workplace.Write(
            "samples.jsonl",
            """{"prompt": "is it", "responses": ["no", "yes it is", "the parcel"]}""".Replace(
                "\"is it\"",
                "[{\"role\": \"user\", \"content\": \"is it\"}]",
                StringComparison.Ordinal
            )
        );
        await Workplace.Succeed("rank", "--model", composite, "--input", samples, "--output-dir", _workplace["ranked"]);
        var ranked = JsonNode.Parse(File.ReadLines(_workplace["ranked/ranked.jsonl"]).First())!;
        Assert.Equal(1, (int)ranked["order"]![0]!);
        Assert.Equal([0.0, 1, 0], ranked["components"]!.AsArray().Select(parts => (double)parts!["pattern"]!));
    }

    [Fact]
    public async Task Its_own_evidence_is_gated_and_that_of_another_weight_is_not()
    {
        Model("first", 1);
        string pairs = _workplace.Pairs("pairs.jsonl", count: 60),
            evidence = _workplace["evidence"],
            composite = Composite("  - {model: first}", "  - {rule: pattern, pattern: 'yes.*', weight: 50}");
        string[] gate = ["gate", "--use", "monitor", "--evidence", evidence, "--model", composite];
        await Workplace.Succeed("eval", "--model", composite, "--data", pairs, "--output-dir", evidence);
        await _workplace.Refused("add --output-dir DIR", gate);
        await _workplace.Refused("a composite has several models", [.. gate, "--reference", _workplace["first"]]);
        var (code, _, error) = await CommandLine.Run([.. gate, "--output-dir", _workplace[""]]);
        Assert.True(code is ExitCode.Success or ExitCode.CheckFailed or ExitCode.CannotTell, error);
        var verdict = JsonNode.Parse(File.ReadAllText(_workplace["gate.json"]))!;
        Assert.Equal(composite, (string?)verdict["subject"]!["path"]);
        Assert.False(File.Exists(_workplace["README.md"]));
        Composite("  - {model: first}", "  - {rule: pattern, pattern: 'yes.*', weight: 51}");
        await _workplace.Refused("judge this model", [.. gate, "--output-dir", _workplace[""], "--overwrite"]);
    }

    [Fact]
    public async Task What_would_mean_nothing_is_refused_with_its_line()
    {
        Model("first", 1);
        var pairs = _workplace.Pairs("pairs.jsonl");
        foreach (
            (var line, var message) in ((string, string)[])
                [
                    ("  - {model: first, scale: percentile}", "--store-reference"),
                    ("  - {model: first, scale: centred}", "line 3"),
                    ("  - {model: first, scale: log}", "wanted raw, centred, standardised, percentile"),
                    ("  - {model: nowhere}", "no such model folder"),
                    ("  - {rule: math}", "a right answer"),
                    ("  - {rule: nothing}", "wanted math"),
                    ("  - {rule: pattern}", "wants --pattern"),
                    ("  - {model: first, weight: 0}", "take it out"),
                    ("  - {model: first, weigth: 1}", "did you mean"),
                    ("  - {model: first, clip: [2, -2]}", "has to be the smaller"),
                    ("  - {model: first, rule: exact}", "one of model and rule"),
                    ("  - {rule: think-answer, scale: centred}", "leave scale out"),
                ]
        )
            await _workplace.Refused(
                message,
                "score",
                "--model",
                Composite(line),
                "--input",
                pairs,
                "--output",
                _workplace["scores.jsonl"]
            );
        await _workplace.Refused(
            "a second component named",
            "score",
            "--model",
            Composite("  - {model: first}", "  - {model: first}"),
            "--input",
            pairs,
            "--output",
            _workplace["scores.jsonl"]
        );
        await _workplace.Refused(
            "has no verdict",
            "score",
            "--model",
            Composite("  - {model: first}"),
            "--input",
            pairs,
            "--output",
            _workplace["scores.jsonl"],
            "--require-gate",
            "rl"
        );
    }
}
