using Assay.Cli.Training;
using Assay.Reward.Training;

namespace Assay.Cli.Tests.Training;

[Collection("console")]
public sealed class TrainProgressTests
{
    private static UpdateReport Update(long step, double loss = 0.6931, bool isLogged = false) =>
        new()
        {
            Step = step,
            TotalSteps = 12_345,
            MicroBatches = [new BatchScores([0, 1], [1.25, 0.5], [0.25, 0.75], loss)],
            Loss = loss,
            GradNorm = 1,
            LearningRate = 1e-4,
            Epoch = 0.1,
            TokenCount = 1000,
            IsLogged = isLogged,
            UpdatesHere = step,
            Trained = (step * 8, step * 12_000, TimeSpan.FromSeconds(step * 1.5)),
        };

    [Theory]
    [InlineData(30)]
    [InlineData(59)]
    [InlineData(79)]
    [InlineData(119)]
    public void The_live_line_fits_with_its_time_left(int width)
    {
        var line = TrainProgress.Line([Update(9_999)], width);
        Assert.InRange(line.Length, 1, width);
        Assert.StartsWith("step 9999/12345", line);
        Assert.EndsWith("ETA 58m 39s", line);
    }

    [Fact]
    public void At_eighty_columns_loss_accuracy_margin_and_speed_are_there_too()
    {
        var line = TrainProgress.Line([Update(9_999)], 79);
        foreach (var part in new[] { "loss 0.6931", "acc 0.500", "margin 0.375", "5.33 pairs/s" })
            Assert.Contains(part, line);
        Assert.DoesNotContain("tokens/s", line);
        Assert.Contains("tokens/s", TrainProgress.Line([Update(9_999)], 200));
    }

    [Fact]
    public void Curves_go_beside_their_figures_where_there_is_room()
    {
        string[] curves =
        [
            "\u2588\u2588\u2587\u2586\u2585\u2584\u2583\u2582\u2581\u2581",
            "\u2581\u2581\u2582\u2583\u2584\u2585\u2586\u2587\u2588\u2588",
            "\u2581\u2582\u2582\u2583\u2583\u2584\u2584\u2586\u2587\u2588",
        ];
        Assert.Contains(
            $"loss 0.6931  {curves[0]}  acc 0.500  {curves[1]}  margin 0.375  {curves[2]}",
            TrainProgress.Line([Update(9_999)], 160, curves: curves)
        );
        Assert.Equal(TrainProgress.Line([Update(9_999)], 79), TrainProgress.Line([Update(9_999)], 79, curves: curves));
    }

    [Fact]
    public void A_curve_falls_where_its_values_fall_however_many_there_are()
    {
        foreach (var count in new[] { 2, 9, 10, 11, 255, 256, 257, 5000 })
        {
            var curve = new Sparkline();
            for (var i = 0; i < count; i++)
                curve.Add(count - i);
            var drawn = curve.ToString();
            Assert.Equal(Math.Min(count, Sparkline.Width), drawn.Length);
            Assert.Equal(drawn, string.Concat(drawn.OrderDescending()));
            Assert.Equal(('\u2588', '\u2581'), (drawn[0], drawn[^1]));
        }
        var flat = new Sparkline();
        flat.Add(1);
        Assert.Equal("", flat.ToString());
        flat.Add(double.NaN);
        flat.Add(1);
        Assert.Equal("\u2581\u2581", flat.ToString());
    }

    [Fact]
    public void A_log_gets_a_line_for_each_line_of_the_training_log_with_means_since_the_one_before()
    {
        var before = Console.Error;
        using var written = new StringWriter();
        Console.SetError(written);
        try
        {
            var progress = new TrainProgress(TimeProvider.System, TrainingReader.Log);
            foreach (
                var update in new[]
                {
                    Update(1, 0.8),
                    Update(2, 0.6, isLogged: true),
                    Update(3, 0.4),
                    Update(4, 0.2, isLogged: true),
                    Update(5),
                }
            )
                progress.Observer.Updated!(update);
        }
        finally
        {
            Console.SetError(before);
        }
        var lines = written.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
        Assert.StartsWith("step 2/12345  loss 0.7000  acc 0.500  margin 0.375", lines[0]);
        Assert.StartsWith("step 4/12345  loss 0.3000", lines[1]);
        Assert.All(lines, line => Assert.Matches(@"pairs/s .* ETA \d", line), throwIfEmpty: true);
    }
}
