using Assay.Reward.Objectives;
using Assay.Reward.Training.Pairs;
using Assay.Testing;

namespace Assay.Reward.Tests.Training;

public class EvaluationMetricsTests
{
    /// <summary>The recorded averages were taken of the same fp32 scores in fp64; TRL's own log of them in fp32.</summary>
    private const double Double = 1e-6;

    [SharedFact]
    public void Ties_and_unequal_batches_average_as_recorded_both_ways()
    {
        var golden = TrainingGoldens.Read("reward", "k_eval_ties.json");
        var batches = golden["batches"]!.AsArray();
        float[] chosen = [.. batches.SelectMany(b => b!["chosen"]!.Floats())],
            rejected = [.. batches.SelectMany(b => b!["rejected"]!.Floats())];
        var metrics = EvaluationMetrics.Of(chosen, rejected, 5, new BradleyTerry().MeanLoss(chosen, rejected));
        var averages = golden["averages"]!;
        var log = golden["log"]!;
        var failures = new Failures();
        foreach (
            var (wanted, got) in new (string, double)[]
            {
                ("accuracy_batch_mean", metrics.BatchMeans["accuracy"]),
                ("accuracy_sample_mean_ties_half", metrics.Accuracy),
                ("ties", metrics.Ties),
                ("margin_batch_mean", metrics.BatchMeans["margin"]),
                ("margin_sample_mean", metrics.Margin),
                ("loss_sample_mean", metrics.Loss),
                ("min_reward_batch_mean", metrics.BatchMeans["min_reward"]),
                ("min_reward_all", metrics.MinReward),
                ("mean_reward_batch_mean", metrics.BatchMeans["mean_reward"]),
                ("mean_reward_all", metrics.MeanReward),
                ("max_reward_batch_mean", metrics.BatchMeans["max_reward"]),
                ("max_reward_all", metrics.MaxReward),
            }
        )
        {
            failures.Case();
            failures.Near(averages[wanted]!.GetValue<double>(), got, Double, wanted);
        }
        foreach (var name in (string[])["accuracy", "margin", "min_reward", "mean_reward", "max_reward"])
        {
            failures.Case();
            failures.Near(log["eval_" + name]!.GetValue<double>(), metrics.BatchMeans[name], Double, "eval_" + name);
        }
        failures.AssertNone(17);
    }
}
