using System.Text;
using System.Text.Json;
using Assay.Ground.Files;

namespace Assay.Data.Records;

/// <summary>A row that was set aside before training, with why: a line of <c>quarantine.jsonl</c>.</summary>
/// <param name="File">The file as it was named.</param>
/// <param name="Line">Line from 1.</param>
/// <param name="Reasons">Codes of <see cref="Contract.Reasons"/>.</param>
/// <param name="Detail">What was found, in words.</param>
/// <param name="Row">The row as it stood; one that is no JSON as a text.</param>
public sealed record QuarantineLine(string File, long Line, IReadOnlyList<string> Reasons, string Detail, JsonElement Row)
{
    public const string FileName = ModelFolderNames.Quarantine;

    /// <param name="file">See <see cref="File"/>.</param>
    /// <param name="line">See <see cref="Line"/>.</param>
    /// <param name="reasons">See <see cref="Reasons"/>.</param>
    /// <param name="detail">See <see cref="Detail"/>.</param>
    /// <param name="raw">The row's bytes.</param>
    public static QuarantineLine Of(string file, long line, IReadOnlyList<string> reasons, string detail, ReadOnlyMemory<byte> raw)
    {
        try
        {
            return new(file, line, reasons, detail, JsonElement.Parse(raw.Span));
        }
        catch (JsonException)
        {
            return new(file, line, reasons, detail, JsonSerializer.SerializeToElement(Encoding.UTF8.GetString(raw.Span)));
        }
    }

    /// <summary>The line without its end.</summary>
    public string ToText() => JsonSerializer.Serialize(this, RecordFile.LineOptions);
}
