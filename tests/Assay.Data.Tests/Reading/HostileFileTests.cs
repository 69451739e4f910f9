using System.Text;
using Assay.Data.Contract;
using Assay.Data.Reading;

namespace Assay.Data.Tests.Reading;

/// <summary>
/// Files that are not what they should be: each is refused, or its bad rows set aside, with file, line, column, cause and cure.
/// </summary>
public class HostileFileTests
{
    private const string Good = "{\"prompt\":\"p\",\"chosen\":\"a\",\"rejected\":\"b\"}";

    private static List<PairRow> Read(string name, byte[] bytes, string? format = null, int maxErrors = 100)
    {
        using var folder = new TemporaryFolder();
        using var reader = PairReader.Open(
            folder.Write(name, bytes),
            new PairReaderOptions { Format = format is null ? null : PairFormat.OfName(format), MaxErrors = maxErrors }
        );
        return [.. reader.Read()];
    }

    private static string Refusal(string name, byte[] bytes) => Assert.Throws<DataFormatException>(() => Read(name, bytes)).Message;

    private static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);

    /// <summary>What each file is, told from what its bytes say.</summary>
    public static TheoryData<string, byte[], string> NoRows() =>
        new()
        {
            { "a.jsonl", Encoding.Unicode.GetBytes(Good + "\n"), "UTF-16 without a byte-order mark" },
            { "a.jsonl", Encoding.BigEndianUnicode.GetBytes(Good + "\n"), "UTF-16 without a byte-order mark" },
            { "a.jsonl", Text(Good + "\r" + Good + "\r"), "tr '\\r' '\\n'" },
            { "a.jsonl", new byte[3000], "zero bytes" },
            { "a.jsonl", Text("PK\x03\x04 and so on"), "zip archive" },
            { "a.jsonl", Text("BZh91AY&SY"), "bzip2" },
            { "a.jsonl", Text("<!DOCTYPE html><html>"), "web page" },
            { "a.jsonl", Text("version https://git-lfs.github.com/spec/v1\noid sha256:aa\nsize 12\n"), "git lfs pull" },
            { "a.jsonl", Text("{'prompt': 'p', 'chosen': 'a', 'rejected': 'b'}\n"), "json.dumps" },
            { "a.json", Text("{\n  \"prompt\": \"p\",\n  \"chosen\": \"a\"\n}\n"), "jq -c ." },
            { "a.json", Text("{\"data\": [\n{\n\"prompt\": \"p\",\n\"chosen\": \"a\"\n}\n]}\n"), "jq -c '.data[]'" },
            { "a.csv", Text("prompt;chosen;rejected\np;a;b\n"), "cells are separated by another character" },
            { "a.csv", Text("p,a,b\nq,c,d\n"), "is the header row missing?" },
            { "a.json", Text($"[{Good},,{Good}]"), "a.json:1:45: a row is missing after the comma behind row 1" },
            { "a.json", Text($"[{Good},]"), "a.json:1:45: a row is missing" },
            { "a.json", Text($"[{Good}\n {Good}]"), "a.json:2:2: a comma is missing after row 1" },
            { "a.json", Text($"[{Good},\n{Good}"), "the file ends after row 2" },
        };

    [Theory]
    [MemberData(nameof(NoRows))]
    public void A_file_without_readable_rows_says_what_it_is_and_what_to_do(string name, byte[] bytes, string expected) =>
        Assert.Contains(expected, Refusal(name, bytes));

    [Fact]
    public void An_unreadable_first_line_is_named_with_its_column_and_cause() =>
        Assert.Contains("a.jsonl:1:20: malformed_json: not JSON", Refusal("a.jsonl", Text("{\"prompt\": \"p\"     oops}")));

    [Fact]
    public void Half_surrogates_anywhere_are_one_bad_row_each_and_never_the_end_of_the_run()
    {
        string[] rows =
        [
            Good,
            """{"prompt":"p","chosen":"\ud800","rejected":"b"}""",
            """{"prompt":"p","chosen":"a","rejected":"b","\ud800":1}""",
            """{"prompt":"p","chosen":"a","rejected":"b","id":"\ud800"}""",
            """{"prompt":"p","chosen":"a","rejected":"b","meta":{"source":"\udfff"}}""",
            """{"prompt":"p","chosen":"\ud83d\ude00","rejected":"b"}""",
        ];
        var read = Read("a.jsonl", Text(string.Join('\n', rows)));
        Assert.Equal(
            ["", "bad_encoding", "bad_encoding", "bad_encoding", "bad_encoding", ""],
            read.Select(row => string.Join(' ', row.Findings.Select(finding => finding.Reason.Code())))
        );
        Assert.Equal([24, 43, 48, 60], read.Skip(1).Take(4).Select(row => row.Findings[0].Column));
    }

    [Theory]
    [InlineData("\"tools\":[{\"name\":\"\\ud800\"}]")]
    [InlineData("\"chat_template_kwargs\":{\"a\":\"\\udfff\"}")]
    [InlineData("\"provenance\":{\"sampling_settings\":{\"a\":\"\\uD800\"}}")]
    [InlineData("\"unread\":[[\"\\uDC00\"]]")]
    public void Half_a_surrogate_in_a_field_that_only_later_steps_read_costs_its_row(string member)
    {
        var read = Read("a.jsonl", Text($"{Good}\n{Good[..^1]},{member}}}\n"));
        Assert.Equal((true, Reason.BadEncoding), (read[0].IsUsable, Assert.Single(read[1].Findings).Reason));
    }

    [Fact]
    public void A_row_that_is_wrong_in_two_ways_is_refused_for_the_first_and_stops_nothing()
    {
        var read = Read(
            "a.jsonl",
            [.. Text(Good + "\n{\"a\":1,\"\\ud800\":2,\"a\":3}\n{\"\\ud800\":1,,}\n{\""), 0xFF, .. Text("\":1,\"a\":1,\"a\":2}\n" + Good)],
            "trl"
        );
        Assert.Equal(
            [true, false, false, false, true],
            read.Select(row => row.IsUsable || row.Findings.All(finding => finding.Reason == Reason.DuplicateRow))
        );
        Assert.All(read.Skip(1).Take(3), row => Assert.True(row.IsError), throwIfEmpty: true);
    }

    [Fact]
    public void A_half_surrogate_inside_a_group_of_rows_costs_only_its_row()
    {
        string Row(string response, int helpfulness) => $$"""{"prompt":"p","response":"{{response}}","helpfulness":{{helpfulness}}}""";
        var read = Read("a.jsonl", Text(string.Join('\n', Row("a", 1), Row("b", 2), Row("\\ud800", 3), Row("c", 1), Row("d", 2))));
        Assert.Equal(
            ["not_pairable", "", "bad_encoding", "not_pairable", ""],
            read.Select(row => string.Join(' ', row.Findings.Select(finding => finding.Reason.Code())))
        );
    }

    [Fact]
    public void A_byte_order_mark_between_joined_files_is_named()
    {
        var row = Read("a.jsonl", [.. Text(Good + "\n"), 0xEF, 0xBB, 0xBF, .. Text(Good)])[1];
        Assert.Equal(
            (2L, "a byte-order mark in the middle of the file: files were joined; remove it", 1),
            (row.Line, row.Findings[0].Detail, row.Findings[0].Column)
        );
    }

    [Fact]
    public void A_csv_record_that_is_not_UTF_8_keeps_its_bytes()
    {
        var row = Assert.Single(Read("a.csv", [.. Text("prompt,chosen,rejected\np,caf"), 0xE9, .. Text(",b\n")], "trl"));
        Assert.Equal(Reason.BadEncoding, row.Findings[0].Reason);
        Assert.Equal([.. Text("p,caf"), 0xE9, .. Text(",b")], row.Raw.ToArray());
    }

    /// <summary>Half a surrogate pair in a cell that is JSON, escaped as JSON has it.</summary>
    public static TheoryData<string, string> HalfSurrogateCells() =>
        new()
        {
            { "chosen", "[{\"role\":\"assistant\",\"content\":\"x \\ud83d\"}]" },
            { "prompt", "[\"\\udfff\"]" },
            { "votes", "[\"chosen\",\"\\ud800\"]" },
            { "meta", "{\"source\":\"\\ud800\"}" },
            { "provenance", "{\"\\ud800\":1}" },
            { "tools", "[{\"name\":\"\\ud800x\"}]" },
            { "completions", "[{\"response\":\"\\ud800\"}]" },
            { "conversation_a", "[{\"content\":\"\\ud800\"}]" },
            { "chat_template_kwargs", "{\"a\":\"\\ud800\"}" },
            { "tags", "[\"x \\ud83d\"]" },
            { "anything", "{\"a\":[[\"\\udc00\"]]}" },
        };

    [Theory]
    [MemberData(nameof(HalfSurrogateCells))]
    public void Half_a_surrogate_pair_in_any_cell_of_JSON_costs_only_its_row(string column, string cell)
    {
        string[] columns = [.. new[] { "prompt", "chosen", "rejected", column }.Distinct()];
        string Record(string value, char separator) =>
            string.Join(separator, columns.Select(name => name == column ? $"\"{value.Replace("\"", "\"\"")}\"" : name[..1]));
        foreach (var (separator, name) in new[] { (',', "a.csv"), ('\t', "a.tsv") })
        {
            var rows = Read(name, Text($"{string.Join(separator, columns)}\n{Record("x", separator)}\n{Record(cell, separator)}\n"), "trl");
            Assert.Equal(2, rows.Count);
            Assert.DoesNotContain(rows[0].Findings, finding => finding.Reason == Reason.BadEncoding);
            Assert.Equal((Reason.BadEncoding, 3L), (Assert.Single(rows[1].Findings).Reason, rows[1].Line));
            Assert.Contains("ud", Encoding.UTF8.GetString(rows[1].Raw.Span));
        }
    }

    [Fact]
    public void Only_the_beginning_of_a_record_that_is_too_long_is_kept()
    {
        using var folder = new TemporaryFolder();
        using var reader = PairReader.Open(
            folder.Write("a.csv", $"prompt,chosen,rejected\np,{new string('x', 5000)},b\nq,c,d\n"),
            new PairReaderOptions { MaxErrors = 1, MaxLineBytes = 1000 }
        );
        var rows = reader.Read().ToList();
        Assert.Equal((Reason.LineTooLong, true), (rows[0].Findings[0].Reason, rows[0].Raw.Length < 400));
        Assert.True(rows[1].IsUsable);
    }

    [Fact]
    public void A_long_first_line_does_not_hide_the_format_of_the_rest()
    {
        using var folder = new TemporaryFolder();
        var openAi =
            """{"input":{"messages":[{"role":"user","content":"hi"}]},"preferred_output":[{"role":"assistant","content":"yes"}],"non_preferred_output":[{"role":"assistant","content":"no"}]}""";
        using var reader = PairReader.Open(
            folder.Write("a.jsonl", $"{{\"x\":\"{new string('x', 300_000)}\"}}\n{openAi}\n"),
            new PairReaderOptions { MaxErrors = 1, MaxLineBytes = 1000 }
        );
        Assert.Equal("openai", reader.Format.Name);
        Assert.Equal([false, true], reader.Read().Select(row => row.IsUsable));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(-4)]
    public void A_gzip_file_cut_anywhere_says_so_in_words_of_its_own(int cut)
    {
        using var folder = new TemporaryFolder();
        var whole = File.ReadAllBytes(folder.Write("a.jsonl.gz", string.Concat(Enumerable.Repeat(Good + "\n", 3000))));
        var message = Refusal("b.jsonl", whole[..(cut < 0 ? whole.Length + cut : cut)]);
        Assert.Contains("the gzip data is damaged or ends early, or something follows its end", message);
        Assert.DoesNotContain("archive entry", message);
    }

    [Fact]
    public void A_number_of_four_hundred_digits_is_named_in_forty()
    {
        var finding = Read("a.jsonl", Text(Good.Replace("}", $",\"margin\":1{new string('0', 400)}}}")))[0].Findings[0];
        Assert.Equal(Reason.NonFiniteNumber, finding.Reason);
        Assert.InRange(finding.Detail.Length, 40, 130);
    }
}
