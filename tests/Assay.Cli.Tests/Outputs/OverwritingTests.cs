using Assay.Ground.Files;
using Assay.Testing;

namespace Assay.Cli.Tests.Outputs;

/// <summary>No verb writes over an input, whatever leads to it, nor over a file that it did not write.</summary>
[Collection("console")]
public sealed class OverwritingTests : IDisposable
{
    private readonly Workplace _work = new();

    public void Dispose() => _work.Dispose();

    private string Scores(string name) =>
        _work.Write(name, "id,chosen_score,rejected_score", "question-1,2,1", "question-2,1,2", "question-3,4,1");

    [Theory]
    [InlineData("the same name", "pairs.jsonl")]
    [InlineData("a way round", "other/../pairs.jsonl")]
    [InlineData("a symbolic link", "link.jsonl")]
    [InlineData("a link in a linked folder", "linked/pairs.jsonl")]
    [InlineData("a hard link", "hard.jsonl")]
    public async Task An_output_file_that_is_an_input_is_refused_whatever_leads_there(string way, string output)
    {
        string data = _work.Pairs("pairs.jsonl"),
            scores = Scores("scores.csv");
        Directory.CreateDirectory(_work["other"]);
        File.CreateSymbolicLink(_work["link.jsonl"], data);
        Directory.CreateSymbolicLink(_work["linked"], Path.GetDirectoryName(data)!);
        Assert.NotEmpty(way);
        Assert.SkipWhen(
            OperatingSystem.IsWindows() && output == "hard.jsonl",
            "hard links are made by C's library, which Windows does not have"
        );
        Assert.True(OperatingSystem.IsWindows() || Link(data, _work["hard.jsonl"]) == 0);
        foreach (
            var more in (string[][])
                [
                    [],
                    ["--overwrite"],
                ]
        )
            await _work.Refused(
                "is one of the inputs",
                ["label", "sample", "--scores", scores, "--data", data, "--count", "2", "--output", _work[output], .. more]
            );
    }

    [System.Runtime.InteropServices.DllImport(
        "libc",
        EntryPoint = "link",
        CharSet = System.Runtime.InteropServices.CharSet.Ansi,
        BestFitMapping = false,
        ThrowOnUnmappableChar = true
    )]
    private static extern int Link(string existing, string made);

    [SharedTheory]
    [InlineData("pairs.jsonl")]
    [InlineData("link.jsonl")]
    [InlineData("model/config.json")] // a file of the model, which is read too
    public async Task Score_writes_over_nothing_it_reads(string output)
    {
        string model = SmallModel.Copy("llama-rm", _work["model"]),
            data = _work.Pairs("pairs.jsonl");
        File.CreateSymbolicLink(_work["link.jsonl"], data);
        await _work.Refused(
            "which this command reads",
            "score",
            "--model",
            model,
            "--input",
            data,
            "--output",
            _work[output],
            "--overwrite"
        );
    }

    [SharedTheory]
    [InlineData("model")]
    [InlineData("model/")]
    [InlineData("elsewhere/../model")]
    [InlineData("link")]
    [InlineData("data")] // the folder of its pairs
    public async Task Train_writes_into_no_folder_it_reads_from(string output)
    {
        string model = SmallModel.Copy("llama-rm", _work["model"]),
            data = _work.Pairs("data/pairs.jsonl");
        Directory.CreateDirectory(_work["elsewhere"]);
        Directory.CreateSymbolicLink(_work["link"], model);
        await _work.Refused(
            "which this command reads",
            "train",
            "--model",
            model,
            "--data",
            data,
            "--output-dir",
            _work[output],
            "--overwrite",
            "--max-steps",
            "1"
        );
    }

    [Theory]
    [InlineData("split", "train.jsonl")]
    [InlineData("split", "pairs.jsonl")]
    [InlineData("check", "kept.jsonl")]
    [InlineData("check", "pairs.jsonl")]
    public async Task Check_and_split_do_not_write_into_the_folder_of_their_source(string verb, string name)
    {
        var data = _work.Pairs("data/" + name);
        Directory.CreateSymbolicLink(_work["link"], _work["data"]);
        foreach (var folder in (string[])["data", "link"])
            await _work.Refused(
                "which this command reads",
                [verb, "--data", data, "--output-dir", _work[folder], "--overwrite", .. verb == "split" ? (string[])["--eval", "0.3"] : []]
            );
    }

    public static TheoryData<string> FolderVerbs => ["check", "split", "quickstart"];

    private string[] FolderVerb(string verb, string output) =>
        verb switch
        {
            "check" => ["check", "--data", _work.Pairs("in.jsonl"), "--output-dir", output],
            "split" => ["split", "--data", _work.Pairs("in.jsonl"), "--output-dir", output, "--eval", "0.3"],
            _ => ["quickstart", "--output-dir", output],
        };

    [Theory]
    [MemberData(nameof(FolderVerbs))]
    public async Task A_file_of_the_users_in_an_output_folder_stops_the_verb(string verb)
    {
        var arguments = FolderVerb(verb, _work["out"]);
        foreach (var name in (string[])["notes.txt", "kept.jsonl", "deep/down/pairs.jsonl"])
        {
            _work.Write("out/" + name, "mine");
            await _work.Refused(name, arguments);
            Directory.Delete(_work["out"], recursive: true);
        }
    }

    [Fact]
    public async Task Links_in_an_output_folder_are_the_users_and_may_go_round_in_a_ring()
    {
        Directory.CreateDirectory(_work["out"]);
        Directory.CreateSymbolicLink(_work["out/ring"], _work["out"]);
        await _work.Refused("holds ring", FolderVerb("check", _work["out"]));
    }

    [Theory]
    [InlineData("check", "kept.jsonl")]
    [InlineData("split", "train.jsonl")]
    public async Task A_verbs_own_files_are_replaced_and_one_that_was_edited_is_not(string verb, string name)
    {
        var arguments = FolderVerb(verb, _work["out"]);
        await Workplace.Succeed(arguments);
        await Workplace.Succeed(arguments);
        File.AppendAllText(_work["out/" + name], "\n"); // as somebody who mends a row
        await _work.Refused($"{name}, and it was changed after assay {verb} wrote it", arguments);
        await Workplace.Succeed([.. arguments, "--overwrite"]);
        await Workplace.Succeed(arguments);
    }

    [Fact]
    public async Task What_one_verb_wrote_stops_another_that_has_the_folder_to_itself()
    {
        await Workplace.Succeed(FolderVerb("check", _work["out"]));
        await _work.Refused("assay check wrote it, not assay split", FolderVerb("split", _work["out"]));
    }

    [Fact]
    public async Task Evidence_of_several_verbs_shares_a_folder_with_other_files_and_only_a_clash_of_names_stops_one()
    {
        string data = _work.Pairs("pairs.jsonl", 3),
            scores = Scores("evidence/theirs.csv");
        _work.Write("evidence/notes.txt", "mine");
        foreach (var verb in (string[])["eval", "audit", "eval", "audit"])
            await Workplace.Succeed(verb, "--scores", scores, "--data", data, "--output-dir", _work["evidence"]);
        await Workplace.Succeed(
            "fresh",
            "--scores",
            scores,
            "--data",
            data,
            "--static",
            _work["evidence"],
            "--output-dir",
            _work["evidence"]
        );
        Assert.Equal("mine", File.ReadAllText(_work["evidence/notes.txt"]).Trim());

        var clash = _work.Write("other/eval.json", "mine");
        await _work.Refused("assay eval did not write it", "eval", "--scores", scores, "--data", data, "--output-dir", _work["other"]);
        Assert.Equal("mine", File.ReadAllText(clash).Trim());
        // An input of that name is refused even then.
        await _work.Refused(
            "which this command reads",
            "eval",
            "--scores",
            Scores("third/scores.jsonl"),
            "--data",
            data,
            "--output-dir",
            _work["third"],
            "--overwrite"
        );
    }

    [Fact]
    public async Task Report_and_compare_replace_only_what_they_wrote()
    {
        string scores = Scores("a.csv"),
            others = Scores("b.csv"),
            page = _work.Write("page.html", "mine");
        await Workplace.Succeed("eval", "--scores", scores, "--output-dir", _work["evidence"]);
        string[] report = ["report", "--evidence", _work["evidence"], "--output"];
        await _work.Refused("assay report did not write it", [.. report, page]);
        await _work.Refused("is one of the inputs", [.. report, _work["evidence/eval.json"]]);
        await _work.Refused("is a folder", [.. report, _work["evidence"]]);
        await Workplace.Succeed([.. report, _work["new/page.html"]]);
        await Workplace.Succeed([.. report, _work["new/page.html"]]);
        await Workplace.Succeed([.. report, page, "--overwrite"]);
        _work.Write("compared/compare.json", "{}");
        await _work.Refused("assay compare did not write it", "compare", scores, others, "--output-dir", _work["compared"]);
    }

    [Fact]
    public async Task A_sample_for_labelling_is_never_replaced_once_it_may_be_with_people()
    {
        string data = _work.Pairs("pairs.jsonl", 3),
            scores = Scores("scores.csv");
        string[] sample = ["label", "sample", "--scores", scores, "--data", data, "--count", "2", "--output", _work["out/to-label.csv"]];
        await Workplace.Succeed(sample);
        await _work.Refused("the labels of an earlier sample would be lost", sample);
        await Workplace.Succeed([.. sample, "--overwrite"]); // untouched, and said to be thrown away
        File.WriteAllText(
            _work["out/to-label.csv"],
            File.ReadAllText(_work["out/to-label.csv"]).Replace(",,", ",a,", StringComparison.Ordinal)
        );
        await _work.Refused("it may hold labels", [.. sample, "--overwrite"]);
        File.Delete(_work["out/to-label.csv"]); // mailed away; the key alone is left
        await _work.Refused("to-label.key.jsonl is there already", sample);
    }

    [Fact]
    public async Task A_file_in_a_folder_of_evidence_is_an_input_too()
    {
        await Workplace.Succeed(
            "eval",
            "--scores",
            Scores("s.csv"),
            "--data",
            _work.Pairs("pairs.jsonl", 3),
            "--output-dir",
            _work["evidence"]
        );
        foreach (
            var more in (string[][])
                [
                    [],
                    ["--overwrite"],
                ]
        )
            await _work.Refused(
                "eval.json is one of the inputs",
                ["report", "--evidence", _work["evidence"], "--output", _work["evidence/eval.json"], .. more]
            );
        await Workplace.Succeed("report", "--evidence", _work["evidence"], "--output", _work["evidence/report.html"]);
    }

    [Fact]
    public async Task A_verb_that_fails_leaves_no_folder_lock_or_half_file()
    {
        var broken = _work.Write("broken.jsonl", "{\"prompt\": \"p\", \"chosen\": \"a\", \"rejected\": \"b\"}", "{\"prompt\":");
        await _work.Refused(
            "broken.jsonl:2",
            "eval",
            "--scores",
            Scores("s.csv"),
            "--data",
            broken,
            "--output-dir",
            _work["out"],
            "--max-errors",
            "0"
        );
        await _work.Refused("broken.jsonl", "split", "--data", broken, "--output-dir", _work["out"], "--eval", "0.5", "--max-errors", "0");
        Assert.False(Directory.Exists(_work["out"]));
    }

    [Fact]
    public void A_file_that_finds_no_room_is_removed()
    {
        // What a full disk does: bytes are taken into the buffer and cannot be written when it is emptied.
        var path = _work["out.txt"];
        Assert.Throws<IOException>(
            (Action)(
                () =>
                {
                    using var file = new OutputFile(path);
                    file.Stream.Write(new byte[100]);
                    file.Stream.SafeFileHandle.Dispose();
                    throw new IOException("No space left on device");
                }
            )
        );
        Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(path)!));
    }
}
