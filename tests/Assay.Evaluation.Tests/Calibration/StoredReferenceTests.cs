using Assay.Evaluation.Calibration;
using Assay.Evaluation.Evidence;

namespace Assay.Evaluation.Tests.Calibration;

public sealed class StoredReferenceTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("assay-reference").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static StoredReference Made(double temperature) =>
        new()
        {
            Model = "0123456789abcdef",
            Inputs = [new EvidenceInput("eval.jsonl", "ab")],
            Scores = ReferenceScores.Of([-1, 0, 1, 2]),
            Temperature = temperature,
        };

    [Fact]
    public void What_is_written_is_read_back()
    {
        Made(2).Write(_folder);
        var read = StoredReference.Read(_folder, "0123456789abcdef")!;

        Assert.Equal((50.0, "eval.jsonl"), (read.Scores.PercentileOf(0.5), read.Inputs[0].Path));
        Assert.Equal(1 / (1 + Math.Exp(-0.5)), read.Probability(1)!.Value, 1e-12);
        Assert.StartsWith(
            "{\n  \"format\": \"assay.reference_scores/1\"",
            File.ReadAllText(Path.Combine(_folder, StoredReference.FileName))
        );
    }

    [Fact]
    public void Without_a_temperature_there_is_no_probability()
    {
        Made(double.NaN).Write(_folder);

        Assert.Null(StoredReference.Read(_folder, "0123456789abcdef")!.Probability(1));
    }

    [Fact]
    public void A_model_without_a_reference_has_none() => Assert.Null(StoredReference.Read(_folder, "any"));

    [Fact]
    public void The_reference_of_another_model_is_refused_and_so_is_half_a_file()
    {
        Made(2).Write(_folder);
        var error = Assert.Throws<EvaluationException>(() => StoredReference.Read(_folder, "fedcba9876543210"));
        Assert.Contains("0123456789ab; this one is fedcba987654", error.Message, StringComparison.Ordinal);

        File.WriteAllText(Path.Combine(_folder, StoredReference.FileName), """{"format": "assay.reference_scores/1", "model": "x"}""");
        Assert.Contains(
            "not reference scores",
            Assert.Throws<EvaluationException>(() => StoredReference.Read(_folder, "x")).Message,
            StringComparison.Ordinal
        );
    }
}
