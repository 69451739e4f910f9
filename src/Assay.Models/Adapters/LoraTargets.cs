using System.Text.RegularExpressions;
using Assay.Models.Checkpoints;

namespace Assay.Models.Adapters;

/// <summary>
/// Which modules of a network a LoRA changes and which it trains whole, by PEFT's rules (0.21, tuners_utils.py and utils/constants.py): a
/// target is a whole name or its end at a dot; the head and what else is trained whole is never one. What PEFT leaves out without a word, a
/// name that no layer has, is refused.
/// </summary>
internal static partial class LoraTargets
{
    private const string AllLinear = "all-linear";
    private const int MostListed = 12;

    // PEFT's choice where no targets are given. Families that it does not list get the same in their own names: queries and values, or
    // where they are fused the projection of all three.
    private static readonly Dictionary<string, string[]> OfFamily = new()
    {
        ["bert"] = ["query", "value"],
        ["roberta"] = ["query", "value"],
        ["xlm-roberta"] = ["query", "value"],
        ["deberta-v2"] = ["query_proj", "value_proj"],
        ["gpt2"] = ["c_attn"],
        ["gpt_neox"] = ["query_key_value"],
        ["falcon"] = ["query_key_value"],
        ["phi3"] = ["qkv_proj"],
        ["modernbert"] = ["Wqkv"],
    };

    /// <summary>The modules' weights that get a pair, in the network's order.</summary>
    /// <exception cref="CheckpointException">A name is that of no linear layer, or of one whose LoRA is not built.</exception>
    public static IReadOnlyList<Parameter> Of(RewardNetwork network, LoraOptions options, IReadOnlySet<Parameter> trainedWhole)
    {
        Parameter[] open = [.. network.Parameters.Where(parameter => parameter.Matrix is not null && !trainedWhole.Contains(parameter))];
        // In transformers 5 the experts of a mixture are one tensor and the router is no linear layer: neither is reached by a layer's
        // name.
        Parameter[] linear = [.. open.Where(parameter => !IsOfMixture(parameter.Module))];
        var given =
            options.TargetModules.Count > 0
                ? [.. options.TargetModules]
                : OfFamily.GetValueOrDefault(network.Family.ModelType, ["q_proj", "v_proj"]);
        if (given is [var one] && one.Equals(AllLinear, StringComparison.OrdinalIgnoreCase))
            return linear;
        foreach (var name in given)
        {
            if (linear.Any(parameter => IsNamed(parameter.Module, name)))
                continue;
            throw new CheckpointException(
                $"lora_target_modules: '{name}' {WhyNot(network, open, name)}; the linear layers of this {network.Family.ModelType} end in {Listed(linear)} (or give {AllLinear})"
            );
        }
        return [.. linear.Where(parameter => given.Any(name => IsNamed(parameter.Module, name)))];
    }

    /// <summary>The tensors that are trained whole: the head, what was drawn when the network was loaded, and the modules named.</summary>
    /// <exception cref="CheckpointException">A name is that of no module.</exception>
    public static IReadOnlySet<Parameter> TrainedWhole(RewardNetwork network, LoraOptions options)
    {
        foreach (var name in options.ModulesToSave)
        {
            if (!network.Parameters.Any(parameter => IsInside(parameter.Module, name)))
                throw new CheckpointException(
                    $"lora_modules_to_save: this {network.Family.ModelType} has no module '{name}'; a module is named by the end of its tensors' names, such as {network.Parameters[0].Module}"
                );
        }
        return network
            .Parameters.Where(parameter => network.IsHead(parameter) || options.ModulesToSave.Any(name => IsInside(parameter.Module, name)))
            .ToHashSet();
    }

    /// <summary>The shortest names that choose these modules and no others: the last parts of their names where that will do.</summary>
    public static IReadOnlyList<string> Names(RewardNetwork network, IReadOnlyList<Parameter> targets, IReadOnlySet<Parameter> trainedWhole)
    {
        string[] ends = [.. targets.Select(parameter => LastPart(parameter.Module)).Distinct().Order(StringComparer.Ordinal)];
        var chosen = network.Parameters.Count(parameter =>
            parameter.Name.EndsWith(".weight", StringComparison.Ordinal)
            && !trainedWhole.Contains(parameter)
            && ends.Any(end => IsNamed(parameter.Module, end))
        );
        return chosen == targets.Count ? ends : [.. targets.Select(parameter => parameter.Module)];
    }

    private static bool IsOfMixture(string module) =>
        module.Contains(".experts.", StringComparison.Ordinal) || module.EndsWith(".gate", StringComparison.Ordinal);

    private static bool IsNamed(string module, string name) =>
        module == name
        || module.EndsWith("." + name, StringComparison.Ordinal)
        || (PatternLetter().IsMatch(name) && Regex.IsMatch(module, $"^(?:{name})$", RegexOptions.CultureInvariant));

    // A module by its name, the end of it, or that of a module it lies in.
    private static bool IsInside(string module, string name) => ("." + module + ".").Contains("." + name + ".", StringComparison.Ordinal);

    private static string WhyNot(RewardNetwork network, IReadOnlyList<Parameter> open, string name)
    {
        if (open.Any(parameter => IsNamed(parameter.Module, name)))
            return "is a part of a mixture of experts, whose LoRA is not built (in transformers 5 the experts are one tensor, which PEFT reaches by target_parameters)";
        var parameter = network.Parameters.FirstOrDefault(parameter => IsNamed(parameter.Module, name));
        if (parameter is null)
            return "is no layer of it";
        return network.IsHead(parameter)
            ? "is the score head, which is trained whole"
            : "is no linear layer (lora_modules_to_save trains a module whole)";
    }

    private static string Listed(IReadOnlyList<Parameter> linear)
    {
        string[] ends = [.. linear.Select(parameter => LastPart(parameter.Module)).Distinct()];
        return string.Join(", ", ends.Take(MostListed)) + (ends.Length > MostListed ? ", …" : "");
    }

    private static string LastPart(string module) => module[(module.LastIndexOf('.') + 1)..];

    [GeneratedRegex(@"[*+?()\[\]{}|^$\\]", RegexOptions.CultureInvariant)]
    private static partial Regex PatternLetter();
}
