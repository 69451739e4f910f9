using System.Text.Json;
using System.Text.Json.Serialization;
using Assay.Ground.Files;

namespace Assay.Data.Records;

/// <summary>
/// A line of <c>kept.jsonl</c>, <c>review.jsonl</c> and <c>quarantine.jsonl</c>, whoever wrote it: the row's own members behind a note that
/// says where it stood and why it is here. It is the user's row, so it begins with the note and carries no format.
/// </summary>
public sealed record RowLine
{
    /// <summary>Where rows are that a run did not use.</summary>
    public const string FileName = ModelFolderNames.Quarantine;

    /// <summary>The member that holds the note.</summary>
    internal const string NoteField = "assay";

    /// <summary>Where the row stood, and what was found.</summary>
    public required RowNote Assay { get; init; }

    /// <summary>
    /// The row's own members. Of a row that is no JSON object it is <c>raw</c>, its text, or <c>raw_base64</c> where it is not UTF-8.
    /// </summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Row { get; init; }

    /// <summary>The lines of a file, from where it stands.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="DataFormatException">A line is no such row; the message names it.</exception>
    public static IEnumerable<RowLine> Read(string path)
    {
        var number = 0;
        foreach (var text in File.ReadLines(path))
        {
            number++;
            RowLine? line;
            try
            {
                line = JsonSerializer.Deserialize<RowLine>(text, RecordFile.LineOptions);
            }
            catch (JsonException error)
            {
                throw new DataFormatException(
                    $"{path}:{number}: not a row behind its note: {error.Message} Wanted {{\"assay\": {{\"file\", \"line\", \"reasons\"}}, …}} as check and train write it",
                    error
                );
            }
            yield return line ?? throw new DataFormatException($"{path}:{number}: null is no row");
        }
    }
}

/// <summary>Where a row stood, and what was found about it.</summary>
/// <param name="File">The file as it was named.</param>
/// <param name="Line">Line from 1.</param>
/// <param name="Part">Which of the row's pairs, from 0; null where it gave one.</param>
/// <param name="Reasons">What was found; null where nothing was.</param>
public sealed record RowNote(string File, long Line, int? Part = null, IReadOnlyList<RowReason>? Reasons = null);

/// <summary>One thing found about a row.</summary>
/// <param name="Code">Of <see cref="Contract.Reasons"/>.</param>
/// <param name="Detail">What was found, in words.</param>
/// <param name="Column">Character of the line, from 1; null where it has no one place.</param>
public sealed record RowReason(string Code, string Detail, int? Column = null);
