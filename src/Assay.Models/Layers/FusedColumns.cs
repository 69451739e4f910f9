using Assay.Torch;

namespace Assay.Models.Layers;

/// <summary>
/// The parts of what one fused projection gives, such as queries, keys and values. Its columns are [group][part][width]; one group where
/// the parts simply follow each other, one for each head where a head's parts lie together. The result is divided and not the weight, which
/// so stays one tensor, trained and saved as the checkpoint has it.
/// </summary>
internal sealed class FusedColumns(int groups, params int[] widths)
{
    /// <summary>Columns of the whole.</summary>
    public int Width => groups * widths.Sum();

    /// <summary>[rows, width of the whole] → for each part [rows, groups * its width], groups in their order.</summary>
    public Tensor[] Split(Tensor fused)
    {
        var grouped = fused.Reshape(fused.Shape[0], groups, widths.Sum());
        var (parts, start) = (new Tensor[widths.Length], 0L);
        for (var part = 0; part < parts.Length; start += widths[part], part++)
            parts[part] = grouped.Narrow(2, start, widths[part]).Reshape(fused.Shape[0], groups * widths[part]);
        return parts;
    }
}
