using System.Text.Json;
using Assay.Data;

namespace Assay.Reward.Training.Settings;

/// <summary>
/// A setting as somebody gave it: its name, its values as text, and where it stood ("recipe.yaml line 4", "--learning-rate").
/// </summary>
public sealed record GivenSetting(string Name, IReadOnlyList<string> Values, string Where);

/// <summary>
/// Turns given settings into <see cref="TrainingSettings"/>: the recipe first, then flags, which override it. Settings that TRL or
/// transformers have and Assay has not are refused by name with the reason, unless they ask for what is done here anyway.
/// </summary>
public static class SettingsReader
{
    private static readonly (TrainingKind Kind, string Verb)[] Verbs =
    [
        (TrainingKind.Reward, "assay train"),
        (TrainingKind.Policy, "assay dpo"),
        (TrainingKind.Steps, "assay process train"),
    ];

    /// <summary>
    /// Names that are no settings here but are known: aliases, and settings of the reference that are refused with a reason.
    /// </summary>
    public static IEnumerable<string> OtherNames => AbsentSettings.Names.Append("warmup_ratio");

    /// <summary>The settings given, over the defaults, checked. Later ones override earlier ones.</summary>
    /// <param name="given">In the order of their weight: a recipe's, then flags.</param>
    /// <param name="notes">Receives a sentence for each setting that was taken under another name.</param>
    /// <param name="kind">What is trained: its settings and defaults.</param>
    /// <exception cref="RewardException">A name is unknown, a setting is not to be had, or a value is not such a value.</exception>
    public static TrainingSettings Read(IEnumerable<GivenSetting> given, ICollection<string> notes, TrainingKind kind = TrainingKind.Reward)
    {
        var settings = TrainingSettings.DefaultsOf(kind);
        var names = Setting.Of(kind).ToDictionary(s => s.Name);
        string? warmupFrom = null;
        foreach (var one in given)
        {
            if (one.Name is "warmup_ratio" or "warmup_steps")
            {
                if (warmupFrom is not null && warmupFrom != one.Name)
                    throw new RewardException($"{one.Where}: warmup_ratio and warmup_steps both say how long warm-up is: give one of them");
                warmupFrom = one.Name;
            }
            if (one.Name == "warmup_ratio")
            {
                names["warmup_steps"].Set(settings, one.Values, one.Where);
                if (settings.WarmupSteps is < 0 or >= 1)
                    throw new RewardException($"{one.Where}: warmup_ratio is {one.Values[0]}, wanted a share below 1");
                notes.Add(
                    $"{one.Where}: warmup_ratio is taken as warmup_steps, as transformers 5 has it (below 1 it is a share of all updates)"
                );
            }
            else if (names.TryGetValue(one.Name, out var setting))
                setting.Set(settings, one.Values, one.Where);
            else if (!AbsentSettings.IsHarmless(one))
                throw new RewardException($"{one.Where}: unknown setting '{one.Name}'{Elsewhere(one.Name, kind, names.Keys)}");
        }
        return settings.Checked();
    }

    private static string Elsewhere(string name, TrainingKind kind, IEnumerable<string> names)
    {
        foreach (var (other, verb) in Verbs)
            if (other != kind && Setting.Of(other).Any(setting => setting.Name == name))
                return $": it is one of {verb}";
        return NearestName.Suggest(name, names);
    }

    /// <summary>All settings of a run under their names, for its records.</summary>
    public static IReadOnlyDictionary<string, JsonElement> Record(TrainingSettings settings) =>
        Setting.Of(settings.Kind).ToDictionary(setting => setting.Name, setting => setting.ValueIn(settings));
}
