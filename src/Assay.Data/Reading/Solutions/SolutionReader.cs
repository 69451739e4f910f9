using System.Text.Json;
using Assay.Data.Contract;
using Assay.Data.Reading.Containers;

namespace Assay.Data.Reading.Solutions;

/// <summary>
/// Reads solutions in steps, a whole file at once, from the containers that <see cref="PairReader"/> reads. Rows may be of any of the
/// formats of <see cref="SolutionFormat.All"/>. Every row comes out once, as its solutions or with its fault.
/// </summary>
public static class SolutionReader
{
    /// <summary>The rows of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="fields">What the user says of its fields; null when nothing.</param>
    /// <exception cref="IOException">The file is missing or cannot be read.</exception>
    /// <exception cref="DataFormatException">The container is damaged.</exception>
    public static IReadOnlyList<SolutionRow> Read(string path, FieldMapping? fields = null)
    {
        using var source = FieldMapping.Apply(fields, RowSources.Open(path, new PairReaderOptions().MaxLineBytes));
        // What a 0 means, the whole file says.
        var rows = new List<RawRow>();
        while (source.ReadChunk() is { } chunk)
            rows.AddRange(chunk.Select(raw => raw with { Bytes = raw.Bytes.ToArray() }));
        var formats = SolutionFormat.All(rows.Any(HasNegative) ? ZeroLabel.Neutral : ZeroLabel.Wrong);
        return [.. rows.Select(raw => Parse(path, raw, formats))];
    }

    private static bool HasNegative(RawRow raw)
    {
        try
        {
            using var document = JsonDocument.Parse(raw.Bytes);
            return StepLabels.HasNegative(document.RootElement);
        }
        catch (JsonException)
        {
            return false; // said when it is read
        }
    }

    private static SolutionRow Parse(string path, RawRow raw, IReadOnlyList<SolutionFormat> formats)
    {
        SolutionRow Wrong(Reason reason, string detail) => new(path, raw.Line, raw.Bytes, [], reason, detail);
        if (raw.Problem is { } problem)
            return Wrong(problem.Reason, problem.Detail);
        if (RowParser.SurrogateColumn(raw.Bytes.Span) != 0)
            return Wrong(Reason.BadEncoding, "the row holds half of a surrogate pair");
        try
        {
            using var document = JsonDocument.Parse(raw.Bytes, new JsonDocumentOptions { AllowDuplicateProperties = false });
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                return Wrong(Reason.WrongType, $"the row is {SolutionFormat.Shown(document.RootElement)}, wanted an object");
            var format = formats.FirstOrDefault(known => known.Matches(document.RootElement));
            if (format is null)
                return Wrong(
                    Reason.MissingField,
                    $"no solution in steps: wanted the fields of one of {string.Join("; ", formats.Select(known => $"{known.Name} ({known.Wanted})"))}"
                );
            var solutions = format.Read(document.RootElement);
            return solutions.Count > 0
                ? new SolutionRow(path, raw.Line, raw.Bytes, solutions)
                : Wrong(Reason.EmptyCandidate, "the solution has no steps");
        }
        catch (JsonException error)
        {
            return Wrong(Reason.MalformedJson, error.Message);
        }
        catch (SolutionFormat.WrongRow wrong)
        {
            return Wrong(wrong.Reason, wrong.Message);
        }
    }
}

/// <summary>A row of a file with the solutions that it holds.</summary>
/// <param name="File">The file as it was named.</param>
/// <param name="Line">Line from 1.</param>
/// <param name="Raw">The row as it stood.</param>
/// <param name="Solutions">One; of PRM800K's rows one for the path that was taken and one for each judged step beside it. None where the
/// row cannot be read.</param>
/// <param name="Reason">Why it cannot; null where it can.</param>
/// <param name="Detail">What was found and what was wanted; null where it can be read.</param>
public sealed record SolutionRow(
    string File,
    long Line,
    ReadOnlyMemory<byte> Raw,
    IReadOnlyList<Solution> Solutions,
    Reason? Reason = null,
    string? Detail = null
);
