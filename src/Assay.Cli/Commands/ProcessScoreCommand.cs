using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Assay.Cli.Outputs;
using Assay.Data.Contract;
using Assay.Data.Reading.Solutions;
using Assay.Data.Records;
using Assay.Evaluation.Process;
using Assay.Ground.Files;
using Assay.Models;
using Assay.Reward.Process;
using Assay.Torch;

namespace Assay.Cli.Commands;

/// <summary><c>assay process score</c>: a process reward model's probability of every step, and one number of each solution.</summary>
internal static class ProcessScoreCommand
{
    private const string Examples = """
          assay process score --model prm --input processbench.jsonl --output scored.jsonl                    # then: assay process eval scored.jsonl
          assay process score --model prm --input solutions.jsonl --output scored.jsonl --aggregate product --threshold 0.7
          assay process score --model org/prm --input answers.jsonl --output scored.jsonl --step-separator "\n\n"
        """;

    private static readonly string[] Aggregates = ["min", "product", "last", "mean"];

    public static Command Create()
    {
        var model = new ModelOption(
            "Folder of the process reward model: two labels a token, the second for a right step.",
            DataOption.Need.Required
        );
        var input = new DataOption("Solutions in steps, labelled or not:", name: "--input");
        var output = new Option<string>("--output")
        {
            Description = "File to write: a line for each solution with step_scores, score, first_error, and its labels where it has them.",
            Required = true,
            HelpName = "FILE",
        };
        var aggregate = new Option<string>("--aggregate")
        {
            Description = "How one number is made of a solution's steps: min (the weakest), product, last or mean.",
            DefaultValueFactory = _ => "min",
        };
        aggregate.AcceptOnlyFromAmong(Aggregates);
        var threshold = new Option<double>("--threshold")
        {
            Description = "The first error is the first step below this probability.",
            DefaultValueFactory = _ => 0.5,
            HelpName = "NUMBER",
        };
        var separator = new Option<string?>("--step-separator")
        {
            Description =
                "What ends a step, where the model does not say it; \\n is a line feed. Default: the model's own, else a line feed.",
            HelpName = "TEXT",
        };
        var json = new Option<bool>("--json") { Description = "Print the summary as one JSON object." };
        var command = new Command(
            "score",
            "Score the steps of solutions with a process reward model, to JSON Lines in input order. A row that cannot be scored has its error, and the exit code is 2."
        )
        {
            model,
            model.Revision,
            input,
            output,
            aggregate,
            threshold,
            separator,
            json,
        };
        var fields = new FieldOptions(command);
        var device = new Option<string>("--device")
        {
            Description = "Where the model runs: cpu, cuda, cuda:N, or auto for a CUDA device where libtorch has one.",
            DefaultValueFactory = _ => "auto",
            HelpName = "DEVICE",
        };
        var bf16 = new Option<bool>("--bf16") { Description = "Compute in bf16 over the stored weights." };
        command.Options.Add(device);
        command.Options.Add(bf16);
        var overwrite = new OverwriteOption(command);
        command.SetAction(
            (parsed, stop) =>
            {
                var from = input.Files(parsed);
                var to = parsed.GetRequiredValue(output);
                var at = parsed.GetValue(threshold);
                if (!(at is >= 0 and <= 1))
                    throw new UsageException($"--threshold is {at.ToString(CultureInfo.InvariantCulture)}, wanted 0 to 1");
                using var claim = OutputClaim.File(
                    "process score",
                    to,
                    [.. from, ModelFolder.Of(model.Given(parsed)!)],
                    overwrite.Read(parsed)
                );
                SolutionRow[] rows = [.. from.SelectMany(file => SolutionReader.Read(file, fields.Read(parsed)))];
                if (rows.Length == 0)
                    throw new FormatException($"{string.Join(", ", from)}: the file has no rows; was it written to the end?");
                var path = model.Read(parsed)!;
                using var loaded = ProcessModel.Load(
                    path,
                    parsed.GetValue(separator)?.Replace("\\n", "\n", StringComparison.Ordinal),
                    new Placement { Device = Device.Find(parsed.GetValue(device)!), Bf16 = parsed.GetValue(bf16) }
                );
                foreach (var warning in loaded.Warnings)
                    Terminal.Note($"assay: {path}: {warning}");
                return Task.FromResult(Run(loaded, rows, to, parsed.GetValue(aggregate)!, at, parsed.GetValue(json), stop));
            }
        );
        return ExamplesHelp.On(command, Examples);
    }

    private static int Run(
        ProcessModel model,
        IReadOnlyList<SolutionRow> rows,
        string output,
        string aggregate,
        double threshold,
        bool asJson,
        CancellationToken stop
    )
    {
        Solution[] solutions = [.. rows.SelectMany(row => row.Solutions)];
        var scores = new List<double[]?>();
        foreach (var part in solutions.Chunk(256))
        {
            scores.AddRange(model.Score(part, stop: stop));
            Terminal.Live($"scored {scores.Count} of {solutions.Length} solutions");
        }
        Terminal.EndLive();
        var (at, failed, first) = (0, 0, (string?)null);
        using (var file = new OutputFile(Path.GetFullPath(output)))
        {
            foreach (var row in rows)
            {
                if (row.Reason is { } reason)
                    Write(file.Stream, Failed(row, null, $"{reason.Code()}: {row.Detail}"));
                foreach (var solution in row.Solutions)
                {
                    var found = scores[at++];
                    if (found is null)
                        Write(
                            file.Stream,
                            Failed(
                                row,
                                solution,
                                "over_length: the solution is longer than the model reads; its last steps would have no score"
                            )
                        );
                    else
                        Write(file.Stream, Line(row, solution, found, aggregate, threshold));
                }
            }
            file.Commit();
        }
        JsonObject summary = new()
        {
            ["format"] = "assay.process_score/1",
            ["output"] = output,
            ["solutions"] = solutions.Length,
            ["steps"] = scores.Sum(found => found?.Length ?? 0),
            ["failed"] = failed,
            ["aggregate"] = aggregate,
            ["threshold"] = threshold,
            ["step_separator"] = model.Rules.Separator,
        };
        if (asJson)
            Terminal.PrintJson(summary);
        else
            Console.WriteLine(
                $"{solutions.Length} solutions with {summary["steps"]} steps scored to {output}; score is the {aggregate} of a solution's steps{(failed > 0 ? $"; {failed} with an error instead" : "")}"
            );
        if (first is not null)
            Terminal.Error($"assay: {first}");
        return failed == 0 ? ExitCode.Success : ExitCode.BadInput;

        StepScoreLine.Failed Failed(SolutionRow row, Solution? solution, string error)
        {
            failed++;
            first ??= $"{row.File}:{row.Line}: {error}";
            return new StepScoreLine.Failed(row.Line, solution?.Id, error);
        }
    }

    private static StepScoreLine Line(SolutionRow row, Solution solution, double[] scores, string aggregate, double threshold)
    {
        var ways = new StepAggregation(scores);
        return new StepScoreLine
        {
            Row = row.Line,
            StepScores = scores,
            Score = aggregate switch
            {
                "product" => ways.Product,
                "last" => ways.Last,
                "mean" => ways.Mean,
                _ => ways.Min,
            },
            Aggregate = aggregate,
            FirstError = ProcessBench.FirstBelow(scores, threshold),
            Id = solution.Id,
            Labels = solution.Labels,
            FinalAnswerCorrect = solution.IsCorrect,
        };
    }

    private static void Write<T>(Stream stream, T line) => RecordFile.WriteLine(stream, line, RecordFile.LineOptions);
}
