using System.Text.Json;
using Assay.Data.Checking;
using Assay.Data.Contract;
using Assay.Data.Reading;
using Assay.Testing;

namespace Assay.Data.Tests.Checking;

/// <summary>The worked examples of the mission page that are about pairs, as <c>goldens/evaluation/mission.json</c> records them.</summary>
public class MissionExampleTests
{
    private static JsonElement Case(string name)
    {
        using var goldens = JsonDocument.Parse(File.ReadAllBytes(SharedInputs.PathOf("goldens", "evaluation", "mission.json")));
        return goldens
            .RootElement.GetProperty("cases")
            .EnumerateArray()
            .Single(entry => entry.GetProperty("name").GetString() == name)
            .Clone();
    }

    [SharedFact]
    public void Four_rows_are_kept_and_set_aside_by_reason()
    {
        var example = Case("pair_contract");
        var rows = example.GetProperty("input").GetProperty("rows");
        Assert.Equal(4, rows.GetArrayLength());
        using var folder = new TemporaryFolder();
        var path = folder.Write("four.jsonl", string.Concat(rows.EnumerateArray().Select(row => JsonSerializer.Serialize(row) + "\n")));
        var report = DataChecker.Run(new CheckOptions { Files = [path], OutputDirectory = folder.Path });

        string[] kept =
        [
            .. File.ReadLines(Path.Combine(folder.Path, "kept.jsonl"))
                .Select(line => JsonDocument.Parse(line).RootElement.GetProperty("id").GetString()!),
        ];
        Assert.Equal(example.GetProperty("expected").GetProperty("kept").EnumerateArray().Select(id => id.GetString()!), kept);
        var wanted = example
            .GetProperty("expected")
            .GetProperty("rejected")
            .EnumerateObject()
            .ToDictionary(entry => entry.Name, entry => entry.Value.GetInt64());
        Assert.Equal(
            wanted.OrderBy(entry => entry.Key),
            report.Reasons.ToDictionary(reason => reason.Code, reason => reason.Count).OrderBy(entry => entry.Key)
        );
        Assert.Equal((1, 0, 3), (report.KeptCount, report.ReviewCount, report.QuarantineCount));
    }

    [SharedFact]
    public void A_pair_is_left_out_when_either_side_is_too_long_and_never_truncated()
    {
        var example = Case("length_gate");
        var maxLength = example.GetProperty("input").GetProperty("max_length").GetInt32();
        Assert.Equal([true, false, false], Gate(example, "token_counts", maxLength));
        Assert.Equal([true, false], Gate(example, "edge", maxLength));
        Assert.Equal(
            [true, false, false],
            example.GetProperty("expected").GetProperty("kept").EnumerateArray().Select(kept => kept.GetBoolean())
        );
        Assert.Equal(
            [true, false],
            example.GetProperty("expected").GetProperty("edge_kept").EnumerateArray().Select(kept => kept.GetBoolean())
        );
    }

    // A tokenizer of words: "w w w" has as many tokens as words.
    private static bool[] Gate(JsonElement example, string name, int maxLength)
    {
        using var folder = new TemporaryFolder();
        // Ends as a sentence does, so that length is all there is to find.
        static string Words(int count, string word) => string.Join(' ', Enumerable.Repeat(word, count)) + ".";
        var counts = example
            .GetProperty("input")
            .GetProperty(name)
            .EnumerateArray()
            .Select(pair => (pair[0].GetInt32(), pair[1].GetInt32()))
            .ToArray();
        var path = folder.Write(
            "lengths.jsonl",
            string.Concat(
                counts.Select(pair => $$"""{"chosen":"{{Words(pair.Item1, "a")}}","rejected":"{{Words(pair.Item2, "b")}}"}""" + "\n")
            )
        );
        var report = DataChecker.Run(
            new CheckOptions
            {
                Files = [path],
                OutputDirectory = folder.Path,
                Contract = new ContractOptions
                {
                    Encode = conversation =>
                        TokenOutcome.Within([.. conversation.Text!.Split(' ').Select(word => (int)word[0])], maxLength),
                },
            }
        );
        Assert.All(report.Reasons, reason => Assert.Equal("over_length", reason.Code), throwIfEmpty: true);
        var kept = File.ReadLines(Path.Combine(folder.Path, "kept.jsonl"))
            .Select(line => JsonDocument.Parse(line).RootElement)
            .ToDictionary(
                row => row.GetProperty("assay").GetProperty("line").GetInt32(),
                row => row.GetProperty("chosen").GetString()!.Split(' ').Length
            );
        Assert.All(kept, row => Assert.Equal(counts[row.Key - 1].Item1, row.Value), throwIfEmpty: true);
        return [.. counts.Select((_, index) => kept.ContainsKey(index + 1))];
    }

    [SharedFact]
    public void Votes_give_shares_and_where_a_row_goes()
    {
        var example = Case("votes");
        string[] votes = [.. example.GetProperty("input").GetProperty("votes").EnumerateArray().Select(vote => vote.GetString()!)];
        using var folder = new TemporaryFolder();
        var path = folder.Write(
            "votes.jsonl",
            string.Concat(
                votes.Select((vote, index) => $$"""{"prompt":"p{{index}}","chosen":"a","rejected":"b","votes":"{{vote}}"}""" + "\n")
            )
        );
        using var reader = PairReader.Open(path);
        PreferencePair[] pairs = [.. reader.Read().Select(row => row.Pair!)];
        Assert.Equal(
            example.GetProperty("expected").GetProperty("chosen_share").EnumerateArray().Select(share => share.GetDouble()),
            pairs.Select(pair => PairContract.ChosenShare(pair.Votes!))
        );
        // "train" is kept.
        Assert.Equal(
            example.GetProperty("expected").GetProperty("status").EnumerateArray().Select(status => status.GetString() == "train" ? 0 : 1),
            pairs.Select(pair => PairContract.Check(pair).Count)
        );
    }
}
