using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Assay.Data.Reading;
using Assay.Data.Records;
using Assay.Ground.Files;
using Assay.Models.Checkpoints;
using Assay.Reward;
using Assay.Text.Lint;
using Assay.Text.Tokenization.Conversion;

namespace Assay.Cli.Inspection;

/// <summary>What a path is: a checkpoint, a weight file, a run, or a data file, with what a person asks first.</summary>
internal static class PathInspection
{
    /// <summary>Files up to this size are hashed; larger ones would keep a person waiting.</summary>
    private const long LargestHashed = 2L << 30;

    private const int LongestRow = 400;

    /// <exception cref="FormatException">The file is damaged or of a form that is not read.</exception>
    /// <exception cref="IOException">There is no such file or folder.</exception>
    public static JsonObject Of(string path, int rowCount, bool listsTensors, FieldMapping? fields = null)
    {
        var full = Path.GetFullPath(path);
        var found = new JsonObject { ["format"] = "assay.inspect/1", ["path"] = full };
        if (Directory.Exists(full))
        {
            bool isCheckpoint = CheckpointFolder.IsModel(full),
                isRun = File.Exists(Path.Combine(full, RunRecord.FileName));
            if (!isCheckpoint && !isRun)
                throw new UsageException(
                    $"{full}: neither a checkpoint (config.json) nor a run ({RunRecord.FileName}) lies in this folder"
                );
            found["kind"] = isCheckpoint
                ? isRun
                    ? "checkpoint written by a run"
                    : "checkpoint"
                : "run";
            if (isCheckpoint)
                AddCheckpoint(found, full, listsTensors);
            if (isRun)
                AddRun(found, full);
            return found;
        }
        if (!File.Exists(full))
            throw new FileNotFoundException($"{full}: no such file or folder");
        var extension = Path.GetExtension(full).ToLowerInvariant();
        if (extension is ".gguf" or ".safetensors" || Path.GetFileName(full) == CheckpointFileNames.PickledWeights)
        {
            found["kind"] = extension switch
            {
                ".gguf" => "GGUF weight file",
                ".bin" => "torch weight file",
                _ => "safetensors weight file",
            };
            using TensorFile file = extension switch
            {
                ".gguf" => GgufFile.Open(full),
                ".bin" => TorchFile.Open(full),
                _ => SafetensorsFile.Open(full),
            };
            AddTensors(found, file.Tensors, listsTensors);
            if (file.Metadata.Count > 0)
                found["metadata"] = new JsonObject([
                    .. file.Metadata.Select(m => KeyValuePair.Create(m.Key, (JsonNode?)Shorten(m.Value, 200))),
                ]);
            found["sha256"] = Hash(full);
            return found;
        }
        AddData(found, full, rowCount, fields);
        return found;
    }

    private static void AddCheckpoint(JsonObject found, string folder, bool listsTensors)
    {
        if (File.Exists(Path.Combine(folder, CheckpointFileNames.Config)))
            found["configuration"] = JsonNode.Parse(ConfigFile.Open(Path.Combine(folder, CheckpointFileNames.Config)).Root.GetRawText());
        try
        {
            using var checkpoint = Checkpoint.Open(folder);
            found["configuration"] ??= JsonNode.Parse(checkpoint.Config.Root.GetRawText());
            if (checkpoint.Folder != folder)
                found["base_model"] = checkpoint.Folder;
            found["weight_files"] = new JsonArray([
                .. checkpoint.Files.Select(f => new JsonObject
                {
                    ["file"] = Path.GetFileName(f.Path),
                    ["bytes"] = Pipes.SizeOf(f.Path),
                    ["sha256"] = Hash(f.Path),
                }),
            ]);
            AddTensors(found, checkpoint.Tensors, listsTensors);
        }
        catch (Exception error) when (error is FormatException or IOException)
        {
            found["weights"] = "not readable: " + error.Message;
        }
        if (File.Exists(Path.Combine(folder, CheckpointFileNames.Tokenizer)) || TokenizerConversion.OlderFileOf(folder) is not null)
            AddText(found, folder);
        if (ModelRecord.In(folder) is { } record)
            found["record"] = JsonSerializer.SerializeToNode(record with { KnownAnswers = null }, RecordFile.Options);
    }

    private static void AddText(JsonObject found, string folder)
    {
        try
        {
            var encoder = ConversationEncoder.Load(folder);
            var config = encoder.Tokenizer.Config;
            found["text"] = new JsonObject
            {
                ["vocabulary"] = encoder.Tokenizer.VocabularySize,
                ["bos_token"] = config.BosToken,
                ["eos_token"] = config.EosToken,
                ["pad_token"] = config.PadToken,
                ["reward_token"] = encoder.Rules.RewardTokenId is { } reward ? encoder.Tokenizer.IdToToken(reward) ?? $"{reward}" : null,
                ["stored_truncation"] = encoder.Tokenizer.StoredTruncation is { } truncation
                    ? $"{truncation.MaxLength} tokens, not applied"
                    : null,
                ["stored_padding"] = encoder.Tokenizer.StoredPadding is null ? null : "not applied",
                ["chat_template"] = encoder.Rules.TemplateSource,
                ["template_warnings"] = new JsonArray([
                    .. TemplateLint.Check(encoder.Template, encoder.SpecialTokens).Select(w => (JsonNode)$"{w.Code}: {w.Message}"),
                ]),
                ["text_fingerprint"] = encoder.Fingerprint,
            };
        }
        catch (Exception error) when (error is FormatException or IOException)
        {
            found["text"] = "not readable: " + error.Message;
        }
    }

    private static void AddRun(JsonObject found, string folder)
    {
        found["run"] = JsonSerializer.SerializeToNode(RunRecord.In(folder), RecordFile.Options);
        LogLine? last = null,
            evaluation = null;
        foreach (var line in LogLine.Read(Path.Combine(folder, LogLine.FileName)))
        {
            if (line.Figures.Has("eval_loss"))
                evaluation = line;
            else
                last = line;
        }
        if (last is not null)
            found["last_step"] = JsonSerializer.SerializeToNode(last);
        if (evaluation is not null)
            found["last_evaluation"] = JsonSerializer.SerializeToNode(evaluation);
    }

    private static void AddData(JsonObject found, string path, int rowCount, FieldMapping? fields)
    {
        if (ReadObject(path) is { } record && record["format"] is { } format)
        {
            found["kind"] = $"record written by Assay ({format})";
            found["record"] = record;
            return;
        }
        using var reader = PairReader.Open(path, new PairReaderOptions { Fields = fields });
        found["kind"] = "data file";
        found["container"] = reader.Container;
        found["row_format"] = reader.Format.Name;
        found["bytes"] = Pipes.SizeOf(path);
        found["sha256"] = Hash(path);
        var rows = new JsonArray();
        var findings = new JsonArray();
        foreach (var row in reader.Read().Take(Math.Max(0, rowCount)))
        {
            rows.Add(Shorten(System.Text.Encoding.UTF8.GetString(row.Raw.Span).Trim(), LongestRow));
            if (row.Findings.Count > 0)
                findings.Add($"line {row.Line}: {row.Describe()}");
        }
        found["first_rows"] = rows;
        found["findings_in_these"] = findings;
    }

    private static void AddTensors(JsonObject found, IReadOnlyList<StoredTensor> tensors, bool listsAll)
    {
        found["parameters"] = tensors.Sum(t => t.ElementCount);
        found["tensors"] = new JsonObject([
            .. tensors
                .GroupBy(t => t.Kind)
                .Select(g =>
                    KeyValuePair.Create(
                        g.Key.ToString(),
                        (JsonNode?)
                            string.Create(
                                CultureInfo.InvariantCulture,
                                $"{g.Count()} tensors, {g.Sum(t => t.ElementCount)} elements, {g.Sum(t => t.ByteCount)} bytes"
                            )
                    )
                ),
        ]);
        if (listsAll)
            found["tensor_list"] = new JsonArray([.. tensors.Select(t => (JsonNode)t.ToString())]);
    }

    private static JsonObject? ReadObject(string path)
    {
        if (!path.EndsWith(".json", StringComparison.OrdinalIgnoreCase) || !File.Exists(path))
            return null;
        try
        {
            return JsonNode.Parse(File.ReadAllBytes(path)) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Hash(string path)
    {
        using var stream = File.OpenRead(path);
        return stream.Length > LargestHashed ? null : ContentHash.Of(stream);
    }

    private static string Shorten(string text, int length) => text.Length > length ? text[..length] + "…" : text;
}
