using Assay.Data.Checking;

namespace Assay.Data.Tests.Checking;

/// <summary>Each warning of an asymmetry fires where one is planted, with its numbers, and stays silent where there is none.</summary>
public class AsymmetryWarningTests
{
    private const int Rows = 400;

    private static IReadOnlyList<string> Warnings(Func<int, Random, string> row)
    {
        using var folder = new TemporaryFolder();
        var random = new Random(5);
        var text = string.Concat(Enumerable.Range(0, Rows).Select(number => row(number, random) + "\n"));
        return DataChecker.Run(new CheckOptions { Files = [folder.Write("a.jsonl", text)], BaselinePairs = 0 }).Warnings;
    }

    private static string Row(int number, bool longer, string more) =>
        $$"""{"prompt":"p{{number}}","chosen":"{{(longer ? "a good deal longer" : "short")}}","rejected":"{{(longer ? "brief" : "also somewhat longer")}}",{{more}}}""";

    private static bool Coin(Random random) => random.Next(2) == 0;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Length_by_source(bool planted) =>
        Expect(
            planted,
            "In source b the chosen answer is longer in 100.0 % of 200, overall in ",
            Warnings(
                (number, random) =>
                    Row(number, number % 2 == 0 && planted || Coin(random), $$""" "source":"{{(number % 2 == 0 ? "b" : "a")}}" """)
            )
        );

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Place_by_source(bool planted) =>
        Expect(
            planted,
            "In source b the answer shown first won 100.0 % of 200 (95 % 98.1 % to 100.0 %)",
            Warnings(
                (number, random) =>
                    Row(
                        number,
                        Coin(random),
                        $$""" "source":"{{(number % 2 == 0 ? "b" : "a")}}","chosen_position":{{(number % 2 == 0 && planted || Coin(random) ? 1 : 2)}} """
                    )
            )
        );

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_generator_that_nearly_always_wins(bool planted) =>
        Expect(
            planted,
            "Candidates by g win 100.0 % of 200: its style alone tells the winner.",
            Warnings(
                (number, random) =>
                {
                    string[] sides = number % 2 == 0 ? ["g", "h"] : ["i", "k"];
                    if (!(planted && number % 2 == 0) && Coin(random))
                        Array.Reverse(sides);
                    return Row(number, Coin(random), $$""" "chosen_generator":"{{sides[0]}}","rejected_generator":"{{sides[1]}}" """);
                }
            )
        );

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Length_by_generator(bool planted) =>
        Expect(
            planted,
            "In pairs with a candidate by g the chosen answer is longer in 100.0 % of 200, overall in ",
            Warnings(
                (number, random) =>
                {
                    string[] sides = number % 2 == 0 ? ["g", "h"] : ["i", "k"];
                    if (Coin(random))
                        Array.Reverse(sides);
                    return Row(
                        number,
                        planted && number % 2 == 0 || Coin(random),
                        $$""" "chosen_generator":"{{sides[0]}}","rejected_generator":"{{sides[1]}}" """
                    );
                }
            )
        );

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_generator_that_is_always_shown_first(bool planted) =>
        Expect(
            planted,
            "Candidates by g were shown first in 100.0 % of 400:",
            Warnings(
                (number, random) =>
                {
                    var wins = Coin(random);
                    var first = planted || Coin(random);
                    return Row(
                        number,
                        Coin(random),
                        $$""" "chosen_generator":"{{(wins ? "g" : "h")}}","rejected_generator":"{{(wins ? "h" : "g")}}","chosen_position":{{(wins == first ? 1 : 2)}} """
                    );
                }
            )
        );

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Place_by_generator(bool planted) =>
        Expect(
            planted,
            "In pairs with a candidate by g the answer shown first won 100.0 % of 200 (95 % ",
            Warnings(
                (number, random) =>
                {
                    string[] sides = number % 2 == 0 ? ["g", "h"] : ["i", "k"];
                    if (Coin(random))
                        Array.Reverse(sides);
                    return Row(
                        number,
                        Coin(random),
                        $$""" "chosen_generator":"{{sides[0]}}","rejected_generator":"{{sides[1]}}","chosen_position":{{(planted && number % 2 == 0 || Coin(random) ? 1 : 2)}} """
                    );
                }
            )
        );

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Length_by_annotator_of_labels(bool planted) =>
        Expect(
            planted,
            "Annotator b prefers the longer answer in 100.0 % of 200 (95 % ",
            Warnings(
                (number, random) =>
                    Row(number, number % 2 == 0 && planted || Coin(random), $$""" "annotator":"{{(number % 2 == 0 ? "b" : "a")}}" """)
            )
        );

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Place_by_annotator_of_labels(bool planted) =>
        Expect(
            planted,
            "Annotator b prefers the answer shown second in 100.0 % of 200 (95 % ",
            Warnings(
                (number, random) =>
                    Row(
                        number,
                        Coin(random),
                        $$""" "annotator":"{{(number % 2 == 0 ? "b" : "a")}}","chosen_position":{{(number % 2 == 0 && planted || Coin(random) ? 2 : 1)}} """
                    )
            )
        );

    [Fact]
    public void A_share_of_few_rows_is_no_warning()
    {
        using var folder = new TemporaryFolder();
        var text = string.Concat(
            Enumerable
                .Range(0, 40)
                .Select(number =>
                    Row(
                        number,
                        true,
                        """ "source":"s","chosen_generator":"g","rejected_generator":"h","annotator":"b","chosen_position":1 """
                    ) + "\n"
                )
        );
        Assert.Empty(DataChecker.Run(new CheckOptions { Files = [folder.Write("a.jsonl", text)], BaselinePairs = 0 }).Warnings);
    }

    [Fact]
    public void Many_of_a_kind_are_counted_and_not_all_said()
    {
        var warnings = Warnings((number, random) => Row(number, Coin(random), $$""" "annotator":"a{{number % 8}}","chosen_position":1 """));
        Assert.Equal(5, warnings.Count(warning => warning.StartsWith("Annotator a", StringComparison.Ordinal)));
        Assert.Contains("3 more annotators prefer one place: see report.json.", warnings);
    }

    private static void Expect(bool planted, string beginning, IReadOnlyList<string> warnings)
    {
        if (planted)
            Assert.Contains(warnings, warning => warning.StartsWith(beginning, StringComparison.Ordinal));
        else
            Assert.Empty(warnings);
    }
}
