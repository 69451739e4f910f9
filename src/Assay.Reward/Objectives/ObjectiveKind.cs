using Assay.Data.Records;
using Assay.Reward.Training.Settings;

namespace Assay.Reward.Objectives;

/// <summary>
/// An objective by the name that <c>loss_type</c> has for it: TRL's of DPO's losses where it has the same. The table of docs/training.md
/// says of each what it is for.
/// </summary>
public sealed class ObjectiveKind
{
    private readonly Func<TrainingSettings, IReadOnlyList<EncodedPair>, IObjective> create;

    private ObjectiveKind(string name, string method, Func<TrainingSettings, IReadOnlyList<EncodedPair>, IObjective> create) =>
        (Name, Method, this.create) = (name, method, create);

    /// <summary>All of them; the first is the default.</summary>
    public static IReadOnlyList<ObjectiveKind> All { get; } =
    [
        new("sigmoid", "Bradley-Terry", (s, _) => s.LabelSmoothing is > 0 and var e ? new LabelSmoothing(e) : new BradleyTerry())
        {
            Smooths = true,
        },
        new(
            "robust",
            "robust Bradley-Terry",
            (s, train) =>
                new RobustBradleyTerry(s.LabelSmoothing ?? FlipRate.FromVotes(train))
                {
                    RateFrom = s.LabelSmoothing is null ? "votes" : "given",
                }
        )
        {
            Smooths = true,
        },
        new("hinge", "hinge", (_, _) => new Hinge()),
        new("ipo", "squared difference (IPO)", (s, _) => new SquaredDifference(s.IpoBeta)),
        new("scaled", "scaled Bradley-Terry", (_, train) => Graded(train)),
        new("soft", "Bradley-Terry on shares of votes", (_, train) => Voted(train)) { TakesTies = true },
        new("rao_kupper", "Rao-Kupper", (s, _) => new RaoKupper(s.TieParameter ?? RaoKupper.DefaultTheta))
        {
            TakesTies = true,
            HasTieParameter = true,
        },
        new("davidson", "Davidson", (s, _) => new Davidson(s.TieParameter ?? Davidson.DefaultNu))
        {
            TakesTies = true,
            HasTieParameter = true,
        },
        new("plackett_luce", "Plackett-Luce", (_, _) => new PlackettLuce()) { IsListwise = true },
        new("length_controlled", "length-controlled Bradley-Terry", (_, train) => new LengthControlled(train)),
        new("odin", "Bradley-Terry with a length head (ODIN)", (_, _) => new BradleyTerry()),
        new("regression", "regression on ratings", (_, _) => throw new InvalidOperationException("ratings are no pairs"))
        {
            ReadsRatings = true,
        },
    ];

    public string Name { get; }

    /// <summary>What people call it: a record's <c>method</c>.</summary>
    public string Method { get; }

    /// <summary>Whether rows without a winner that say so (a tie, not an abstention) are trained on too.</summary>
    public bool TakesTies { get; private init; }

    /// <summary>Whether a row that ranks several answers is one list to it and not pairs.</summary>
    public bool IsListwise { get; private init; }

    /// <summary>Whether rows are single answers with ratings and not pairs.</summary>
    public bool ReadsRatings { get; private init; }

    /// <summary>Whether <c>label_smoothing</c> is one of its settings.</summary>
    public bool Smooths { get; private init; }

    /// <summary>Whether <c>tie_parameter</c> is.</summary>
    public bool HasTieParameter { get; private init; }

    /// <summary>The kind of a name, or null.</summary>
    public static ObjectiveKind? Find(string name) => All.FirstOrDefault(kind => kind.Name == name);

    /// <summary>The objective of these settings.</summary>
    /// <param name="settings">Checked ones.</param>
    /// <param name="train">The training pairs, from which some take a constant.</param>
    /// <exception cref="RewardException">The pairs lack what it needs.</exception>
    public static IObjective Create(TrainingSettings settings, IReadOnlyList<EncodedPair> train)
    {
        var objective = Find(settings.LossType)!.create(settings, train);
        return objective switch
        {
            PairObjective pair => pair with { CenterRewardsCoefficient = settings.CenterRewardsCoefficient },
            PlackettLuce list => list with { CenterRewardsCoefficient = settings.CenterRewardsCoefficient },
            _ => objective,
        };
    }

    /// <summary>The objective for a model's record: its name and its constants.</summary>
    public static ObjectiveRecord Record(TrainingSettings settings, IObjective objective) =>
        objective.Told(new ObjectiveRecord(settings.LossType) { EnsembleHeads = settings.EnsembleHeads });

    private static ScaledBradleyTerry Graded(IReadOnlyList<EncodedPair> train) =>
        train.Any(pair => ScaledBradleyTerry.StrengthOf(pair) is not null)
            ? new()
            : throw new RewardException(
                "loss_type scaled: no row says how much better its chosen side is (preference_strength, overall_preference or margin): train with sigmoid"
            );

    private static SoftPreference Voted(IReadOnlyList<EncodedPair> train) =>
        train.Any(pair => pair.Votes is not null || pair.IsTie)
            ? new()
            : throw new RewardException(
                "loss_type soft: no row has votes, and none is a tie, so every preference is certain: train with sigmoid"
            );
}
