using System.Text.Json.Nodes;
using Assay.Evaluation.Scores;

namespace Assay.Evaluation.OverOptimisation;

/// <summary>
/// An answer of a policy with what the proxies that may be optimised give it, and what the reward that is meant gives it.
/// </summary>
public sealed record GradedAnswer
{
    /// <summary>Which prompt it answers.</summary>
    public required string Group { get; init; }

    /// <summary>One or several models' scores.</summary>
    public required IReadOnlyList<double> Proxies { get; init; }

    /// <summary>The reward that is meant: people, a larger model, a verifier.</summary>
    public required double Gold { get; init; }

    /// <summary>How far the policy that wrote it is from where it began, in nats; null for answers of one policy.</summary>
    public double? Kl { get; init; }

    /// <summary>Which state of the policy wrote it; null for answers of one policy.</summary>
    public long? Step { get; init; }

    /// <summary>Length of the answer in tokens.</summary>
    public double? Tokens { get; init; }

    /// <summary>
    /// Reads JSON Lines with <c>group</c> (or <c>prompt</c>), <c>proxy</c> (a number, or a list with one for each model; or <c>score</c>)
    /// and <c>gold</c>; for a path of policies <c>step</c> and <c>kl</c>; <c>completion_tokens</c> (or <c>tokens</c>) where a length
    /// penalty is tried. Lines with an <c>error</c> are left out.
    /// </summary>
    /// <exception cref="EvaluationException">A line cannot be read; the message names file, line and field.</exception>
    public static IReadOnlyList<GradedAnswer> Read(string path)
    {
        var answers = new List<GradedAnswer>();
        foreach (var (where, _, line) in JsonObjectLines.Read(path, "group, proxy and gold"))
        {
            if (line.ContainsKey("error"))
                continue;
            var answer = Of(line, where);
            if (answers.Count > 0 && answer.Proxies.Count != answers[0].Proxies.Count)
                throw new EvaluationException(
                    $"{where}: {answer.Proxies.Count} proxies where the lines before have {answers[0].Proxies.Count}"
                );
            if (answers.Count > 0 && (answer.Step is null) != (answers[0].Step is null))
                throw new EvaluationException(
                    $"{where}: {(answer.Step is null ? "no step where the lines before have one" : "a step where the lines before have none")}"
                );
            answers.Add(answer);
        }
        return answers.Count > 0
            ? answers
            : throw new EvaluationException($"{path}: no answer with a score in it, wanted lines with group, proxy and gold");
    }

    private static GradedAnswer Of(JsonObject line, string where)
    {
        var proxy = line["proxy"] is null ? "score" : "proxy";
        var step = Number("step");
        if (step is { } given && (Math.Floor(given) != given || Math.Abs(given) > 1e15))
            throw new EvaluationException($"{where}: step is {given}, wanted a whole number");
        var kl = Number("kl");
        if ((step is null) != (kl is null))
            throw new EvaluationException(
                $"{where}: step and kl go together: which state of the policy wrote the answer, and its KL from the start in nats"
            );
        if (kl < 0)
            throw new EvaluationException(
                $"{where}: kl is {kl}, wanted 0 or more: the mean over the policy's answers, not one answer's estimate"
            );
        return new GradedAnswer
        {
            Group =
                (line["group"] ?? line["prompt"])?.ToJsonString()
                ?? throw new EvaluationException($"{where}: nothing says which answers belong together, wanted group (or prompt)"),
            Proxies = line[proxy] is JsonArray { Count: > 1 } several
                ? [.. several.Select((one, i) => Finite(LenientJson.Number(one, where, $"{proxy}[{i}]"), $"{proxy}[{i}]"))]
                : [Finite(Number(proxy), proxy)],
            Gold = Finite(Number("gold"), "gold"),
            Kl = kl,
            Step = (long?)step,
            Tokens = Number("completion_tokens") ?? Number("tokens"),
        };

        double? Number(string field) => LenientJson.Number(line[field], where, field);

        double Finite(double? value, string field) =>
            value is { } number && double.IsFinite(number)
                ? number
                : throw new EvaluationException($"{where}: {field} is {(value is null ? "missing" : value)}, wanted a finite number");
    }
}
