using System.CommandLine;
using Assay.Cli.Evaluation;
using Assay.Cli.Outputs;
using Assay.Cli.Quickstart;
using Assay.Evaluation.Laboratory;
using Assay.Ground.Files;
using Assay.Report;

namespace Assay.Cli.Commands;

/// <summary><c>assay overopt lab</c>: over-optimisation where the true reward is known, on this machine, in minutes.</summary>
internal static class OveroptLabCommand
{
    private const string Examples = """
          assay overopt lab --output-dir lab                          # two worlds, four numbers of pairs; lab/laboratory.html
          assay overopt lab --output-dir lab --pairs 100 500 1000 2000 5000 20000 --seed 7
          assay overopt lab --output-dir lab --prompts 10 --answers 256 --json
        """;

    public static Command Create()
    {
        var defaults = new LaboratoryRun();
        var output = new Option<string>("--output-dir")
        {
            Description = $"Write {LaboratoryReport.FileName} and {LaboratoryReport.PageName}.",
            Required = true,
            HelpName = "DIR",
        };
        var pairs = new Option<int[]>("--pairs")
        {
            Description = "Numbers of training pairs, a proxy for each.",
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => [.. defaults.Pairs],
            HelpName = "N",
        };
        var prompts = new Option<int>("--prompts")
        {
            Description = "Prompts that are optimised.",
            DefaultValueFactory = _ => defaults.Prompts,
            HelpName = "N",
        };
        var answers = new Option<int>("--answers")
        {
            Description = "Answers to each prompt: the largest n of best-of-n.",
            DefaultValueFactory = _ => defaults.Answers,
            HelpName = "N",
        };
        var members = new Option<int>("--members")
        {
            Description = "Proxies of an ensemble.",
            DefaultValueFactory = _ => defaults.Members,
            HelpName = "N",
        };
        var noise = new Option<double>("--label-noise")
        {
            Description = "Share of the ensemble's labels that are turned.",
            DefaultValueFactory = _ => defaults.LabelNoise,
            HelpName = "SHARE",
        };
        var uncertainty = new Option<double>("--uncertainty-penalty")
        {
            Description = "λ of mean − λ·variance.",
            DefaultValueFactory = _ => defaults.UncertaintyPenalty,
            HelpName = "NUMBER",
        };
        var seed = new Option<long>("--seed")
        {
            Description = "Of everything that is drawn.",
            DefaultValueFactory = _ => defaults.Seed,
            HelpName = "N",
        };
        var json = new Option<bool>("--json") { Description = "Print the report as one JSON object." };
        var command = new Command(
            "lab",
            "Over-optimisation where the true reward is known: proxies of several numbers of pairs in two worlds, best-of-n and a policy against each, ensembles under label noise, the two-half test. One world must not turn, the other must; exit code 1 when one does otherwise."
        )
        {
            output,
            pairs,
            prompts,
            answers,
            members,
            noise,
            uncertainty,
            seed,
            json,
        };
        var overwrite = new OverwriteOption(command);
        command.SetAction(
            (parsed, stop) =>
            {
                var folder = parsed.GetRequiredValue(output);
                var run = new LaboratoryRun
                {
                    Pairs = [.. parsed.GetRequiredValue(pairs).Distinct()],
                    Prompts = parsed.GetValue(prompts),
                    Answers = parsed.GetValue(answers),
                    Members = parsed.GetValue(members),
                    LabelNoise = parsed.GetValue(noise),
                    UncertaintyPenalty = parsed.GetValue(uncertainty),
                    Seed = parsed.GetValue(seed),
                };
                using var claim = OutputClaim.Files(
                    "overopt lab",
                    folder,
                    [LaboratoryReport.FileName, LaboratoryReport.PageName],
                    [],
                    overwrite.Read(parsed)
                );
                var report = run.Execute([new NormalWorld(), new SupportLaboratory(run.Seed)], text => Terminal.Note(text), stop);
                var written = ReportFile.Write(report, folder, LaboratoryReport.FileName);
                OutputFile.WriteAllText(Path.Combine(folder, LaboratoryReport.PageName), LaboratoryPage.Render(report, ReportFile.MadeBy));
                if (parsed.GetValue(json))
                    Terminal.PrintJson(written);
                else
                    LaboratoryTable.Print(report);
                return Task.FromResult(report.Holds ? ExitCode.Success : ExitCode.CheckFailed);
            }
        );
        return ExamplesHelp.On(command, Examples);
    }
}
