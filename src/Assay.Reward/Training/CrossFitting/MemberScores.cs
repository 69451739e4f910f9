using System.Text.Json;
using System.Text.Json.Serialization;
using Assay.Ground.Files;
using Assay.Reward.Training.Pairs;

namespace Assay.Reward.Training.CrossFitting;

/// <summary>What one model said of its fold, on disk: a line a pair. It takes its name when it is whole.</summary>
internal sealed class MemberScores(string path)
{
    private sealed record Line(
        [property: JsonPropertyName("file")] string File,
        [property: JsonPropertyName("row"), JsonRequired] long Row,
        [property: JsonPropertyName("part"), JsonRequired] int Part,
        [property: JsonPropertyName("chosen_score"), JsonRequired] float ChosenScore,
        [property: JsonPropertyName("rejected_score"), JsonRequired] float RejectedScore
    );

    public bool Exists => File.Exists(path);

    /// <exception cref="RewardException">The file is not about these pairs.</exception>
    public (float[] Chosen, float[] Rejected) Read(int[] held, List<LoadedPair> pairs)
    {
        var lines = File.ReadAllLines(path);
        if (lines.Length != held.Length)
            throw Other($"has {lines.Length} lines for {held.Length} pairs");
        float[] chosen = new float[held.Length],
            rejected = new float[held.Length];
        for (var i = 0; i < held.Length; i++)
        {
            try
            {
                var line = JsonSerializer.Deserialize<Line>(lines[i])!;
                if (line.Row != pairs[held[i]].Pair.Row || line.Part != pairs[held[i]].Pair.Part)
                    throw Other($"line {i + 1} is of another pair");
                (chosen[i], rejected[i]) = (line.ChosenScore, line.RejectedScore);
            }
            catch (Exception error) when (error is JsonException or NullReferenceException)
            {
                throw Other($"line {i + 1} cannot be read");
            }
        }
        return (chosen, rejected);
    }

    public void Write(int[] held, List<LoadedPair> pairs, float[] chosen, float[] rejected)
    {
        using var file = new OutputFile(path);
        foreach (var (i, at) in held.Index())
            file.WriteLine(
                JsonSerializer.Serialize(new Line(pairs[at].File, pairs[at].Pair.Row, pairs[at].Pair.Part, chosen[i], rejected[i]))
            );
        file.Commit();
    }

    private RewardException Other(string what) => new($"{path}: {what}; delete it, and --resume trains that model again");
}
