using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Assay.Cli.Serving;
using Assay.Evaluation.Endpoints;
using Assay.Ground.Files;
using Assay.Reward;

namespace Assay.Cli.Export;

/// <summary>Writes a model as a trainer loads it, with its launch lines, and requests whose scores are known.</summary>
internal static class ExportRun
{
    /// <summary>The launch lines, for people.</summary>
    public const string LaunchFile = "LAUNCH.md";

    /// <summary>Requests with their scores.</summary>
    public const string SmokeFile = "smoke.json";

    /// <summary>Sends them; Python's standard library alone.</summary>
    public const string SmokeScript = "smoke_test.py";

    private const int SmokeRequests = 8;

    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Runs it.</summary>
    /// <param name="path">The model; an adapter is merged into its base.</param>
    /// <param name="trainer">Whose folder it is to be.</param>
    /// <param name="output">The folder that is written.</param>
    /// <returns><c>assay.export/1</c>.</returns>
    /// <exception cref="FormatException">The model cannot be read, or the trainer would not score as it does.</exception>
    public static JsonObject Run(string path, TrainerExport trainer, string output)
    {
        var folder = Path.GetFullPath(output);
        using var model = RewardModel.Load(path);
        if (TrainerExport.RefusalByAll(model, path) is { } never)
            throw new RewardException(never);
        var items = EndpointItems.Of(model, [], null, int.MaxValue, CancellationToken.None);
        if (items.All.Count == 0)
            throw new RewardException(
                $"{path}: the model takes none of the built-in conversations: its chat template, tokenizer and weights do not go together"
            );
        if (trainer.Refusal(model, items.All) is { } refusal)
            throw new RewardException($"{path}: {refusal}");
        model.Network.Collapse(); // trainers read one row
        var notes = model.Save(folder);
        Complete(Path.Combine(folder, CheckpointFileNames.Config), trainer);
        using var again = RewardModel.Load(folder);
        EndpointItem[] chosen = [.. EndpointItems.Of(again, [], null, int.MaxValue, CancellationToken.None).All.Take(SmokeRequests)];
        var fingerprint = again.FingerprintOf(folder);
        OutputFile.WriteAllText(Path.Combine(folder, SmokeFile), Smoke(chosen, trainer, folder, fingerprint).ToJsonString(Indented) + "\n");
        using (var script = new StreamReader(typeof(ExportRun).Assembly.GetManifestResourceStream("Assay.Cli.smoke_test.py")!))
            OutputFile.WriteAllText(Path.Combine(folder, SmokeScript), script.ReadToEnd().ReplaceLineEndings("\n"));
        (string What, string Line)[] launch = [.. trainer.Launch(folder, model.LongestSequence)];
        OutputFile.WriteAllText(Path.Combine(folder, LaunchFile), Launch(trainer, launch, folder));
        return new JsonObject
        {
            ["format"] = "assay.export/1",
            ["for"] = trainer.Name,
            ["output_dir"] = output,
            ["model"] = path,
            ["fingerprint"] = fingerprint,
            ["reload"] = again.Verification,
            ["launch"] = new JsonArray([
                .. launch.Select(entry => (JsonNode)new JsonObject { ["what"] = entry.What, ["line"] = entry.Line }),
            ]),
            ["notes"] = new JsonArray([.. notes.Concat(trainer.Notes).Select(note => (JsonNode)note)]),
        };
    }

    private static void Complete(string path, TrainerExport trainer)
    {
        var config = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        trainer.Complete(config);
        OutputFile.WriteAllText(path, config.ToJsonString(Indented) + "\n");
    }

    private static JsonObject Smoke(EndpointItem[] items, TrainerExport trainer, string folder, string fingerprint)
    {
        double mean = items.Average(item => item.Score),
            spread = Math.Sqrt(items.Average(item => (item.Score - mean) * (item.Score - mean)));
        return new JsonObject
        {
            ["format"] = "assay.smoke/1",
            ["for"] = trainer.Name,
            ["model"] = fingerprint,
            ["tolerance"] = EndpointCheck.UsualTolerance * spread,
            ["requests"] = new JsonArray([
                .. items.Select(item =>
                {
                    var (path, body, at) = trainer.Request(item, folder);
                    return (JsonNode)
                        new JsonObject
                        {
                            ["path"] = path,
                            ["body"] = body,
                            ["score_at"] = at,
                            ["score"] = item.Score,
                        };
                }),
            ]),
        };
    }

    private static string Launch(TrainerExport trainer, (string What, string Line)[] launch, string folder)
    {
        var text = new StringBuilder($"# This model in {trainer.Name}\n");
        foreach (var (what, line) in launch)
            text.Append($"\n{what}:\n\n```\n{line}\n```\n");
        text.Append(
            $"\nDoes a server of it score as it should? `{SmokeFile}` has requests as {trainer.Name} sends them, with their scores:\n\n```\npython3 {SmokeScript} http://127.0.0.1:8000\nassay verify-endpoint http://127.0.0.1:8000 --model {folder}\n```\n"
        );
        foreach (var note in trainer.Notes)
            text.Append($"\n{note}\n");
        return text.ToString();
    }
}
