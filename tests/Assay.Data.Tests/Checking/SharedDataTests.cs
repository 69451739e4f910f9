using Assay.Data.Checking;
using Assay.Testing;

namespace Assay.Data.Tests.Checking;

/// <summary>Every file of the shared data through the check. Counts of faults are those its README states, where it states them.</summary>
public class SharedDataTests(ITestOutputHelper output)
{
    private const int FileCount = 13;

    /// <summary>File, format, items, and per reason how many: every reason named here is asserted, 0 included.</summary>
    private static readonly (string Name, string Format, long Items, (string Code, long Count)[] Reasons)[] Expected =
    [
        ("dpo_en_demo", "trl_conversational", 300, [("duplicate_row", 5), ("context_mismatch", 0), ("replacement_character", 0)]),
        ("dpo_zh_demo", "trl_conversational", 300, [("duplicate_row", 11), ("replacement_character", 6), ("control_character", 0)]),
        ("finegrained_qa_dev_groups", "comparisons", 3000, [("tie_or_abstention", 384), ("contradictory_label", 0)]),
        ("finegrained_qa_dev_pairs", "trl", 3000, [("tie_or_abstention", 384), ("contradictory_label", 0), ("identical_candidates", 0)]),
        ("gsm8k_derived_pairs", "trl", 2429, [("duplicate_row", 3), ("tie_or_abstention", 0)]),
        ("gsm8k_solutions_graded", "unpaired", 5276, [("not_pairable", 5276), ("wrong_type", 0)]),
        (
            "hh_rlhf_harmless_base_test",
            "hh",
            2312,
            [("context_mismatch", 5), ("blank_candidate", 4), ("duplicate_row", 0), ("identical_candidates", 0), ("contradictory_label", 0)]
        ),
        ("kto_en_demo", "unpaired", 300, [("not_pairable", 300), ("wrong_type", 0)]),
        ("llmbar", "trl", 419, [("tie_or_abstention", 0), ("duplicate_row", 0), ("identical_candidates", 0)]),
        ("llmbar_processed", "trl", 466, [("identical_candidates", 1), ("blank_candidate", 1), ("duplicate_row", 5)]),
        // Of the README's 134 duplicates 4 are among the 6 rows whose chosen is the boolean true, which are no pairs to compare.
        (
            "pandalm_testset",
            "trl",
            999,
            [("wrong_type", 6), ("empty_candidate", 54), ("tie_or_abstention", 105), ("duplicate_row", 130), ("contradictory_label", 0)]
        ),
        ("process_bigbench_mistake", "process", 2186, [("not_pairable", 2186)]),
        ("process_prmbench", "process", 6216, [("not_pairable", 6216)]),
    ];

    [SharedFact]
    public void Every_open_file_comes_out_as_its_readme_says()
    {
        string[] files =
        [
            .. Directory
                .EnumerateFiles(SharedInputs.PathOf("data", "open"), "*.jsonl.gz")
                .Select(path => Path.GetFileName(path)[..^9])
                .Order(StringComparer.Ordinal),
        ];
        Assert.Equal(FileCount, files.Length);
        Assert.Equal(files, Expected.Select(entry => entry.Name));
        var wrong = new List<string>();
        foreach (var (name, format, items, reasons) in Expected)
        {
            using var folder = new TemporaryFolder();
            var report = Check(name, folder.Path);
            output.WriteLine(
                $"{name} ({report.Files[0].RowFormat}): {report.ItemCount} = {report.KeptCount} kept + {report.ReviewCount} review + {report.QuarantineCount} quarantine; "
                    + string.Join(", ", report.Reasons.Select(reason => $"{reason.Code} {reason.Count}"))
            );
            if (report.Files[0].RowFormat != format)
                wrong.Add($"{name}: format {report.Files[0].RowFormat}, not {format}");
            if (report.ItemCount != items)
                wrong.Add($"{name}: {report.ItemCount} items, not {items}");
            foreach (var (code, count) in reasons)
                if (Count(report, code) != count)
                    wrong.Add($"{name}: {code} {Count(report, code)}, not {count}");
            var lines = new[] { "kept", "review", "quarantine" }
                .Select(file => (long)File.ReadLines(Path.Combine(folder.Path, file + ".jsonl")).Count())
                .ToArray();
            if (!lines.SequenceEqual([report.KeptCount, report.ReviewCount, report.QuarantineCount]))
                wrong.Add($"{name}: the files hold {string.Join(", ", lines)} lines");
        }
        Assert.True(wrong.Count == 0, string.Join("\n", wrong.Take(20)));
    }

    [SharedFact]
    public void The_five_context_mismatches_of_the_transcripts_are_named_by_line()
    {
        using var folder = new TemporaryFolder();
        var report = Check("hh_rlhf_harmless_base_test", folder.Path);
        Assert.Equal(5, report.QuarantineCount);
        var lines = File.ReadAllLines(Path.Combine(folder.Path, "quarantine.jsonl"));
        Assert.Equal(
            [1255, 1689, 1951, 1953, 2037],
            lines.Select(line => System.Text.Json.JsonDocument.Parse(line).RootElement.GetProperty("assay").GetProperty("line").GetInt32())
        );
        // README: chosen longer 44.2 % of rows (equal 0.5 %), there over all 2,312 rows, here over the 2,307 usable ones and in trimmed
        // characters.
        Assert.InRange(report.Lengths.ChosenLongerShare!.Value, 0.437, 0.447);
    }

    [SharedFact]
    public void The_votes_of_pandalm_come_out()
    {
        var report = Check("pandalm_testset");
        var votes = report.Votes!;
        Assert.Equal(999, votes.RowCount);
        Assert.Equal(3 * 999, votes.VoteCount);
        Assert.Equal(0, votes.AbstainCount);
    }

    private static CheckReport Check(string name, string? folder = null) =>
        DataChecker.Run(new CheckOptions { Files = [SharedInputs.PathOf("data", "open", name + ".jsonl.gz")], OutputDirectory = folder });

    private static long Count(CheckReport report, string code) => report.Reasons.FirstOrDefault(reason => reason.Code == code)?.Count ?? 0;
}
