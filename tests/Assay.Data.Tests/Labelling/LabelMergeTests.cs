using System.Text;
using System.Text.Json.Nodes;
using Assay.Data.Contract;
using Assay.Data.Labelling;
using Assay.Data.Reading;

namespace Assay.Data.Tests.Labelling;

/// <summary>
/// From a pair to a file for people and back: nothing of the model is shown, and each label reaches the side it was given to.
/// </summary>
public sealed class LabelMergeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // Texts that spreadsheets and CSV are known to spoil.
    private static readonly string[] Awkward =
    [
        "- first\n- second",
        "=1+1",
        "says \"no\", twice",
        "{\"a\": 1}",
        "[1, 2]",
        "línea\r\notra 你好",
        "+49 30",
        "'quoted'",
        " padded ",
        "@home",
    ];

    private static LabellingPair Pair(int index, string reason = "random", double? probability = 0.25) =>
        new()
        {
            Pair = new PreferencePair
            {
                Row = index + 1,
                Id = $"row-{index}",
                Source = "world",
                Prompt = $"prompt {index}",
                PromptTextLength = $"prompt {index}".Length,
                Chosen = Conversation.OfText($"prompt {index}{Awkward[index % Awkward.Length]} good {index}"),
                Rejected = Conversation.OfText($"prompt {index}{Awkward[(index + 3) % Awkward.Length]} bad {index}"),
                Provenance = new Provenance { ChosenGenerator = "model-g", RejectedGenerator = "model-b" },
            },
            File = "generations.jsonl",
            Reason = reason,
            Probability = probability,
            Scores = [new CandidateScores("reward-model", 9.125, -7.5)],
        };

    private string Write(string name, int count, int seed = 1)
    {
        var random = new Random(seed);
        var path = Path.Combine(_folder.Path, name);
        LabellingFile.Write(path, [.. Enumerable.Range(0, count).Select(index => Pair(index))], random.Next);
        return path;
    }

    /// <summary>A person who prefers what is good, with exceptions.</summary>
    private string Label(string handedOut, string annotator, Func<JsonObject, string, string> label, Action<JsonObject>? change = null)
    {
        var lines = new StringBuilder();
        foreach (var (_, row) in JsonRows.Read(handedOut))
        {
            row["label"] = label(row, Text(row, "response_a").Contains("good", StringComparison.Ordinal) ? "a" : "b");
            change?.Invoke(row);
            lines.Append(row.ToJsonString()).Append('\n');
        }
        return _folder.Write(annotator + ".jsonl", lines.ToString());
    }

    private static string Text(JsonObject row, string name) =>
        row[name] is JsonValue value ? value.GetValue<string>() : row[name]!.ToJsonString();

    private (LabelMergeReport Report, List<PairRow> Rows) Merge(string handedOut, params string[] labels) =>
        Merge(handedOut, LabelMerge.DefaultMinAgreement, labels);

    private (LabelMergeReport Report, List<PairRow> Rows) Merge(string handedOut, double minAgreement, params string[] labels)
    {
        var output = Path.Combine(_folder.Path, "fresh.jsonl");
        var report = LabelMerge.Run(labels, LabellingFile.KeyPath(handedOut), output, minAgreement);
        using var reader = PairReader.Open(output);
        return (report, [.. reader.Read()]);
    }

    [Theory]
    [InlineData("to-label.jsonl")]
    [InlineData("to-label.csv")]
    public void Every_label_reaches_the_side_it_was_given_to(string name)
    {
        var handedOut = Write(name, 40);
        (var report, var rows) = Merge(handedOut, Label(handedOut, "ann", (_, good) => good));
        Assert.Equal((40, 40, 0), (report.HandedOut, report.Decided, report.Edited.Count));
        Assert.All(
            rows,
            row =>
            {
                Assert.True(row.IsUsable, row.Describe());
                var index = int.Parse(row.Pair!.Prompt["prompt ".Length..]);
                var before = Pair(index).Pair;
                Assert.Equal((before.Chosen.Text, before.Rejected.Text), (row.Pair.Chosen.Text, row.Pair.Rejected.Text));
                Assert.Equal([new AnnotatorVote(Vote.Chosen, "ann")], row.Votes!);
                var provenance = row.Pair.Provenance!;
                Assert.Equal(
                    ("model-g", "model-b", LabelSource.Human, 0.25, "to-label"),
                    (
                        provenance.ChosenGenerator,
                        provenance.RejectedGenerator,
                        provenance.LabelSource,
                        provenance.SamplingProbability,
                        provenance.LabellingBatch
                    )
                );
                Assert.Equal(["ann"], provenance.Annotators!);
                Assert.NotNull(provenance.ChosenPosition);
            },
            throwIfEmpty: true
        );
    }

    [Fact]
    public void A_label_for_the_other_side_turns_texts_generators_and_scores_round()
    {
        var handedOut = Write("to-label.jsonl", 20);
        (_, var rows) = Merge(handedOut, Label(handedOut, "ann", (_, good) => good == "a" ? "b" : "a"));
        Assert.All(
            rows,
            row =>
            {
                Assert.Contains("bad", row.Pair!.ChosenAnswer);
                Assert.Equal(("model-b", "model-g"), (row.Pair.Provenance!.ChosenGenerator, row.Pair.Provenance.RejectedGenerator));
                var json = JsonNode.Parse(row.Raw.Span)!.AsObject();
                Assert.Equal((-7.5, 9.125), (json["chosen_score"]!.GetValue<double>(), json["rejected_score"]!.GetValue<double>()));
            },
            throwIfEmpty: true
        );
        Assert.Equal([1, 2], rows.Select(row => row.Pair!.Provenance!.ChosenPosition!.Value).Distinct().Order());
    }

    [Theory]
    [InlineData("to-label.jsonl")]
    [InlineData("to-label.csv")]
    public void What_people_see_says_nothing_of_scores_generators_or_the_row(string name)
    {
        var text = File.ReadAllText(Write(name, 40));
        Assert.All(
            (string[])["9.125", "-7.5", "model-", "chosen", "rejected", "row-", "generations"],
            word => Assert.DoesNotContain(word, text),
            throwIfEmpty: true
        );
        Assert.Contains("9.125", File.ReadAllText(Path.Combine(_folder.Path, "to-label.key.jsonl")));
    }

    [Fact]
    public void Sides_and_rows_stand_in_random_order_that_the_seed_repeats()
    {
        string[] one = File.ReadAllLines(Write("one.jsonl", 400)),
            again = File.ReadAllLines(Write("two.jsonl", 400)),
            other = File.ReadAllLines(Write("three.jsonl", 400, seed: 2));
        Assert.Equal(one, again);
        Assert.NotEqual(one, other);
        var goodFirst = one.Count(line =>
            JsonNode.Parse(line)!["response_a"]!.GetValue<string>().Contains("good", StringComparison.Ordinal)
        );
        Assert.InRange(goodFirst, 150, 250); // 200 ± 5 standard deviations
        Assert.NotEqual("prompt 0", JsonNode.Parse(one[0])!["prompt"]!.GetValue<string>());
    }

    [Fact]
    public void A_cell_that_a_spreadsheet_would_run_as_a_formula_is_made_text()
    {
        var cells = File.ReadAllText(Write("to-label.csv", 20)).Split(',', '\n');
        Assert.DoesNotContain(
            cells,
            cell => cell.TrimStart('"').StartsWith('=') || cell.TrimStart('"').StartsWith('@') || cell.TrimStart('"').StartsWith('+')
        );
    }

    [Fact]
    public void Several_annotators_become_votes_and_the_majority_is_chosen()
    {
        var handedOut = Write("to-label.jsonl", 30);
        string Other(string good) => good == "a" ? "b" : "a";
        int Index(JsonObject row) => int.Parse(row["prompt"]!.GetValue<string>()["prompt ".Length..]);
        // 0-9: three for good; 10-14: two to one; 15-19: one, one, tie; 20-24: one and two ties; 25-28: all skip; 29: nobody.
        string First(JsonObject row, string good) =>
            Index(row) switch
            {
                < 25 => good,
                < 29 => "skip",
                _ => "",
            };
        string Second(JsonObject row, string good) =>
            Index(row) switch
            {
                < 15 => good,
                < 20 => Other(good),
                < 25 => "tie",
                < 29 => "skip",
                _ => "",
            };
        string Third(JsonObject row, string good) =>
            Index(row) switch
            {
                < 10 => good,
                < 15 => Other(good),
                < 25 => "tie",
                < 29 => "skip",
                _ => "",
            };
        (var report, var rows) = Merge(
            handedOut,
            Label(handedOut, "x", First),
            Label(handedOut, "y", Second),
            Label(handedOut, "z", Third)
        );
        Assert.Equal(
            (30, 15, 5, 5, 4, 1),
            (report.HandedOut, report.Decided, report.Ties, report.LowAgreement, report.Skipped, report.Unlabelled)
        );
        Assert.Equal(29, rows.Count);
        Assert.Equal(15, rows.Count(row => row.IsUsable));
        Assert.All(rows.Where(row => row.IsUsable), row => Assert.Contains("good", row.Pair!.ChosenAnswer), throwIfEmpty: true);
        Assert.All(
            rows.Where(row => !row.IsUsable),
            row => Assert.Contains(row.Findings, finding => finding.Reason == Reason.TieOrAbstention),
            throwIfEmpty: true
        );
        Assert.Equal([(25, 4), (20, 4), (15, 4)], report.Annotators.Select(annotator => (annotator.A + annotator.B, annotator.Skips)));
        // 10 units agree wholly, 15 have one of three pairs of votes equal where two say the same (10-14 and 20-24), 15-19 none.
        Assert.Equal((10 + 10 / 3.0) / 25, report.Agreement.Percent, 1e-12);
        Assert.Equal(0.4, report.Agreement.UnanimousShare, 1e-12);

        (report, _) = Merge(
            handedOut,
            0.7,
            Path.Combine(_folder.Path, "x.jsonl"),
            Path.Combine(_folder.Path, "y.jsonl"),
            Path.Combine(_folder.Path, "z.jsonl")
        );
        Assert.Equal((10, 5, 10), (report.Decided, report.Ties, report.LowAgreement));
    }

    [Fact]
    public void A_column_annotator_tells_people_of_one_file_apart()
    {
        var handedOut = Write("to-label.jsonl", 5);
        var both =
            File.ReadAllText(Label(handedOut, "x", (_, good) => good, row => row["annotator"] = "eva"))
            + File.ReadAllText(Label(handedOut, "y", (_, good) => good, row => row["annotator"] = "max"));
        (var report, _) = Merge(handedOut, _folder.Write("both.jsonl", both));
        Assert.Equal(["eva", "max"], report.Annotators.Select(annotator => annotator.Annotator));
    }

    [Fact]
    public void A_label_beside_another_text_than_was_handed_out_is_left_out_by_name()
    {
        var handedOut = Write("to-label.jsonl", 10);
        var edited = false;
        (var report, var rows) = Merge(
            handedOut,
            Label(
                handedOut,
                "ann",
                (_, good) => good,
                row =>
                {
                    if (edited)
                        return;
                    edited = true;
                    row["response_b"] = row["response_b"]!.GetValue<string>() + " better";
                }
            )
        );
        Assert.Contains("ann.jsonl, line 1: p", Assert.Single(report.Edited));
        Assert.Equal((9, 9, 1), (rows.Count, report.Decided, report.Unlabelled));
    }

    [Fact]
    public void Line_ends_and_outer_white_space_are_a_spreadsheets_to_change()
    {
        var handedOut = Write("to-label.jsonl", 20);
        (var report, _) = Merge(
            handedOut,
            Label(
                handedOut,
                "ann",
                (_, good) => good,
                row => row["response_a"] = row["response_a"]!.GetValue<string>().ReplaceLineEndings("\r\n").Trim() + "\r\n"
            )
        );
        Assert.Empty(report.Edited);
    }

    [Theory]
    [InlineData("{\"id\":\"p0000000000000000\",\"label\":\"a\"}", "ann.jsonl, line 2: p0000000000000000 is not in")]
    [InlineData("{\"id\":\"ID\",\"label\":\"b\"}", "ann.jsonl, line 2: ann labelled ID before, in ")]
    [InlineData("{\"id\":\"ID\",\"label\":\"left\"}", "ann.jsonl, line 2: label is \"left\"; a, b, tie or skip were wanted")]
    [InlineData("{\"label\":\"a\"}", "ann.jsonl, line 2: id is missing")]
    [InlineData("{\"id\":\"ID\"}", "ann.jsonl, line 2: there is no label")]
    [InlineData("{\"id\":", "ann.jsonl, line 2, column")]
    public void What_cannot_be_told_apart_is_an_error_that_names_its_line_and_leaves_no_file(string second, string message)
    {
        var handedOut = Write("to-label.jsonl", 3);
        var id = JsonNode.Parse(File.ReadAllLines(handedOut)[0])!["id"]!.GetValue<string>();
        var labels = _folder.Write("ann.jsonl", $$"""{"id":"{{id}}","label":"a"}""" + "\n" + second.Replace("ID", id) + "\n");
        var error = Assert.Throws<DataFormatException>(() => Merge(handedOut, labels));
        Assert.Contains(message.Replace("ID", id), error.Message);
        Assert.False(File.Exists(Path.Combine(_folder.Path, "fresh.jsonl")));
    }

    [Fact]
    public void A_file_that_is_no_key_is_refused()
    {
        var handedOut = Write("to-label.jsonl", 3);
        var error = Assert.Throws<DataFormatException>(() =>
            LabelMerge.Run([handedOut], handedOut, Path.Combine(_folder.Path, "fresh.jsonl"))
        );
        Assert.Contains("not a key", error.Message);
    }

    [Fact]
    public void A_pair_has_one_name_whichever_side_stands_first()
    {
        PreferencePair pair = Pair(0).Pair,
            other = Pair(1).Pair;
        Assert.Equal(LabellingFile.IdOf(pair), LabellingFile.IdOf(pair with { Chosen = pair.Rejected, Rejected = pair.Chosen }));
        Assert.NotEqual(LabellingFile.IdOf(pair), LabellingFile.IdOf(other));
    }
}
