using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Assay.Reward.Training.Settings;

/// <summary>One setting of <see cref="TrainingSettings"/>: its names, its help line and how it is read from text.</summary>
public sealed class Setting
{
    private static readonly Dictionary<TrainingKind, IReadOnlyList<Setting>> ByKind = (
        (TrainingKind[])[TrainingKind.Reward, TrainingKind.Steps, TrainingKind.Policy]
    ).ToDictionary(
        kind => kind,
        kind =>
            (IReadOnlyList<Setting>)
                [
                    .. typeof(TrainingSettings)
                        .GetProperties()
                        .Select(p => (p, about: p.GetCustomAttribute<SettingAttribute>()))
                        .Where(x => x.about?.For.HasFlag(kind) == true)
                        .Select(x => new Setting(x.p, x.about!, kind)),
                ]
    );

    private readonly PropertyInfo property;
    private readonly TrainingSettings defaults;

    private Setting(PropertyInfo property, SettingAttribute about, TrainingKind kind)
    {
        this.property = property;
        defaults = TrainingSettings.DefaultsOf(kind);
        Name = SnakeCase(property.Name);
        Group = about.Group;
        Description = about.Description;
        DecidesResult = about.DecidesResult;
    }

    /// <summary>The settings of a reward model's training in the order of the help.</summary>
    public static IReadOnlyList<Setting> All => Of(TrainingKind.Reward);

    /// <summary>The settings of a run of this kind in the order of the help.</summary>
    public static IReadOnlyList<Setting> Of(TrainingKind kind) => ByKind[kind];

    /// <summary>The recipe's key: <c>learning_rate</c>.</summary>
    public string Name { get; }

    /// <summary>The flag: <c>--learning-rate</c>.</summary>
    public string Flag => "--" + Name.Replace('_', '-');

    public string Group { get; }

    public string Description { get; }

    /// <summary>Whether another value gives other weights, so that a run may not be resumed with one.</summary>
    public bool DecidesResult { get; }

    /// <summary>Whether it may be given several values.</summary>
    public bool IsList => property.PropertyType == typeof(IReadOnlyList<string>);

    /// <summary>Whether it is a yes or no, so that a bare flag means yes.</summary>
    public bool IsSwitch => property.PropertyType == typeof(bool);

    /// <summary>The default as text, or null where there is none.</summary>
    public string? DefaultText =>
        property.GetValue(defaults) switch
        {
            null => null,
            bool yes => yes ? "true" : "false",
            IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
            string text => text,
            _ => null,
        };

    /// <summary>The value in <paramref name="settings"/>, for records of a run.</summary>
    public JsonElement ValueIn(TrainingSettings settings) =>
        JsonSerializer.SerializeToElement(property.GetValue(settings), property.PropertyType);

    /// <summary>
    /// The settings that decide the numbers of a run and were other ones in a record of it. One that the record does not know is not asked
    /// for.
    /// </summary>
    /// <param name="recorded">Every setting of the earlier part by name.</param>
    /// <param name="now">The settings of today.</param>
    public static IEnumerable<(string Name, string Was, string Now)> Differing(
        IReadOnlyDictionary<string, JsonElement> recorded,
        TrainingSettings now
    ) =>
        from setting in Of(now.Kind)
        where setting.DecidesResult && recorded.ContainsKey(setting.Name)
        let values = (Was: recorded[setting.Name], Now: setting.ValueIn(now))
        where !JsonElement.DeepEquals(values.Was, values.Now)
        select (setting.Name, JsonSerializer.Serialize(values.Was), JsonSerializer.Serialize(values.Now));

    /// <summary>Whether a setting has the value it has where nobody gives one.</summary>
    internal static bool HasDefault(TrainingSettings settings, string name) =>
        Of(settings.Kind).SingleOrDefault(setting => setting.Name == name) is not { } one
        || JsonElement.DeepEquals(one.ValueIn(settings), one.ValueIn(one.defaults));

    /// <summary>Sets the value from text.</summary>
    /// <exception cref="RewardException">The text is not such a value; <paramref name="where"/> stands in the message.</exception>
    internal void Set(TrainingSettings settings, IReadOnlyList<string> values, string where)
    {
        if (IsList)
        {
            if (values.Any(string.IsNullOrWhiteSpace))
                throw new RewardException($"{where}: {Name} has an empty value");
            property.SetValue(settings, values);
            return;
        }
        if (values.Count != 1)
            throw new RewardException($"{where}: {Name} takes one value, {values.Count} were given");
        property.SetValue(settings, Parse(values[0], where));
    }

    private object? Parse(string text, string where)
    {
        var nullable = Nullable.GetUnderlyingType(property.PropertyType);
        var mayBeNull = nullable is not null || property.GetValue(defaults) is null;
        if (mayBeNull && text is "" or "null" or "none" or "None" or "~")
            return null;
        var type = nullable ?? property.PropertyType;
        if (type == typeof(string))
            return text;
        if (type == typeof(double) && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
            return number;
        if (type == typeof(int) && int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole))
            return whole;
        if (type == typeof(long) && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var wide))
            return wide;
        if (type == typeof(bool) && bool.TryParse(text, out var yes))
            return yes;
        if (type == typeof(JsonObject))
        {
            try
            {
                if (JsonNode.Parse(text) is JsonObject found)
                    return found;
            }
            catch (JsonException error)
            {
                throw new RewardException($"{where}: {Name} is not a JSON object: {error.Message}", error);
            }
        }
        var wanted =
            type == typeof(double) ? "a number"
            : type == typeof(bool) ? "true or false"
            : type == typeof(JsonObject) ? "a JSON object"
            : "a whole number";
        throw new RewardException($"{where}: {Name} is '{text}', wanted {wanted}");
    }

    private static string SnakeCase(string pascal)
    {
        var name = new StringBuilder();
        foreach (var letter in pascal)
        {
            if (char.IsUpper(letter) && name.Length > 0)
                name.Append('_');
            name.Append(char.ToLowerInvariant(letter));
        }
        return name.ToString();
    }
}

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
