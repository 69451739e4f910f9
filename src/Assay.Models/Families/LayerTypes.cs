using Assay.Models.Checkpoints;

namespace Assay.Models.Families;

/// <summary>Which layers see a sliding window: the keys <c>layer_types</c> and <c>sliding_window</c> of transformers.</summary>
internal static class LayerTypes
{
    /// <summary>The window of each layer, 0 for none.</summary>
    /// <param name="file">The configuration.</param>
    /// <param name="layers">How many layers.</param>
    /// <param name="window">The window of the layers that have one, 0: there is none.</param>
    /// <param name="isSliding">Which layers have one where <c>layer_types</c> is absent.</param>
    public static int[] Windows(ConfigFile file, int layers, int window, Func<int, bool> isSliding)
    {
        if (file.TextList("layer_types") is not { } types)
            return [.. Enumerable.Range(0, layers).Select(layer => isSliding(layer) ? window : 0)];
        if (types.Count != layers)
            throw file.Wrong("layer_types", $"one entry for each of the {layers} layers");
        if (types.Any(type => type is not ("full_attention" or "sliding_attention")))
            throw file.Wrong("layer_types", "\"full_attention\" or \"sliding_attention\" for each layer");
        if (window == 0 && types.Contains("sliding_attention"))
            throw file.Wrong("layer_types", "\"full_attention\" everywhere, since there is no sliding_window in effect");
        return [.. types.Select(type => type == "sliding_attention" ? window : 0)];
    }

    /// <summary>The windows of Qwen 2 and 3: where they are used at all, from layer <c>max_window_layers</c> on.</summary>
    public static int[] WindowsFrom(ConfigFile file, int layers)
    {
        var from = file.Integer("max_window_layers", least: 0) ?? 28;
        return Windows(file, layers, WindowIfUsed(file, absent: 4096), layer => layer >= from);
    }

    /// <summary><c>sliding_window</c>: how many keys a query sees, its own among them. 0 for null: none.</summary>
    public static int Window(ConfigFile file, int absent) =>
        file.Integer("sliding_window", least: 1) ?? (file.Holds("sliding_window") ? 0 : absent);

    /// <summary>The same where it counts only with <c>use_sliding_window</c>, which is false by default.</summary>
    public static int WindowIfUsed(ConfigFile file, int absent) =>
        Window(file, absent) is var window && file.Flag("use_sliding_window", absent: false) ? window : 0;
}
