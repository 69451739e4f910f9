using Assay.Data.Digests;
using Assay.Evaluation.Metrics;

namespace Assay.Evaluation.Comparison;

/// <summary>
/// Several models' scores of the pairs that all of them scored. Pairs are matched by id, or by row where no model's pairs have ids; the
/// k-th pair of a key is the k-th with every model, so rows that hold several pairs match too. Keeps two numbers a pair and model.
/// </summary>
public sealed class PairedScores
{
    private readonly IReadOnlyList<(double[] Chosen, double[] Rejected)> _scores;

    private PairedScores(
        IReadOnlyList<string> names,
        IReadOnlyList<long> pairCounts,
        IReadOnlyList<(double[], double[])> scores,
        int[] groupOf,
        int groupCount
    ) => (Names, PairCounts, _scores, GroupOf, GroupCount) = (names, pairCounts, scores, groupOf, groupCount);

    public IReadOnlyList<string> Names { get; }

    /// <summary>All pairs of each model, matched or not.</summary>
    public IReadOnlyList<long> PairCounts { get; }

    /// <summary>Pairs that every model scored.</summary>
    public int Count => GroupOf.Length;

    /// <summary>The number of each pair's prompt group, as the first model's file has it.</summary>
    internal int[] GroupOf { get; }

    internal int GroupCount { get; }

    /// <summary>By which each pair is found again, from whichever file says it.</summary>
    internal IReadOnlyList<RowDigest?> Digests { get; private init; } = [];

    internal IReadOnlyList<double> Chosen(int model) => _scores[model].Chosen;

    internal IReadOnlyList<double> Rejected(int model) => _scores[model].Rejected;

    internal double[] Margins(int model) => [.. _scores[model].Chosen.Zip(_scores[model].Rejected, PairScore.MarginOf)];

    /// <summary>Matches the models' pairs.</summary>
    /// <exception cref="EvaluationException">They have no pair in common, one has ids where another has none, a pair has another prompt
    /// with another model, or a score is NaN or infinite.</exception>
    public static PairedScores Of(IReadOnlyList<ScoredModel> models)
    {
        var places = new Dictionary<ulong, int>();
        var (prompts, hashed, digests) = (new List<ulong?>(), new List<bool>(), new List<RowDigest?>());
        var counts = new long[models.Count];
        var scores = models.Select(_ => (Chosen: new List<double>(), Rejected: new List<double>())).ToArray();
        bool? haveIds = null;
        for (var model = 0; model < models.Count; model++)
        {
            foreach (var pair in models[model].Pairs)
            {
                pair.Check();
                counts[model]++;
                haveIds ??= pair.Id is not null;
                if (haveIds != pair.Id is not null)
                    throw new EvaluationException(
                        $"{models[model].Scores.Path}: {pair.Name} has {(pair.Id is null ? "no id" : "an id")}, where the pairs before it, or of {models[0].Name}, have {(pair.Id is null ? "ids" : "none")}: give all pairs of all models ids, or none"
                    );
                if (Place(pair, model) is not { } place)
                    continue;
                Set(scores[model].Chosen, place, pair.ChosenScore);
                Set(scores[model].Rejected, place, pair.RejectedScore);
                digests[place] ??= pair.Digest;
            }
        }
        int[] common =
        [
            .. Enumerable
                .Range(0, prompts.Count)
                .Where(place => scores.All(model => place < model.Chosen.Count && !double.IsNaN(model.Chosen[place]))),
        ];
        if (common.Length == 0)
            throw new EvaluationException(
                $"{string.Join(", ", models.Select((model, i) => $"{model.Name} ({counts[i]} pairs)"))} have no pair in common by {(haveIds == true ? "id" : "row")}: score all of them on the same data"
            );
        var groups = new PromptGroups();
        return new(
            [.. models.Select(model => model.Name)],
            counts,
            [
                .. scores.Select(model =>
                    (Array.ConvertAll(common, place => model.Chosen[place]), Array.ConvertAll(common, place => model.Rejected[place]))
                ),
            ],
            Array.ConvertAll(common, place => prompts[place] is { } prompt ? groups.IndexOf(prompt) : groups.IndexOf(null)),
            groups.Count
        )
        {
            Digests = Array.ConvertAll(common, place => digests[place]),
        };

        int? Place(PairScore pair, int model)
        {
            ulong? prompt = pair.Group is { } group ? TextKey.Of(group) : null;
            for (var key = TextKey.Of(pair.Id is { } id ? id : $"row {pair.Row}"); ; key += 0x9E3779B97F4A7C15)
            {
                if (!places.TryGetValue(key, out var place))
                {
                    if (model > 0)
                        return null;
                    places[key] = prompts.Count;
                    prompts.Add(prompt);
                    hashed.Add(IsPromptHash(pair.Group));
                    digests.Add(null);
                    return prompts.Count - 1;
                }
                if (place < scores[model].Chosen.Count && !double.IsNaN(scores[model].Chosen[place]))
                    continue;
                return prompts[place] == prompt || !IsPromptHash(pair.Group) || !hashed[place]
                    ? place
                    : throw new EvaluationException(
                        $"{models[model].Scores.Path}: {pair.Name} has another prompt than with {models[0].Name}: the models were scored on different data"
                    );
            }
        }
    }

    /// <summary>
    /// Whether a group was made from the prompt (<see cref="PairScoring.GroupOf"/>): then the same pair has the same one whoever scored it,
    /// where a group of the user's own naming need not.
    /// </summary>
    private static bool IsPromptHash(string? group) => group is { Length: 16 } && group.All(char.IsAsciiHexDigitLower);

    private static void Set(List<double> values, int place, double value)
    {
        while (values.Count <= place)
            values.Add(double.NaN);
        values[place] = value;
    }
}
