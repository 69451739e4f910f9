using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Assay.Ground.Files;

namespace Assay.Data.Splits;

/// <summary>
/// Reads and writes split records: JSON, <c>"format": "assay.split/1"</c>, described in <c>docs/formats.md</c>. A file with nothing but
/// <c>train</c> and <c>heldout</c> line lists is read too.
/// </summary>
public static class SplitFile
{
    public const string FileName = ModelFolderNames.Split,
        Format = "assay.split/1";

    /// <summary>The files of rows beside it.</summary>
    public const string TrainRows = "train.jsonl",
        HeldoutRows = "eval.jsonl";

    /// <summary>How it is written.</summary>
    public static JsonSerializerOptions JsonOptions { get; } =
        new()
        {
            PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
        };

    /// <summary>The file as it stands; a <see cref="PairSplit"/> is what was checked of it.</summary>
    public sealed record Document
    {
        public string? Format { get; init; }

        public string? File { get; init; }

        public List<SplitInput>? Inputs { get; init; }

        public string? Rule { get; init; }

        public List<long>? Train { get; init; }

        public List<long>? Heldout { get; init; }

        public List<RemovedRow>? Removed { get; init; }

        public List<LeftOutRow>? LeftOut { get; init; }

        public List<WrittenFile>? Files { get; init; }

        public SplitOptions? Options { get; init; }

        public SplitProof? Proof { get; init; }
    }

    /// <summary>Reads a record. Its lists are sorted; that no line is on both is checked.</summary>
    /// <exception cref="IOException">The file is missing or cannot be read.</exception>
    /// <exception cref="SplitException">It is no split record, or a line is listed twice.</exception>
    public static PairSplit Read(string path)
    {
        using var stream = File.OpenRead(path);
        Document? document;
        try
        {
            document = JsonSerializer.Deserialize<Document>(stream, JsonOptions);
        }
        catch (JsonException error)
        {
            throw new SplitException($"{path}: not a split record: {error.Message}", error);
        }
        if (document is not { Train: not null, Heldout: not null })
            throw new SplitException(
                $"{path}: a split record has the line lists \"train\" and \"heldout\"; {(document?.Train is null ? "\"train\"" : "\"heldout\"")} is missing"
            );
        if (document.Format is not (null or Format))
            throw new SplitException($"{path}: \"format\" is \"{document.Format}\", wanted \"{Format}\"");
        document.Train.Sort();
        document.Heldout.Sort();
        DemandOnce(path, document.Train, document.Heldout);
        return new()
        {
            File = document.File,
            Inputs = document.Inputs ?? [],
            Rule = document.Rule ?? "",
            Train = document.Train,
            Heldout = document.Heldout,
            Removed = [.. (document.Removed ?? []).OrderBy(removed => removed.Row)],
            LeftOut = document.LeftOut ?? [],
            Files = document.Files ?? [],
            Options = document.Options,
            Proof = document.Proof,
        };
    }

    /// <summary>The proof as it stands in a record.</summary>
    public static JsonNode ToJson(SplitProof proof) => JsonSerializer.SerializeToNode(proof, JsonOptions)!;

    internal static bool IsSame(ProvenanceSides one, ProvenanceSides other) =>
        JsonSerializer.Serialize(one, JsonOptions) == JsonSerializer.Serialize(other, JsonOptions);

    /// <summary>Writes a record to a temporary name and moves it into place.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, PairSplit split)
    {
        using var file = new OutputFile(path);
        using (
            var writer = new Utf8JsonWriter(
                file.Stream,
                new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }
            )
        )
        {
            writer.WriteStartObject();
            writer.WriteString("format", Format);
            if (split.File is not null)
                writer.WriteString("file", split.File);
            if (split.Inputs.Count > 0)
                WritePart(writer, "inputs", split.Inputs);
            writer.WriteString("rule", split.Rule);
            WritePart(writer, "options", split.Options);
            WritePart(writer, "proof", split.Proof);
            WritePart(writer, "files", split.Files);
            WriteOnOneLine(writer, "train", split.Train);
            WriteOnOneLine(writer, "heldout", split.Heldout);
            WriteOnOneLine(writer, "removed", split.Removed);
            WriteOnOneLine(writer, "left_out", split.LeftOut);
            writer.WriteEndObject();
        }
        file.Commit();
    }

    private static void DemandOnce(string path, List<long> train, List<long> heldout)
    {
        foreach ((var name, var lines) in (ReadOnlySpan<(string, List<long>)>)[("train", train), ("heldout", heldout)])
        {
            if (lines.Count > 0 && lines[0] < 1)
                throw new SplitException($"{path}: \"{name}\" lists line {lines[0]}; lines are counted from 1");
            for (var index = 1; index < lines.Count; index++)
                if (lines[index] == lines[index - 1])
                    throw new SplitException($"{path}: \"{name}\" lists line {lines[index]} twice");
        }
        for (int at = 0, other = 0; at < train.Count && other < heldout.Count; )
        {
            if (train[at] == heldout[other])
                throw new SplitException(
                    $"{path}: line {train[at]} is in \"train\" and in \"heldout\"; a split keeps every line on one side"
                );
            if (train[at] < heldout[other])
                at++;
            else
                other++;
        }
    }

    private static void WritePart<T>(Utf8JsonWriter writer, string name, T? part)
    {
        if (part is null)
            return;
        writer.WritePropertyName(name);
        JsonSerializer.Serialize(writer, part, JsonOptions);
    }

    /// <summary>A long list on one line of the file: indented it would take a line for each entry.</summary>
    private static void WriteOnOneLine<T>(Utf8JsonWriter writer, string name, IReadOnlyList<T> list)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var compact = new Utf8JsonWriter(buffer))
            JsonSerializer.Serialize(compact, list, JsonOptions);
        writer.WritePropertyName(name);
        writer.WriteRawValue(buffer.WrittenSpan, skipInputValidation: true);
    }
}
