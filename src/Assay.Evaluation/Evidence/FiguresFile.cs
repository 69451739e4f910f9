using System.Text.Json;
using System.Text.Json.Serialization;
using Assay.Data;
using Assay.Evaluation.Gates;

namespace Assay.Evaluation.Evidence;

/// <summary>
/// Figures that other tools measured, as evidence for the gate: <c>assay.figures/1</c>, see <c>docs/formats.md</c>. Each is named after the
/// check it is for.
/// </summary>
public sealed record FiguresFile
{
    public const string Kind = "assay.figures/1";

    private static readonly JsonSerializerOptions Strict = new(EvaluationJson.Options)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    [JsonPropertyOrder(-1)]
    public string Format { get; init; } = Kind;

    /// <summary>What was measured; null when the file does not say, and then no model folder takes the verdict.</summary>
    public EvidenceSubject? Subject { get; init; }

    public required IReadOnlyDictionary<string, GivenFigure> Figures { get; init; }

    /// <summary>Reads and checks a file.</summary>
    /// <exception cref="EvaluationException">It is no such file, or names a figure for which there is no check.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static FiguresFile Read(string path)
    {
        FiguresFile file;
        try
        {
            file = JsonSerializer.Deserialize<FiguresFile>(File.ReadAllText(path), Strict) ?? throw new JsonException("null");
        }
        catch (JsonException error)
        {
            throw new EvaluationException($"{path}: not a file of figures: {error.Message}", error);
        }
        if (file.Format != Kind)
            throw new EvaluationException($"{path}: \"format\" is \"{file.Format}\", wanted \"{Kind}\"");
        foreach (var (name, figure) in file.Figures)
        {
            var word = name.Split('.', 2)[0];
            if (GateCheckKinds.All.All(kind => kind.Name != word))
                throw new EvaluationException(
                    $"{path}: figures.{name}: there is no check of this name{NearestName.Suggest(word, GateCheckKinds.All.Select(kind => kind.Name))}; known: {string.Join(", ", GateCheckKinds.All.Select(kind => kind.Name))}"
                );
            if (figure.Count < 0)
                throw new EvaluationException(
                    $"{path}: figures.{name}.count is {figure.Count}, wanted 0 or more, or null when it is not known"
                );
            if (figure.Interval is { } interval && !(interval.Low <= figure.Value && figure.Value <= interval.High))
                throw new EvaluationException($"{path}: figures.{name}: the interval does not hold the value");
        }
        return file;
    }
}
