using System.Text.Json;
using System.Text.Json.Nodes;
using Assay.Ground.Files;
using Assay.Models.Checkpoints;
using Assay.Models.Heads;
using Assay.Torch;

namespace Assay.Models.Adapters;

/// <summary>
/// Writes what a LoRA trained as PEFT's folder (<c>adapter_config.json</c>, <c>adapter_model.safetensors</c>), which
/// <see cref="RewardNetwork.Load"/> merges into its base model, and puts it back into a network to go on with.
/// </summary>
public static class AdapterFolder
{
    private const string Prefix = "base_model.model.";
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Writes both files, each to a temporary name and moved.</summary>
    /// <param name="network">A network with a LoRA.</param>
    /// <param name="folder">Made if need be.</param>
    /// <param name="baseModel">The folder of the model it was put on, as PEFT will open it.</param>
    /// <returns>What another program has to be told of it, one sentence each.</returns>
    /// <exception cref="InvalidOperationException">The network has no LoRA.</exception>
    public static IReadOnlyList<string> Save(RewardNetwork network, string folder, string baseModel)
    {
        var lora = network.Lora ?? throw new InvalidOperationException("the network has no LoRA");
        Directory.CreateDirectory(folder);
        SafetensorsWriter.Write(
            Path.Combine(folder, CheckpointFileNames.AdapterWeights),
            [
                .. network.Trained.Select(parameter =>
                    network.Rows is not null && network.ScoreLayer.Contains(parameter)
                        ? NetworkFolder.OneRow(Prefix + parameter.Name, network, parameter)
                        : NetworkFolder.ToWrite(Prefix + parameter.Name, parameter.Value)
                ),
            ]
        );
        HeadRowsFile.Save(network, folder);
        var config = new JsonObject
        {
            ["peft_type"] = "LORA",
            ["task_type"] = network.Output switch
            {
                NetworkOutput.Steps => "TOKEN_CLS",
                NetworkOutput.LanguageModel => "CAUSAL_LM",
                _ => "SEQ_CLS",
            },
            // A snapshot of the hub's cache lies elsewhere on another machine: there its name is looked for.
            ["base_model_name_or_path"] = HubSnapshot.Of(baseModel)?.Name ?? baseModel,
            ["revision"] = HubSnapshot.Of(baseModel)?.Commit,
            ["r"] = lora.Rank,
            ["lora_alpha"] = lora.Alpha == Math.Floor(lora.Alpha) ? (long)lora.Alpha : lora.Alpha,
            ["lora_dropout"] = 0.0,
            ["use_rslora"] = lora.IsRankStabilised,
            ["use_dora"] = false,
            ["bias"] = "none",
            ["fan_in_fan_out"] = network.Parameters.Any(parameter => parameter.LowRank is { IsTransposed: true }),
            ["target_modules"] = new JsonArray([.. lora.TargetModules.Select(name => (JsonNode)name)]),
            ["modules_to_save"] = new JsonArray([.. lora.ModulesToSave.Select(name => (JsonNode)name)]),
            ["rank_pattern"] = new JsonObject(),
            ["alpha_pattern"] = new JsonObject(),
            ["init_lora_weights"] = true,
            ["inference_mode"] = true,
        };
        OutputFile.Write(
            Path.Combine(folder, CheckpointFileNames.AdapterConfig),
            stream => stream.Write(JsonSerializer.SerializeToUtf8Bytes(config, Indented))
        );
        return network.Family.SavedAs is var (known, _)
            ?
            [
                $"{CheckpointFileNames.AdapterWeights}: the adapter names a {known.ModelType}'s layers, as {network.Family.ModelType} is read here; peft finds none of them in {baseModel}: to use it there, make a whole {known.ModelType} of it (assay merge)",
            ]
            : [];
    }

    /// <summary>Fills what is trained with the values of a folder that <see cref="Save"/> wrote of a network with the same LoRA.</summary>
    /// <exception cref="CheckpointException">A tensor is missing, misshapen or no number.</exception>
    public static void Restore(RewardNetwork network, string folder)
    {
        var path = Path.Combine(folder, CheckpointFileNames.AdapterWeights);
        using var file = SafetensorsFile.Open(path);
        var stored = file.Tensors.ToDictionary(tensor => tensor.Name);
        // The rows of its head are in their own file; here they stand as their sum.
        network.Collapse();
        foreach (var parameter in network.Trained)
        {
            if (!stored.Remove(Prefix + parameter.Name, out var tensor) || !tensor.Shape.SequenceEqual(parameter.Value.Shape))
                throw new CheckpointException(
                    $"{path}: {Prefix}{parameter.Name} [{string.Join(", ", parameter.Value.Shape)}] is missing or of another shape: the adapter is another one's, of other targets or of another rank"
                );
            if (tensor.Kind is not (ElementKind.F32 or ElementKind.F64))
                throw new CheckpointException($"{path}: {tensor.Name} is {tensor.Kind}, wanted F32");
            using var value = Tensor.FromBytes(
                file.RowBytes(tensor, 0, (int)TensorFile.RowCount(tensor)),
                tensor.Kind == ElementKind.F64 ? DType.Float64 : DType.Float32,
                [.. tensor.Shape]
            );
            if (!value.IsAllFinite())
                throw new CheckpointException($"{path}: {tensor.Name} is not finite");
            parameter.Value.CopyFrom(value);
        }
        if (stored.Count > 0)
            throw new CheckpointException($"{path}: {stored.Keys.First()} is not trained by this LoRA: the adapter is another one's");
        HeadRowsFile.Restore(network, folder);
    }
}
