using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Assay.Data.Contract;
using Assay.Data.Reading;
using Assay.Evaluation.RewardBench;

namespace Assay.Evaluation.Benchmarks;

/// <summary>
/// Reads a benchmark from the very files in which it is published: JSON Lines, JSON arrays, CSV or Parquet, one file or one for each
/// subset, whose name is then in the path.
/// </summary>
public static class BenchmarkFile
{
    /// <summary>The correctness sets of PPE, as they are named here and in the names of their repositories.</summary>
    public static IReadOnlyList<string> PpeSets { get; } = ["mmlu-pro", "math", "gpqa", "mbpp-plus", "ifeval"];

    /// <summary>The rows in order, lazily.</summary>
    /// <param name="kind">The benchmark.</param>
    /// <param name="path">One of its files.</param>
    /// <param name="passedOver">Told why, for each row that takes no part: <c>tie</c> by the benchmark's own rule; in one's own file also
    /// <c>wrong_type</c>, an answer that is no text, and the reasons of the data contract.</param>
    /// <param name="named">What the user says of the file's fields; null when nothing.</param>
    /// <exception cref="FormatException">A row cannot be read; the message has file, line and field.</exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static IEnumerable<BenchmarkRow> Read(
        BenchmarkKind kind,
        string path,
        Action<string>? passedOver = null,
        FieldMapping? named = null
    )
    {
        var (place, pathSubset) = (0L, SubsetOf(kind, path));
        string? first = null,
            unread = null;
        long ownCount = 0,
            unreadCount = 0;
        foreach (var (line, row) in JsonRows.Read(path, named))
        {
            var fields = new BenchmarkFields(row, path, pathSubset, line, ++place);
            var read = kind switch
            {
                BenchmarkKind.RewardBench => fields.Row(
                    RewardBenchSubset(fields),
                    fields.Prompt("prompt"),
                    [fields.Answer("chosen")],
                    [fields.Answer("rejected")]
                ),
                BenchmarkKind.RewardBench2 => Counted(
                    fields,
                    fields.Row(fields.Text("subset"), fields.Prompt("prompt"), fields.Answers("chosen"), fields.Answers("rejected"))
                ),
                BenchmarkKind.RmBench => fields.Row(
                    RmBenchDomain(fields),
                    fields.Prompt("prompt"),
                    fields.Answers("chosen"),
                    fields.Answers("rejected")
                ),
                BenchmarkKind.JudgeBench => Judge(fields),
                BenchmarkKind.LlmBar => Bar(fields),
                BenchmarkKind.PpePreference => Vote(fields),
                BenchmarkKind.PpeCorrectness => Correctness(fields),
                BenchmarkKind.Rmb => Rmb.Row(fields),
                BenchmarkKind.Own => Own(fields, line),
                _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
            };
            if (read is not null)
                yield return read;
            else if (kind != BenchmarkKind.Own)
                passedOver?.Invoke("tie");
        }
        if (unread is not null && 2 * unreadCount > place)
            throw new EvaluationException($"{path}, {unread}. So it is in {unreadCount} of {place} rows, and the file is not judged");
        if (first is not null && ownCount == 0)
            throw new EvaluationException($"{path}, {first}. No row of {place} can be judged");

        BenchmarkRow? Own(BenchmarkFields fields, long line)
        {
            var (row, reason) = OwnRow.Read(fields, path, line);
            if (row is not null)
                ownCount++;
            if (reason is null)
                return row;
            passedOver?.Invoke(reason.Reason == Reason.TieOrAbstention ? "tie" : reason.Reason.Code());
            first ??= $"line {line}: {reason}";
            if (reason.Reason is not (Reason.UnreadContext or Reason.NeedsImage))
                return null;
            unread ??= $"line {line}: {reason}";
            unreadCount++;
            return null;
        }
    }

    /// <summary>
    /// The subset that stands as a word in the file's name, else in the nearest of three folders above it, ignoring case and the kind of
    /// dash; null where none does.
    /// </summary>
    private static string? SubsetOf(BenchmarkKind kind, string path)
    {
        var names = kind switch
        {
            BenchmarkKind.RewardBench => RewardBenchTables.AllPriorSets,
            BenchmarkKind.RmBench => ["safety-refuse", "safety-response", .. RmBench.Domains],
            BenchmarkKind.LlmBar => [.. LlmBar.PublishedRows.Select(subset => subset.Name)],
            BenchmarkKind.PpeCorrectness => PpeSets,
            _ => [],
        };
        static string Plain(string text) => text.Replace('_', '-');
        var parts = Path.GetFullPath(path).Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries).TakeLast(4).Reverse();
        return parts
            .Select(part =>
                names.FirstOrDefault(name =>
                    Regex.IsMatch(
                        Plain(part),
                        $"(?<![a-z0-9]){Plain(name)}(?![a-z0-9])",
                        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant
                    )
                )
            )
            .FirstOrDefault(found => found is not null);
    }

    /// <summary>The prior sets are one file a set, and what they call <c>subset</c> is a part of it.</summary>
    private static string RewardBenchSubset(BenchmarkFields fields) =>
        fields.OptionalText("subset") is { } subset && RewardBenchTables.Weights.ContainsKey(subset)
            ? subset
            : fields.PathSubset ?? fields.Text("subset");

    private static BenchmarkRow Counted(BenchmarkFields fields, BenchmarkRow row) =>
        fields.Whole("num_correct") is { } count && count != row.CorrectCount
            ? throw fields.Wrong($"num_correct is {count}, but there are {row.CorrectCount} chosen answers")
            : row;

    private static string RmBenchDomain(BenchmarkFields fields) =>
        fields.OptionalText("domain")
        ?? fields.PathSubset
        ?? throw fields.Wrong(
            $"there is no field domain, and the file's name does not say one: call it as it is published, {string.Join(", ", RmBench.Domains.Select(domain => domain + "_filtered.json"))}"
        );

    private static BenchmarkRow Judge(BenchmarkFields fields)
    {
        var right = fields.Text("label") switch
        {
            "A>B" => 0,
            "B>A" => 1,
            var label => throw fields.Wrong($"label is '{label}', wanted A>B or B>A"),
        };
        return fields.Row(
            fields.Text("source"),
            fields.Prompt("question"),
            [fields.Answer("response_A"), fields.Answer("response_B")],
            i => i == right
        );
    }

    private static BenchmarkRow Bar(BenchmarkFields fields)
    {
        var subset = fields.OptionalText("subset") ?? fields.Meta("subset") ?? fields.PathSubset ?? "all";
        subset = subset[(subset.LastIndexOf('/') + 1)..];
        if (fields.Has("chosen"))
            return fields.Row(subset, fields.Prompt("prompt"), [fields.Answer("chosen")], [fields.Answer("rejected")]);
        string[] outputs = [fields.Answer("output_1"), fields.Answer("output_2")];
        return fields.Whole("label") is { } label and (1 or 2)
            ? fields.Row(subset, fields.Prompt("input"), outputs, i => i == label - 1)
            : throw fields.Wrong($"label is {fields.OptionalText("label") ?? "missing"}, wanted 1 or 2");
    }

    private static BenchmarkRow? Vote(BenchmarkFields fields)
    {
        var winner = fields.Text("winner");
        if (winner.StartsWith("tie", StringComparison.Ordinal))
            return null;
        var right = winner switch
        {
            "model_a" => 0,
            "model_b" => 1,
            _ => throw fields.Wrong($"winner is '{winner}', wanted model_a, model_b or tie"),
        };
        return fields.Row(
            fields.OptionalText("language") ?? "all",
            fields.Prompt("prompt"),
            [fields.Answer("response_1"), fields.Answer("response_2")],
            i => i == right
        );
    }

    private static BenchmarkRow Correctness(BenchmarkFields fields)
    {
        var set =
            fields.PathSubset
            ?? throw fields.Wrong(
                $"the path does not say which set this is: name the file or its folder after it ({string.Join(", ", PpeSets)})"
            );
        bool[] right =
        [
            .. fields
                .List("scores")
                .Select(score =>
                    score is JsonValue value && value.TryGetValue(out bool flag)
                        ? flag
                        : throw fields.Wrong($"scores holds {score?.ToJsonString() ?? "null"}, wanted true or false")
                ),
        ];
        var row = fields.Row(set, fields.Prompt("prompt"), [.. right.Select((_, i) => fields.Answer($"response_{i + 1}"))], i => right[i]);
        if (fields.Has($"response_{right.Length + 1}"))
            throw fields.Wrong($"scores has {right.Length} entries, but there is a response_{right.Length + 1}");
        var at = new int[right.Length];
        for (var i = 0; i < at.Length; i++)
            at[row.Places[i]] = i;
        return row with
        {
            Id = fields.OptionalText("model_name") is { } model ? $"{row.Id}/{model}" : row.Id,
            Comparisons =
            [
                .. fields
                    .List("sampled_conflict_pairs")
                    .Select(pair => Conflict(fields, pair, right))
                    .Select(pair => (at[pair.Right], at[pair.Wrong])),
            ],
        };
    }

    private static (int Right, int Wrong) Conflict(BenchmarkFields fields, JsonNode? pair, bool[] right) =>
        pair is JsonArray { Count: 2 } both
        && both[0] is JsonValue a
        && a.TryGetValue(out int first)
        && both[1] is JsonValue b
        && b.TryGetValue(out int second)
        && first >= 0
        && first < right.Length
        && second >= 0
        && second < right.Length
        && right[first] != right[second]
            ? right[first]
                ? (first, second)
                : (second, first)
            : throw fields.Wrong(
                $"sampled_conflict_pairs holds {pair?.ToJsonString() ?? "null"}, wanted the places, from 0, of a right and a wrong answer"
            );
}
