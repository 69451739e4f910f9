using Assay.Torch;

namespace Assay.Models.Layers;

/// <summary>
/// A sparse mixture of experts (arXiv 2101.03961, 2401.04088): a router's softmax over all experts chooses the best few for each token,
/// whose outputs are added up by their probabilities. The router learns through these. Each expert sees only the rows that chose it.
/// </summary>
/// <param name="router">Its weight [experts, hidden]; no bias.</param>
/// <param name="experts">All of them.</param>
/// <param name="chosen">How many a token takes.</param>
/// <param name="isRenormalised">Whether the probabilities of a token's experts are made to sum to 1.</param>
internal sealed class ExpertMixture(Linear router, IReadOnlyList<IFeedForward> experts, int chosen, bool isRenormalised) : IFeedForward
{
    public Tensor Forward(Tensor x, Tensor? residual = null)
    {
        var rows = (int)x.Shape[0];
        var logits = router.Forward(x);
        var probabilities = (logits.DType == DType.BFloat16 ? logits.To(DType.Float32) : logits).Softmax(); // [rows, experts]
        var choice = Choose(probabilities); // [rows * chosen], by row
        var weights = probabilities
            .Reshape(-1, 1)
            .SelectRows([.. choice.Select((expert, at) => (at / chosen * experts.Count) + expert)])
            .Reshape(rows, chosen);
        if (isRenormalised)
            weights /= weights.Sum(-1).Reshape(-1, 1);

        // The experts' outputs stand one after another; place says where the output for (row, choice) is.
        var outputs = new List<Tensor>();
        var place = new int[choice.Length];
        var next = 0;
        for (var expert = 0; expert < experts.Count; expert++)
        {
            int[] mine = [.. Enumerable.Range(0, choice.Length).Where(at => choice[at] == expert)];
            if (mine.Length == 0)
                continue;
            foreach (var at in mine)
                place[at] = next++;
            outputs.Add(experts[expert].Forward(x.SelectRows([.. mine.Select(at => at / chosen)])));
        }
        var gathered = Tensor.Cat(0, outputs).SelectRows(place).Reshape(rows, chosen, -1); // [rows, chosen, hidden]
        var mixed = (gathered * weights.To(x.DType).Reshape(rows, chosen, 1)).Sum(1); // [rows, hidden]
        return residual is null ? mixed : residual + mixed;
    }

    /// <summary>The best experts of each row, best first; of equals the one that stands first.</summary>
    private int[] Choose(Tensor probabilities)
    {
        var values = probabilities.Detach().ToDoubles();
        var all = Enumerable.Range(0, experts.Count).ToArray();
        return
        [
            .. Enumerable
                .Range(0, (int)probabilities.Shape[0])
                .SelectMany(row => all.OrderByDescending(expert => values[(row * all.Length) + expert]).Take(chosen)),
        ];
    }
}
