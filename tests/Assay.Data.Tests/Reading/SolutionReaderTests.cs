using Assay.Data.Reading.Solutions;

namespace Assay.Data.Tests.Reading;

/// <summary>Solutions in steps in each of the forms in which they are published.</summary>
public sealed class SolutionReaderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("assay-solutions-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("""{"id": "a", "prompt": "q", "steps": ["s", "t", "u"], "labels": [true, false, null]}""", "q", "s|t|u", "+-?", null)]
    [InlineData("""{"prompt": "q", "completions": ["s", "t"], "labels": [1, 0]}""", "q", "s|t", "+-", null)]
    [InlineData("""{"problem": "q", "steps": ["s", "t", "u"], "label": 1, "final_answer_correct": false}""", "q", "s|t|u", "+-?", false)]
    [InlineData("""{"problem": "q", "steps": ["s", "t"], "label": -1, "final_answer_correct": true}""", "q", "s|t", "++", true)]
    [InlineData(
        """{"question": "o", "modified_question": "q", "original_process": ["x"], "modified_process": ["s", "t", "u"], "error_steps": [2]}""",
        "q",
        "s|t|u",
        "+-+",
        null
    )]
    [InlineData(
        """{"uuid": "7", "question": "q", "model_output_steps": ["s", "t", "u"], "model_output_solution_correctness": "wrong", "model_output_solution_first_error_step": 3, "model_output_answer_correctness": "wrong"}""",
        "q",
        "s|t|u",
        "++-",
        false
    )]
    [InlineData(
        """{"question": "q", "model_output_steps": ["s", "t"], "model_output_solution_correctness": "correct", "model_output_solution_first_error_step": "N/A", "model_output_answer_correctness": "correct"}""",
        "q",
        "s|t",
        "++",
        true
    )]
    [InlineData(
        """{"input": "q", "steps": ["s", "t", "u"], "mistake_index": 0, "answer": "4", "target": "5"}""",
        "q",
        "s|t|u",
        "-??",
        false
    )]
    [InlineData("""{"input": "q", "steps": ["s"], "mistake_index": null, "answer": "4", "target": "4"}""", "q", "s", "+", true)]
    [InlineData(
        """{"input": "q Step 1: s \u043a\u0438\nStep 2: t \u043a\u0438", "label": "q Step 1: s +\nStep 2: t -", "task": "GSM8K"}""",
        "q",
        "Step 1: s|Step 2: t",
        "+-",
        null
    )]
    [InlineData("""{"prompt": "q", "completion": "s\n\nt\n", "label": false}""", "q", "s|t", null, false)]
    public void A_row_is_read_with_its_steps_and_verdicts(string row, string prompt, string steps, string? labels, bool? correct)
    {
        var solution = Assert.Single(Read(row)[0].Solutions);
        Assert.Equal(
            (prompt, steps, labels, correct),
            (solution.Prompt, string.Join('|', solution.Steps), Marks(solution), solution.IsCorrect)
        );
    }

    [Fact]
    public void Of_PRM800K_the_path_and_every_other_judged_step_are_solutions()
    {
        const string Row = """
            {"question": {"problem": "q"}, "label": {"steps": [{"completions": [{"text": "a", "rating": 1}, {"text": "b", "rating": -1}], "human_completion": null, "chosen_completion": 0},
            {"completions": [{"text": "c", "rating": 0}], "human_completion": null, "chosen_completion": 0}, {"completions": [{"text": "d", "rating": -1}, {"text": "e", "rating": null}], "human_completion": null, "chosen_completion": null}], "finish_reason": "found_error"}}
            """;
        var solutions = Read(Row.ReplaceLineEndings(" "))[0].Solutions;
        Assert.Equal(["a|c|d ++-", "b -"], solutions.Select(solution => $"{string.Join('|', solution.Steps)} {Marks(solution)}"));
    }

    [Fact]
    public void Zero_is_wrong_beside_one_and_neutral_in_a_file_of_ratings()
    {
        const string Zero = """{"prompt": "q", "steps": ["s", "t"], "labels": [1, 0]}""";
        Assert.Equal("+-", Marks(Read(Zero)[0].Solutions[0]));
        Assert.Equal("++", Marks(Read(Zero, """{"prompt": "q", "steps": ["s"], "labels": [-1]}""")[0].Solutions[0]));
    }

    [Theory]
    [InlineData("""{"prompt": "q", "steps": ["s"], "labels": [true, false]}""", "1 steps and 2 labels")]
    [InlineData("""{"prompt": "q", "steps": ["s"], "labels": [0.7]}""", "labels[0] is 0.7, wanted true, false or null, or 1, 0 or -1")]
    [InlineData("""{"problem": "q", "steps": ["s"], "label": 1}""", "label names step 1 (from 0) and there are 1 steps")]
    [InlineData(
        """{"modified_question": "q", "modified_process": ["s"], "error_steps": [2]}""",
        "error_steps names step 2 and there are 1 steps"
    )]
    [InlineData(
        """{"question": "q", "model_output_steps": ["s"], "model_output_solution_correctness": "wrong", "model_output_solution_first_error_step": "N/A"}""",
        "model_output_solution_first_error_step is"
    )]
    [InlineData("""{"prompt": "q", "steps": [], "labels": []}""", "the solution has no steps")]
    [InlineData("""{"prompt": ["q"], "steps": ["s"], "labels": [true]}""", "prompt is [\"q\"], wanted a text")]
    [InlineData("""{"chosen": "a", "rejected": "b"}""", "no solution in steps")]
    [InlineData("""{"prompt": "q", """, "")]
    public void What_cannot_be_read_has_its_reason_and_stops_no_other_row(string row, string expected)
    {
        var rows = Read(row, """{"prompt": "q", "steps": ["s"], "labels": [true]}""");
        Assert.NotNull(rows[0].Reason);
        Assert.Contains(expected, rows[0].Detail, StringComparison.Ordinal);
        Assert.Empty(rows[0].Solutions);
        Assert.Single(rows[1].Solutions);
    }

    private IReadOnlyList<SolutionRow> Read(params string[] lines)
    {
        var path = Path.Combine(_folder, "rows.jsonl");
        File.WriteAllLines(path, lines);
        return SolutionReader.Read(path);
    }

    private static string? Marks(Solution solution) =>
        solution.Labels is null
            ? null
            : string.Concat(
                solution.Labels.Select(label =>
                    label switch
                    {
                        true => '+',
                        false => '-',
                        null => '?',
                    }
                )
            );
}
