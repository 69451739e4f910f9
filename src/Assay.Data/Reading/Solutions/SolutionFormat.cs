using System.Text.Json;
using Assay.Data.Contract;

namespace Assay.Data.Reading.Solutions;

/// <summary>
/// A way in which published files write solutions in steps. To add one: a class beside this, its entry in <see cref="All"/>, its row in
/// docs/formats.md.
/// </summary>
internal abstract class SolutionFormat
{
    /// <summary>All of them, in the order in which they are tried.</summary>
    /// <param name="zero">What a label of 0 means in the file.</param>
    public static IReadOnlyList<SolutionFormat> All(ZeroLabel zero) =>
        [
            new Prm800K(),
            new MrGsm8K(),
            new PrmBenchFormat(),
            new BigBenchMistake(),
            new MathShepherd(),
            new ProcessBenchFormat(),
            new StepLabels(zero),
            new UnlabelledSolution(),
        ];

    /// <summary>Its name, for people.</summary>
    public abstract string Name { get; }

    /// <summary>The fields by which it is known.</summary>
    public abstract string Wanted { get; }

    public abstract bool Matches(JsonElement row);

    /// <exception cref="WrongRow">A field is missing or of another kind.</exception>
    public abstract IReadOnlyList<Solution> Read(JsonElement row);

    /// <summary>A row that cannot be read, with the field.</summary>
    internal sealed class WrongRow(Reason reason, string message) : Exception(message)
    {
        public Reason Reason { get; } = reason;
    }

    protected static bool Has(JsonElement row, string name) =>
        row.ValueKind == JsonValueKind.Object && row.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null;

    protected static JsonElement? Field(JsonElement row, string name) => Has(row, name) ? row.GetProperty(name) : null;

    protected static string Text(JsonElement row, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (Field(row, name) is not { } value)
                continue;
            return value.ValueKind == JsonValueKind.String
                ? value.GetString()!
                : throw new WrongRow(Reason.WrongType, $"{name} is {Shown(value)}, wanted a text");
        }
        throw new WrongRow(Reason.MissingField, $"no {string.Join(" or ", names.ToArray())}, wanted the question as a text");
    }

    protected static IReadOnlyList<string> Texts(JsonElement row, string name)
    {
        if (Field(row, name) is not { ValueKind: JsonValueKind.Array } list)
            throw new WrongRow(
                Has(row, name) ? Reason.WrongType : Reason.MissingField,
                $"{name} is {(Field(row, name) is { } other ? Shown(other) : "missing")}, wanted a list of steps"
            );
        return
        [
            .. list.EnumerateArray()
                .Select(
                    (step, i) =>
                        step.ValueKind == JsonValueKind.String
                            ? step.GetString()!
                            : throw new WrongRow(Reason.WrongType, $"{name}[{i}] is {Shown(step)}, wanted a text")
                ),
        ];
    }

    protected static string? Id(JsonElement row) =>
        (Field(row, "id") ?? Field(row, "uuid") ?? Field(row, "idx")) is not { } id ? null
        : id.ValueKind == JsonValueKind.String ? id.GetString()
        : id.GetRawText();

    /// <summary>True, false, 1 or 0; null where it is missing.</summary>
    protected static bool? Truth(JsonElement row, string name) =>
        Field(row, name) is not { } value
            ? null
            : value.ValueKind switch
            {
                JsonValueKind.True => true,
                JsonValueKind.False => false,
                JsonValueKind.Number when value.GetDouble() is 0 or 1 => value.GetDouble() == 1,
                _ => throw new WrongRow(Reason.UnknownValue, $"{name} is {Shown(value)}, wanted true or false"),
            };

    /// <summary>A whole number; null where it is missing.</summary>
    protected static int? Whole(JsonElement row, string name) =>
        Field(row, name) is not { } value ? null
        : value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number
        : throw new WrongRow(Reason.UnknownValue, $"{name} is {Shown(value)}, wanted a whole number");

    /// <summary>Labels of a solution whose first wrong step is known: right before it, and nobody judged what comes after.</summary>
    /// <param name="steps">How many steps there are.</param>
    /// <param name="first">From 0; -1 for none.</param>
    /// <param name="name">The field that says so.</param>
    protected static IReadOnlyList<bool?> UpTo(int steps, int first, string name) =>
        first >= -1 && first < steps
            ?
            [
                .. Enumerable
                    .Range(0, steps)
                    .Select(step =>
                        first < 0 || step < first ? true
                        : step == first ? false
                        : (bool?)null
                    ),
            ]
            : throw new WrongRow(Reason.UnknownValue, $"{name} names step {first} (from 0) and there are {steps} steps");

    internal static string Shown(JsonElement value) =>
        value.GetRawText() is { Length: <= 60 } text ? text : value.GetRawText()[..57] + "...";
}
