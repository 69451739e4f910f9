using System.Text.Json.Nodes;
using Assay.Reward;
using Assay.Serving.Requests;

namespace Assay.Serving.Tests;

/// <summary>A model that is read at a reward token gets it behind every text, whichever way the text came.</summary>
public sealed class RewardTokenInputTests : IDisposable
{
    private const int Reward = 5;

    private readonly SmallRewardModel files = new();
    private readonly RewardModel model;
    private readonly InputReader reader;

    public RewardTokenInputTests()
    {
        var path = Path.Combine(files.Folder, "config.json");
        var config = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        config["reward_token_id"] = Reward;
        File.WriteAllText(path, config.ToJsonString());
        File.Delete(Path.Combine(files.Folder, "assay.json"));
        model = RewardModel.Load(files.Folder);
        reader = new InputReader(model);
    }

    public void Dispose()
    {
        model.Dispose();
        files.Dispose();
    }

    [Fact]
    public void It_stands_behind_turns_rendered_plain_and_bare_texts()
    {
        var turns = SmallRewardModel.Turns("is water wet", "yes");
        var rendered = model.Encoder.Render(turns);
        Asked[] all =
        [
            new Asked.Turns("", turns),
            new Asked.PlainText("", rendered),
            new Asked.PlainText("", "is water wet"),
            new Asked.PlainText("", rendered, SpecialTokens.None),
        ];
        foreach (var asked in all)
        {
            var read = reader.Read(asked, null, truncates: false);
            Assert.Equal((Reward, read.Ids.Length - 1), (read.Ids[^1], read.ScoredPosition));
            Assert.NotEqual(Reward, read.Ids[^2]);
        }
        Assert.Equal(model.Encode(turns).Ids, reader.Read(all[0], null, truncates: false).Ids);
    }

    [Fact]
    public void A_cut_keeps_it()
    {
        var text = SmallRewardModel.Text(new Random(1), 40);
        foreach (
            var asked in new Asked[]
            {
                new Asked.PlainText("", text),
                new Asked.PlainText("", text, SpecialTokens.None),
                new Asked.Ids("", [.. Enumerable.Repeat(7, 20), Reward]),
            }
        )
        {
            var read = reader.Read(asked, 9, truncates: true);
            Assert.Equal((true, 9, Reward), (read.Truncated, read.Ids.Length, read.Ids[^1]));
        }
    }

    [Fact]
    public void Ids_that_do_not_end_with_it_are_refused()
    {
        Assert.Equal([7, 8, Reward], reader.Read(new Asked.Ids("ids", [7, 8, Reward]), null, truncates: false).Ids);
        var problem = Assert.Throws<ProblemException>(() => reader.Read(new Asked.Ids("ids", [7, 8]), null, truncates: false));
        Assert.Contains("the ids end with 8; this model's score is that of its reward token, 5", problem.Message, StringComparison.Ordinal);
    }
}
