using System.Text.Json;
using System.Text.Json.Nodes;

namespace Assay.Reward.Training.CrossFitting;

/// <summary>What one model said of its fold, on disk: a line a pair with <c>file</c>, <c>row</c>, <c>part</c>, <c>chosen_score</c>, <c>rejected_score</c>. It takes its name when it is whole.</summary>
internal sealed class MemberScores(string path)
{
    public bool Exists => File.Exists(path);

    /// <exception cref="RewardException">The file is not about these pairs.</exception>
    public (float[] Chosen, float[] Rejected) Read(int[] held, List<LoadedPair> pairs)
    {
        var lines = File.ReadAllLines(path);
        if (lines.Length != held.Length) throw Other($"has {lines.Length} lines for {held.Length} pairs");
        float[] chosen = new float[held.Length], rejected = new float[held.Length];
        for (var i = 0; i < held.Length; i++)
        {
            try
            {
                var line = JsonNode.Parse(lines[i])!;
                if (line["row"]!.GetValue<long>() != pairs[held[i]].Pair.Row || line["part"]!.GetValue<int>() != pairs[held[i]].Pair.Part) throw Other($"line {i + 1} is of another pair");
                (chosen[i], rejected[i]) = (line["chosen_score"]!.GetValue<float>(), line["rejected_score"]!.GetValue<float>());
            }
            catch (Exception error) when (error is JsonException or InvalidOperationException or NullReferenceException)
            {
                throw Other($"line {i + 1} cannot be read");
            }
        }
        return (chosen, rejected);
    }

    public void Write(int[] held, List<LoadedPair> pairs, float[] chosen, float[] rejected)
    {
        var temporary = path + ".writing";
        File.WriteAllLines(temporary, held.Select((at, i) => new JsonObject
        {
            ["file"] = pairs[at].File,
            ["row"] = pairs[at].Pair.Row,
            ["part"] = pairs[at].Pair.Part,
            ["chosen_score"] = chosen[i],
            ["rejected_score"] = rejected[i],
        }.ToJsonString()));
        File.Move(temporary, path, overwrite: true);
    }

    private RewardException Other(string what) => new($"{path}: {what}; delete it, and --resume trains that model again");
}
