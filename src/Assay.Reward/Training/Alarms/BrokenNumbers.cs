using Assay.Models;
using Assay.Torch;
using Assay.Torch.Optim;

namespace Assay.Reward.Training.Alarms;

/// <summary>
/// Where the first number that is none came from, once a loss or a gradient is: looked for row by row, since the run is over. Gradients are
/// lost.
/// </summary>
internal static class BrokenNumbers
{
    /// <summary>A sentence on the place, and the rows that have it; the rows as given where none has it by itself.</summary>
    public static (string Where, IReadOnlyList<int> Rows) Find(RewardNetwork network, ITrainingTask task, IReadOnlyList<int> rows)
    {
        var spoiled = network
            .Parameters.Concat(network.Trained)
            .FirstOrDefault(parameter => !parameter.Value.ToDoubles().All(double.IsFinite))
            is { } weight
            ? $"; the weight {weight.Name} is not finite"
            : "";
        var (broken, where) = (new List<int>(), "");
        foreach (var row in rows)
        {
            var found =
                network.FirstNonFinite(() => task.Forward([row])) is { } module ? $"first in the output of {module}"
                : GradientOf(network, task, row) is { } name ? $"first in the gradient of {name}"
                : task.FaultOf(row);
            if (found is null)
                continue;
            if (broken.Count == 0)
                where = found;
            broken.Add(row);
        }
        return broken.Count > 0 ? (where + spoiled, broken) : ("and no row gives it by itself" + spoiled, rows);
    }

    // The backward goes from the head down: of the weights whose gradient is broken the last is where it began.
    private static string? GradientOf(RewardNetwork network, ITrainingTask task, int row)
    {
        Tensor[] weights = [.. network.Trained.Select(parameter => parameter.Value)];
        Gradients.Clear(weights);
        using var scope = new TensorScope();
        var output = task.Forward([row]);
        var gradient = new double[task.NumbersOf(row)];
        task.Loss([row], [output.ToDoubles()], [gradient]);
        output.Backward(Tensor.From(gradient, output.Shape).To(output.DType).To(output.Device));
        var found = network.Trained.LastOrDefault(parameter => !double.IsFinite(Gradients.Norm([parameter.Value])))?.Name;
        Gradients.Clear(weights);
        return found;
    }
}
