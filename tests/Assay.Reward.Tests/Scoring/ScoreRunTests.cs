using System.Text.Json.Nodes;
using Assay.Data;
using Assay.Reward.Scoring;
using Assay.Testing;

namespace Assay.Reward.Tests.Scoring;

public sealed class ScoreRunTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("assay-score-").FullName;
    private readonly FakeScorer _byLength = new(conversation =>
        conversation.Text is "refuse" ? new Refusal("over_length", "too long") : conversation.Text!.Length
    );

    private string Input => Path.Combine(_folder, "in.jsonl");

    private string Output => Path.Combine(_folder, "out.jsonl");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Lines_come_out_in_input_order_with_row_and_id()
    {
        File.WriteAllLines(Input, ["""{"id": "a", "text": "four"}""", """{"prompt": "p", "chosen": "long", "rejected": "s"}"""]);
        Assert.Equal(
            new ScoreSummary(2, 0, 0, []),
            new ScoreRun(_byLength, "model").Run([Input], Output, ScoreStart.Fresh) with
            {
                FirstErrors = [],
            }
        );
        Assert.Equal(
            ["""{"row":1,"id":"a","score":4}""", """{"row":2,"chosen_score":5,"rejected_score":2,"margin":3}"""],
            File.ReadAllLines(Output)
        );
        Assert.Equal([Input, Output], Directory.GetFiles(_folder).Order());
    }

    [Fact]
    public void A_row_that_cannot_be_scored_has_its_error_and_its_neighbours_have_their_scores()
    {
        File.WriteAllLines(
            Input,
            [
                """{"text": "a"}""",
                """{"text": "refuse"}""",
                "not json",
                """{"text": "abc"}""",
                """{"prompt": "", "chosen": "ab", "rejected": "refuse"}""",
            ]
        );
        Assert.Equal(3, new ScoreRun(_byLength, "model").Run([Input], Output, ScoreStart.Fresh).Failed);
        JsonNode[] lines = [.. File.ReadLines(Output).Select(line => JsonNode.Parse(line)!)];
        Assert.Equal([1.0, 3.0], new[] { lines[0], lines[3] }.Select(line => line["score"]!.GetValue<double>()));
        Assert.Equal("over_length: too long", lines[1]["error"]!.GetValue<string>());
        Assert.NotNull(lines[2]["error"]);
        Assert.Equal("rejected: over_length: too long", lines[4]["error"]!.GetValue<string>());
    }

    [Fact]
    public void A_stopped_run_goes_on_to_the_same_file_as_an_uninterrupted_one()
    {
        File.WriteAllLines(Input, Enumerable.Range(1, 1000).Select(i => $$"""{"text": "{{new string('x', i % 7)}}"}"""));
        new ScoreRun(_byLength, "model").Run([Input], Output, ScoreStart.Fresh);
        var whole = File.ReadAllLines(Output);
        File.Delete(Output);

        using var stop = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() =>
            new ScoreRun(_byLength, "model").Run([Input], Output, ScoreStart.Fresh, _ => stop.Cancel(), stop.Token)
        );
        Assert.False(File.Exists(Output));
        File.AppendAllText(Output + ".partial", """{"row":257,"sco"""); // as a kill in the middle of a line leaves it
        var resumed = new ScoreRun(_byLength, "model").Run([Input], Output, ScoreStart.Resume);
        Assert.Equal(256, resumed.Resumed);
        Assert.Equal(whole, File.ReadAllLines(Output));
    }

    [Fact]
    public void A_partial_file_of_another_model_is_refused_and_so_is_one_nobody_asked_to_resume()
    {
        File.WriteAllLines(Input, Enumerable.Repeat("""{"text": "a"}""", 600));
        using var stop = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() =>
            new ScoreRun(_byLength, "model").Run([Input], Output, ScoreStart.Fresh, _ => stop.Cancel(), stop.Token)
        );
        Assert.Contains(
            "another model",
            Assert.Throws<RewardException>(() => new ScoreRun(_byLength, "other").Run([Input], Output, ScoreStart.Resume)).Message
        );
        Assert.Contains(
            "--resume",
            Assert.Throws<RewardException>(() => new ScoreRun(_byLength, "model").Run([Input], Output, ScoreStart.Fresh)).Message
        );
    }
}
