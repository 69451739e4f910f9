using System.CommandLine;
using System.Globalization;
using Assay.Cli.Evaluation;
using Assay.Cli.Outputs;
using Assay.Evaluation.Metrics;
using Assay.Evaluation.Ranking;
using Assay.Evaluation.Scores;

namespace Assay.Cli.Commands;

/// <summary><c>assay judge leaderboard</c>: the models that wrote the answers, ranked by who won.</summary>
internal static class JudgeLeaderboardCommand
{
    private const string Examples = """
          assay judge leaderboard votes.jsonl                                        # what assay judge wrote; any score file with chosen_generator and rejected_generator
          assay judge leaderboard votes.jsonl --baseline gpt-4-turbo --output-dir board
          assay judge leaderboard votes.jsonl more.jsonl --method davidson --json
        """;

    public static Command Create()
    {
        var files = new Argument<string[]>("FILE")
        {
            Description =
                "Score files of pairs with chosen_generator and rejected_generator: of a judge, of a model, or of people (any two scores in their order).",
            Arity = ArgumentArity.OneOrMore,
        };
        var method = new Option<string>("--method")
        {
            Description = $"How ratings are made: {string.Join(", ", Leaderboard.Methods)}. Elo goes by the order of the rows.",
            DefaultValueFactory = _ => Leaderboard.Methods[0],
            HelpName = "METHOD",
        };
        method.AcceptOnlyFromAmong([.. Leaderboard.Methods]);
        var baseline = new Option<string?>("--baseline")
        {
            Description = "Win rates against this model too, and at equal length, as AlpacaEval has them.",
            HelpName = "MODEL",
        };
        var penalty = new Option<double>("--penalty")
        {
            Description = "Of bradley-terry: a penalty on squared strengths, for models that won or lost everything.",
            HelpName = "NUMBER",
        };
        var output = new Option<string?>("--output-dir") { Description = $"Write {Leaderboard.FileName}.", HelpName = "DIR" };
        var json = new Option<bool>("--json") { Description = "Print the leaderboard as one JSON object." };
        var command = new Command(
            "leaderboard",
            "Rank the models that wrote judged answers: Bradley-Terry (or Davidson, Rao-Kupper, spectral, Elo) with intervals of ratings and ranks, length controlled, and win rates against a baseline."
        )
        {
            files,
            method,
            baseline,
            penalty,
            output,
            json,
        };
        var overwrite = new OverwriteOption(command);
        command.SetAction(parsed =>
        {
            var from = parsed.GetRequiredValue(files);
            if (parsed.GetValue(penalty) != 0 && parsed.GetValue(method) != Leaderboard.Methods[0])
                throw new UsageException($"--penalty is of --method {Leaderboard.Methods[0]}");
            using var claim = parsed.GetValue(output) is { } folder
                ? OutputClaim.Files("judge leaderboard", folder, [Leaderboard.FileName], from, overwrite.Read(parsed))
                : null;
            PairScore[] pairs = [.. from.SelectMany(file => PairScoreFile.Read(file))];
            var board = Leaderboard.Of(pairs, parsed.GetValue(method)!, parsed.GetValue(baseline), parsed.GetValue(penalty));
            var written = ReportFile.Write(board, parsed.GetValue(output), Leaderboard.FileName);
            if (parsed.GetValue(json))
                Terminal.PrintJson(written);
            else
                Print(board);
            return ExitCode.Success;
        });
        return ExamplesHelp.On(command, Examples);
    }

    private static void Print(Leaderboard board)
    {
        ResultTable table = new(
            "model",
            "#rating",
            "#95 %",
            "#rank",
            "#pairs",
            "#won",
            "#at equal length",
            "#win rate",
            "#length controlled"
        );
        foreach (var model in board.Models)
        {
            table.Add(
                model.Model,
                N(model.Rating, "0"),
                $"{N(model.RatingInterval.Low, "0")} to {N(model.RatingInterval.High, "0")}",
                $"{N(model.BestRank, "0")} to {N(model.WorstRank, "0")}",
                model.Battles.ToString(CultureInfo.InvariantCulture),
                N(model.WinRate, "0.000"),
                N(model.LengthControlledRating, "0"),
                model.AgainstBaseline is { } won ? $"{N(won.WinRate, "0.0")} ± {N(won.StandardError, "0.0")}" : "",
                N(model.LengthControlledWinRate, "0.0")
            );
        }
        Terminal.Print(table);
        var leftOut = board.LeftOut > 0 ? $", {board.LeftOut} left out (they name no two models)" : "";
        var tied = board.TieParameter is { } ties ? string.Create(CultureInfo.InvariantCulture, $" (tie parameter {ties:0.000})") : "";
        var unlinked = board.UnusableResamples > 0 ? $", {board.UnusableResamples} resamples did not link all models" : "";
        Console.WriteLine($"{board.Battles} pairs{leftOut}, by {board.Method}{tied}; intervals over resampled pairs{unlinked}.");
        if (board.Length is { } length)
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"A standard deviation of relative length is worth {length.Coefficient:+0.00;-0.00} ± {length.StandardError:0.00} in log odds."
                )
            );
    }

    private static string N(double? value, string format) =>
        value is { } number && double.IsFinite(number) ? number.ToString(format, CultureInfo.InvariantCulture) : "";
}
