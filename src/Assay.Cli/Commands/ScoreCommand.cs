using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Assay.Cli.Evaluation;
using Assay.Cli.Gates;
using Assay.Cli.Outputs;
using Assay.Data.Reading;
using Assay.Evaluation;
using Assay.Evaluation.Calibration;
using Assay.Evaluation.Evidence;
using Assay.Models;
using Assay.Models.Heads;
using Assay.Reward;
using Assay.Reward.Scoring;

namespace Assay.Cli.Commands;

/// <summary><c>assay score</c>: a file of conversations or pairs to a file of scores.</summary>
internal static class ScoreCommand
{
    private const string Examples = """
          assay score --model my-reward-model --input conversations.jsonl --output scores.jsonl
          assay score --model my-reward-model --input conversations.jsonl --output scores.jsonl --resume
          zstdcat answers.jsonl.zst | assay score --model my-reward-model --input - --output scores.jsonl
          assay score --model my-reward-model --input samples.jsonl --output scores.jsonl --require-gate best-of-n
          assay score --model my-ensemble --input conversations.jsonl --output scores.jsonl --aggregate lcb --lcb-k 1      # with score_std
          assay score --model composite.yaml --input conversations.jsonl --output scores.jsonl       # several models and rules, each value in the line
          assay score --model my-reward-model --input answers.csv --map prompt=question --map completion=reply --output scores.jsonl
        """;

    /// <summary>Fewer scores do not tell one percentile from the next.</summary>
    private const int MinReferenceScores = 100;

    public static Command Create()
    {
        var model = new ModelOption("Folder of the reward model, or a composite's YAML file.", DataOption.Need.Required);
        var input = new DataOption("Rows to score:", name: "--input");
        var output = new Option<string>("--output")
        {
            Description = "File to write; rows go to FILE.partial until it is whole.",
            Required = true,
            HelpName = "FILE",
        };
        var template = new ChatTemplateOption();
        var resume = new Option<bool>("--resume") { Description = "Go on with what a stopped run left in FILE.partial." };
        var json = new Option<bool>("--json") { Description = "Print the summary as one JSON object." };
        var command = new Command(
            "score",
            "Score a file of conversations or pairs to JSON Lines, in input order; with percentiles where the model has reference scores (eval --store-reference), and with score_std where it is an ensemble. A row that cannot be scored has its error, and the exit code is 2."
        )
        {
            model,
            model.Revision,
            input,
            output,
            template,
            resume,
            json,
        };
        var gate = new RequireGateOption(command);
        var fields = new FieldOptions(command);
        var placement = new ModelOptions(command);
        var overwrite = new OverwriteOption(command);
        command.SetAction(
            (parsed, cancellationToken) =>
            {
                var from = input.Files(parsed);
                var to = parsed.GetRequiredValue(output);
                using var claim = OutputClaim.File(
                    "score",
                    to,
                    [.. from, ModelFolder.Of(model.Given(parsed)!), parsed.GetValue(template)],
                    overwrite.Read(parsed)
                );
                return Task.FromResult(
                    Run(
                        model.Read(parsed)!,
                        from,
                        to,
                        parsed.GetValue(template),
                        parsed.GetValue(resume) ? ScoreStart.Resume : ScoreStart.Fresh,
                        parsed.GetValue(json),
                        gate.Read(parsed),
                        fields.Read(parsed),
                        placement.Read(parsed),
                        cancellationToken
                    )
                );
            }
        );
        return ExamplesHelp.On(command, Examples);
    }

    private static int Run(
        string modelPath,
        IReadOnlyList<string> inputs,
        string output,
        string? template,
        ScoreStart start,
        bool json,
        GateDemand? demand,
        FieldMapping? fields,
        Placement placement,
        CancellationToken cancellationToken
    )
    {
        using var opened = OpenedScorer.Load(modelPath, template, placement);
        var (model, composite, fingerprint) = (opened.Model, opened.Composite, opened.Fingerprint);
        if (!opened.Permits(demand))
            return ExitCode.CheckFailed;
        // Percentiles are of the mean's scores.
        var reference = model?.Aggregate == ScoreAggregate.Mean ? Reference(modelPath, template, ref fingerprint) : null;
        // A stopped run is only gone on with in the same type: a file must not have lines of both.
        if (placement.Bf16)
            fingerprint += " bfloat16";
        if (model is not null && model.Aggregate != ScoreAggregate.Mean)
            fingerprint += $" {model.Aggregate}";
        var clock = Stopwatch.StartNew();
        ScoreSummary summary;
        try
        {
            summary = new ScoreRun(
                opened.Scorer,
                fingerprint,
                reference is null ? null : (line, scores) => ReferenceFields.Add(line, reference, scores),
                fields
            ).Run(inputs, output, start, progress => Report(progress, clock.Elapsed), cancellationToken);
        }
        catch (OperationCanceledException)
        {
            Terminal.Error($"stopped: what was scored is in {output}.partial; the same command with --resume goes on");
            throw;
        }
        Terminal.EndLive();
        foreach (var warning in model is null ? [] : Warnings(summary, model, template, reference))
            Terminal.Note($"assay: {warning}");
        var perSecond = (summary.Rows - summary.Resumed) / clock.Elapsed.TotalSeconds;
        var shares = composite?.Scorer.Variance.Figures() ?? [];
        if (json)
        {
            var printed = new JsonObject
            {
                ["format"] = "assay.score/1",
                ["output"] = output,
                ["rows"] = summary.Rows,
                ["failed"] = summary.Failed,
                ["resumed"] = summary.Resumed,
                ["errors"] = new JsonArray([
                    .. summary.FirstErrors.Select(error => new JsonObject { ["row"] = error.Row, ["error"] = error.Error }),
                ]),
                ["rows_per_second"] = perSecond,
            };
            if (composite is not null)
                printed["components"] = JsonSerializer.SerializeToNode(shares, EvaluationJson.Options);
            Terminal.PrintJson(printed);
        }
        else
            Console.WriteLine(
                $"{summary.Rows} rows scored to {output} in {Terminal.Duration(clock.Elapsed)} ({perSecond:0.0} rows/s){(summary.Failed > 0 ? $", {summary.Failed} of them with an error instead" : "")}"
            );
        if (!json && composite is not null)
            CompositeTable.Print(shares);
        foreach (var error in summary.FirstErrors)
            Terminal.Error(
                $"assay: {(inputs.Count == 1 ? inputs[0] + ":" : string.Join(", ", inputs) + ", row ")}{error.Row}: {error.Error}"
            );
        if (summary.Failed > summary.FirstErrors.Count)
            Terminal.Error($"assay: and {summary.Failed - summary.FirstErrors.Count} more rows with an error, see {output}");
        return summary.Failed == 0 ? ExitCode.Success : ExitCode.BadInput;
    }

    private static IEnumerable<string> Warnings(ScoreSummary summary, RewardModel model, string? template, StoredReference? reference)
    {
        var isPlain = model.Encoder.Rules.TemplateSource == "plain";
        if (isPlain && template is null && summary.Turned > 0)
            yield return "WARNING: this model has no chat template, so turns were read as a plain Human/Assistant transcript; if it was trained with a template, name it with --chat-template";
        if (!isPlain && summary.JoinedTexts > 0)
            yield return $"WARNING: {summary.JoinedTexts} rows are plain texts that were joined with nothing between them (\"two?It is 2.\"), and this model was made for turns; give prompt and completion as messages";
        if (reference is { Scores.Count: < MinReferenceScores })
            yield return $"WARNING: percentiles are of {reference.Scores.Count} reference scores; below {MinReferenceScores} they are hardly more than a guess (assay eval --store-reference on more pairs)";
    }

    /// <summary>
    /// The model's reference scores. They become part of what a stopped run must find again, so that no file has lines with and without
    /// them.
    /// </summary>
    private static StoredReference? Reference(string modelPath, string? template, ref string fingerprint)
    {
        string folder = ModelFolder.Of(modelPath),
            path = Path.Combine(folder, StoredReference.FileName);
        if (!File.Exists(path))
            return null;
        if (template is not null)
        {
            Terminal.Note($"assay: {path} is of the model's own chat template: no percentiles with --chat-template");
            return null;
        }
        var reference = StoredReference.Read(folder, fingerprint);
        fingerprint += " reference " + EvidenceInput.Of(path).Sha256;
        return reference;
    }

    private static void Report(ScoreProgress progress, TimeSpan elapsed)
    {
        var left = progress.Share > 0 ? elapsed * ((1 - progress.Share) / progress.Share) : TimeSpan.Zero;
        Terminal.Live(
            $"scored {progress.Rows} rows, {progress.RowsOfThisRun / elapsed.TotalSeconds:0.0} rows/s, {progress.Failed} with an error, {Terminal.Duration(left)} left"
        );
    }
}
