using System.Runtime.ExceptionServices;
using System.Text.Json.Nodes;
using Assay.Evaluation.Scores;
using Assay.Verifiers;
using Assay.Verifiers.Sandboxing;

namespace Assay.Cli.Verification;

/// <summary>An answer of a file with what a verifier says of it.</summary>
/// <param name="Row">Its line, from 1.</param>
/// <param name="Id">Its id, where it has one.</param>
/// <param name="Reference">The right answer as the row states it, or its tests; empty where nothing is needed.</param>
/// <param name="Label">Whether people said that it is right; null where nobody did.</param>
/// <param name="Found">The verdict.</param>
internal sealed record VerifiedRow(long Row, string? Id, string Reference, bool? Label, Verifiers.Verification Found)
{
    private static readonly string[] Answers = ["completion", "response", "answer", "output"],
        References = ["reference", "ground_truth", "solution", "answer", "label_answer"];

    /// <summary>Verifies the rows of a file of JSON Lines, plain or compressed, in order.</summary>
    /// <param name="path">The file.</param>
    /// <param name="verifier">The rule.</param>
    /// <param name="completion">The field with the answer, dots go into objects; null for the first that is there of completion, response,
    /// answer, output, or the last turn of messages.</param>
    /// <param name="reference">The field with the right answer; null for the first that is there of reference, ground_truth, solution,
    /// answer.</param>
    /// <param name="label">The field that says whether the answer is right.</param>
    /// <exception cref="FormatException">A row lacks a field, or it is of another kind.</exception>
    public static IEnumerable<VerifiedRow> Read(string path, IVerifier verifier, string? completion, string? reference, string label)
    {
        var rows = 0;
        var given = JsonObjectLines
            .Read(path, "an answer")
            .Select(line => Given.Of(line.Where, line.Number, line.Line, verifier.Needs, completion, reference, label));
        // Programs take their time: several at once, and their rows in order. The rules of texts are quicker than a thread.
        var (atOnce, several) = verifier.Needs == ReferenceKind.Tests ? (16 * Environment.ProcessorCount, true) : (1, false);
        foreach (var rowsOfChunk in given.Chunk(atOnce))
        foreach (var found in several ? [.. rowsOfChunk.AsParallel().AsOrdered().Select(Judged)] : rowsOfChunk.Select(Judged))
        {
            if (found.Fault is { } fault)
                ExceptionDispatchInfo.Throw(fault);
            yield return found.Row!;
            rows++;
        }
        if (rows == 0)
            throw new FormatException($"{path}:1:1: the file has no rows; was it written to the end?");

        (VerifiedRow? Row, Exception? Fault) Judged(Given row)
        {
            try
            {
                var found = verifier.Verify(row.Answer, row.Reference);
                return (new VerifiedRow(row.Line, row.Id, row.Reference, row.Label, found), null);
            }
            catch (SandboxException error)
            {
                return (null, error);
            }
            catch (FormatException error)
            {
                return (null, new FormatException($"{row.Where}: {error.Message}", error));
            }
        }
    }

    /// <summary>What a row holds before it is judged.</summary>
    private sealed record Given(string Where, long Line, string? Id, string Answer, string Reference, bool? Label)
    {
        public static Given Of(
            string where,
            long line,
            JsonObject row,
            ReferenceKind needs,
            string? completion,
            string? reference,
            string label
        )
        {
            var (answerField, answer) = VerifiedRow.Answer(row, completion);
            var expected = needs switch
            {
                ReferenceKind.None => "",
                ReferenceKind.Tests => Tests(row, reference, where),
                _ => Text(
                    reference is null
                        ? References
                            .Where(name => name != answerField)
                            .Select(name => Field(row, name))
                            .FirstOrDefault(node => node is not null)
                        : Field(row, reference)
                )
                    ?? throw new FormatException(
                        $"{where}: no right answer, wanted {reference ?? string.Join(", ", References[..3])} (--reference FIELD names another; dots go into objects, as in meta.ground_truth)"
                    ),
            };
            return new Given(
                where,
                line,
                Text(Field(row, "id") ?? Field(row, "task_id")),
                answer
                    ?? throw new FormatException(
                        $"{where}: no answer, wanted {completion ?? string.Join(", ", Answers) + " or messages"} (--completion FIELD names another)"
                    ),
                expected,
                Truth(Field(row, label), where, label)
            );
        }
    }

    /// <summary>The row itself, which has its tests; or the object that a field holds; or what it holds as the row's tests.</summary>
    private static string Tests(JsonObject row, string? named, string where)
    {
        if (named is null)
            return row.ToJsonString();
        var tests = Field(row, named) ?? throw new FormatException($"{where}: no tests, wanted {named}");
        if (tests is JsonObject whole && !whole.ContainsKey("inputs"))
            return whole.ToJsonString();
        JsonObject own = new() { ["tests"] = tests.DeepClone() };
        foreach (var name in (string[])["prompt", "entry_point", "test_imports", "test_setup_code"])
            own[name] = row[name]?.DeepClone();
        return own.ToJsonString();
    }

    private static (string? Field, string? Text) Answer(JsonNode row, string? named)
    {
        if (named is not null)
            return (named, Text(Field(row, named)));
        if (Answers.FirstOrDefault(name => Field(row, name) is not null) is { } field)
            return (field, Text(Field(row, field)));
        return (null, Field(row, "messages") is JsonArray { Count: > 0 } turns ? Text(turns[^1]) : null);
    }

    private static JsonNode? Field(JsonNode? row, string path)
    {
        if (row is JsonObject whole && whole.ContainsKey(path))
            return whole[path];
        foreach (var name in path.Split('.'))
            row = (row as JsonObject)?[name];
        return row;
    }

    /// <summary>A text, a number as it stands, or the content of a turn or of the last of several.</summary>
    private static string? Text(JsonNode? node) =>
        node switch
        {
            JsonValue value => value.TryGetValue(out string? text) ? text : value.ToJsonString(),
            JsonObject turn => Text(turn["content"]),
            JsonArray { Count: > 0 } turns when turns[^1] is JsonObject last => Text(last),
            _ => null,
        };

    private static bool? Truth(JsonNode? node, string where, string field) =>
        node switch
        {
            null => null,
            JsonValue value when value.TryGetValue(out bool truth) => truth,
            JsonValue value when value.TryGetValue(out double number) && number is 0 or 1 => (double)value! == 1,
            _ => throw new FormatException(
                $"{where}: {field} is {node.ToJsonString()}, wanted true or false (--label FIELD names another)"
            ),
        };
}
