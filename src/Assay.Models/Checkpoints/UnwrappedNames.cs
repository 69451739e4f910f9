namespace Assay.Models.Checkpoints;

/// <summary>
/// Tensors' names without what wrappers put into them when a model was saved out of one: torch.compile's <c>_orig_mod.</c>, FSDP's and
/// activation checkpointing's, DeepSpeed-Chat's <c>rwtransformer.</c> and trl's <c>pretrained_model.</c>, wherever they stand, since no
/// module of a model is called so; and the <c>module.</c> of data parallel where every name begins with it.
/// </summary>
internal sealed class UnwrappedNames
{
    private const string DataParallel = "module.";

    private static readonly string[] Wrappers =
    [
        "_orig_mod.",
        "_fsdp_wrapped_module.",
        "_checkpoint_wrapped_module.",
        "rwtransformer.",
        "pretrained_model.",
    ];

    private readonly bool _isDataParallel;
    private readonly HashSet<string> _removed = [];

    public UnwrappedNames(IEnumerable<string> names)
    {
        string[] all = [.. names];
        foreach (var wrapper in Wrappers)
            if (all.Any(name => name.Contains(wrapper, StringComparison.Ordinal)))
                _removed.Add(wrapper);
        _isDataParallel = all.Length > 0 && all.All(name => WithoutWrappers(name).StartsWith(DataParallel, StringComparison.Ordinal));
        if (_isDataParallel)
            _removed.Add(DataParallel);
    }

    /// <summary>What was taken off, for a remark.</summary>
    public IReadOnlyCollection<string> Removed => _removed;

    public string Of(string name) => _isDataParallel ? WithoutWrappers(name)[DataParallel.Length..] : WithoutWrappers(name);

    private static string WithoutWrappers(string name) =>
        Wrappers.Aggregate(name, (shorter, wrapper) => shorter.Replace(wrapper, "", StringComparison.Ordinal));
}
