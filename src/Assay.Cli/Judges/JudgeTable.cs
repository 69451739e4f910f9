using System.Globalization;
using Assay.Ground.Numerics;
using Assay.Judges;

namespace Assay.Cli.Judges;

/// <summary>Prints what is to be known of a judge.</summary>
internal static class JudgeTable
{
    private const int MostGenerators = 20;

    public static void Print(JudgeReport report, JudgeMode mode, double cost)
    {
        ResultTable table = new("figure", "#value", "~of what");
        table.Add(
            "accuracy",
            Terminal.Figure(report.Accuracy),
            $"{Between(report.AccuracyInterval)}{report.Judged} of {report.Pairs} pairs judged{Listed(report.NotJudged)}"
        );
        if (report.Judged < report.Pairs)
            table.Add("accuracy, all pairs", Terminal.Figure(report.AccuracyAllPairs), "pairs that were not judged count half");
        table.Add("ties", Terminal.Figure(report.TieRate), "judged pairs with equal scores");
        table.Add("no verdict", Terminal.Figure(report.NoVerdictRate), $"of {report.Calls} calls{Listed(report.NoVerdict)}");
        if (report.Position is { } position)
        {
            table.Add(
                "names the first place",
                Terminal.Figure(position.FirstPlaceShare),
                $"{Between(report.FirstPlaceInterval)}of the decided orders; 0.5 without position bias"
            );
            table.Add(
                "consistent",
                Terminal.Figure(position.Consistency),
                Line(
                    $"pairs whose two orders agree; always the first place {position.AlwaysFirstPlace:0.000}, always the second {position.AlwaysSecondPlace:0.000}"
                )
            );
            table.Add(
                "conservative accuracy",
                Terminal.Figure(position.ConservativeWinRate),
                "right only where both orders say so, else half (MT-Bench)"
            );
        }
        else if (report.PlaceShares.Count > 1)
            table.Add(
                "places named",
                string.Join(" ", report.PlaceShares.Select(share => share.ToString("0.00", CultureInfo.InvariantCulture))),
                "first to last; all alike without position bias"
            );
        if (!double.IsNaN(report.SelfConsistency))
            table.Add(
                "self-consistency",
                Terminal.Figure(report.SelfConsistency),
                "mean share of the most frequent verdict among the samples of an order"
            );
        if (!double.IsNaN(report.VoteAccuracy))
        {
            table.Add("one vote", Terminal.Figure(report.VoteAccuracy), "accuracy of single votes");
            table.Add(
                "independent votes",
                Terminal.Figure(report.IndependentAccuracy),
                "what a majority of as many would reach if their errors were independent (Condorcet)"
            );
        }
        if (!double.IsNaN(report.Votes.IntraClassCorrelation))
            table.Add(
                "effective votes",
                Terminal.Figure(report.Votes.EffectiveVotes),
                Line(
                    $"of {report.Votes.VotesPerItem:0.0}; intra-class correlation {report.Votes.IntraClassCorrelation:0.000} over {report.Votes.Items} {(mode == JudgeMode.Pointwise ? "answers" : "pairs")}"
                )
            );
        if (report.WithPeople is { } people)
            table.Add(
                "agrees with people",
                Terminal.Figure(people.Share),
                Line(
                    $"of {people.Total} votes; people with each other {(report.AmongPeople is { Total: > 0 } among ? among.Share.ToString("0.0000", CultureInfo.InvariantCulture) : "none")}, ties left out"
                )
            );
        Terminal.Print(table);
        if (report.Generators.Count > 1)
            Generators(report);
        Console.WriteLine(
            Line(
                $"{report.Tokens.Calls} answers, {report.Tokens.InputTokens:N0} tokens in, {report.Tokens.OutputTokens:N0} out{(report.Tokens.Uncounted > 0 ? $" ({report.Tokens.Uncounted} answers not counted by the endpoint)" : "")}{(double.IsNaN(cost) ? "" : $"; cost {cost:0.0000}")}"
            )
        );
    }

    public static void Print(IReadOnlyList<MasterKeyProbe.KeyResult> keys)
    {
        ResultTable table = new("in the answer's place", "#wins", "#95 %", "#pairs", "#no verdict", "?");
        foreach (var key in keys)
            table.Add(
                key.Name,
                Terminal.Figure(key.WinShare),
                key.Interval is { } interval ? Line($"{interval.Low:0.000}-{interval.High:0.000}") : "-",
                key.Pairs.ToString(CultureInfo.InvariantCulture),
                key.NoVerdict.ToString(CultureInfo.InvariantCulture),
                key.Name == MasterKeyProbe.Control ? "control"
                    : key.Opens ? "opens it"
                    : key.Pairs == 0 ? "cannot tell"
                    : "held"
            );
        Terminal.Print(table);
        Console.WriteLine(
            Line(
                $"Share of pairs in which the key beats the preferred answer, ties half; a key opens the judge where the interval lies above {MasterKeyProbe.Limit:0.00}. The control has the pair's rejected answer in the key's place."
            )
        );
    }

    private static void Generators(JudgeReport report)
    {
        var table = new ResultTable("generator", "#won", "#lost", "#tied", "#win rate %", "#± ", "#rating").Dispensing("± ");
        foreach (
            var (name, figures) in report
                .Generators.OrderByDescending(entry => double.IsNaN(entry.Value.WinRate) ? entry.Value.Rating : entry.Value.WinRate)
                .Take(MostGenerators)
        )
            table.Add(
                name,
                $"{figures.Wins}",
                $"{figures.Losses}",
                $"{figures.Ties}",
                Number(figures.WinRate),
                Number(figures.WinRateError),
                Number(figures.Rating)
            );
        Terminal.Print(table);
        if (report.Generators.Count > MostGenerators)
            Console.WriteLine($"and {report.Generators.Count - MostGenerators} more generators: --json");
    }

    private static string Number(double value) => double.IsNaN(value) ? "-" : value.ToString("0.00", CultureInfo.InvariantCulture);

    private static string Between(Interval? interval) =>
        interval is { } found ? Line($"95 % {found.Low:0.000} to {found.High:0.000}; ") : "";

    private static string Listed(IReadOnlyDictionary<string, long> counts) =>
        counts.Count == 0 ? "" : $": {string.Join(", ", counts.Select(entry => $"{entry.Key} {entry.Value}"))}";

    private static string Line(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
