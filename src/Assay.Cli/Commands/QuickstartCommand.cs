using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using Assay.Cli.Outputs;
using Assay.Cli.Quickstart;
using Assay.Evaluation;

namespace Assay.Cli.Commands;

/// <summary><c>assay quickstart</c>: the whole story on the embedded world, in minutes.</summary>
internal static class QuickstartCommand
{
    private const string Examples = """
          assay quickstart
          assay quickstart --seed 7 --output-dir my-quickstart --json
        """;

    public static Command Create()
    {
        var output = new Option<string>("--output-dir")
        {
            Description = "Where to write.",
            DefaultValueFactory = _ => "assay-quickstart",
            HelpName = "DIR",
        };
        var seed = new Option<int>("--seed")
        {
            Description = "Of the world, the weights and the order of training.",
            DefaultValueFactory = _ => 1,
        };
        var pairs = new Option<int>("--pairs")
        {
            Description = "Pairs to draw.",
            DefaultValueFactory = _ => QuickstartRun.DefaultPairCount,
        };
        var json = new Option<bool>("--json") { Description = "Print the figures as one JSON object." };
        var command = new Command(
            "quickstart",
            "The whole story in minutes, on an embedded world: check, split, train from scratch, look behind the accuracy, repair the pairs, train again, and let the gate judge both."
        )
        {
            output,
            seed,
            pairs,
            json,
        };
        var overwrite = new OverwriteOption(command);
        command.SetAction(
            (parsed, stop) =>
            {
                if (parsed.GetValue(pairs) < 1000)
                    throw new UsageException($"--pairs is {parsed.GetValue(pairs)}; below 1000 the slices are too small to say anything");
                using var claim = OutputClaim.WholeFolder("quickstart", parsed.GetValue(output)!, [], overwrite.Read(parsed));
                return Task.FromResult(
                    Run(parsed.GetValue(output)!, parsed.GetValue(seed), parsed.GetValue(pairs), parsed.GetValue(json), stop)
                );
            }
        );
        return ExamplesHelp.On(command, Examples);
    }

    private static int Run(string folder, int seed, int pairCount, bool json, CancellationToken stop)
    {
        var clock = Stopwatch.StartNew();
        var figures = new QuickstartRun(
            folder,
            seed,
            pairCount,
            text => Terminal.Note($"{Terminal.Duration(clock.Elapsed), 6}  {text}")
        ).Execute(TimeProvider.System, stop);
        if (json)
        {
            var result = JsonSerializer.SerializeToNode(figures, EvaluationJson.Options)!.AsObject();
            result.Insert(0, "format", "assay.quickstart/1");
            result["seconds"] = clock.Elapsed.TotalSeconds;
            Terminal.PrintJson(result);
        }
        else
            QuickstartStory.Tell(figures);
        return ExitCode.Success;
    }
}
