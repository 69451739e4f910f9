using System.Text.Json;
using Assay.Evaluation.Benchmarks;
using Assay.Evaluation.Gates;
using static Assay.Evaluation.Tests.Gates.EvidenceFolder;

namespace Assay.Evaluation.Tests.Gates;

/// <summary>The place that a check names is one that its evidence file has.</summary>
public sealed class GatePlaceTests : IDisposable
{
    private readonly EvidenceFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_place_that_a_verdict_names_stands_in_its_file()
    {
        var pairs = Pairs((70, 30), (50, 50), (60, 40));
        _folder.Write("eval.json", Eval(pairs));
        _folder.Write(
            "audit.json",
            Audit(
                pairs,
                Style(400, 0.7),
                [Probe("emoji_added", 100, isBroken: false), Probe("empty_answer", 100, isBroken: true)],
                [new("repeated", "made up", 10, 0, 0, true)],
                new(100, 0.5, new(0.4, 0.6), 0.6, new(0.5, 0.7), 0.7, new(0.6, 0.8))
            )
        );
        _folder.Write("fresh.json", Fresh(pairs, pairs, pairs));
        _folder.Write("benchmark-reward-bench.json", Benchmark(BenchmarkKind.RewardBench, 0.8, 100));
        _folder.Split(overlaps: false);
        _folder.Write(
            "figures.json",
            """{"format": "assay.figures/1", "figures": {"annotator_agreement": {"value": 0.5, "count": 300}}}"""
        );
        var checks = GateCheckKinds
            .All.Where(kind => !kind.IsAlwaysAsked)
            .Select(kind => kind.Part is null ? kind.Name : $"{kind.Name}.{(kind.Name == "benchmark" ? "reward-bench" : "empty_answer")}");

        var verdict = _folder.DecideWhole(
            string.Join(
                '\n',
                checks.Select(check =>
                    $"  {check}:{(check.StartsWith("benchmark", StringComparison.Ordinal) ? "\n    at_least: 0.5" : "")}"
                )
            )
        );

        string[] places =
        [
            .. verdict
                .Checks.Where(check => !GateCheckKinds.All.Any(kind => kind.IsAlwaysAsked && kind.Name == check.Name))
                .Select(check => check.Evidence)
                .OfType<string>(),
        ];
        Assert.True(places.Length >= 15, string.Join('\n', places));
        Assert.All(places, place => Assert.True(Stands(place), place), throwIfEmpty: true);
    }

    [Theory]
    [InlineData("eval.json: metrics.no_such_figure")]
    [InlineData("eval.json: worst[70].row")]
    public void A_place_that_is_not_there_is_seen(string place)
    {
        _folder.Write("eval.json", Eval(Pairs((7, 3), (5, 5))));
        Assert.False(Stands(place));
    }

    [Fact]
    public void A_place_is_named_as_its_file_names_it()
    {
        var eval = Eval(Pairs((7, 3), (5, 5)));
        Assert.Equal(
            "eval.json: calibration.equal_width.expected_calibration_error",
            EvidencePlace.Of("eval.json", eval.Calibration.EqualWidth.ExpectedCalibrationError)
        );
        Assert.Equal("eval.json: worst[1].rejected_score", EvidencePlace.Of("eval.json", eval.Worst[1].RejectedScore, 1));
        Assert.Throws<ArgumentException>(() => EvidencePlace.Of("eval.json", eval));
    }

    /// <summary>Follows <c>file: a.b[0].c</c>; what comes after a blank or a comma belongs to a second member or a slice.</summary>
    private bool Stands(string place)
    {
        var (file, path) = (place.Split(": ")[0], place.Split(": ")[1].Split(' ', ',')[0]);
        using var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(_folder.Path, file)));
        var at = json.RootElement;
        foreach (var step in path.Split('.'))
        {
            var bracket = step.IndexOf('[', StringComparison.Ordinal);
            if (at.ValueKind != JsonValueKind.Object || !at.TryGetProperty(bracket < 0 ? step : step[..bracket], out at))
                return false;
            if (bracket < 0)
                continue;
            var index = step[(bracket + 1)..^1];
            var entry = index.Length == 0 ? 0 : int.Parse(index, System.Globalization.CultureInfo.InvariantCulture);
            if (at.ValueKind != JsonValueKind.Array || entry >= at.GetArrayLength())
                return false;
            at = at[entry];
        }
        return true;
    }
}
