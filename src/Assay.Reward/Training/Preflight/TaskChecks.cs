using System.Diagnostics;
using System.Globalization;
using Assay.Models;
using Assay.Torch;
using Assay.Torch.Optim;

namespace Assay.Reward.Training.Preflight;

/// <summary>
/// What can be told of any task before it is trained, by one forward and backward of a few rows. No weight is changed; gradients are
/// dropped.
/// </summary>
internal static class TaskChecks
{
    /// <summary>Three times ln 2: as wrong as being sure of the wrong side of most.</summary>
    private static readonly double HighestLoss = 3 * Math.Log(2);

    /// <param name="network">As it will be trained.</param>
    /// <param name="task">What is trained.</param>
    /// <param name="rows">Few enough to go through at once.</param>
    /// <param name="numbers">What the network gives, in words.</param>
    public static (IReadOnlyList<PreflightFinding> Findings, TimeSpan Time) Run(
        RewardNetwork network,
        ITrainingTask task,
        IReadOnlyList<int> rows,
        string numbers
    )
    {
        var (loss, norm, time) = Measure(network, task, rows);
        var seen = string.Create(CultureInfo.InvariantCulture, $"the loss at start is {loss:0.0000} (ln 2 is 0.6931)");
        return (
            [
                loss <= HighestLoss
                    ? new("loss_at_start", true, seen)
                    : new(
                        "loss_at_start",
                        false,
                        $"{seen}: the {numbers} say the opposite of the labels, and loudly. Look whether the labels are exchanged, or the head's weights are far too large"
                    ),
                Trainable("trainable", norm),
            ],
            time
        );
    }

    /// <summary>Whether a gradient reaches what is trained.</summary>
    /// <param name="check">The finding's name.</param>
    /// <param name="norm">Of the gradient.</param>
    public static PreflightFinding Trainable(string check, double norm) =>
        norm > 0 && double.IsFinite(norm)
            ? new(check, true, string.Create(CultureInfo.InvariantCulture, $"a gradient reaches what is trained (norm {norm:G3})"))
            : new(
                check,
                false,
                string.Create(CultureInfo.InvariantCulture, $"no gradient reaches what is trained (norm {norm:G3}): nothing can be learned")
            );

    /// <summary>The mean loss of rows, its gradient's norm, and how long a forward and backward took once everything was warm.</summary>
    public static (double Loss, double Norm, TimeSpan Time) Measure(RewardNetwork network, ITrainingTask task, IReadOnlyList<int> rows)
    {
        Pass();
        var clock = Stopwatch.StartNew();
        var (loss, norm) = Pass();
        return (loss, norm, clock.Elapsed);

        (double Loss, double Norm) Pass()
        {
            Tensor[] weights = [.. network.Trained.Select(parameter => parameter.Value)];
            Gradients.Clear(weights);
            using var scope = new TensorScope();
            var output = task.Forward(rows);
            var values = output.ToDoubles();
            var (given, at) = (new List<double[]>(), 0);
            foreach (var count in rows.Select(task.NumbersOf))
            {
                given.Add(values[at..(at + count)]);
                at += count;
            }
            double[][] gradient = [.. given.Select(of => new double[of.Length])];
            var (sum, terms) = (task.Loss(rows, given, gradient), rows.Sum(task.TermsOf));
            output.Backward(
                Tensor.From([.. gradient.SelectMany(of => of).Select(by => by / terms)], output.Shape).To(output.DType).To(output.Device)
            );
            var found = Gradients.Norm(weights);
            Gradients.Clear(weights);
            return (sum / terms, found);
        }
    }
}
