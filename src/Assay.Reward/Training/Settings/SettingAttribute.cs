namespace Assay.Reward.Training.Settings;

/// <summary>Makes a property of <see cref="TrainingSettings"/> a setting: a recipe key in snake_case and a flag in kebab-case.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SettingAttribute(string group, string description) : Attribute
{
    /// <summary>The heading it stands under in <c>assay train --help</c>.</summary>
    public string Group { get; } = group;

    /// <summary>One line for the help, without its default.</summary>
    public string Description { get; } = description;

    /// <summary>Which runs have it.</summary>
    public TrainingKind For { get; init; } = TrainingKind.All;

    /// <summary>
    /// Whether another value gives other weights. False for where files lie and what is logged; the data itself is compared by its
    /// fingerprint.
    /// </summary>
    public bool DecidesResult { get; init; } = true;
}
