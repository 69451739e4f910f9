using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Assay.Cli.Evaluation;
using Assay.Evaluation;
using Assay.Evaluation.Metrics;

namespace Assay.Cli.Commands;

/// <summary><c>assay eval</c>: how often the model prefers what people preferred, with an interval, in all and by part.</summary>
internal static class EvalCommand
{
    private const string Examples = """
          assay eval --model my-reward-model --data eval.jsonl
          assay eval --model my-reward-model --data all.jsonl --split split.json --output pair-scores.jsonl
          assay eval --scores their-scores.csv --data eval.jsonl --json
        """;

    public static Command Create()
    {
        var output = new Option<string?>("--output") { Description = "Write the score of every pair, the source of all figures, to this file.", HelpName = "FILE" };
        var json = new Option<bool>("--json") { Description = "Print the figures as one JSON object." };
        var command = new Command("eval", "Judge a model, or scores made elsewhere, on preference pairs: accuracy (ties named, Wilson interval), loss, margins and rewards, in all, by source and by length.") { output, json };
        var options = new ScoredPairsOptions(command);
        command.SetAction((parsed, cancellationToken) =>
        {
            using ScoredPairs source = options.Read(parsed);
            return Task.FromResult(Run(source, parsed.GetValue(output), parsed.GetValue(json), cancellationToken));
        });
        return ExamplesHelp.On(command, Examples);
    }

    private static int Run(ScoredPairs source, string? output, bool json, CancellationToken cancellationToken)
    {
        List<PairScore> pairs = [.. source.Read(cancellationToken).Select(scored => scored.Score)];
        if (pairs.Count == 0) throw new UsageException($"no usable pair in {string.Join(", ", source.Inputs.Select(input => input.Path))}{(source.SetAside.Total > 0 ? ": " + source.SetAside : "")}");
        if (output is not null) PairScoreWriter.Write(output, pairs);
        PairMetrics metrics = PairMetrics.Of(pairs);
        if (json)
        {
            JsonObject result = JsonSerializer.SerializeToNode(metrics, EvaluationJson.Options)!.AsObject();
            result.Insert(0, "format", "assay.eval/1");
            result["set_aside"] = JsonSerializer.SerializeToNode(source.SetAside.ByReason);
            Terminal.PrintJson(result);
        }
        else EvalTable.Print(metrics, source.SetAside);
        return ExitCode.Success;
    }
}
