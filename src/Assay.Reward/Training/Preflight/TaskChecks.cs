using System.Diagnostics;
using System.Globalization;
using Assay.Models;
using Assay.Torch;

namespace Assay.Reward.Training.Preflight;

/// <summary>What can be told of any task before it is trained, by one forward and backward of a few rows. No weight is changed; gradients are dropped.</summary>
internal static class TaskChecks
{
    /// <summary>Three times ln 2: as wrong as being sure of the wrong side of most.</summary>
    private static readonly double HighestLoss = 3 * Math.Log(2);

    /// <param name="network">As it will be trained.</param>
    /// <param name="task">What is trained.</param>
    /// <param name="rows">Few enough to go through at once.</param>
    /// <param name="numbers">What the network gives, in words.</param>
    public static (IReadOnlyList<PreflightFinding> Findings, TimeSpan Time) Run(RewardNetwork network, ITrainingTask task, IReadOnlyList<int> rows, string numbers)
    {
        Pass();
        var clock = Stopwatch.StartNew();
        var (loss, norm) = Pass();
        var time = clock.Elapsed;
        var seen = string.Create(CultureInfo.InvariantCulture, $"the loss at start is {loss:0.0000} (ln 2 is 0.6931)");
        return ([
            loss <= HighestLoss ? new("loss_at_start", true, seen) : new("loss_at_start", false, $"{seen}: the {numbers} say the opposite of the labels, and loudly. Look whether the labels are exchanged, or the head's weights are far too large"),
            norm > 0 && double.IsFinite(norm) ? new("trainable", true, string.Create(CultureInfo.InvariantCulture, $"a gradient reaches what is trained (norm {norm:G3})"))
                : new("trainable", false, string.Create(CultureInfo.InvariantCulture, $"no gradient reaches what is trained (norm {norm:G3}): nothing can be learned")),
        ], time);

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
            output.Backward(Tensor.From([.. gradient.SelectMany(of => of).Select(by => by / terms)], output.Shape).To(output.DType).To(output.Device));
            var found = Gradients.Norm(weights);
            Gradients.Clear(weights);
            return (sum / terms, found);
        }
    }
}
