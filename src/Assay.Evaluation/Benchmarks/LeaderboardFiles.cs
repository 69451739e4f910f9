using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Assay.Data;
using Assay.Evaluation.RewardBench;
using Assay.Ground.Files;

namespace Assay.Evaluation.Benchmarks;

/// <summary>
/// Writes a run in the files that the benchmark's own scripts write, under their names: RewardBench and RewardBench 2
/// <c>eval-set/NAME.json</c> and <c>eval-set-scores/NAME.json</c> (and <c>pref-sets…</c>), RM-Bench's data file with its scores,
/// JudgeBench's <c>outputs/…jsonl</c>, PPE's <c>data/SET/NAME.json</c> and <c>results.json</c>. LLMBar has no leaderboard. Undefined scores
/// are null, where the scripts write a bare NaN. Sources: allenai/reward-bench @ 05a9005 <c>scripts/run_rm.py</c>, <c>run_v2.py</c>;
/// THU-KEG/RM-Bench @ 73c52d7 <c>scripts/run_rm.py</c>; ScalerLab/JudgeBench @ e2c52c2 <c>run_judge.py</c>.
/// </summary>
/// <param name="folder">Where to write; made when there is something to write.</param>
/// <param name="name">The model as the leaderboard should list it, such as <c>organisation/model</c>.</param>
/// <param name="chatTemplate"><c>tokenizer</c> where the tokenizer's own template was used.</param>
/// <param name="render">The text that was scored; null where it is not known: then the messages are written, as RewardBench does for models
/// with a template of their own.</param>
public sealed class LeaderboardFiles(string folder, string name, string chatTemplate, Func<Conversation, string>? render = null)
{
    private const string ModelType = "Seq. Classifier";

    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        IndentSize = 4,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Writes the files of one benchmark.</summary>
    /// <returns>Their paths below the folder; none for benchmarks without files of their own.</returns>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public IReadOnlyList<string> Write(BenchmarkReport report, IReadOnlyList<ScoredBenchmarkRow> rows) =>
        report.Kind switch
        {
            BenchmarkKind.RewardBench =>
            [
                .. First("eval-set", report, [.. rows.Where(row => !IsPrior(row.Row.Subset))]),
                .. First("pref-sets", report, [.. rows.Where(row => IsPrior(row.Row.Subset))]),
            ],
            BenchmarkKind.RewardBench2 => Second(report, rows),
            BenchmarkKind.RmBench => [Save($"results/Seq_Classifier/{name}/total_dataset.json", new JsonArray([.. rows.Select(Styles)]))],
            BenchmarkKind.JudgeBench =>
            [
                .. rows.GroupBy(row => row.Row.Published["response_model"]?.ToString() ?? "unknown").Select(Games),
            ],
            BenchmarkKind.PpePreference => [Save($"data/human_preference_v1/{name}.json", new JsonArray([.. rows.Select(Answers)]))],
            BenchmarkKind.PpeCorrectness => Sets(rows),
            _ => [],
        };

    private static bool IsPrior(string subset) => RewardBenchTables.AllPriorSets.Contains(subset);

    private IReadOnlyList<string> First(string kind, BenchmarkReport report, IReadOnlyList<ScoredBenchmarkRow> rows)
    {
        if (rows.Count == 0)
            return [];
        var scores = new JsonObject
        {
            ["text_chosen"] = List(rows, row => Text(row, 0)),
            ["text_rejected"] = List(rows, row => Text(row, 1)),
            ["results"] = List(rows, row => RewardBenchV1.IsCorrect(row.Scores[0], row.Scores[1]) ? 1 : 0),
            ["subset"] = List(rows, row => row.Row.Subset),
            ["id"] = List(rows, Id),
            ["scores_chosen"] = List(rows, row => Number(row.Scores[0])),
            ["scores_rejected"] = List(rows, row => Number(row.Scores[1])),
        };
        return [Save($"{kind}/{name}.json", Subsets(report, rows)), Save($"{kind}-scores/{name}.json", Model(scores))];
    }

    private IReadOnlyList<string> Second(BenchmarkReport report, IReadOnlyList<ScoredBenchmarkRow> rows)
    {
        var scores = new JsonObject
        {
            ["text"] = List(rows, row => new JsonArray([.. row.Scores.Select((_, answer) => Text(row, answer))])),
            ["scores"] = List(rows, row => new JsonArray([.. row.Scores.Select(Number)])),
            // For Ties the script writes best-of-n values too; they take no part in its score.
            ["results"] = List(rows, row => RewardBenchV2.RowValue(row.Scores)),
            ["subset"] = List(rows, row => row.Row.Subset),
            ["id"] = List(rows, Id),
            ["num_correct"] = List(rows, row => row.Row.CorrectCount),
        };
        return [Save($"eval-set/{name}.json", Subsets(report, rows)), Save($"eval-set-scores/{name}.json", Model(scores))];
    }

    private JsonObject Subsets(BenchmarkReport report, IReadOnlyList<ScoredBenchmarkRow> rows)
    {
        var subsets = rows.Select(row => row.Row.Subset).ToHashSet();
        return Model(
            new JsonObject(
                report.Parts.Where(part => subsets.Contains(part.Name)).Select(part => KeyValuePair.Create(part.Name, Number(part.Score)))
            )
        );
    }

    private JsonObject Model(JsonObject fields)
    {
        (fields["model"], fields["model_type"], fields["chat_template"]) = (name, ModelType, chatTemplate);
        return fields;
    }

    private static JsonNode Styles(ScoredBenchmarkRow row)
    {
        var unit = Copy(row);
        unit.TryAdd("domain", row.Row.Subset);
        unit["score_chosen"] = new JsonArray([.. row.RightScores.Select(Number)]);
        unit["score_rejected"] = new JsonArray([.. row.WrongScores.Select(Number)]);
        return unit;
    }

    private string Games(IGrouping<string, ScoredBenchmarkRow> rows)
    {
        var lines = rows.Select(row =>
        {
            var (pair, scores) = (Copy(row), row.InPublishedOrder());
            pair["judge_name"] = "reward_model";
            pair["judgments"] = new JsonArray(Game(scores[0], scores[1]), Game(scores[1], scores[0]));
            return pair.ToJsonString(Lines);
        });
        var path =
            $"outputs/dataset=judgebench,response_model={rows.Key.Replace('/', '_')},judge_name=reward_model,judge_model={name.Replace('/', '_')}.jsonl";
        OutputFile.WriteAllText(Prepare(path), string.Join('\n', lines) + "\n");
        return path;
    }

    private static readonly JsonSerializerOptions Lines = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private JsonObject Game(double first, double second) =>
        new()
        {
            ["judgment"] = new JsonObject
            {
                ["judge_model"] = name,
                ["prompt"] = "",
                ["response"] = "",
                ["scores"] = new JsonArray(Number(first), Number(second)),
            },
            // Equal scores are B>A, as their judges say it: over both games that pair is then no win.
            ["decision"] = first > second ? "A>B" : "B>A",
        };

    private IReadOnlyList<string> Sets(IReadOnlyList<ScoredBenchmarkRow> rows)
    {
        var results = new JsonObject();
        var paths = new List<string>();
        foreach (var set in rows.GroupBy(row => row.Row.Subset))
        {
            paths.Add(Save($"data/{set.Key.Replace('-', '_')}_best_of_k/{name}.json", new JsonArray([.. set.Select(Answers)])));
            var figures = new JsonObject { ["all"] = Figures(set) };
            foreach (
                var generator in set.Where(row => row.Row.Published["model_name"] is not null)
                    .GroupBy(row => row.Row.Published["model_name"]!.ToString())
            )
                figures[generator.Key] = Figures(generator);
            results[paths[^1]] = figures;
        }
        return [.. paths, Save("results.json", results)];
    }

    private static JsonObject Figures(IEnumerable<ScoredBenchmarkRow> rows)
    {
        var figures = PpeCorrectness.Of([.. rows.Select(row => row.Prompt())]);
        return new JsonObject
        {
            ["accuracy"] = Number(figures.Accuracy),
            ["area_under_curve"] = Number(figures.AreaUnderCurve),
            ["loss"] = Number(figures.Loss),
            ["mean_max_score"] = Number(figures.MeanMaxScore),
            ["mean_end_score"] = Number(figures.MeanEndScore),
        };
    }

    /// <summary>The row without its texts, and <c>score_1</c>, <c>score_2</c>, …</summary>
    private static JsonNode Answers(ScoredBenchmarkRow row)
    {
        var record = new JsonObject();
        foreach (
            var field in (string[])
                ["question_id", "model_a", "model_b", "winner", "language", "model_name", "scores", "sampled_conflict_pairs"]
        )
            if (row.Row.Published[field] is { } value)
                record[field] = value.DeepClone();
        foreach (var (i, score) in row.InPublishedOrder().Index())
            record[$"score_{i + 1}"] = Number(score);
        return record;
    }

    private static JsonObject Copy(ScoredBenchmarkRow row) => row.Row.Published.DeepClone().AsObject();

    private static JsonNode? Id(ScoredBenchmarkRow row) => row.Row.Published["id"]?.DeepClone() ?? row.Row.Id;

    private JsonNode? Text(ScoredBenchmarkRow row, int answer)
    {
        var conversation = row.Row.Conversations().ElementAt(answer);
        return render is not null
            ? render(conversation)
            : new JsonArray([
                .. conversation.Messages!.Select(turn => new JsonObject { ["role"] = turn.Role, ["content"] = turn.Content }),
            ]);
    }

    private static JsonNode? Number(double value) => double.IsFinite(value) ? value : null;

    private static JsonArray List(IEnumerable<ScoredBenchmarkRow> rows, Func<ScoredBenchmarkRow, JsonNode?> value) =>
        new([.. rows.Select(value)]);

    /// <summary>As the scripts write: keys sorted, four blanks a level, no line feed at the end.</summary>
    private string Save(string path, JsonNode content)
    {
        var sorted = content is JsonObject fields
            ? new JsonObject(
                fields
                    .OrderBy(field => field.Key, StringComparer.Ordinal)
                    .Select(field => KeyValuePair.Create(field.Key, field.Value?.DeepClone()))
            )
            : content;
        OutputFile.WriteAllText(Prepare(path), sorted.ToJsonString(Indented));
        return path;
    }

    private string Prepare(string path)
    {
        var full = Path.Combine(folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        return full;
    }
}
