using System.CommandLine;
using System.Text.Json.Nodes;
using Assay.Cli.Evaluation;
using Assay.Cli.Outputs;
using Assay.Data;
using Assay.Evaluation.Evidence;
using Assay.Evaluation.FreshPolicy;
using Assay.Evaluation.Scores;

namespace Assay.Cli.Commands;

/// <summary><c>assay fresh</c>: how far the model agrees with people on what the current policy writes, beside the static set.</summary>
internal static class FreshCommand
{
    private const string Examples = """
          assay fresh --model my-reward-model --data fresh.jsonl --static judged --output-dir judged
          assay fresh --model my-reward-model --data fresh.jsonl --static judged --static-data eval.jsonl --policy step-2000 --output-dir judged
          assay fresh --scores their-scores.csv --data fresh.jsonl --static static-scores.jsonl --human-reviewed --output-dir judged --json
        """;

    private const long Seed = 0;

    public static Command Create()
    {
        var compared = new Option<string?>("--static")
        {
            Description = "The static set to compare with: the --output-dir of assay eval, its eval.json, or a file of pair scores.",
            HelpName = "PATH",
        };
        var staticData = new Option<string?>("--static-data")
        {
            Description = "The static set's pairs, so that texts are compared too; rows without a score in --static are passed over.",
            HelpName = "FILE",
        };
        var reviewed = new Option<bool>("--human-reviewed")
        {
            Description = "People reviewed the labels of the rows that do not say who did.",
        };
        var policy = new Option<string?>("--policy")
        {
            Description = "Only pairs whose two answers this generator wrote, by their provenance.",
            HelpName = "NAME",
        };
        var output = new Option<string>("--output-dir")
        {
            Description = "Folder for fresh.json and fresh_scores.jsonl.",
            Required = true,
            HelpName = "DIR",
        };
        var json = new Option<bool>("--json") { Description = "Print fresh.json." };
        var command = new Command(
            "fresh",
            "Judge a model, or scores made elsewhere, on labelled pairs of the current policy: accuracy, the gap to the static set, and what moved between the two. Exit code 3 without a labelled pair."
        )
        {
            compared,
            staticData,
            reviewed,
            policy,
            output,
            json,
        };
        var options = new ScoredPairsOptions(command);
        var overwrite = new OverwriteOption(command);
        command.SetAction(
            (parsed, cancellationToken) =>
            {
                if (parsed.GetValue(staticData) is not null && parsed.GetValue(compared) is null)
                    throw new UsageException("--static-data goes with --static: it holds the texts of the pairs whose scores are there");
                using var claim = OutputClaim.Files(
                    "fresh",
                    parsed.GetRequiredValue(output),
                    [FreshEvidence.FileName, PairScoreFile.FreshFileName, "rows-fresh.bin"],
                    [.. options.Inputs(parsed), parsed.GetValue(compared), parsed.GetValue(staticData)],
                    overwrite.Read(parsed)
                );
                using var source = options.Read(parsed);
                var check = new FreshCheck(parsed.GetValue(policy), parsed.GetValue(reviewed) ? LabelSource.Human : null, Seed);
                var staticSet = parsed.GetValue(compared) is { } path ? StaticSet.Read(path, source.Subject, Seed) : null;
                return Task.FromResult(
                    Run(
                        source,
                        check,
                        staticSet,
                        parsed.GetValue(staticData),
                        parsed.GetRequiredValue(output),
                        parsed.GetValue(json),
                        cancellationToken
                    )
                );
            }
        );
        return ExamplesHelp.On(command, Examples);
    }

    private static int Run(
        ScoredPairs source,
        FreshCheck check,
        StaticSet? compared,
        string? staticData,
        string folder,
        bool json,
        CancellationToken cancellationToken
    )
    {
        var evidence = Judging.Fresh(source, check, compared, staticData, folder, cancellationToken);
        if (json)
            Terminal.PrintJson(JsonNode.Parse(EvidenceFile.ToJson(evidence))!);
        else
            FreshTable.Print(evidence);
        if (check.Pairs.Count > 0)
            return source.SetAside.CodeOf(ExitCode.Success);
        Terminal.Error(
            $"assay: no labelled pair to measure{(evidence.SetAside.Count > 0 ? $"; set aside: {string.Join(", ", evidence.SetAside.Select(entry => $"{entry.Key} {entry.Value}"))}" : "")}"
        );
        return source.SetAside.CodeOf(ExitCode.CannotTell);
    }
}
