using System.Text.Json.Nodes;
using Assay.Evaluation.OverOptimisation;
using Assay.Evaluation.Scores;

namespace Assay.Evaluation.Shaping;

/// <summary>One answer with its score and what the shaping of its reward may need: a line of a score file with a <c>group</c>.</summary>
public sealed record RewardRow
{
    /// <summary>File and line, as messages name them.</summary>
    public required string Where { get; init; }

    /// <summary>The line as it was read; what is written is this with more fields.</summary>
    public required JsonObject Line { get; init; }

    /// <summary>Number of the answer's group, from 0 in the order in which groups appear.</summary>
    public required int Group { get; init; }

    /// <summary><c>score</c> (or <c>reward</c>); null with an <c>error</c>, or where it is null.</summary>
    public double? Score { get; init; }

    /// <summary>
    /// Length of the answer in tokens: <c>completion_tokens</c>, else those that <c>completion_mask</c> counts, else the number of
    /// <c>logprobs</c>, else <c>tokens</c>.
    /// </summary>
    public long? Tokens { get; init; }

    /// <summary>
    /// The tokens' estimates, from <c>logprobs</c> and <c>ref_logprobs</c>, without those that <c>completion_mask</c> leaves out.
    /// </summary>
    public IReadOnlyList<KlEstimate>? Estimates { get; init; }

    /// <summary><c>kl</c>: the sum of the answer's k1, where the tokens' log-probabilities are not given.</summary>
    public double? Kl { get; init; }

    /// <summary>The sum of an estimator over the answer's tokens, in nats.</summary>
    /// <exception cref="EvaluationException">The line has no log-probabilities, or for k1 no <c>kl</c> either.</exception>
    public double KullbackLeibler(KlEstimator estimator) =>
        (Estimates, estimator) switch
        {
            ({ } tokens, KlEstimator.K1) => tokens.Sum(token => token.K1),
            ({ } tokens, KlEstimator.K2) => tokens.Sum(token => token.K2),
            ({ } tokens, _) => tokens.Sum(token => token.K3),
            (null, KlEstimator.K1) when Kl is { } sum => sum,
            (null, KlEstimator.K1) => throw new EvaluationException(
                $"{Where}: a KL penalty is asked for, wanted logprobs and ref_logprobs (nats, a number for each token), or kl, their summed difference"
            ),
            _ => throw new EvaluationException(
                $"{Where}: {estimator.ToString().ToLowerInvariant()} is no function of a sum, wanted logprobs and ref_logprobs (nats, a number for each token)"
            ),
        };

    /// <summary>
    /// Reads a file of JSON Lines, plain or compressed, lazily. Groups are told by <c>group</c>, else by <c>prompt</c>, else by
    /// <paramref name="numGenerations"/>.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="numGenerations">Consecutive lines that are answers to one prompt, where lines do not say so; TRL's
    /// <c>num_generations</c>.</param>
    /// <exception cref="EvaluationException">A line cannot be read, or nothing says which answers belong together; the message names file,
    /// line and field.</exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static IEnumerable<RewardRow> Read(string path, int? numGenerations = null)
    {
        var names = new Dictionary<string, int>(StringComparer.Ordinal);
        var answers = 0;
        foreach (var (where, _, line) in JsonObjectLines.Read(path, "score and group"))
        {
            yield return Of(line, where, numGenerations is { } each ? answers / each : Named(line, where));
            answers++;
        }
        if (answers == 0)
            throw new EvaluationException($"{path}: the file is empty, wanted a line with score and group for each answer");
        if (numGenerations is { } size && answers % size != 0)
            throw new EvaluationException($"{path}: {answers} answers are no whole number of groups of {size} (num_generations)");

        int Named(JsonObject line, string where)
        {
            var name =
                (line["group"] ?? line["prompt"])?.ToJsonString()
                ?? throw new EvaluationException(
                    $"{where}: nothing says which answers belong together, wanted group (or prompt) in each line, or num_generations"
                );
            if (!names.TryGetValue(name, out var group))
                names[name] = group = names.Count;
            return group;
        }
    }

    private static RewardRow Of(JsonObject line, string where, int group)
    {
        var (policy, reference, mask) = (
            Numbers(line, "logprobs", where),
            Numbers(line, "ref_logprobs", where),
            Numbers(line, "completion_mask", where)
        );
        if (policy is not null && reference is not null && policy.Length != reference.Length)
            throw new EvaluationException($"{where}: logprobs has {policy.Length} numbers and ref_logprobs {reference.Length}");
        if (policy is not null && mask is not null && policy.Length != mask.Length)
            throw new EvaluationException($"{where}: logprobs has {policy.Length} numbers and completion_mask {mask.Length}");
        var field = line.ContainsKey("score") ? "score" : "reward";
        var score = line.ContainsKey("error") ? null : LenientJson.Number(line[field], where, field);
        if (score is { } given && !double.IsFinite(given))
            throw new EvaluationException(
                $"{where}: {field} is {given}, wanted a finite number, or null for an answer that could not be scored"
            );
        if (score is null && !line.ContainsKey("error") && !line.ContainsKey(field))
            throw new EvaluationException($"{where}: the answer has neither score nor error");
        return new RewardRow
        {
            Where = where,
            Line = line,
            Group = group,
            Score = score,
            Tokens =
                Count(line, "completion_tokens", where) ?? mask?.Count(one => one != 0) ?? policy?.Length ?? Count(line, "tokens", where),
            Estimates =
                policy is null || reference is null
                    ? null
                    : [.. policy.Zip(reference, (p, q) => new KlEstimate(p, q)).Where((_, i) => mask is null || mask[i] != 0)],
            Kl = LenientJson.Number(line["kl"], where, "kl"),
        };
    }

    private static long? Count(JsonObject line, string field, string where) =>
        LenientJson.Number(line[field], where, field) switch
        {
            null => null,
            >= 0 and < long.MaxValue and var number when Math.Floor(number) == number => (long)number,
            var other => throw new EvaluationException($"{where}: {field} is {other}, wanted a whole number of 0 or more"),
        };

    private static double[]? Numbers(JsonObject line, string field, string where) =>
        line[field] switch
        {
            null => null,
            JsonArray list =>
            [
                .. list.Select(
                    (item, i) =>
                        LenientJson.Number(item, where, $"{field}[{i}]") is { } number && double.IsFinite(number)
                            ? number
                            : throw new EvaluationException(
                                $"{where}: {field}[{i}] is {item?.ToJsonString() ?? "null"}, wanted a finite number"
                            )
                ),
            ],
            _ => throw new EvaluationException($"{where}: {field} is not a list, wanted a number for each token"),
        };
}
