using Assay.Evaluation.Judges;
using Assay.Evaluation.Metrics;
using Assay.Evaluation.Statistics;
using Assay.Ground.Numerics;

namespace Assay.Evaluation.Ranking;

/// <summary>Models ranked by judged pairs of their answers, with how far each rank can be trusted.</summary>
public sealed record Leaderboard
{
    public const string FileName = "leaderboard.json",
        Kind = "assay.leaderboard/1";

    private const int Seed = 1,
        Draws = 500,
        Folds = 5;

    private static readonly double[] Grid = [0.01, 0.1, 1, 10, 100];

    public string Format { get; } = Kind;

    /// <summary>What made the ratings; one of <see cref="Methods"/>.</summary>
    public required string Method { get; init; }

    /// <summary>Pairs that name two different models.</summary>
    public required int Battles { get; init; }

    /// <summary>Pairs that do not.</summary>
    public required int LeftOut { get; init; }

    /// <summary>Best first.</summary>
    public required IReadOnlyList<LeaderboardModel> Models { get; init; }

    /// <summary>ν of Davidson or θ of Rao and Kupper; null for other methods.</summary>
    public required double? TieParameter { get; init; }

    /// <summary>
    /// What a standard deviation of relative length is worth in log odds, and its standard error; null where lengths are missing or do not
    /// vary.
    /// </summary>
    public required LengthEffect? Length { get; init; }

    /// <summary>Whom win rates are against; null without.</summary>
    public required string? Baseline { get; init; }

    /// <summary>Resamples in which some model could not be compared with the rest.</summary>
    public required int UnusableResamples { get; init; }

    /// <summary>Ways to rate, the default first.</summary>
    public static IReadOnlyList<string> Methods { get; } = ["bradley-terry", "davidson", "rao-kupper", "spectral", "elo"];

    /// <summary>Ranks.</summary>
    /// <param name="pairs">Scores of pairs with their generators: the higher score wins.</param>
    /// <param name="method">One of <see cref="Methods"/>. Elo goes by the order of the pairs.</param>
    /// <param name="baseline">Win rates against this model too; null for none.</param>
    /// <param name="penalty">Bradley and Terry's only: added to the squares of strengths, so that models that won or lost everything have a
    /// finite one.</param>
    /// <exception cref="EvaluationException">No pair names its models, some model cannot be compared with the rest, or the baseline is none
    /// of them.</exception>
    public static Leaderboard Of(
        IReadOnlyList<PairScore> pairs,
        string method = "bradley-terry",
        string? baseline = null,
        double penalty = 0
    )
    {
        if (!Methods.Contains(method))
            throw new EvaluationException($"no method '{method}'; there are {string.Join(", ", Methods)}");
        if (!(penalty >= 0))
            throw new EvaluationException($"the penalty is {penalty}, wanted 0 or more");
        PairScore[] kept =
        [
            .. pairs.Where(pair =>
                pair.Provenance is { ChosenGenerator: { } chosen, RejectedGenerator: { } rejected } && chosen != rejected
            ),
        ];
        if (kept.Length == 0)
            throw new EvaluationException("no pair says which models wrote its answers: wanted chosen_generator and rejected_generator");
        string[] names =
        [
            .. kept.SelectMany(pair => new[] { pair.Provenance!.ChosenGenerator!, pair.Provenance.RejectedGenerator! })
                .Distinct()
                .Order(StringComparer.Ordinal),
        ];
        if (baseline is not null && !names.Contains(baseline))
            throw new EvaluationException(
                $"the baseline {baseline} wrote no answer{Data.NearestName.Suggest(baseline, names)}; models are {string.Join(", ", names.Take(10))}"
            );
        Battle[] battles =
        [
            .. kept.Select(pair => new Battle(
                Array.IndexOf(names, pair.Provenance!.ChosenGenerator),
                Array.IndexOf(names, pair.Provenance.RejectedGenerator),
                pair.Margin > 0 ? BattleOutcome.First
                    : pair.Margin < 0 ? BattleOutcome.Second
                    : BattleOutcome.Tie
            )),
        ];
        double? parameter = null;
        double[] ratings;
        try
        {
            ratings = Rate(battles);
        }
        catch (EvaluationException fault)
        {
            throw new EvaluationException(
                $"{fault.Message}. Numbers stand for {string.Join(", ", names.Select((name, i) => $"{i} {name}").Take(20))}",
                fault
            );
        }
        var resampled = RankingBootstrap.Of(battles, drawn => Rate(drawn), Resamples.Draw(battles.Length, Seed, Draws));
        double[] low = resampled.Rating(0.025),
            high = resampled.Rating(0.975),
            best = resampled.Rank(0.025),
            worst = resampled.Rank(0.975);
        var matrix = new BattleMatrix(names.Length, battles);
        var (totals, length) = (matrix.TotalWinRates, LengthControlled());
        return new Leaderboard
        {
            Method = method,
            Battles = battles.Length,
            LeftOut = pairs.Count - kept.Length,
            TieParameter = parameter,
            Length = length is { } controlled
                ? new LengthEffect(controlled.Properties[0].Coefficient, controlled.Properties[0].StandardError)
                : null,
            Baseline = baseline,
            UnusableResamples = resampled.Unusable,
            Models =
            [
                .. Enumerable
                    .Range(0, names.Length)
                    .OrderByDescending(i => ratings[i])
                    .Select(i => new LeaderboardModel
                    {
                        Model = names[i],
                        Rating = ratings[i],
                        RatingInterval = new(low[i], high[i]),
                        BestRank = best[i],
                        WorstRank = worst[i],
                        Battles = battles.Count(battle => battle.First == i || battle.Second == i),
                        WinRate = totals[i],
                        LengthControlledRating = length is { } fit ? EloScale.Of(fit.Strengths[i]) : null,
                        AgainstBaseline =
                            baseline is null || names[i] == baseline
                                ? null
                                : AlpacaEvalWinRate.Of(Preferences(names[i]).Select(row => row.Preference)),
                        LengthControlledWinRate = baseline is null || names[i] == baseline ? null : Controlled([.. Preferences(names[i])]),
                    }),
            ],
        };

        double[] Rate(IReadOnlyList<Battle> of)
        {
            var counted = new BattleMatrix(names.Length, of);
            if (method == "elo")
                return Elo.Rate(of, names.Length);
            if (method == "spectral")
                return [.. SpectralRanking.Fit(counted.WinsWithTiesHalf).Select(strength => EloScale.Of(strength))];
            if (method == "bradley-terry")
                return [.. BradleyTerry.Fit(counted.WinsWithTiesHalf, penalty).Strengths.Select(strength => EloScale.Of(strength))];
            var model = TieModel.Fit(method == "davidson" ? TieModelKind.Davidson : TieModelKind.RaoKupper, counted);
            if (ReferenceEquals(of, battles))
                parameter = model.Parameter;
            return [.. model.Strengths.Select(strength => EloScale.Of(strength))];
        }

        BradleyTerryRegression? LengthControlled()
        {
            if (kept.Any(pair => pair.ChosenLength is null || pair.RejectedLength is null))
                return null;
            try
            {
                return BradleyTerryRegression.Of(
                    battles,
                    names.Length,
                    BradleyTerryRegression.LengthFeature(
                        [.. kept.Select(pair => (double)pair.ChosenLength!.Value)],
                        [.. kept.Select(pair => (double)pair.RejectedLength!.Value)]
                    )
                );
            }
            catch (EvaluationException)
            {
                return null; // lengths do not vary, or they and the models are the same thing here
            }
        }

        // AlpacaEval's code: 1 the baseline, 2 the model, 1.5 alike.
        IEnumerable<LengthControlledWinRate.Row> Preferences(string model)
        {
            foreach (var pair in kept)
            {
                var (chosen, rejected) = (pair.Provenance!.ChosenGenerator!, pair.Provenance.RejectedGenerator!);
                var lengths = ((int)(pair.ChosenLength ?? 0), (int)(pair.RejectedLength ?? 0));
                if (chosen == model && rejected == baseline)
                    yield return new(1 + pair.Credit, lengths.Item2, lengths.Item1, 0);
                else if (rejected == model && chosen == baseline)
                    yield return new(2 - pair.Credit, lengths.Item1, lengths.Item2, 0);
            }
        }

        // The package's model without its gamed rows and without difficulties, which are of its own instructions.
        double? Controlled(LengthControlledWinRate.Row[] rows)
        {
            if (
                rows.Length < 2 * Folds
                || rows.Any(row => row.BaselineLength + row.ModelLength == 0)
                || rows.Select(row => row.BaselineLength - row.ModelLength).Distinct().Count() < 2
            )
                return null;
            return Judges
                .LengthControlledWinRate.Of(
                    rows,
                    [],
                    Grid,
                    [.. Enumerable.Range(0, rows.Length).Select(i => i % Folds)],
                    DifficultyTerm.LeftOut
                )
                .WinRate;
        }
    }
}

/// <summary>What a standard deviation of relative length is worth, in log odds.</summary>
public sealed record LengthEffect(double Coefficient, double StandardError);

/// <summary>A model's place.</summary>
public sealed record LeaderboardModel
{
    public required string Model { get; init; }

    /// <summary>On Elo's scale, mean 1000: 400 points are odds of ten to one.</summary>
    public required double Rating { get; init; }

    /// <summary>95 %, over resampled pairs.</summary>
    public required Interval RatingInterval { get; init; }

    /// <summary>95 % of its ranks over resampled pairs, 1 the best.</summary>
    public required double BestRank { get; init; }

    public required double WorstRank { get; init; }

    public required int Battles { get; init; }

    /// <summary>Share of its pairs, ties half.</summary>
    public required double WinRate { get; init; }

    /// <summary>
    /// Bradley and Terry's rating with relative length beside the models (the arena's style control, without its penalty); null where
    /// lengths are missing.
    /// </summary>
    public required double? LengthControlledRating { get; init; }

    /// <summary>AlpacaEval's win rate against the baseline, in per cent; null without one, or where the two never met.</summary>
    public required AlpacaEvalWinRate? AgainstBaseline { get; init; }

    /// <summary>
    /// The same at equal length, in per cent (AlpacaEval 2's model without gamed rows and difficulties); null where lengths do not tell.
    /// </summary>
    public required double? LengthControlledWinRate { get; init; }
}
