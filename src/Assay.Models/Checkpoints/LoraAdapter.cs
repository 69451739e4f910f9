using Assay.Ground.Files;

namespace Assay.Models.Checkpoints;

/// <summary>
/// A LoRA adapter as PEFT saves it (<c>adapter_config.json</c>, <c>adapter_model.safetensors</c>): for each module it changes A [r, in] and
/// B [out, r], so that the weight becomes W + B A alpha / r (arXiv 2106.09685), alpha / sqrt(r) with <c>use_rslora</c> (2312.03732), and
/// the modules that were trained whole. Names and forms: peft, utils/save_and_load.py and tuners/lora/layer.py.
/// </summary>
internal sealed class LoraAdapter : IDisposable
{
    private const string Prefix = "base_model.model.",
        Saved = ".modules_to_save.default.";

    // Each makes of an adapter something else than a product added to a matrix; what is null, false, "none", [] or {} is not used.
    private static readonly string[] Unread =
    [
        "use_dora",
        "lora_bias",
        "rank_pattern",
        "alpha_pattern",
        "layer_replication",
        "trainable_token_indices",
        "target_parameters",
        "alora_invocation_tokens",
        "use_qalora",
        "bias",
    ];

    private readonly Dictionary<string, (StoredTensor? A, StoredTensor? B)> _products = [];

    private LoraAdapter(TensorFile file, string baseFolder) => (File, BaseFolder) = (file, baseFolder);

    /// <summary>The adapter's weights.</summary>
    public TensorFile File { get; }

    /// <summary>Where the base model lies.</summary>
    public string BaseFolder { get; }

    /// <summary>What B A is multiplied by.</summary>
    public double Scale { get; private init; }

    /// <summary>Whether the base's matrices stand [in, out], as GPT-2's.</summary>
    public bool IsTransposed { get; private init; }

    /// <summary>By the base model's names of the weights.</summary>
    public IEnumerable<(string Name, StoredTensor A, StoredTensor B)> Products =>
        _products.Select(entry => (entry.Key + ".weight", entry.Value.A!, entry.Value.B!));

    /// <summary>Tensors that take the place of the base model's, by its names: the score head.</summary>
    public List<(string Name, StoredTensor Tensor)> Whole { get; } = [];

    /// <summary>The adapter in a folder, or null where there is none.</summary>
    /// <exception cref="CheckpointException">It is of a form that is not read, damaged, or its base model is not at hand.</exception>
    public static LoraAdapter? In(string folder)
    {
        string configPath = Path.Combine(folder, CheckpointFileNames.AdapterConfig),
            weights = Path.Combine(folder, CheckpointFileNames.AdapterWeights),
            pickled = Path.Combine(folder, "adapter_model.bin");
        if (!System.IO.File.Exists(configPath))
            return null;
        var config = ConfigFile.Open(configPath);
        if (config.Text("peft_type") is not "LORA")
            throw config.Wrong("peft_type", "\"LORA\"; merge other adapters with peft (merge_and_unload) and save the result");
        foreach (var key in Unread)
            if (IsUsed(config, key))
                throw config.Wrong(
                    key,
                    "none of it: only plain LoRA is merged here; merge with peft (merge_and_unload) and save the result"
                );
        double rank = config.Integer("r", least: 1) ?? 8,
            alpha = config.Positive("lora_alpha", 8);
        if (!System.IO.File.Exists(weights) && !System.IO.File.Exists(pickled))
            throw new CheckpointException(
                $"{folder}: {CheckpointFileNames.AdapterConfig} without adapter_model.safetensors: download the folder again, whole"
            );
        var baseFolder = FindBase(folder, config);
        var adapter = new LoraAdapter(System.IO.File.Exists(weights) ? SafetensorsFile.Open(weights) : TorchFile.Open(pickled), baseFolder)
        {
            Scale = alpha / (config.Flag("use_rslora", absent: false) ? Math.Sqrt(rank) : rank),
            IsTransposed = config.Flag("fan_in_fan_out", absent: false),
        };
        try
        {
            adapter.Sort((long)rank);
            return adapter;
        }
        catch
        {
            adapter.Dispose();
            throw;
        }
    }

    public void Dispose() => File.Dispose();

    private static bool IsUsed(ConfigFile config, string key) =>
        config.Root.TryGetProperty(key, out var value)
        && value.GetRawText().Trim() is not ("null" or "false" or "\"none\"" or "[]" or "{}");

    /// <summary>
    /// The path as it stands, from the adapter's folder, a folder of the model's name beside it, or a model of that name on the hub.
    /// </summary>
    private static string FindBase(string folder, ConfigFile config)
    {
        var named = config.Text("base_model_name_or_path") ?? throw config.Wrong("base_model_name_or_path", "the base model's folder");
        var beside = Path.Combine(folder, "..", Path.GetFileName(Path.TrimEndingDirectorySeparator(named)));
        string[] places = [Path.GetFullPath(Path.Combine(folder, named)), Path.GetFullPath(named), Path.GetFullPath(beside)];
        string? here = places
                .Select(CheckpointFolder.Of)
                .FirstOrDefault(place =>
                    System.IO.File.Exists(Path.Combine(place, CheckpointFileNames.Config))
                    && !Path.GetFullPath(place).Equals(folder, StringComparison.Ordinal)
                ),
            why = null;
        try
        {
            if ((here ?? HubSnapshot.Find?.Invoke(named, config.Text("revision"))) is { } found)
                return found;
        }
        catch (IOException error)
        {
            why = $" ({error.Message})";
        }
        throw new CheckpointException(
            CheckpointFolder.WhyNoWeights(folder) + $". Or put the base model into {places[2]}, then it is merged as it is loaded{why}"
        );
    }

    private void Sort(long rank)
    {
        foreach (var tensor in File.Tensors)
        {
            if (!tensor.Name.StartsWith(Prefix, StringComparison.Ordinal))
                throw new CheckpointException($"{File.Path}: {tensor.Name} does not begin with {Prefix}: not an adapter of PEFT");
            var name = tensor
                .Name[Prefix.Length..]
                .Replace(".lora_A.default.", ".lora_A.", StringComparison.Ordinal)
                .Replace(".lora_B.default.", ".lora_B.", StringComparison.Ordinal);
            if (name.EndsWith(".lora_A.weight", StringComparison.Ordinal) && tensor.Shape is [var rows, _] && rows == rank)
                Put(name, tensor, isA: true);
            else if (name.EndsWith(".lora_B.weight", StringComparison.Ordinal) && tensor.Shape is [_, var columns] && columns == rank)
                Put(name, tensor, isA: false);
            else if (name.Contains(".lora_", StringComparison.Ordinal))
                throw new CheckpointException(
                    $"{File.Path}: {tensor.Name} [{string.Join(", ", tensor.Shape)}] is not one of two matrices of rank {rank}, which {CheckpointFileNames.AdapterConfig} says"
                );
            else
                Whole.Add((name.Replace(Saved, ".", StringComparison.Ordinal), tensor));
        }
        foreach (var (module, (a, b)) in _products)
            if (a is null || b is null)
                throw new CheckpointException($"{File.Path}: {Prefix}{module} has only one of lora_A and lora_B");
    }

    private void Put(string name, StoredTensor tensor, bool isA)
    {
        var module = name[..^".lora_A.weight".Length];
        var (a, b) = _products.GetValueOrDefault(module);
        _products[module] = isA ? (tensor, b) : (a, tensor);
    }
}
