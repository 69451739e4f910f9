using System.Collections.Concurrent;
using System.Diagnostics;
using Assay.Reward;
using Assay.Reward.Scoring;
using static Assay.Serving.Tests.SmallRewardModel;

namespace Assay.Serving.Tests;

public sealed class LibraryTests
{
    private const float BatchRounding = 2e-5f;

    [Fact]
    public async Task Files_are_scored_as_they_are_read_in_order_and_a_bad_row_says_why()
    {
        using var files = new SmallRewardModel();
        using var model = RewardModel.Load(files.Folder);
        string[] lines =
        [
            .. Enumerable
                .Range(0, 300)
                .Select(i =>
                    $$"""{"id": "r{{i}}", "messages": [{"role": "user", "content": "is water wet"}, {"role": "assistant", "content": "{{SmallRewardModel.Text(new Random(i), 1 + (i % 9))}}"}]}"""
                ),
        ];
        lines[7] = "{";
        File.WriteAllLines(files["one.jsonl"], lines);
        File.WriteAllLines(
            files["two.jsonl"],
            [
                """{"prompt": [{"role": "user", "content": "is"}], "chosen": [{"role": "assistant", "content": "yes"}], "rejected": [{"role": "assistant", "content": "no never"}]}""",
            ]
        );
        var rows = new List<ScoredRow>();
        await foreach (var row in model.ScoreFilesAsync([files["one.jsonl"], files["two.jsonl"]]))
            rows.Add(row);
        Assert.Equal(Enumerable.Range(1, 301).Select(line => (long)line), rows.Select(row => row.Line));
        Assert.NotNull(rows[7].Error);
        Assert.Empty(rows[7].Outcomes);
        Assert.Equal("r299", rows[299].Id);
        using var alone = RewardModel.Load(files.Folder);
        Assert.Equal(
            alone.Score([Turns("is water wet", SmallRewardModel.Text(new Random(250), 1 + (250 % 9)))])[0].Score,
            rows[250].Outcomes.Single().Score,
            BatchRounding
        );
        Assert.Equal(
            [alone.Score([Turns("is", "yes")])[0].Score, alone.Score([Turns("is", "no never")])[0].Score],
            rows[300].Outcomes.Select(outcome => outcome.Score),
            (a, b) => Math.Abs(a - b) < BatchRounding
        );
    }

    [Fact]
    public async Task Leaving_the_loop_or_cancelling_ends_it_and_a_missing_file_is_an_error()
    {
        using var files = new SmallRewardModel();
        using var model = RewardModel.Load(files.Folder);
        File.WriteAllLines(files["rows.jsonl"], Enumerable.Repeat("""{"text": "is water wet"}""", 1000));
        await foreach (var row in model.ScoreFilesAsync([files["rows.jsonl"]]))
            if (row.Line == 3)
                break;
        using var stop = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var row in model.ScoreFilesAsync([files["rows.jsonl"]], cancellationToken: stop.Token))
                await stop.CancelAsync();
        });
        await Assert.ThrowsAnyAsync<IOException>(async () =>
        {
            await foreach (var _ in model.ScoreFilesAsync([files["nowhere.jsonl"]])) { }
        });
    }

    [Fact]
    public async Task A_request_is_an_activity_below_its_caller_s_and_a_batch_is_linked_to_it()
    {
        using var files = new SmallRewardModel();
        using var model = RewardModel.Load(files.Folder);
        var seen = new ConcurrentBag<Activity>();
        using var source = new ActivitySource("Assay.Serving.Tests");
        using var listener = new ActivityListener
        {
            ShouldListenTo = one => one.Name is ScoringMetrics.ActivitySourceName or "Assay.Serving.Tests",
            Sample = (ref _) => ActivitySamplingResult.AllData,
            ActivityStopped = seen.Add,
        };
        ActivitySource.AddActivityListener(listener);
        ActivityTraceId trace;
        using (var queue = new ScoringQueue(model))
        {
            using var caller = source.StartActivity("caller")!;
            trace = caller.TraceId;
            await queue.ScoreAsync([Turns("is", "yes"), Turns("is", "no")]);
        }
        var request = Assert.Single(seen, activity => activity.OperationName == "assay.scoring.request" && activity.TraceId == trace);
        Assert.Equal(2, request.GetTagItem("assay.scoring.sequences"));
        Assert.Contains(
            seen,
            activity => activity.OperationName == "assay.scoring.batch" && activity.Links.Any(link => link.Context.SpanId == request.SpanId)
        );
    }
}
