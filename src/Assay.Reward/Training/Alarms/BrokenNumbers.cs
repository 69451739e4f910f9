using Assay.Models;
using Assay.Models.Packing;
using Assay.Torch;

namespace Assay.Reward.Training.Alarms;

/// <summary>Where the first number that is none came from, once a loss or a gradient is: looked for pair by pair, since the run is over. Gradients are lost.</summary>
internal static class BrokenNumbers
{
    /// <summary>A sentence on the place, and the rows that have it; the rows as given where no pair has it by itself.</summary>
    public static (string Where, IReadOnlyList<EncodedPair> Rows) Find(RewardNetwork network, IReadOnlyList<EncodedPair> pairs)
    {
        var spoiled = network.Parameters.Concat(network.Trained).FirstOrDefault(parameter => !parameter.Value.ToDoubles().All(double.IsFinite)) is { } weight ? $"; the weight {weight.Name} is not finite" : "";
        var (rows, where) = (new List<EncodedPair>(), "");
        foreach (var pair in pairs)
        {
            var batch = PackedBatch.FromPairs([(pair.Chosen, pair.Rejected)], network.Packing);
            var found = network.FirstNonFinite(batch) is { } module ? $"first in the output of {module}" : GradientOf(network, batch, pair.Margin ?? 0) is { } name ? $"first in the gradient of {name}" : null;
            if (found is null && pair.Margin is { } margin && !float.IsFinite(margin)) found = $"the row's margin is {margin}";
            if (found is null) continue;
            if (rows.Count == 0) where = found;
            rows.Add(pair);
        }
        return rows.Count > 0 ? (where + spoiled, rows) : ("and no pair gives it by itself" + spoiled, pairs);
    }

    // The backward goes from the head down: of the weights whose gradient is broken the last is where it began.
    private static string? GradientOf(RewardNetwork network, PackedBatch batch, float margin)
    {
        Tensor[] weights = [.. network.Trained.Select(parameter => parameter.Value)];
        Gradients.Clear(weights);
        using var scope = new TensorScope();
        var scores = network.Score(batch);
        var values = scores.ToDoubles();
        var towards = -1 / (1 + Math.Exp(values[0] - values[1] - margin));
        scores.Backward(Tensor.From([towards, -towards], scores.Shape).To(scores.DType).To(scores.Device));
        var found = network.Trained.LastOrDefault(parameter => !double.IsFinite(Gradients.Norm([parameter.Value])))?.Name;
        Gradients.Clear(weights);
        return found;
    }
}
