using System.Globalization;
using System.Text.Json.Nodes;
using Assay.Evaluation.Evidence;
using Assay.Evaluation.Metrics;

namespace Assay.Report.Exports;

/// <summary>
/// The evaluation of a held-out set as an eval log of inspect_ai (its <c>EvalLog</c>, version 2, as JSON): a sample a pair, whose score is
/// 1 where the model orders it as people did, 0 where not and 0.5 for a tie, with both scores beside it. <c>inspect view</c> and
/// <c>inspect_ai.log.read_eval_log</c> open it.
/// </summary>
public static class InspectLog
{
    private const string Scorer = "pair_accuracy",
        Task = "assay_heldout_pairs";

    /// <summary>The file's name in a folder of logs: inspect wants time, task and id in it.</summary>
    /// <param name="created">ISO 8601 with offset.</param>
    /// <param name="id">Of the run.</param>
    public static string FileName(string created, string id) =>
        $"{created.Replace(':', '-').Replace('+', '-')}_{Task.Replace('_', '-')}_{id}.json";

    /// <param name="eval">The evidence.</param>
    /// <param name="pairs">Its score file.</param>
    /// <param name="created">ISO 8601 with offset.</param>
    /// <param name="id">Of the run: letters and digits.</param>
    /// <param name="madeBy">The program and its version.</param>
    public static JsonObject Of(EvalEvidence eval, IReadOnlyList<PairScore> pairs, string created, string id, string madeBy)
    {
        var texts = eval.Worst.GroupBy(pair => pair.Row).ToDictionary(group => group.Key, group => group.First());
        var samples = new JsonArray();
        foreach (var (pair, place) in pairs.Select((pair, place) => (pair, place + 1)))
        {
            var value =
                pair.Margin > 0 ? 1
                : pair.Margin < 0 ? 0
                : 0.5;
            texts.TryGetValue(pair.Row, out var text);
            samples.Add(
                new JsonObject
                {
                    ["id"] = place,
                    ["epoch"] = 1,
                    ["input"] = text?.Prompt ?? $"pair of row {pair.Row.ToString(CultureInfo.InvariantCulture)}",
                    ["target"] = "chosen",
                    ["messages"] = new JsonArray(),
                    ["output"] = new JsonObject
                    {
                        ["model"] = eval.Subject.Name,
                        ["choices"] = new JsonArray(),
                        ["completion"] = "",
                    },
                    ["scores"] = new JsonObject
                    {
                        [Scorer] = new JsonObject
                        {
                            ["value"] = value,
                            ["answer"] =
                                pair.Margin > 0 ? "chosen"
                                : pair.Margin < 0 ? "rejected"
                                : "tie",
                            ["metadata"] = new JsonObject { ["chosen_score"] = pair.ChosenScore, ["rejected_score"] = pair.RejectedScore },
                        },
                    },
                    ["metadata"] = new JsonObject
                    {
                        ["row"] = pair.Row,
                        ["pair_id"] = pair.Id,
                        ["source"] = pair.Source,
                        ["group"] = pair.Group,
                        ["weight"] = pair.Weight,
                        ["chosen"] = text?.Chosen,
                        ["rejected"] = text?.Rejected,
                    },
                    ["store"] = new JsonObject(),
                    ["events"] = new JsonArray(),
                    ["model_usage"] = new JsonObject(),
                }
            );
        }
        JsonObject Metric(string name, double number) =>
            new()
            {
                ["name"] = name,
                ["value"] = number,
                ["params"] = new JsonObject(),
            };
        var half = (eval.IntervalByPrompt ?? eval.Metrics.AccuracyInterval) is var interval
            ? (interval.High - interval.Low) / (2 * 1.96)
            : 0;
        return new JsonObject
        {
            ["version"] = 2,
            ["status"] = "success",
            ["eval"] = new JsonObject
            {
                ["eval_id"] = id,
                ["run_id"] = id,
                ["created"] = created,
                ["task"] = Task,
                ["task_id"] = id,
                ["task_version"] = 0,
                ["task_args"] = new JsonObject(),
                ["dataset"] = new JsonObject
                {
                    ["name"] = eval.Inputs.Count == 0 ? "scores" : Path.GetFileName(eval.Inputs[0].Path),
                    ["location"] = eval.Inputs.Count == 0 ? eval.Subject.Path : eval.Inputs[0].Path,
                    ["samples"] = pairs.Count,
                    ["shuffled"] = false,
                },
                ["model"] = "assay/" + eval.Subject.Name,
                ["model_args"] = new JsonObject(),
                ["config"] = new JsonObject { ["epochs"] = 1 },
                ["packages"] = new JsonObject(),
                ["metadata"] = new JsonObject
                {
                    ["fingerprint"] = eval.Subject.Fingerprint,
                    ["made_by"] = madeBy,
                    ["inputs"] = new JsonArray([
                        .. eval.Inputs.Select(input => (JsonNode)new JsonObject { ["path"] = input.Path, ["sha256"] = input.Sha256 }),
                    ]),
                },
            },
            ["plan"] = new JsonObject
            {
                ["name"] = "plan",
                ["steps"] = new JsonArray(),
                ["config"] = new JsonObject(),
            },
            ["results"] = new JsonObject
            {
                ["total_samples"] = pairs.Count,
                ["completed_samples"] = pairs.Count,
                ["scores"] = new JsonArray(
                    new JsonObject
                    {
                        ["name"] = Scorer,
                        ["scorer"] = Scorer,
                        ["params"] = new JsonObject(),
                        ["metrics"] = new JsonObject
                        {
                            ["accuracy"] = Metric("accuracy", eval.Metrics.Accuracy),
                            ["stderr"] = Metric("stderr", half),
                        },
                    }
                ),
            },
            ["stats"] = new JsonObject
            {
                ["started_at"] = created,
                ["completed_at"] = created,
                ["model_usage"] = new JsonObject(),
            },
            ["samples"] = samples,
        };
    }
}
