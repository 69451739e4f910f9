using Assay.Reward.Tests.Training;

namespace Assay.Reward.Tests.DataParallel;

/// <summary>Recorded runs in double precision, and what several processes made of them.</summary>
internal static class RankedGoldens
{
    /// <summary>As TrajectoryTests has it for one process.</summary>
    private const double DoubleLimit = 1e-11;

    /// <summary>All of them; the last once more with the moments divided, so that sums go to their owners alone.</summary>
    public const string InDouble =
        "a_default,b_margin,c_center,d_accumulate,d2_accumulate_uneven,e_cosine_decay_clip,f_lora,g_bert,h_text_pad_eos,e_cosine_decay_clip"
        + RankHost.Zero
        + ",f_lora"
        + RankHost.Zero;

    /// <param name="cases">Micro-batches of all.</param>
    public static void Demand(Dictionary<string, RankedOutcome> outcomes, int cases, ITestOutputHelper output) =>
        Differences(outcomes, output).AssertNone(cases);

    public static Failures Differences(Dictionary<string, RankedOutcome> outcomes, ITestOutputHelper output)
    {
        var failures = new Failures();
        foreach (var (name, outcome) in outcomes)
        {
            var run = RecordedRun.Read(name.Replace(RankHost.Zero, "", StringComparison.Ordinal));
            var worst = 0.0;
            foreach (var (step, update) in run.Trajectory["steps"]!.AsArray().Zip(outcome.Updates))
            {
                failures.Near(
                    step!["fp64"]!["grad_norm"]!.GetValue<double>(),
                    update.GradNorm,
                    DoubleLimit * update.GradNorm,
                    $"{name} step {update.Step} grad_norm"
                );
                foreach (var (wanted, got) in step["fp64"]!["micro_batches"]!.AsArray().Zip(update.Batches))
                {
                    failures.Case();
                    failures.Sequence(
                        wanted!["rows"]?.Integers() ?? got.Rows.Select(row => run.RowOf[row]),
                        got.Rows.Select(row => run.RowOf[row]),
                        $"{name} step {update.Step} rows"
                    );
                    failures.Near(wanted["loss"]!.GetValue<double>(), got.Loss, DoubleLimit, $"{name} step {update.Step} loss");
                    double[] chosen = wanted["chosen"]!.Doubles(),
                        rejected = wanted["rejected"]!.Doubles();
                    for (var i = 0; i < chosen.Length; i++)
                    {
                        worst = Math.Max(worst, Math.Abs(chosen[i] - rejected[i] - (got.Chosen[i] - got.Rejected[i])));
                        failures.Near(
                            chosen[i] - rejected[i],
                            got.Chosen[i] - got.Rejected[i],
                            DoubleLimit,
                            $"{name} step {update.Step} chosen - rejected"
                        );
                    }
                }
            }
            output.WriteLine($"{name}: {outcome.Updates.Count} steps, largest difference of chosen - rejected {worst:G2}");
        }
        return failures;
    }
}
