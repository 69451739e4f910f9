using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Assay.Ground.Files;
using Assay.Models.Checkpoints;
using Assay.Models.Heads;
using Assay.Torch;

namespace Assay.Models;

/// <summary>Writes a network as a Hugging Face folder (config.json and safetensors).</summary>
public static class NetworkFolder
{
    // A stored parameter is read back in pieces of this size.
    private const int ChunkElements = 1 << 21;

    private static readonly JsonWriterOptions Indented = new() { Indented = true };

    /// <summary>
    /// Writes <c>config.json</c> and <c>model.safetensors</c> (sharded above <paramref name="shardBytes"/>) so that transformers'
    /// <c>AutoModelForSequenceClassification</c> opens the folder; a head of several rows as their weighted sum, the rows in
    /// <c>heads.safetensors</c>. Files are written to a temporary name and moved. Nothing else in the folder is touched.
    /// </summary>
    /// <param name="network">The network; weights are written in its type, the head in fp32 or fp64, a LoRA merged into them.</param>
    /// <param name="folder">Made if need be.</param>
    /// <param name="padTokenId">The tokenizer's pad token, by which transformers finds the last token of a batch's rows; null keeps the
    /// configuration's.</param>
    /// <param name="shardBytes">The most bytes of one weight file.</param>
    /// <returns>What was written otherwise than it was read, one sentence each.</returns>
    public static IReadOnlyList<string> Save(
        RewardNetwork network,
        string folder,
        int? padTokenId = null,
        long shardBytes = SafetensorsWriter.DefaultShardBytes
    )
    {
        Directory.CreateDirectory(folder);
        var notes = new List<string>();
        var savedAs = network.Family.SavedAs?.Family ?? network.Family;
        if (
            network.Parameters.FirstOrDefault(parameter =>
                parameter.Name == network.Family.HeadModule + ".bias" && !network.Family.HeadTensors.Contains(parameter.Name)
            ) is
            { } bias
        )
        {
            notes.Add(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{bias.Name} was written though transformers' {savedAs.SequenceClassifier} has none and leaves it out: its scores are lower by {bias.Value.ToDoubles()[0]:g6}, its margins the same"
                )
            );
        }
        var config = SavedConfig(network, padTokenId, notes);
        SafetensorsWriter.WriteModel(folder, [.. network.Parameters.Select(parameter => ToWrite(network, parameter))], shardBytes);
        HeadRowsFile.Save(network, folder);
        OutputFile.Write(
            Path.Combine(folder, CheckpointFileNames.Config),
            stream =>
            {
                using (var json = new Utf8JsonWriter(stream, Indented))
                    config.WriteTo(json);
                stream.WriteByte((byte)'\n');
            }
        );
        return notes;
    }

    /// <summary>A parameter for <see cref="SafetensorsWriter"/>; also for an optimiser's state under names of its own.</summary>
    public static TensorToWrite ToWrite(string name, Tensor tensor) =>
        new(name, Kind(tensor.DType), tensor.Shape, stream => ForEachPiece(tensor, stream.Write));

    // A LoRA is merged as it is written, one weight at a time.
    private static TensorToWrite ToWrite(RewardNetwork network, Parameter parameter) =>
        network.Rows is not null && network.ScoreLayer.Contains(parameter)
            ? OneRow(parameter.Name, network, parameter)
            : new(
                parameter.Name,
                Kind(parameter.Value.DType),
                parameter.Value.Shape,
                stream =>
                {
                    using var value = parameter.Merged();
                    ForEachPiece(value, stream.Write);
                }
            );

    /// <summary>A part of the head's last layer as one row, whatever rows it has.</summary>
    internal static TensorToWrite OneRow(string name, RewardNetwork network, Parameter parameter) =>
        new(
            name,
            Kind(parameter.Value.DType),
            [1, .. parameter.Value.Shape[1..]],
            stream =>
            {
                using var value = network.OneRow(parameter);
                ForEachPiece(value, stream.Write);
            }
        );

    private delegate void TakePiece(ReadOnlySpan<byte> bytes);

    private static void ForEachPiece(Tensor tensor, TakePiece take)
    {
        using var noGrad = new NoGrad();
        using var scope = new TensorScope();
        var flat = tensor.Detach().Reshape(-1);
        var count = tensor.ElementCount;
        var buffer = new byte[Math.Min(count, ChunkElements) * tensor.DType.ByteSize()];
        for (var at = 0L; at < count; at += ChunkElements)
        {
            using var piece = flat.Narrow(0, at, Math.Min(ChunkElements, count - at));
            var bytes = buffer.AsSpan(0, (int)piece.ByteCount);
            piece.CopyBytesTo(bytes);
            take(bytes);
        }
    }

    private static ElementKind Kind(DType dtype) =>
        dtype switch
        {
            DType.Float64 => ElementKind.F64,
            DType.Float32 => ElementKind.F32,
            DType.Float16 => ElementKind.F16,
            DType.BFloat16 => ElementKind.BF16,
            DType.Int64 => ElementKind.I64,
            DType.Int32 => ElementKind.I32,
            DType.Int16 => ElementKind.I16,
            DType.Int8 => ElementKind.I8,
            DType.UInt8 => ElementKind.U8,
            DType.Bool => ElementKind.Bool,
            _ => throw new ArgumentOutOfRangeException(nameof(dtype), dtype, null),
        };

    private static JsonObject SavedConfig(RewardNetwork network, int? padTokenId, List<string> notes)
    {
        var config = JsonObject.Create(network.Config.Root)!;
        if (network.Family.OtherModelTypes.Contains((string?)config["model_type"] ?? ""))
        {
            notes.Add(
                $"config.json: model_type {config["model_type"]} was written as {network.Family.ModelType}, which transformers knows"
            );
            config["model_type"] = network.Family.ModelType;
        }
        if (network.Family.SavedAs is var (savedAs, change))
        {
            notes.Add(
                $"config.json: transformers has no class for {network.Family.ModelType}; the model was written as a {savedAs.ModelType}, which computes the same and opens without code of its own"
            );
            change(network.Config, config);
            config["model_type"] = savedAs.ModelType;
        }
        config["architectures"] = new JsonArray((network.Family.SavedAs?.Family ?? network.Family).ClassOf(network.Output));
        string[] labels =
        [
            .. Enumerable
                .Range(
                    0,
                    network.Output switch
                    {
                        NetworkOutput.Steps => OutputHead.StepLabels,
                        NetworkOutput.Score => 1,
                        _ => 0,
                    }
                )
                .Select(label => $"LABEL_{label}"),
        ];
        foreach (var key in (string[])["num_labels", "id2label", "label2id"])
            config.Remove(key);
        if (labels.Length > 0)
        {
            config["id2label"] = new JsonObject([
                .. labels.Select((label, i) => KeyValuePair.Create(i.ToString(CultureInfo.InvariantCulture), (JsonNode?)label)),
            ]);
            config["label2id"] = new JsonObject([.. labels.Select((label, i) => KeyValuePair.Create(label, (JsonNode?)i))]);
        }
        else
        {
            config["tie_word_embeddings"] = network.HasTiedHead;
        }
        config.Remove("torch_dtype");
        config["dtype"] = network.DType switch
        {
            DType.Float64 => "float64",
            DType.Float16 => "float16",
            DType.BFloat16 => "bfloat16",
            _ => "float32",
        };
        if ((padTokenId ?? network.PadTokenId) is { } pad)
            config["pad_token_id"] = pad;
        ConvertRope(config, notes);
        return config;
    }

    /// <summary>transformers 4's rope_theta and rope_scaling become transformers 5's rope_parameters.</summary>
    private static void ConvertRope(JsonObject config, List<string> notes)
    {
        var theta = config["rope_theta"];
        var scaling = config["rope_scaling"] as JsonObject;
        if (theta is null && !config.ContainsKey("rope_scaling"))
            return;
        if (config.ContainsKey("rope_local_base_freq"))
            return; // two embeddings: transformers 5 reads the old keys by itself
        var rope = (scaling ?? config["rope_parameters"] as JsonObject)?.DeepClone().AsObject() ?? [];
        if (rope["type"] is { } oldName)
        {
            rope.Remove("type");
            rope.TryAdd("rope_type", oldName.DeepClone());
        }
        rope.TryAdd("rope_type", "default");
        if (theta is not null)
            rope.TryAdd("rope_theta", theta.DeepClone());
        config.Remove("rope_theta");
        config.Remove("rope_scaling");
        config["rope_parameters"] = rope;
        notes.Add("config.json: rope_theta and rope_scaling were written as rope_parameters, the form of transformers 5");
    }
}
