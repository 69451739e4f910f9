using System.CommandLine;
using System.Text.Json.Nodes;
using Assay.Cli.Evaluation;
using Assay.Cli.Outputs;
using Assay.Evaluation.Calibration;
using Assay.Evaluation.Evidence;
using Assay.Evaluation.Scores;

namespace Assay.Cli.Commands;

/// <summary>
/// <c>assay eval</c>: how often the model prefers what people preferred, with intervals, what its margins and scores are like and what they
/// mean.
/// </summary>
internal static class EvalCommand
{
    private const string Examples = """
          assay eval --model my-reward-model --data eval.jsonl --output-dir evidence
          assay eval --model my-reward-model --data all.jsonl --split split.json --store-reference
          assay eval --scores their-scores.csv --data eval.jsonl --json
          assay eval --scores evidence/scores.jsonl
          assay eval --endpoint http://127.0.0.1:8000 --endpoint-model my-rm --data eval.jsonl --output-dir evidence
        """;

    public static Command Create()
    {
        var output = new Option<string?>("--output-dir")
        {
            Description =
                $"Write {PairScoreFile.FileName}, the score of every pair and source of all figures, and {EvalEvidence.FileName} for the gate and the report.",
            HelpName = "DIR",
        };
        var drift = new Option<string?>("--drift-from")
        {
            Description =
                "Also say how far the scores have moved from an earlier set of the same model: its score file, or a folder this verb wrote.",
            HelpName = "PATH",
        };
        var store = new Option<bool>("--store-reference")
        {
            Description =
                $"Keep the distribution of the scores and the temperature in the model's folder ({StoredReference.FileName}): score then gives percentiles and P(win).",
        };
        var json = new Option<bool>("--json") { Description = "Print the figures as one JSON object." };
        var command = new Command(
            "eval",
            "Judge a model, or scores made elsewhere, on preference pairs: accuracy (ties named, intervals), loss, margins, rewards and calibration, in all, by source and by length."
        )
        {
            output,
            drift,
            store,
            json,
        };
        var options = new ScoredPairsOptions(command);
        var overwrite = new OverwriteOption(command);
        command.SetAction(
            (parsed, cancellationToken) =>
            {
                using var claim = parsed.GetValue(output) is { } folder
                    ? OutputClaim.Files(
                        "eval",
                        folder,
                        [PairScoreFile.FileName, EvalEvidence.FileName, "rows-eval.bin"],
                        [.. options.Inputs(parsed), parsed.GetValue(drift)],
                        overwrite.Read(parsed)
                    )
                    : null;
                using var source = options.Read(parsed);
                if (parsed.GetValue(store) && source.Model is null)
                    throw new UsageException("--store-reference wants --model DIR: the reference is kept in the model's folder");
                if (parsed.GetValue(store) && parsed.GetValue<string?>("--chat-template") is not null)
                    throw new UsageException(
                        "--store-reference does not go with --chat-template: the reference would not be of the model as its folder stands"
                    );
                if (parsed.GetValue(store))
                    ModelFolder.DemandOwn(source.Subject.Path, StoredReference.FileName, "");
                if (parsed.GetValue(store))
                    OwnFormat.Demand(
                        Path.Combine(ModelFolder.Of(source.Subject.Path), StoredReference.FileName),
                        "assay.reference_scores/"
                    );
                var evidence = Judging.Eval(source, parsed.GetValue(output), parsed.GetValue(drift), cancellationToken);
                if (parsed.GetValue(json))
                    Terminal.PrintJson(JsonNode.Parse(EvidenceFile.ToJson(evidence))!);
                else
                    EvalTable.Print(evidence);
                if (!parsed.GetValue(json) && source.Components is { } shares)
                    CompositeTable.Print(shares);
                if (parsed.GetValue(store))
                    Store(evidence);
                return Task.FromResult(source.SetAside.CodeOf(ExitCode.Success));
            }
        );
        return ExamplesHelp.On(command, Examples);
    }

    private static void Store(EvalEvidence evidence)
    {
        var folder = ModelFolder.Of(evidence.Subject.Path);
        StoredReference.Of(evidence).Write(folder);
        foreach (var warning in evidence.Warnings)
            Terminal.Note($"assay: warning: {warning}");
        Terminal.Note(
            $"{Path.Combine(folder, StoredReference.FileName)}: {evidence.Reference.Count} scores; assay score now adds percentiles{(evidence.Calibration.Temperature.IsUsable ? " and P(win)" : "")}"
        );
    }
}
