using Assay.Cli.Quickstart;
using Assay.Data;
using Assay.Reward;

namespace Assay.Serving.Tests;

/// <summary>A folder with a small reward model of random weights, saved by Assay, so that it has known answers.</summary>
internal sealed class SmallRewardModel : IDisposable
{
    private static readonly string[] Words =
    [
        "is",
        "water",
        "wet",
        "yes",
        "no",
        "perhaps",
        "it",
        "of",
        "course",
        "where",
        "my",
        "parcel",
        "depot",
        "tomorrow",
        "morning",
        "what",
        "two",
        "three",
        "five",
        "blue",
        "green",
        "why",
        "because",
        "never",
    ];

    private readonly string folder = Directory.CreateTempSubdirectory("assay-serving-").FullName;

    public SmallRewardModel(int seed = 1)
    {
        var backbone = Path.Combine(folder, "backbone");
        TinyCheckpoint.Write(backbone, Words, seed);
        using var model = RewardModel.LoadForTraining(backbone, headSeed: seed);
        model.Save(Folder);
    }

    public string Folder => Path.Combine(folder, "small-rm");

    public string this[string name] => Path.Combine(folder, name);

    public static Conversation Turns(string question, string answer) =>
        Conversation.OfMessages(new Message("user", question), new Message("assistant", answer));

    /// <summary>So many words, drawn from a seed.</summary>
    public static string Text(Random random, int words) =>
        string.Join(' ', Enumerable.Range(0, words).Select(_ => Words[random.Next(Words.Length)]));

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
