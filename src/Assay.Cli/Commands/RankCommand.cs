using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Assay.Cli.Gates;
using Assay.Cli.Outputs;
using Assay.Data.Reading;
using Assay.Reward.Ranking;

namespace Assay.Cli.Commands;

/// <summary><c>assay rank</c>: best-of-n over files of answers.</summary>
internal static class RankCommand
{
    private const string SummaryFile = "rank.json";

    private const string Examples = """
          assay rank --model my-reward-model --input samples.jsonl --output-dir ranked     # {"prompt": …, "responses": [a, b, c, d]}
          assay rank --model my-reward-model --input samples.jsonl --output-dir ranked --top 2 --pairs best-rest --min-margin 0.5
          assay rank --model my-reward-model --input one-answer-a-line.jsonl --output-dir ranked --require-gate best-of-n
        """;

    /// <summary>Points of the best-of-n curve that are printed.</summary>
    private static readonly int[] Printed = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];

    public static Command Create()
    {
        var model = new ModelOption("Folder of the reward model, or a composite's YAML file.", DataOption.Need.Required);
        var input = new DataOption(
            "Answers to rank, several in a row, or rows with one answer each that follow each other after the same prompt:",
            name: "--input"
        );
        var output = new Option<string>("--output-dir")
        {
            Description =
                $"Write {RankRun.RankedFile} (scores and order), {RankRun.BestFile} (rows to fine-tune on), {RankRun.PairsFile} (pairs to train on) and {SummaryFile}.",
            Required = true,
            HelpName = "DIR",
        };
        var top = new Option<int>("--top")
        {
            Description = $"Answers of each prompt that go to {RankRun.BestFile}.",
            DefaultValueFactory = _ => 1,
            HelpName = "K",
        };
        var pairs = new Option<string>("--pairs")
        {
            Description = $"Which pairs of answers go to {RankRun.PairsFile}.",
            DefaultValueFactory = _ => "best-worst",
        };
        pairs.AcceptOnlyFromAmong("best-worst", "best-rest", "all");
        var margin = new Option<double>("--min-margin") { Description = "Least difference of the scores of a pair.", HelpName = "NUMBER" };
        var template = new ChatTemplateOption();
        var json = new Option<bool>("--json") { Description = "Print the summary as one JSON object." };
        var command = new Command(
            "rank",
            "Best-of-n: score the answers to each prompt, order them, and write the best (for rejection sampling) and pairs of better and worse ones. An answer that cannot be scored is left out and counted, and the exit code is 2."
        )
        {
            model,
            model.Revision,
            input,
            output,
            top,
            pairs,
            margin,
            template,
            json,
        };
        var gate = new RequireGateOption(command);
        var fields = new FieldOptions(command);
        var placement = new ModelOptions(command);
        var overwrite = new OverwriteOption(command);
        command.SetAction(
            (parsed, cancellationToken) =>
            {
                if (parsed.GetValue(top) < 1)
                    throw new UsageException($"--top is {parsed.GetValue(top)}, wanted 1 or more");
                if (!(parsed.GetValue(margin) >= 0))
                    throw new UsageException($"--min-margin is {parsed.GetValue(margin)}, wanted 0 or more");
                var folder = parsed.GetRequiredValue(output);
                var inputs = input.Files(parsed);
                using var claim = OutputClaim.Files(
                    "rank",
                    folder,
                    [RankRun.RankedFile, RankRun.BestFile, RankRun.PairsFile, SummaryFile],
                    [.. inputs, ModelFolder.Of(model.Given(parsed)!), parsed.GetValue(template)],
                    overwrite.Read(parsed)
                );
                var from = model.Read(parsed)!;
                var demand = gate.Read(parsed);
                using var opened = OpenedScorer.Load(from, parsed.GetValue(template), placement.Read(parsed));
                if (!opened.Permits(demand))
                    return Task.FromResult(ExitCode.CheckFailed);
                var run = new RankRun(opened.Scorer)
                {
                    Top = parsed.GetValue(top),
                    Pairs = Enum.Parse<PairChoice>(parsed.GetValue(pairs)!.Replace("-", ""), ignoreCase: true),
                    MinMargin = parsed.GetValue(margin),
                };
                return Task.FromResult(Run(run, inputs, folder, fields.Read(parsed), parsed.GetValue(json), cancellationToken));
            }
        );
        return ExamplesHelp.On(command, Examples);
    }

    private static int Run(
        RankRun run,
        IReadOnlyList<string> inputs,
        string folder,
        FieldMapping? fields,
        bool json,
        CancellationToken cancellationToken
    )
    {
        var clock = Stopwatch.StartNew();
        var summary = run.Run(
            inputs,
            folder,
            fields,
            (prompts, answers, share) =>
                Terminal.Live(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"ranked {answers} answers to {prompts} prompts, {share:0 %}, {answers / clock.Elapsed.TotalSeconds:0.0} answers/s"
                    )
                ),
            cancellationToken
        );
        Terminal.EndLive();
        var written = Evaluation.ReportFile.Write(
            new
            {
                Format = "assay.rank/1",
                summary.Prompts,
                summary.Answers,
                summary.Failed,
                summary.Single,
                summary.Best,
                summary.Pairs,
                summary.BestOfN,
                Errors = summary.FirstErrors,
            },
            folder,
            SummaryFile
        );
        if (json)
            Terminal.PrintJson(written);
        else
            Print(summary, folder, clock.Elapsed);
        foreach (var error in summary.FirstErrors)
            Terminal.Error($"assay: {string.Join(", ", inputs)}: {error}");
        if (summary.Failed > summary.FirstErrors.Count)
            Terminal.Error($"assay: and {summary.Failed - summary.FirstErrors.Count} more, see {Path.Combine(folder, RankRun.RankedFile)}");
        if (summary.Single == summary.Prompts)
            Terminal.Note(
                "assay: WARNING: every prompt has one answer, so nothing was chosen; answers to one prompt stand in one row (responses), or in rows that follow each other"
            );
        return summary.Failed == 0 ? ExitCode.Success : ExitCode.BadInput;
    }

    private static void Print(RankSummary summary, string folder, TimeSpan elapsed)
    {
        ResultTable table = new("best of", "#mean score", "#prompts");
        foreach (var point in summary.BestOfN.Where(point => Printed.Contains(point.N) || point.N == summary.BestOfN.Count))
            table.Add(
                point.N.ToString(CultureInfo.InvariantCulture),
                point.Score.ToString("0.000", CultureInfo.InvariantCulture),
                point.Prompts.ToString(CultureInfo.InvariantCulture)
            );
        Terminal.Print(table);
        Console.WriteLine(
            $"{summary.Answers} answers to {summary.Prompts} prompts in {Terminal.Duration(elapsed)}{(summary.Failed > 0 ? $", {summary.Failed} without a score" : "")}; {summary.Best} best answers and {summary.Pairs} pairs in {folder}"
        );
        Console.WriteLine(
            "The score is the model's own: it rises with n whatever the answers are worth. What they are worth: assay overopt."
        );
    }
}
