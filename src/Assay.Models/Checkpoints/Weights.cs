namespace Assay.Models.Checkpoints;

/// <summary>
/// A cursor over a checkpoint's tensors, at the module with this prefix. Reading checks the shape and marks the tensor;
/// <see cref="WeightSource.Close"/> reports all that was missing, misshapen or left unread at once, so that a model's constructor is also
/// the list of its tensors.
/// </summary>
internal sealed class Weights
{
    private readonly WeightSource _source;
    private readonly string _prefix;

    internal Weights(WeightSource source, string prefix = "")
    {
        _source = source;
        _prefix = prefix;
    }

    /// <summary>The cursor at a module below this one.</summary>
    public Weights At(string module) => new(_source, $"{_prefix}{module}.");

    /// <summary>Reads a tensor of the base model.</summary>
    public Parameter Read(string name, params ReadOnlySpan<long> shape) =>
        _source.Read(_prefix + name, shape.ToArray(), ParameterRole.Body, null);

    /// <summary>Whether a tensor is stored.</summary>
    public bool Has(string name) => _source.Has(_prefix + name);

    /// <summary>Compares a key of a GGUF's metadata, where the weights are one, with what the configuration says.</summary>
    public void Prove(string ggufKey, string configKey, double wanted) => _source.Prove(ggufKey, configKey, wanted);

    /// <summary>Leaves a tensor out that some checkpoints hold though their configuration has no use for it.</summary>
    public void Skip(string name) => _source.Skip(_prefix + name);

    /// <summary>
    /// Reads a tensor that a base checkpoint lacks: drawn when a fresh head was asked for, normal with this deviation, or zeros for 0.
    /// </summary>
    public Parameter ReadOrDraw(string name, double deviation, ParameterRole role, params ReadOnlySpan<long> shape) =>
        ReadOrDraw(name, deviation > 0 ? FreshValues.Normal(deviation) : FreshValues.Zeros, role, shape);

    /// <summary>The same, begun with other values.</summary>
    public Parameter ReadOrDraw(string name, FreshValues.Draw draw, ParameterRole role, params ReadOnlySpan<long> shape) =>
        _source.Read(_prefix + name, shape.ToArray(), role, draw);
}
