using Assay.Data;
using Assay.Evaluation.Benchmarks;
using Assay.Evaluation.Judges;
using Assay.Ground.Numerics;

namespace Assay.Judges;

/// <summary>Judged pairs to a <see cref="JudgeReport"/>. Holds the verdicts of all pairs, not their texts.</summary>
/// <param name="mode">How they were judged.</param>
public sealed class JudgeAccumulator(JudgeMode mode)
{
    private readonly SortedDictionary<string, long> _errors = new(StringComparer.Ordinal),
        _reasons = new(StringComparer.Ordinal);
    private readonly List<IReadOnlyList<double>> _credits = [];
    private readonly List<double> _consistencies = [];
    private readonly List<(Verdict First, Verdict Second)> _swaps = [];
    private readonly List<MtBench.Game> _games = [];
    private readonly List<(string Model, double Preference)> _preferences = [];
    private readonly List<(string Model, int Turn, double Score)> _ratings = [];
    private readonly List<MtBench.Vote> _verdicts = [],
        _people = [];
    private readonly List<long> _places = [];
    private IReadOnlyList<JudgeVote>? _lastVotes;
    private long _pairs,
        _judged,
        _calls,
        _ties;
    private double _right;

    /// <summary>What the calls cost so far.</summary>
    public TokenUse Tokens { get; private set; } = new(0, 0, 0, 0);

    public void Add(JudgedPair pair)
    {
        _pairs++;
        if (pair.Error is { } error)
            _errors[error] = _errors.GetValueOrDefault(error) + 1;
        // Pairs of several answers that were judged at once share their calls.
        if (!ReferenceEquals(pair.Votes, _lastVotes))
            AddCalls(pair.Votes);
        _lastVotes = pair.Votes;
        if (mode == JudgeMode.Pairwise)
            AddOrders(pair);
        else if (mode == JudgeMode.Pointwise)
            AddRatings(pair);
        if (pair.Score is not { } score)
            return;
        _judged++;
        _right +=
            score.Margin > 0 ? 1
            : score.Margin == 0 ? 0.5
            : 0;
        if (score.Margin == 0)
            _ties++;
        AddPeople(pair, score.Margin);
        if (pair is { Probability: { } probability, Pair.Provenance: { ChosenGenerator: { } chosen, RejectedGenerator: { } rejected } })
        {
            _preferences.Add((chosen, 1 + probability));
            _preferences.Add((rejected, 2 - probability));
        }
    }

    public JudgeReport Report()
    {
        var credits = mode == JudgeMode.Pairwise ? _credits.SelectMany(votes => votes).ToArray() : [];
        var voteAccuracy = credits.Length == 0 ? double.NaN : credits.Average();
        var votes = VoteCorrelation.Of(_credits);
        var position = _swaps.Count == 0 ? null : PositionSwap.Of(_swaps);
        double decided = _swaps.Sum(pair => (pair.First == Verdict.Tie ? 0 : 1) + (pair.Second == Verdict.Tie ? 0 : 1));
        var named = _places.Sum();
        var hasPeople = _people.Count > 0;
        return new JudgeReport
        {
            Pairs = _pairs,
            Judged = _judged,
            NotJudged = _errors,
            Accuracy = _judged == 0 ? double.NaN : _right / _judged,
            AccuracyInterval = _judged == 0 ? null : ProportionInterval.Wilson(_right, _judged),
            AccuracyAllPairs = _pairs == 0 ? double.NaN : (_right + 0.5 * (_pairs - _judged)) / _pairs,
            TieRate = _judged == 0 ? double.NaN : (double)_ties / _judged,
            Calls = _calls,
            NoVerdict = _reasons,
            NoVerdictRate = _calls == 0 ? double.NaN : (double)_reasons.Values.Sum() / _calls,
            Position = position,
            FirstPlaceInterval =
                position is null || decided == 0 ? null : ProportionInterval.Wilson(position.FirstPlaceShare * decided, decided),
            PlaceShares = [.. _places.Select(count => named == 0 ? double.NaN : (double)count / named)],
            SelfConsistency = _consistencies.Count == 0 ? double.NaN : _consistencies.Average(),
            Votes = votes,
            VoteAccuracy = voteAccuracy,
            IndependentAccuracy =
                double.IsNaN(voteAccuracy) || !(votes.VotesPerItem >= 1)
                    ? double.NaN
                    : Condorcet.MajorityAccuracy(voteAccuracy, (int)Math.Round(votes.VotesPerItem)),
            WithPeople = hasPeople && _verdicts.Count > 0 ? Of(MtBench.JudgeAgainstHumans(_verdicts, _people, VoteTies.LeftOut)) : null,
            AmongPeople = hasPeople ? Of(MtBench.HumansAmongThemselves(_people, VoteTies.LeftOut)) : null,
            Generators = Generators(),
            Tokens = Tokens,
        };
    }

    private static JudgeReport.Agreement Of((int Agree, int Total) counts) => new(counts.Agree, counts.Total);

    private void AddCalls(IReadOnlyList<JudgeVote> votes)
    {
        foreach (var vote in votes)
        {
            _calls++;
            Tokens = Tokens.And(vote);
            if (vote.Reading.NoVerdict is { } reason)
                _reasons[reason] = _reasons.GetValueOrDefault(reason) + 1;
            if (vote.Order.Count < 2)
                continue;
            while (_places.Count < vote.Order.Count)
                _places.Add(0);
            if (vote.Reading.Place is { } place)
                _places[place]++;
        }
        if (mode == JudgeMode.Pointwise)
            return;
        foreach (var order in votes.GroupBy(vote => vote.Order[0]).Where(order => order.Count() > 1))
        {
            // As verdicts of two kinds only where there are two answers; else by the place that was named most often.
            var consistency =
                mode == JudgeMode.Pairwise
                    ? VoteTally.Of(order.Select(Placed)).SelfConsistency
                    : Plurality([.. order.Select(vote => vote.Reading.Place).OfType<int>()]);
            if (!double.IsNaN(consistency))
                _consistencies.Add(consistency);
        }
    }

    private static double Plurality(int[] places) =>
        places.Length == 0 ? double.NaN : (double)places.CountBy(place => place).Max(count => count.Value) / places.Length;

    private void AddOrders(JudgedPair pair)
    {
        double[] credits = [.. pair.Votes.Select(vote => vote.Credit(pair.Chosen)).OfType<double>()];
        if (credits.Length > 0)
            _credits.Add(credits);
        var first = VoteTally.Of(pair.Votes.Where(vote => vote.Order[0] == pair.Chosen).Select(Placed));
        var second = VoteTally.Of(pair.Votes.Where(vote => vote.Order[0] == pair.Rejected).Select(Placed));
        if (first.Verdict != Verdict.None && second.Verdict != Verdict.None)
            _swaps.Add((first.Verdict, second.Verdict));
        if (pair.Pair.Provenance is { ChosenGenerator: { } chosen, RejectedGenerator: { } rejected })
            _games.Add(new(chosen, rejected, Winner(first.Verdict), Winner(PositionSwap.Swapped(second.Verdict))));
    }

    private void AddRatings(JudgedPair pair)
    {
        foreach (var candidate in (int[])[pair.Chosen, pair.Rejected])
        {
            double[] ratings =
            [
                .. pair.Votes.Where(vote => vote.Order[0] == candidate).Select(vote => vote.Reading.Rating).OfType<double>(),
            ];
            if (ratings.Length > 0)
                _credits.Add(ratings);
            if (ratings.Length > 1)
                _consistencies.Add((double)ratings.CountBy(rating => rating).Max(count => count.Value) / ratings.Length);
            var model = candidate == pair.Chosen ? pair.Pair.Provenance?.ChosenGenerator : pair.Pair.Provenance?.RejectedGenerator;
            if (model is not null)
                _ratings.AddRange(ratings.Select(rating => (model, 1, rating)));
        }
    }

    private void AddPeople(JudgedPair pair, double margin)
    {
        if (pair.Pair.Votes is not { Count: > 0 } votes)
            return;
        var question = (int)_judged;
        _verdicts.Add(
            new(
                question,
                1,
                "chosen",
                "rejected",
                margin > 0 ? "model_a"
                    : margin < 0 ? "model_b"
                    : "tie"
            )
        );
        _people.AddRange(
            votes
                .Where(vote => vote.Vote != Vote.Abstain)
                .Select(vote => new MtBench.Vote(
                    question,
                    1,
                    "chosen",
                    "rejected",
                    vote.Vote switch
                    {
                        Vote.Chosen => "model_a",
                        Vote.Rejected => "model_b",
                        _ => "tie",
                    }
                ))
        );
    }

    private SortedDictionary<string, JudgeReport.GeneratorFigures> Generators()
    {
        var records = MtBench.Pairwise(_games.Where(game => game.Model1 != game.Model2));
        var ratings = MtBench.Ratings(_ratings);
        var rates = _preferences
            .GroupBy(row => row.Model)
            .ToDictionary(model => model.Key, model => AlpacaEvalWinRate.Of(model.Select(row => row.Preference)));
        var figures = new SortedDictionary<string, JudgeReport.GeneratorFigures>(StringComparer.Ordinal);
        foreach (var model in records.Keys.Union(rates.Keys).Union(ratings.Keys))
        {
            var record = records.GetValueOrDefault(model);
            var rate = rates.GetValueOrDefault(model);
            figures[model] = new(
                record?.Wins,
                record?.Losses,
                record?.Ties,
                rate?.WinRate ?? double.NaN,
                rate?.StandardError ?? double.NaN,
                ratings.TryGetValue(model, out var rating) ? rating : double.NaN
            );
        }
        return figures;
    }

    /// <summary>The verdict by the place shown.</summary>
    private static Verdict Placed(JudgeVote vote) =>
        vote.Reading switch
        {
            { NoVerdict: not null } => Verdict.None,
            { IsTie: true } => Verdict.Tie,
            { Place: 0 } => Verdict.First,
            { Place: 1 } => Verdict.Second,
            _ => Verdict.None,
        };

    private static string Winner(Verdict verdict) =>
        verdict switch
        {
            Verdict.First => "model_1",
            Verdict.Second => "model_2",
            Verdict.Tie => "tie",
            _ => "error",
        };
}
