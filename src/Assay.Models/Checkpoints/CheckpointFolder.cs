using System.Text;
using System.Text.Json;
using Assay.Ground.Files;

namespace Assay.Models.Checkpoints;

/// <summary>
/// Folders as people really have them: what a path stands for that is no checkpoint's folder, and the command that mends it.
/// </summary>
public static class CheckpointFolder
{
    private const string PointerStart = "version https://git-lfs.github.com/spec/";

    /// <summary>
    /// The folder that is meant: that of a weight file, the one snapshot of a model in Hugging Face's cache, else the path itself.
    /// </summary>
    /// <exception cref="CheckpointException">A cache of which it cannot be told which model or snapshot is meant.</exception>
    public static string Of(string path)
    {
        if (File.Exists(path))
            return Path.GetDirectoryName(Path.GetFullPath(path))!;
        return File.Exists(Path.Combine(path, CheckpointFileNames.Config)) ? path : Snapshot(path) ?? path;
    }

    /// <summary>Whether a folder is a model's: it has a configuration, or is an adapter over one that has.</summary>
    public static bool IsModel(string folder) =>
        File.Exists(Path.Combine(folder, CheckpointFileNames.Config))
        || File.Exists(Path.Combine(folder, CheckpointFileNames.AdapterConfig));

    /// <summary>
    /// Refuses a file that is only the pointer which Git LFS leaves in place of a large one, or that has no bytes at all.
    /// </summary>
    /// <exception cref="CheckpointException">It is.</exception>
    public static void DemandContent(string path)
    {
        using var stream = File.OpenRead(path);
        var head = new byte[PointerStart.Length];
        var read = stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        if (read == 0)
            throw new CheckpointException(
                $"{path}: the file is empty (0 bytes); it was not downloaded or copied to its end: fetch it again"
            );
        if (Encoding.ASCII.GetString(head, 0, read) == PointerStart)
            throw new CheckpointException(
                $"{path}: this is a Git LFS pointer, not the file itself: run 'git lfs install && git lfs pull' in {Path.GetDirectoryName(Path.GetFullPath(path))}"
            );
    }

    /// <summary>What to say of a folder that has no <c>config.json</c>, or nothing more than that.</summary>
    internal static string WhyNoConfiguration(string folder)
    {
        if (Adapter(folder) is { } adapter)
            return adapter;
        if (Models(folder) is { Length: > 0 } models)
            return $"{folder}: this is Hugging Face's cache, of {models.Length} models: name one of them, such as {Path.Combine(folder, models[0])}";
        var below = Directory.Exists(folder)
            ? Directory
                .EnumerateDirectories(folder)
                .Where(inner => File.Exists(Path.Combine(inner, CheckpointFileNames.Config)))
                .Order(StringComparer.Ordinal)
                .ToArray()
            : [];
        return $"{Path.Combine(folder, CheckpointFileNames.Config)}: not found; a checkpoint's folder needs its config.json{(below.Length > 0 ? $"; {below[0]} has one: name that folder" : "")}";
    }

    /// <summary>What to say of a folder that has no weights that are read.</summary>
    internal static string WhyNoWeights(string folder)
    {
        if (Adapter(folder) is { } adapter)
            return adapter;
        string[] shards = Files(folder, "model-*-of-*.safetensors"),
            incomplete = Files(folder, "*.incomplete");
        if (shards.Length > 0)
            return $"{folder}: holds shards ({Path.GetFileName(shards[0])}, …) and no model.safetensors.index.json, which says what is in which: download the folder again, whole";
        if (incomplete.Length > 0)
            return $"{incomplete[0]}: the download was not finished: start it again";
        string[] pickles = [.. Files(folder, "*.bin"), .. Files(folder, "*.pt"), .. Files(folder, "*.pth")];
        return pickles.Length > 0
            ? $"{pickles[0]}: a pickle can run any code when it is opened, so only pytorch_model.bin is read, without running it. {HowToConvert(folder)}"
            : $"{folder}: no weights; wanted model.safetensors or pytorch_model.bin, either's .index.json with its shards, or one .gguf file";
    }

    /// <summary>The command that makes safetensors of a pickle.</summary>
    internal static string HowToConvert(string folder) =>
        "Save the model as safetensors, where you trust the file: "
        + $"python -c \"from transformers import AutoModelForSequenceClassification as M; M.from_pretrained('{folder}').save_pretrained('{folder}-safetensors')\" (and copy the tokenizer's files)";

    /// <summary>Whether a folder has whole weights in one of the forms that are read.</summary>
    public static bool HasWeights(string folder) =>
        Directory.Exists(folder)
        && (
            Files(folder, "model*.safetensors*").Length > 0
            || Files(folder, "pytorch_model*.bin*").Length > 0
            || Files(folder, "*.gguf").Length > 0
        );

    /// <summary>
    /// Whether nothing in a folder was meant to be weights, of whatever form: what <c>check</c> fetches of a model of the hub.
    /// </summary>
    internal static bool IsText(string folder) =>
        !File.Exists(Path.Combine(folder, CheckpointFileNames.AdapterConfig))
        && ((string[])["*.safetensors*", "*.bin*", "*.pt", "*.pth", "*.gguf", "*.incomplete"]).All(pattern =>
            Files(folder, pattern).Length == 0
        );

    /// <summary>What lies beside whole weights and was not applied; null where there is nothing.</summary>
    internal static string? AdapterBeside(string folder)
    {
        var adapters = Files(folder, "adapter_model.*");
        return adapters.Length == 0 && !File.Exists(Path.Combine(folder, CheckpointFileNames.AdapterConfig))
            ? null
            : $"{(adapters.Length > 0 ? adapters[0] : Path.Combine(folder, CheckpointFileNames.AdapterConfig))}: an adapter lies beside whole weights; it was not applied. If it is not merged into them yet, merge it (peft: merge_and_unload) and save the result to a folder of its own";
    }

    private static string? Adapter(string folder)
    {
        var path = Path.Combine(folder, CheckpointFileNames.AdapterConfig);
        if (!File.Exists(path))
            return null;
        string? origin = null;
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            if (
                document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("base_model_name_or_path", out var named)
                && named.ValueKind == JsonValueKind.String
            )
                origin = named.GetString();
        }
        catch (JsonException)
        {
            // What it is an adapter of stays unsaid.
        }
        return $"{folder}: holds an adapter (adapter_config.json){(origin is null ? "" : $" of {origin}")} and not the model's own weights, nor is that model at hand. Merge it: python -c \"from peft import AutoPeftModelForSequenceClassification as M; "
            + $"M.from_pretrained('{folder}', num_labels=1).merge_and_unload().save_pretrained('{folder}-merged')\" (and copy the tokenizer's files)";
    }

    /// <summary>
    /// The snapshot of a model's folder in Hugging Face's cache (<c>models--ORGANISATION--NAME</c> with <c>snapshots</c>, or the folder of
    /// snapshots); null for another folder.
    /// </summary>
    private static string? Snapshot(string path)
    {
        var all =
            Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path))) == "snapshots"
                ? path
                : Path.Combine(path, "snapshots");
        if (!Directory.Exists(all))
            return null;
        string[] snapshots = [.. Directory.EnumerateDirectories(all).Order(StringComparer.Ordinal)];
        if (snapshots.Length == 1)
            return snapshots[0];
        var main = Path.Combine(Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(all)))!, "refs", "main");
        var newest = File.Exists(main) ? Path.Combine(all, File.ReadAllText(main).Trim()) : null;
        throw new CheckpointException(
            snapshots.Length == 0
                ? $"{path}: a model of Hugging Face's cache without a snapshot: its download was not finished, start it again"
                : $"{path}: a model of Hugging Face's cache with {snapshots.Length} snapshots: name the one that is meant: {string.Join(", ", snapshots.Select(snapshot => snapshot + (snapshot == newest ? " (main)" : "")))}"
        );
    }

    private static string[] Models(string folder) =>
        !Directory.Exists(folder)
            ? []
            :
            [
                .. Directory
                    .EnumerateDirectories(folder, "models--*")
                    .Select(inner => Path.GetFileName(inner))
                    .Order(StringComparer.Ordinal),
            ];

    private static string[] Files(string folder, string pattern) =>
        [.. Directory.EnumerateFiles(folder, pattern).Order(StringComparer.Ordinal)];
}
