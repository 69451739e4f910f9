using Assay.Ground.Files;

namespace Assay.Models.Checkpoints;

/// <summary>
/// A checkpoint on disk: its configuration and the files that hold its tensors, opened and proven but not read. Named by its folder or by a
/// GGUF file in it. In a folder <c>model.safetensors</c> is taken before its sharded form, that before <c>pytorch_model.bin</c> and its
/// shards, as transformers does, and all of them before a GGUF.
/// </summary>
public sealed class Checkpoint : IDisposable
{
    private readonly Dictionary<string, (TensorFile File, StoredTensor Tensor)> _byName = [];

    private Checkpoint(string folder, ConfigFile config, IReadOnlyList<TensorFile> files)
    {
        Folder = folder;
        Config = config;
        Files = files;
        Tensors = [.. files.SelectMany(file => file.Tensors)];
        foreach (var file in files)
        foreach (var tensor in file.Tensors)
            if (!_byName.TryAdd(tensor.Name, (file, tensor)))
                throw new CheckpointException(
                    $"{file.Path}: {tensor.Name} is also in {_byName[tensor.Name].File.Path}: one tensor, two files"
                );
    }

    /// <summary>Full path of the folder.</summary>
    public string Folder { get; }

    public ConfigFile Config { get; }

    /// <summary>The weight files: one, or the shards; none of a configuration alone.</summary>
    public IReadOnlyList<TensorFile> Files { get; }

    /// <summary>Every stored tensor, in the files' order.</summary>
    public IReadOnlyList<StoredTensor> Tensors { get; }

    /// <summary>What is to be said of the folder, one sentence each.</summary>
    public IReadOnlyList<string> Remarks =>
        [
            .. CheckpointFolder.AdapterBeside(Folder) is { } beside ? new[] { beside } : [],
            .. Adapter is null
                ? Array.Empty<string>()
                : [$"{Adapter.File.Path}: an adapter; it was merged into {Folder} as that was loaded, and a saved model is whole"],
        ];

    /// <summary>What is to be added to the weights; null where they stand for themselves.</summary>
    internal LoraAdapter? Adapter { get; private init; }

    /// <summary>The first weight file, for messages about the weights as a whole.</summary>
    public string WeightPath => Files[0].Path;

    /// <exception cref="CheckpointException">Something in the folder is missing, damaged or of a form that is not read.</exception>
    /// <exception cref="IOException">There is no such folder or file, or it cannot be read.</exception>
    public static Checkpoint Open(string given)
    {
        var path = Path.GetFullPath(given);
        if (File.Exists(path))
        {
            if (!path.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase))
                throw new CheckpointException(
                    $"{path}: this is a file; a checkpoint is a folder with config.json and weights{(File.Exists(Path.Combine(Path.GetDirectoryName(path)!, CheckpointFileNames.Config)) ? $", here {Path.GetDirectoryName(path)}" : "")}, or a .gguf file with config.json beside it"
                );
            var beside = Path.GetDirectoryName(path)!;
            return new Checkpoint(beside, ConfigFile.Open(Path.Combine(beside, CheckpointFileNames.Config)), [GgufFile.Open(path)]);
        }
        if (!Directory.Exists(path))
            throw new DirectoryNotFoundException(
                $"{path}: no such folder or file; a checkpoint is a Hugging Face folder or a .gguf file{Hub(given)}"
            );
        path = CheckpointFolder.Of(path);
        if (File.Exists(Path.Combine(path, CheckpointFileNames.AdapterConfig)) && !CheckpointFolder.HasWeights(path))
            return OpenAdapted(path);
        if (!File.Exists(Path.Combine(path, CheckpointFileNames.Config)))
            throw new CheckpointException(CheckpointFolder.WhyNoConfiguration(path));
        var config = ConfigFile.Open(Path.Combine(path, CheckpointFileNames.Config));
        return new Checkpoint(path, config, WithValueHead(path, OpenWeights(path)));
    }

    /// <summary>
    /// As <see cref="Open"/>, but a folder with a configuration and nothing that was meant to be weights is a checkpoint without tensors:
    /// for who asks the configuration alone.
    /// </summary>
    /// <inheritdoc cref="Open"/>
    internal static Checkpoint OpenConfiguration(string given)
    {
        var folder = Directory.Exists(given) ? CheckpointFolder.Of(Path.GetFullPath(given)) : given;
        var path = Path.Combine(folder, CheckpointFileNames.Config);
        return !File.Exists(given) && File.Exists(path) && CheckpointFolder.IsText(folder)
            ? new Checkpoint(folder, ConfigFile.Open(path), [])
            : Open(given);
    }

    public void Dispose()
    {
        foreach (var file in Files)
            file.Dispose();
        Adapter?.Dispose();
    }

    private static Checkpoint OpenAdapted(string folder)
    {
        var adapter = LoraAdapter.In(folder)!;
        try
        {
            using var whole = Open(adapter.BaseFolder);
            if (whole.Adapter is not null)
                throw new CheckpointException(
                    $"{adapter.File.Path}: an adapter over an adapter ({adapter.BaseFolder}); merge that one first"
                );
            return new Checkpoint(whole.Folder, whole.Config, WithValueHead(whole.Folder, OpenWeights(whole.Folder))) { Adapter = adapter };
        }
        catch
        {
            adapter.Dispose();
            throw;
        }
    }

    /// <summary>LLaMA-Factory saves a reward model's head beside the language model's weights.</summary>
    private static IReadOnlyList<TensorFile> WithValueHead(string folder, IReadOnlyList<TensorFile> files)
    {
        string path = Path.Combine(folder, "value_head.safetensors"),
            pickled = Path.Combine(folder, "value_head.bin");
        if (!File.Exists(path) && !File.Exists(pickled))
            return files;
        try
        {
            return [.. files, File.Exists(path) ? SafetensorsFile.Open(path) : TorchFile.Open(pickled)];
        }
        catch
        {
            foreach (var file in files)
                file.Dispose();
            throw;
        }
    }

    private static IReadOnlyList<TensorFile> OpenWeights(string folder)
    {
        var single = Path.Combine(folder, CheckpointFileNames.Weights);
        if (File.Exists(single))
            return [SafetensorsFile.Open(single)];
        var index = Path.Combine(folder, CheckpointFileNames.WeightIndex);
        if (File.Exists(index))
            return Shards.Open(index, SafetensorsFile.Open);
        var pickled = Path.Combine(folder, CheckpointFileNames.PickledWeights);
        if (File.Exists(pickled))
            return [TorchFile.Open(pickled)];
        if (File.Exists(pickled + ".index.json"))
            return Shards.Open(pickled + ".index.json", TorchFile.Open);
        string[] ggufs = [.. Directory.EnumerateFiles(folder, "*.gguf").Order(StringComparer.Ordinal)];
        if (ggufs.Length == 1)
            return [GgufFile.Open(ggufs[0])];
        if (ggufs.Length > 1)
            throw new CheckpointException(
                $"{folder}: holds {ggufs.Length} GGUF files ({string.Join(", ", ggufs.Select(Path.GetFileName))}); name the one that is meant"
            );
        throw new CheckpointException(CheckpointFolder.WhyNoWeights(folder));
    }

    // "organisation/name" is what the hub calls a model; nothing is fetched from there.
    private static string Hub(string given) =>
        given.Count(letter => letter == '/') == 1 && !Path.IsPathRooted(given) && !given.StartsWith('.') && !given.EndsWith('/')
            ? $"; if a model of the Hugging Face hub is meant, fetch it first: hf download {given} --local-dir {Path.GetFileName(given)}"
            : "";
}
