using System.Text.Json.Nodes;
using Assay.Ground.Numerics;

namespace Assay.Evaluation.Evidence;

/// <summary>
/// What a verb measured of a signal that is no scalar model: read by the gate and the report beside <see cref="IEvidence"/>, with the score
/// file that it is of.
/// </summary>
public interface ISignalEvidence
{
    /// <summary>The scores that the figures go with; null where they go with none (a judge's master keys, a rule's attacks).</summary>
    EvidenceSubject? Subject { get; }
}

/// <summary>What the gate asks of <c>assay judge</c>'s summary; the file has more (<c>docs/judges.md</c>).</summary>
public sealed record JudgeEvidence : ISignalEvidence
{
    public const string Kind = "assay.judge/1";

    public EvidenceSubject? Subject { get; init; }

    /// <summary>Who judged, by which prompt.</summary>
    public required JsonObject Judge { get; init; }

    public required Figures Report { get; init; }

    /// <summary>As <c>JudgeReport</c> has them.</summary>
    public sealed record Figures
    {
        public required long Pairs { get; init; }

        public required long Judged { get; init; }

        /// <summary>Over judged pairs, ties half; NaN where there are none.</summary>
        public required double Accuracy { get; init; }

        public required Interval? AccuracyInterval { get; init; }

        public required long Calls { get; init; }

        public required double NoVerdictRate { get; init; }

        /// <summary>Null but for pairwise judges asked in both orders.</summary>
        public required Places? Position { get; init; }

        public required Interval? FirstPlaceInterval { get; init; }

        /// <summary>NaN with one sample.</summary>
        public double SelfConsistency { get; init; } = double.NaN;
    }

    /// <summary>As <c>PositionSwap</c> has them.</summary>
    public sealed record Places(double Consistency, double AlwaysFirstPlace, double AlwaysSecondPlace, double FirstPlaceShare);
}

/// <summary>What <c>assay judge --probe master-keys</c> found.</summary>
public sealed record MasterKeysEvidence : ISignalEvidence
{
    public const string Kind = "assay.master_keys/1";

    public EvidenceSubject? Subject => null;

    public required JsonObject Judge { get; init; }

    public required IReadOnlyList<Key> MasterKeys { get; init; }

    /// <summary>As <c>MasterKeyProbe.KeyResult</c> has it.</summary>
    public sealed record Key(string Name, int Pairs, int NoVerdict, double WinShare, Interval? Interval, bool Opens);
}

/// <summary>What <c>assay verify --output-dir</c> found of a rule.</summary>
public sealed record VerifierEvidence : ISignalEvidence
{
    public const string Kind = "assay.verify/1",
        FileName = "verify.json";

    public EvidenceSubject? Subject => null;

    /// <summary>The rule.</summary>
    public required string Verifier { get; init; }

    public required long Rows { get; init; }

    /// <summary>Wrong answers that it accepts; null without a labelled one.</summary>
    public required ErrorRate? FalsePositive { get; init; }

    /// <summary>Right answers that it does not accept; null without a labelled one.</summary>
    public required ErrorRate? FalseNegative { get; init; }

    /// <summary>Share of references for which an attack was accepted; null where none was made.</summary>
    public required IReadOnlyDictionary<string, double>? Attacks { get; init; }

    /// <summary>References that attacks were made from.</summary>
    public required long Attacked { get; init; }

    /// <summary>A share with Wilson's interval at 95 %.</summary>
    public sealed record ErrorRate(long Errors, long Rows, double Rate, Interval Interval);
}
