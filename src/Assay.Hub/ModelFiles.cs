using System.Text.Json;
using System.Text.Json.Nodes;
using Assay.Ground.Files;

namespace Assay.Hub;

/// <summary>
/// Which of a model's files are needed. Weights are taken in the order in which a checkpoint's folder is read: safetensors, their shards,
/// <c>pytorch_model.bin</c>, its shards, one GGUF; without any, an adapter's.
/// </summary>
internal static class ModelFiles
{
    /// <summary>Vocabularies from before <c>tokenizer.json</c>, needed where that is not there.</summary>
    private static readonly string[] OlderVocabularies =
    [
        "tokenizer.model",
        "spiece.model",
        "spm.model",
        "sentencepiece.bpe.model",
        CheckpointFileNames.VocabularyLines,
        CheckpointFileNames.Vocabulary,
        CheckpointFileNames.Merges,
    ];

    private const string Index = ".index.json",
        Templates = CheckpointFileNames.ChatTemplates + "/";

    private static readonly string[] Text =
    [
        CheckpointFileNames.Config,
        CheckpointFileNames.AdapterConfig,
        CheckpointFileNames.Tokenizer,
        CheckpointFileNames.TokenizerConfig,
        CheckpointFileNames.SpecialTokens,
        CheckpointFileNames.AddedTokens,
        CheckpointFileNames.ChatTemplate,
        ModelFolderNames.Record,
    ];

    // What Assay says of a model: verdict, distribution of scores, rows it was trained on.
    private static readonly string[] Records = [ModelFolderNames.Gate, ModelFolderNames.ReferenceScores, ModelFolderNames.TrainingRows];

    /// <summary>All names but those of weights; a test compares them with what is read.</summary>
    internal static IEnumerable<string> Fetched => [.. Text, .. OlderVocabularies, .. Records];

    /// <summary>The files to fetch; of sharded weights the index, whose shards <see cref="ShardsOf"/> tells.</summary>
    /// <exception cref="HubException">There is no checkpoint in the repository that is read.</exception>
    public static IReadOnlyList<string> Choose(IReadOnlyCollection<string> names, ModelParts parts, HubName model)
    {
        if (!names.Contains(CheckpointFileNames.Config) && !names.Contains(CheckpointFileNames.AdapterConfig))
            throw new HubException(
                $"{model}: neither config.json nor {CheckpointFileNames.AdapterConfig} is in it, so it is no checkpoint of transformers; it has {Some(names)}"
            );
        var files = new List<string>(Text.Where(names.Contains));
        if (!names.Contains(CheckpointFileNames.Tokenizer))
            files.AddRange(OlderVocabularies.Where(names.Contains));
        files.AddRange(
            names
                .Where(name => name.StartsWith(Templates, StringComparison.Ordinal) && name.EndsWith(".jinja", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
        );
        // An adapter is small, and its configuration alone says little: it is taken whole.
        if (parts == ModelParts.Text && names.Contains(CheckpointFileNames.Config))
            return files;
        files.AddRange(Records.Where(names.Contains));
        files.AddRange(Weights(names, model));
        return files;
    }

    /// <summary>The shards that an index names.</summary>
    /// <param name="index">The index's path on disk.</param>
    /// <exception cref="HubException">It is no index, or names a file outside its folder.</exception>
    public static IReadOnlyList<string> ShardsOf(string index)
    {
        try
        {
            string[] shards =
            [
                .. JsonNode.Parse(File.ReadAllBytes(index))!["weight_map"]!
                    .AsObject()
                    .Select(entry => (string)entry.Value!)
                    .Distinct()
                    .Order(StringComparer.Ordinal),
            ];
            return shards.FirstOrDefault(shard => shard.AsSpan().IndexOfAny('/', '\\', ':') >= 0 || shard is "." or "..") is { } outside
                ? throw new HubException($"{index}: names the shard '{outside}', which is no file beside it")
                : shards;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or NullReferenceException or FormatException)
        {
            throw new HubException($"{index}: not an index of shards ({error.Message})", error);
        }
    }

    public static bool IsIndex(string file) => file is CheckpointFileNames.WeightIndex or CheckpointFileNames.PickledWeights + Index;

    /// <summary>Whether every file that is needed lies in a snapshot.</summary>
    public static bool AreWhole(string snapshot, IReadOnlyCollection<string> names, ModelParts parts, HubName model) =>
        Choose(names, parts, model)
            .All(file =>
                RepositoryCache.IsThere(Path.Combine(snapshot, file))
                && (
                    !IsIndex(file)
                    || ShardsOf(Path.Combine(snapshot, file)).All(shard => RepositoryCache.IsThere(Path.Combine(snapshot, shard)))
                )
            );

    /// <summary>
    /// Whether a snapshot whose commit nobody has listed will do: it may lack a file that is read where it is there, such as a template.
    /// </summary>
    public static bool WillDo(string snapshot, ModelParts parts)
    {
        if (!Directory.Exists(snapshot))
            return false;
        string[] names = [.. Directory.EnumerateFiles(snapshot).Where(RepositoryCache.IsThere).Select(file => Path.GetFileName(file))];
        if (!names.Contains(CheckpointFileNames.Tokenizer) && !OlderVocabularies.Any(names.Contains))
            return false;
        try
        {
            return AreWhole(snapshot, names, parts, new HubName(""));
        }
        catch (HubException)
        {
            return false;
        }
    }

    private static IEnumerable<string> Weights(IReadOnlyCollection<string> names, HubName model)
    {
        var weights = (
            (string[])
                [
                    CheckpointFileNames.Weights,
                    CheckpointFileNames.WeightIndex,
                    CheckpointFileNames.PickledWeights,
                    CheckpointFileNames.PickledWeights + Index,
                ]
        ).FirstOrDefault(names.Contains);
        if (weights is not null)
            return ((string[])[weights, .. First(names, "value_head.safetensors", "value_head.bin")]);
        if (
            names.Contains(CheckpointFileNames.AdapterConfig)
            && First(names, CheckpointFileNames.AdapterWeights, "adapter_model.bin") is { Count: > 0 } adapter
        )
            return adapter;
        string[] ggufs =
        [
            .. names
                .Where(name => name.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase) && !name.Contains('/'))
                .Order(StringComparer.Ordinal),
        ];
        return ggufs.Length == 1
            ? ggufs
            : throw new HubException(
                ggufs.Length == 0
                    ? $"{model}: no weights that are read are in it ({CheckpointFileNames.Weights} or {CheckpointFileNames.PickledWeights}, whole or in shards, one GGUF, or an adapter's); it has {Some(names)}"
                    : $"{model}: {ggufs.Length} GGUF files are in it ({Some(ggufs)}): fetch the one that is meant into a folder with config.json and the tokenizer's files, and name that file"
            );
    }

    private static List<string> First(IReadOnlyCollection<string> names, params string[] candidates) =>
        [.. candidates.Where(names.Contains).Take(1)];

    /// <summary>The first few names, for messages.</summary>
    internal static string Some(IReadOnlyCollection<string> names)
    {
        const int Most = 12;
        return names.Count == 0
            ? "no files"
            : string.Join(", ", names.Order(StringComparer.Ordinal).Take(Most))
                + (names.Count > Most ? $" and {names.Count - Most} more" : "");
    }
}
