using System.CommandLine;
using Assay.Cli.Evaluation;
using Assay.Cli.Outputs;
using Assay.Evaluation.OverOptimisation;

namespace Assay.Cli.Commands;

/// <summary><c>assay overopt</c>: how much optimising against a reward model is worth in the reward that is meant.</summary>
internal static class OveroptCommand
{
    private const string Examples = """
          assay overopt graded.jsonl                                    # {"group": "q1", "proxy": 0.3, "gold": 1.2}
          assay overopt graded.jsonl --max-n 64 --length-penalty 0.01 --output-dir evidence
          assay overopt lab --output-dir lab                            # the same where the true reward is known: assay overopt lab --help
          assay overopt path.jsonl --json                               # {"group": "q1", "step": 200, "kl": 3.1, "proxy": [0.3, 0.5], "gold": 1.2}
        """;

    public static Command Create()
    {
        var input = new Argument<string>("answers")
        {
            Description =
                "JSON Lines, an answer each: group (or prompt), proxy (a number, or a list of several models'), gold; for the path of a policy step and kl.",
            HelpName = "FILE",
        };
        var most = new Option<int?>("--max-n")
        {
            Description = "Largest n of best-of-n; prompts with fewer answers are left out. Default: the fewest answers that a prompt has.",
            HelpName = "N",
        };
        var uncertainty = new Option<double>("--uncertainty-penalty")
        {
            Description = "λ of mean − λ·variance over several proxies.",
            DefaultValueFactory = _ => 0.5,
            HelpName = "NUMBER",
        };
        var length = new Option<double>("--length-penalty")
        {
            Description = "Also try each proxy with so much taken off for each token (completion_tokens).",
            HelpName = "NUMBER",
        };
        var output = new Option<string?>("--output-dir") { Description = $"Write {OverOptimisationReport.FileName}.", HelpName = "DIR" };
        var json = new Option<bool>("--json") { Description = "Print the report as one JSON object." };
        var command = new Command(
            "overopt",
            "Proxy against gold reward as optimisation grows: best-of-n over answers of one policy by the unbiased estimator, or the steps of a policy over KL, with the fitted form of Gao et al., where gold peaks, and what an ensemble's rules or a length penalty change."
        )
        {
            input,
            most,
            uncertainty,
            length,
            output,
            json,
            OveroptLabCommand.Create(),
        };
        var overwrite = new OverwriteOption(command);
        command.SetAction(parsed =>
        {
            var from = parsed.GetRequiredValue(input);
            using var claim = parsed.GetValue(output) is { } folder
                ? OutputClaim.Files("overopt", folder, [OverOptimisationReport.FileName], [from], overwrite.Read(parsed))
                : null;
            var report = OverOptimisationReport.Of(
                GradedAnswer.Read(from),
                parsed.GetValue(most),
                parsed.GetValue(uncertainty),
                parsed.GetValue(length)
            );
            var written = ReportFile.Write(report, parsed.GetValue(output), OverOptimisationReport.FileName);
            if (parsed.GetValue(json))
                Terminal.PrintJson(written);
            else
                OveroptTable.Print(report);
            return ExitCode.Success;
        });
        return ExamplesHelp.On(command, Examples);
    }
}
