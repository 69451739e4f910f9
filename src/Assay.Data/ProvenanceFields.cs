using System.Text.Json;

namespace Assay.Data;

/// <summary>The fields of provenance as values with names.</summary>
public static class ProvenanceFields
{
    /// <summary>Names counted for one field; all further ones are counted as one, <see cref="Others"/>.</summary>
    public const int MaxNames = 1000;

    /// <summary>The name of all names beyond <see cref="MaxNames"/>.</summary>
    public const string Others = "(others)";

    public static IReadOnlyList<ProvenanceField> All { get; } = Enum.GetValues<ProvenanceField>();

    /// <summary><c>chosen_generator</c> and so on.</summary>
    public static string Name(this ProvenanceField field) => JsonNamingPolicy.SnakeCaseLower.ConvertName(field.ToString());

    /// <summary>The values a pair has in a field; none where it says nothing.</summary>
    /// <param name="field">Which field.</param>
    /// <param name="source">The pair's source.</param>
    /// <param name="provenance">The pair's provenance.</param>
    public static IEnumerable<string> Values(this ProvenanceField field, string? source, Provenance? provenance) =>
        field switch
        {
            ProvenanceField.Source => OneOrNone(source),
            ProvenanceField.SourcePrompt => OneOrNone(provenance?.SourcePrompt),
            ProvenanceField.ChosenGenerator => OneOrNone(provenance?.ChosenGenerator),
            ProvenanceField.RejectedGenerator => OneOrNone(provenance?.RejectedGenerator),
            ProvenanceField.SamplingSettings => OneOrNone(provenance?.SamplingSettings?.ToJsonString()),
            ProvenanceField.LabellingBatch => OneOrNone(provenance?.LabellingBatch),
            ProvenanceField.Annotator => provenance?.Annotators is { } annotators ? annotators.Distinct() : [],
            ProvenanceField.ChosenPosition => OneOrNone(
                provenance?.ChosenPosition switch
                {
                    1 => "first",
                    2 => "second",
                    _ => null,
                }
            ),
            _ => throw new ArgumentOutOfRangeException(nameof(field), field, null),
        };

    private static IEnumerable<string> OneOrNone(string? value) => value is null ? [] : [value];
}

/// <summary>What pairs are counted and reports are cut by. Written in snake_case.</summary>
public enum ProvenanceField
{
    Source,
    SourcePrompt,
    ChosenGenerator,
    RejectedGenerator,

    /// <summary>The settings as compact JSON.</summary>
    SamplingSettings,
    LabellingBatch,

    /// <summary>A pair counts for each of its annotators.</summary>
    Annotator,

    /// <summary>Where the winner was shown: <c>first</c> or <c>second</c>.</summary>
    ChosenPosition,
}
