using System.CommandLine;
using System.Text.Json.Nodes;
using Assay.Cli.Export;
using Assay.Cli.Outputs;

namespace Assay.Cli.Commands;

/// <summary><c>assay export</c>: a model as a trainer loads it, with how it is launched and a smoke test.</summary>
internal static class ExportCommand
{
    private const string Examples = """
          assay export my-reward-model --for verl --output-dir for-verl
          assay export my-lora --for openrlhf --output-dir for-openrlhf      # the adapter is merged into its base
          assay export my-reward-model --for trl --output-dir for-trl --json
          python3 for-verl/smoke_test.py http://127.0.0.1:8000               # does that server score as the model does
        """;

    public static Command Create()
    {
        var model = new Argument<string>("MODEL")
        {
            Description =
                "Folder of the reward model, or a name of the Hugging Face hub. An adapter is merged into its base model, a head of several rows made their stated sum.",
        };
        var trainer = new Option<string>("--for")
        {
            Description = "The trainer: verl (its servers are vLLM or SGLang), openrlhf or trl.",
            Required = true,
        };
        trainer.AcceptOnlyFromAmong([.. TrainerExport.All.Select(one => one.Name)]);
        var output = new Option<string>("--output-dir")
        {
            Description =
                $"Folder for the model, {ExportRun.LaunchFile} (commands to copy), {ExportRun.SmokeFile} (requests as the trainer sends them, with their scores) and {ExportRun.SmokeScript}, which sends them.",
            Required = true,
            HelpName = "DIR",
        };
        var json = new Option<bool>("--json") { Description = "Print the outcome as one JSON object." };
        var command = new Command(
            "export",
            "Write a reward model as an RL trainer loads it, with the lines that launch server and trainer, and a smoke test of the server. A model that the trainer would score otherwise is refused, with what to do."
        )
        {
            model,
            trainer,
            output,
            json,
        };
        var overwrite = new OverwriteOption(command);
        command.SetAction(parsed =>
        {
            string from = FromHub.Model(parsed.GetRequiredValue(model)),
                folder = parsed.GetRequiredValue(output);
            using var claim = OutputClaim.WholeFolder("export", folder, [ModelFolder.Of(from)], overwrite.Read(parsed));
            var done = ExportRun.Run(from, TrainerExport.All.Single(one => one.Name == parsed.GetRequiredValue(trainer)), folder);
            foreach (var note in done["notes"]!.AsArray())
                Terminal.Note($"assay: {note}");
            if (parsed.GetValue(json))
                Terminal.PrintJson(done);
            else
                Print(done, folder);
            return ExitCode.Success;
        });
        return ExamplesHelp.On(command, Examples);
    }

    private static void Print(JsonObject done, string folder)
    {
        Console.WriteLine($"{folder}: for {done["for"]}; loaded again: {done["reload"]}");
        foreach (var entry in done["launch"]!.AsArray())
        {
            Console.WriteLine($"{entry!["what"]}:");
            Terminal.PrintAsIs($"  {entry["line"]}");
        }
    }
}
