using System.Text.RegularExpressions;
using Assay.Cli.Checking;
using Assay.Cli.Evaluation;
using Assay.Cli.Gates;
using Assay.Data.Checking;
using Assay.Evaluation.Benchmarks;
using Assay.Evaluation.Evidence;
using Assay.Evaluation.Gates;
using Assay.Evaluation.Selection;
using Assay.Report.Tests;

namespace Assay.Cli.Tests.Printing;

/// <summary>
/// Every table of every verb on terminals of several widths: nothing is wider than the terminal, and no figure is wrapped or cut.
/// </summary>
[Collection("console")]
public sealed partial class TableWidthTests
{
    /// <summary>So wide that nothing gives way: what is printed here is what there is to print.</summary>
    private const int Plenty = 600;

    public static TheoryData<string, int> All()
    {
        var all = new TheoryData<string, int>();
        foreach (var name in Tables.Keys)
        {
            foreach (var width in new[] { 40, 60, 80, 100, 120 })
                all.Add(name, width);
        }
        return all;
    }

    private static readonly Dictionary<string, Action> Tables = new()
    {
        ["eval"] = () => EvalTable.Print(SampleEvidence.Eval()),
        ["audit"] = () => AuditTable.Print(SampleEvidence.Audit(), "evidence"),
        ["fresh"] = () => FreshTable.Print(SampleEvidence.Fresh() with { IsWeighted = true }),
        ["compare"] = () => CompareTable.Print(SampleEvidence.Comparison()),
        ["benchmark"] = () =>
            BenchmarkTable.Print(
                SampleEvidence.Benchmark(),
                BenchmarkDescription.Of(BenchmarkKind.RewardBench2),
                ["evidence/benchmark-reward-bench2.json"]
            ),
        ["gate"] = () => GateTable.Print(SampleEvidence.Gate()),
        ["gate of many"] = () => GateTable.Print(LongGate()),
        ["select"] = () => SelectTable.Print(Selection()),
        ["check"] = Votes,
        ["score"] = () => Terminal.Print(OfMany()),
    };

    [Theory]
    [MemberData(nameof(All))]
    public void No_line_is_wider_than_the_terminal_and_no_figure_is_broken(string name, int width)
    {
        var lines = Printed(Tables[name], width);
        Assert.NotEmpty(lines);
        Assert.Empty(TooWide(lines, width));
        HashSet<string> whole = [.. Printed(Tables[name], Plenty).SelectMany(FiguresOf)];
        Assert.Equal([], lines.SelectMany(FiguresOf).Except(whole));
    }

    [Fact]
    public void A_table_that_was_cut_or_wrapped_is_seen()
    {
        Assert.Equal(["a line of twenty-five and 1"], TooWide(["a line of twenty-five and 1", "short"], 20));
        HashSet<string> whole = [.. FiguresOf("accuracy 0.6305 of 1,200")];
        Assert.Equal(["0.6305", "1,200"], whole);
        Assert.Contains("0.63", FiguresOf("accuracy 0.63").Where(figure => !whole.Contains(figure)));
        Assert.Contains("05", FiguresOf("05 of 1,200").Where(figure => !whole.Contains(figure)));
    }

    [Fact]
    public void A_pipe_gets_tables_of_a_hundred_columns_or_as_many_as_COLUMNS_says()
    {
        Assert.Equal(100, WithColumns(null, () => Terminal.TableWidth));
        Assert.Equal(100, WithColumns("nonsense", () => Terminal.TableWidth));
        Assert.Equal(72, WithColumns("72", () => Terminal.TableWidth));
    }

    private static string[] Printed(Action print, int width)
    {
        var output = Console.Out;
        using var captured = new StringWriter();
        Console.SetOut(new WrappingWriter(captured, () => width));
        try
        {
            WithColumns(
                width.ToString(System.Globalization.CultureInfo.InvariantCulture),
                () =>
                {
                    print();
                    return 0;
                }
            );
        }
        finally
        {
            Console.SetOut(output);
        }
        return captured.ToString().Split('\n');
    }

    private static T WithColumns<T>(string? columns, Func<T> ask)
    {
        var before = Environment.GetEnvironmentVariable("COLUMNS");
        Environment.SetEnvironmentVariable("COLUMNS", columns);
        try
        {
            return ask();
        }
        finally
        {
            Environment.SetEnvironmentVariable("COLUMNS", before);
        }
    }

    /// <summary>A word that alone is wider than the terminal may stand by itself: a path in two pieces is no path.</summary>
    private static IEnumerable<string> TooWide(IEnumerable<string> lines, int width) =>
        lines.Where(line => WordWrap.WidthOf(line) > width && line.Trim().Contains(' '));

    private static IEnumerable<string> FiguresOf(string line) => Figures().Matches(line).Select(match => match.Value);

    [GeneratedRegex(@"(?<![\w.,-])[-−+]?\d[\d.,]*(e[-+]?\d+)?(?![\w])(?<![.,])")]
    private static partial Regex Figures();

    private static GateEvidence LongGate()
    {
        var gate = SampleEvidence.Gate();
        var check = gate.Checks[1];
        return gate with
        {
            Checks =
            [
                .. GateCheckKinds.All.Select(
                    (kind, i) =>
                        check with
                        {
                            Name = kind.Part is null ? kind.Name : kind.Name + ".prompt_injection",
                            Verdict = (GateVerdict)(i % 3),
                            Value = -0.12345 * i,
                            Interval = new(-0.2 * i, 1e5),
                            Wanted = "0.25 to 4",
                            Count = 1_000_000,
                        }
                ),
            ],
        };
    }

    private static ResultTable OfMany()
    {
        var table = new ResultTable("a name of several words", "#one", "#two", "#three", "?what", "~why").Dispensing("two");
        table.Add(
            "a rather long name that has to be broken somewhere",
            "123456.7891",
            "-0.5",
            "1e-9",
            "not ready",
            "because it does so many things that nobody would want to read them all in one line, 0.123 of them"
        );
        table.Add();
        table.Add("日本語の名前 wide letters", "1", "2", "3", "ready", "short");
        table.Add("alone");
        return table;
    }

    private static SelectionReport Selection() =>
        new()
        {
            Rules = ["a benchmark filters", "the own pairs decide"],
            Candidates =
            [
                new JudgedCandidate
                {
                    Name = "models/a-reward-model-of-some-length",
                    Status = CandidateStatus.Chosen,
                    Reason = "best on the own pairs, 0.7125 against 0.6663, beyond noise",
                    BenchmarkScore = 0.8123,
                    BenchmarkRank = 1,
                    IsPolicyBase = true,
                    Base = "base",
                    OwnAccuracy = 0.7125,
                    OwnInterval = new(0.6, 0.8),
                    OwnPairs = 400,
                },
                new JudgedCandidate
                {
                    Name = "b",
                    Status = CandidateStatus.Filtered,
                    Reason = "below the best of the benchmark",
                    BenchmarkScore = 0.4,
                    BenchmarkRank = 12,
                    IsPolicyBase = null,
                    Base = null,
                    OwnAccuracy = double.NaN,
                    OwnInterval = null,
                    OwnPairs = 0,
                },
            ],
            Chosen = "models/a-reward-model-of-some-length",
        };

    private static void Votes()
    {
        var folder = Directory.CreateTempSubdirectory("assay-votes-").FullName;
        try
        {
            var data = Path.Combine(folder, "votes.jsonl");
            File.WriteAllLines(
                data,
                Enumerable
                    .Range(0, 60)
                    .Select(i =>
                        $$"""{"prompt": "question {{i}}", "chosen": "good {{i * 7}}", "rejected": "bad {{i}}", "votes": [{"annotator": "annotator-with-a-long-name-1", "vote": "{{(i % 5 == 0 ? "rejected" : "chosen")}}"}, {"annotator": "bo", "vote": "chosen"}, {"annotator": "cy", "vote": "{{(i % 7 == 0 ? "tie" : "chosen")}}"}], "source": "a source with words {{i % 3}}"}"""
                    )
            );
            var report = DataChecker.Run(new CheckOptions { Files = [data], OutputDirectory = Path.Combine(folder, "checked") });
            AgreementTable.Print(report.Agreement!, report.Annotators);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
