namespace Assay.Models.Checkpoints;

/// <summary>
/// Experts that stand in two tensors for all, as transformers 5 holds them in memory: <c>experts.gate_up_proj</c> [experts, 2 * inner,
/// hidden] and <c>experts.down_proj</c> [experts, hidden, inner]. Each expert's part is read, and saved, under the name that published
/// files give it.
/// </summary>
internal static class FusedExperts
{
    private const string GateUp = ".experts.gate_up_proj";
    private const string Down = ".experts.down_proj";

    /// <summary>The tensor's parts with their names; the tensor itself where it is none of these two.</summary>
    /// <param name="name">The family's name for it.</param>
    /// <param name="tensor">As stored.</param>
    /// <param name="gate">What an expert's gate is called, behind its number and a dot.</param>
    /// <param name="up">What its up projection is called.</param>
    /// <param name="down">What its down projection is called.</param>
    public static IEnumerable<(string Name, StoredTensor Tensor)> Parts(
        string name,
        StoredTensor tensor,
        string gate,
        string up,
        string down
    )
    {
        var isGateUp = name.EndsWith(GateUp, StringComparison.Ordinal);
        string[] names = isGateUp ? [gate, up] : [down];
        if (
            (!isGateUp && !name.EndsWith(Down, StringComparison.Ordinal))
            || tensor.Shape.Count != 3
            || tensor.ElementCount == 0
            || tensor.Shape[1] % names.Length != 0
        )
            return [(name, tensor)];
        var experts = checked((int)tensor.Shape[0]);
        var bytes = tensor.ByteCount / experts / names.Length;
        return Enumerable
            .Range(0, experts * names.Length)
            .Select(part =>
                (
                    $"{name[..name.LastIndexOf('.')]}.{part / names.Length}.{names[part % names.Length]}",
                    new StoredTensor(
                        $"{tensor.Name}[{part / names.Length}]",
                        tensor.Kind,
                        [tensor.Shape[1] / names.Length, tensor.Shape[2]],
                        bytes,
                        tensor.File
                    )
                    {
                        Offset = tensor.Offset + (part * bytes),
                    }
                )
            );
    }
}
