using System.Collections;
using System.Text.Json;

namespace Assay.Data.Records;

/// <summary>
/// Named numbers in their order, as a training logs them: under transformers' and TRL's names, with ours beside them. null is a figure that
/// is not defined.
/// </summary>
public sealed class Figures : IEnumerable<KeyValuePair<string, double?>>
{
    private readonly List<KeyValuePair<string, double?>> all = [];

    /// <summary>A figure; null where there is none of this name, or it is not defined.</summary>
    public double? this[string name] => all.Find(one => one.Key == name).Value;

    public bool Has(string name) => all.Exists(one => one.Key == name);

    public void Add(string name, double? value) => all.Add(KeyValuePair.Create(name, value));

    public void Add(IEnumerable<KeyValuePair<string, double?>> more) => all.AddRange(more);

    public IEnumerator<KeyValuePair<string, double?>> GetEnumerator() => all.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Writes each as a member of the object that is being written.</summary>
    internal void WriteMembers(Utf8JsonWriter json)
    {
        foreach (var (name, value) in all)
        {
            if (value is { } number)
                json.WriteNumber(name, number);
            else
                json.WriteNull(name);
        }
    }

    /// <summary>The members of an object that are numbers or null.</summary>
    internal static Figures Of(JsonElement element)
    {
        var found = new Figures();
        foreach (var member in element.EnumerateObject())
        {
            if (member.Value.ValueKind == JsonValueKind.Number)
                found.Add(member.Name, member.Value.GetDouble());
            else if (member.Value.ValueKind == JsonValueKind.Null)
                found.Add(member.Name, null);
        }
        return found;
    }
}
