using System.CommandLine;
using Assay.Cli.Outputs;
using Assay.Reward;

namespace Assay.Cli.Commands;

/// <summary>
/// <c>assay merge</c>: an adapter with its base model, a head of two labels, or several models' weights, as one whole checkpoint.
/// </summary>
internal static class MergeCommand
{
    private const string Examples = """
          assay merge my-lora --output-dir my-reward-model                 # an adapter and its base model, whole
          assay merge seed-1 seed-2 seed-3 --output-dir averaged           # the mean of their weights (WARM)
          assay merge my-classifier --positive-label GOOD --output-dir my-reward-model   # two labels: logit of GOOD minus the other's
          assay merge seed-1 seed-2 --weights 0.7 0.3 --output-dir averaged
        """;

    public static Command Create()
    {
        var models = new Argument<string[]>("MODEL")
        {
            Description = "Model folders: one, such as an adapter's, or several of one architecture, trained from one checkpoint.",
            Arity = ArgumentArity.OneOrMore,
        };
        var output = new Option<string>("--output-dir")
        {
            Description = "Folder for the merged model.",
            HelpName = "DIR",
            Required = true,
        };
        var weights = new Option<double[]>("--weights")
        {
            Description = "A share for each model, together 1. [default: equal]",
            AllowMultipleArgumentsPerToken = true,
            HelpName = "SHARE",
        };
        var label = new Option<string>("--positive-label")
        {
            Description = "Of a model with two labels: the better answer's, by name or number. The score is its logit minus the other's.",
            HelpName = "LABEL",
        };
        var json = new Option<bool>("--json") { Description = "Print the outcome as JSON." };
        var command = new Command(
            "merge",
            "Make one checkpoint: an adapter merged into its base model, a head of two labels as one score, or the mean of several models' weights."
        )
        {
            models,
            output,
            weights,
            label,
            json,
        };
        var overwrite = new OverwriteOption(command);
        command.SetAction(parsed =>
        {
            string[] paths = [.. parsed.GetValue(models)!.Select(given => FromHub.Model(given))];
            var folder = parsed.GetValue(output)!;
            using var claim = OutputClaim.WholeFolder("merge", folder, paths.Select(ModelFolder.Of), overwrite.Read(parsed));
            var merged = ModelMerge.Run(paths, parsed.GetValue(weights) ?? [], folder, parsed.GetValue(label));
            foreach (var warning in merged.Warnings)
                Terminal.Note($"assay: {warning}");
            if (parsed.GetValue(json))
            {
                Terminal.PrintRecord(merged);
                return ExitCode.Success;
            }
            var made =
                parsed.GetValue(label) is { } better ? $"{paths[0]}, its score the logit of {better} minus the other's"
                : paths.Length == 1 ? $"{paths[0]}, whole"
                : $"the mean of {paths.Length} models' weights";
            Console.WriteLine($"{folder}: {made}; loaded again: {merged.Reload}");
            return ExitCode.Success;
        });
        return ExamplesHelp.On(command, Examples);
    }
}
