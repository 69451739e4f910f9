using Assay.Data;
using Assay.Data.Labelling;
using Assay.Evaluation.FreshPolicy;
using Assay.Evaluation.Metrics;

namespace Assay.Cli.Labelling;

/// <summary>All pairs of a file that could be labelled, without their texts, and what the models say of each.</summary>
internal sealed class LabelFrame
{
    private readonly Dictionary<(long Row, int Part), int> _places = [];
    private readonly List<LabelCandidate> _pairs = [];
    private readonly List<(string Name, double[] First, double[] Second)> _models = [];

    public LabelFrame(IEnumerable<PreferencePair> pairs)
    {
        foreach (var pair in pairs)
        {
            _places[(pair.Row, pair.Part)] = _pairs.Count;
            _pairs.Add(
                new LabelCandidate
                {
                    Margins = [],
                    EarlierOpinion = Opinion(pair.Votes),
                    Group = PairScoring.GroupOf(pair.Prompt),
                    Source = pair.Source,
                    Length = pair.ChosenAnswer.Length + (long)pair.RejectedAnswer.Length,
                }
            );
        }
    }

    /// <summary>
    /// Takes a model's scores of the pairs; those it has none for take no part in the choice. The members of an ensemble are models of
    /// their own behind it: they are who disagrees.
    /// </summary>
    public void Add(string model, IEnumerable<(PreferencePair Pair, PairScore Score)> scored)
    {
        var members = new List<(double[] First, double[] Second)>();
        double[] first = new double[_pairs.Count],
            second = new double[_pairs.Count];
        Array.Fill(first, double.NaN);
        foreach ((var pair, var score) in scored)
        {
            score.Check();
            var place = _places[(pair.Row, pair.Part)];
            (first[place], second[place]) = (score.ChosenScore, score.RejectedScore);
            for (var i = 0; i < (score.Members?.Count ?? 0); i++)
            {
                if (members.Count == i)
                    members.Add((Absent(), Absent()));
                (members[i].First[place], members[i].Second[place]) = score.Members![i];
            }
        }
        _models.Add((model, first, second));
        for (var i = 0; i < members.Count; i++)
            _models.Add(($"{model} member {i + 1}", members[i].First, members[i].Second));

        double[] Absent() => [.. Enumerable.Repeat(double.NaN, _pairs.Count)];
    }

    /// <summary>The pairs that every model has scored, and their places.</summary>
    public (IReadOnlyList<LabelCandidate> Candidates, IReadOnlyList<int> Places) Candidates()
    {
        int[] places = [.. Enumerable.Range(0, _pairs.Count).Where(place => _models.All(model => !double.IsNaN(model.First[place])))];
        return (
            [
                .. places.Select(place =>
                    _pairs[place] with
                    {
                        Margins = [.. _models.Select(model => model.First[place] - model.Second[place])],
                    }
                ),
            ],
            places
        );
    }

    public int PlaceOf(PreferencePair pair) => _places[(pair.Row, pair.Part)];

    public IReadOnlyList<CandidateScores> ScoresAt(int place) =>
        [.. _models.Select(model => new CandidateScores(model.Name, model.First[place], model.Second[place]))];

    private static double? Opinion(IReadOnlyList<AnnotatorVote>? votes)
    {
        var cast = votes?.Where(vote => vote.Vote != Vote.Abstain).ToList();
        return cast is null or []
            ? null
            : (
                cast.Sum(vote =>
                    vote.Vote switch
                    {
                        Vote.Chosen => 1,
                        Vote.Tie => 0.5,
                        _ => 0,
                    }
                ) + 0.5
            ) / (cast.Count + 1);
    }
}
