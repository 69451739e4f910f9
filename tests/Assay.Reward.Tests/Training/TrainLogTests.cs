using Assay.Data.Records;
using Assay.Reward.Training;
using Assay.Reward.Training.Following;
using Assay.Reward.Training.Settings;

namespace Assay.Reward.Tests.Training;

/// <summary>What of a log stays when its run goes on.</summary>
public sealed class TrainLogTests : IDisposable
{
    private static readonly string[] s_lines =
    [
        """{"loss":0.7,"grad_norm":1,"step":4}""",
        """{"loss":0.6,"grad_norm":1,"step":5}""",
        """{"eval_loss":0.65,"eval_accuracy":0.5,"step":5}""",
        """{"alarm":"the evaluation's","name":"spread_collapse","step":5}""",
        """{"loss":0.5,"grad_norm":1,"step":6}""",
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("assay-log-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(false, 4)]
    [InlineData(true, 2)]
    public void A_checkpoint_from_within_an_evaluation_leaves_the_line_to_the_run_that_goes_on(bool owesEvaluation, int kept)
    {
        // A run went on from step 5, wrote the evaluation, and was stopped before another checkpoint.
        var path = Path.Combine(_folder, LogLine.FileName);
        File.WriteAllLines(path, s_lines);
        var context = new LogContext(_folder, new TrainingSettings { ReportTo = [] }, 5, TimeProvider.System, null)
        {
            OwesEvaluation = owesEvaluation,
        };

        new TrainLog(context).Dispose();

        Assert.Equal(s_lines[..kept], File.ReadLines(path));
    }
}
