using System.CommandLine;
using System.Text.Json;
using Assay.Cli.Evaluation;
using Assay.Cli.Outputs;
using Assay.Evaluation;
using Assay.Evaluation.Audits;
using Assay.Evaluation.Audits.Probes;
using Assay.Evaluation.Evidence;

namespace Assay.Cli.Commands;

/// <summary><c>assay audit</c>: whether scores follow the preference or a shortcut.</summary>
internal static class AuditCommand
{
    private const string Examples = """
          assay audit --model my-reward-model --data eval.jsonl --output-dir evidence
          assay audit --model my-reward-model --data all.jsonl --split split.json --probe-pairs 50
          assay audit --scores their-scores.csv --data eval.jsonl --json
          assay audit --endpoint http://127.0.0.1:8000 --endpoint-model my-rm --data eval.jsonl --output-dir evidence
        """;

    public static Command Create()
    {
        var output = new Option<string?>("--output-dir")
        {
            Description = "Write audit.json, and probes.jsonl with every rewritten answer and its scores, to this folder.",
            HelpName = "DIR",
        };
        var probePairs = new Option<int>("--probe-pairs")
        {
            Description = $"Pairs put to the probes, at most; each costs {Probe.MostScorings} scorings or fewer. 0 leaves the probes out.",
            DefaultValueFactory = _ => AuditOptions.DefaultProbePairs,
            HelpName = "PAIRS",
        };
        var json = new Option<bool>("--json") { Description = "Print the evidence as one JSON object." };
        var command = new Command(
            "audit",
            "Find out whether a model learned the preference or a shortcut: accuracy by length and style, probes that rewrite answers without bettering them, self-tests of the scorer. Exit code 1 when a self-test fails; whether the figures are good enough is for the gate to say."
        )
        {
            output,
            probePairs,
            json,
        };
        var options = new ScoredPairsOptions(command);
        var overwrite = new OverwriteOption(command);
        command.SetAction(
            (parsed, cancellationToken) =>
            {
                if (parsed.GetValue(probePairs) < 0)
                    throw new UsageException($"--probe-pairs is {parsed.GetValue(probePairs)}; wanted 0 or more");
                using var claim = parsed.GetValue(output) is { } folder
                    ? OutputClaim.Files(
                        "audit",
                        folder,
                        [AuditEvidence.FileName, ProbeExample.FileName, "rows-audit.bin"],
                        options.Inputs(parsed),
                        overwrite.Read(parsed)
                    )
                    : null;
                using var source = options.Read(parsed);
                return Task.FromResult(
                    Run(source, parsed.GetValue(output), parsed.GetValue(probePairs), parsed.GetValue(json), cancellationToken)
                );
            }
        );
        return ExamplesHelp.On(command, Examples);
    }

    private static int Run(ScoredPairs source, string? output, int probePairs, bool json, CancellationToken cancellationToken)
    {
        var evidence = Judging.Audit(source, output, probePairs, cancellationToken);
        if (json)
            Terminal.PrintJson(JsonSerializer.SerializeToNode(evidence, EvaluationJson.Options)!.AsObject());
        else
            AuditTable.Print(evidence, output);
        return source.SetAside.CodeOf(evidence.SelfTests.All(test => test.Passed) ? ExitCode.Success : ExitCode.CheckFailed);
    }
}
