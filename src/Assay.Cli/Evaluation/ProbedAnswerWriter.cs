using System.Text.Encodings.Web;
using System.Text.Json;
using Assay.Evaluation.Audits;
using Assay.Evaluation.Evidence;
using Assay.Ground.Files;

namespace Assay.Cli.Evaluation;

/// <summary>Writes every rewritten answer to <c>probes.jsonl</c>, as it is scored: to a temporary name, then moved.</summary>
internal sealed class ProbedAnswerWriter : IDisposable
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly OutputFile _file;

    public ProbedAnswerWriter(string folder)
    {
        Directory.CreateDirectory(folder);
        _file = new OutputFile(Path.Combine(Path.GetFullPath(folder), ProbeExample.FileName));
    }

    public void Write(ProbedAnswer answer)
    {
        using (var json = new Utf8JsonWriter(_file.Stream, Options))
        {
            json.WriteStartObject();
            json.WriteNumber("row", answer.Row);
            if (answer.Id is { } id)
                json.WriteString("id", id);
            json.WriteString("group", answer.Group);
            json.WriteString("probe", answer.Probe);
            json.WriteString("side", answer.Side);
            // Scores are floats: written as such they read back to the same bits.
            json.WriteNumber("original", (float)answer.Original);
            json.WriteNumber("other", (float)answer.Other);
            if (double.IsFinite(answer.Rewritten))
                json.WriteNumber("rewritten", (float)answer.Rewritten);
            else
                json.WriteNull("rewritten");
            json.WriteString("text", answer.Text);
            json.WriteEndObject();
        }
        _file.Stream.WriteByte((byte)'\n');
    }

    public void Commit() => _file.Commit();

    public void Dispose() => _file.Dispose();
}
