using System.Text.Json.Serialization;
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

/// <summary>Who judged, by which prompt, as a judge's summary says it; null is what it does not say.</summary>
public sealed record JudgeIdentity
{
    /// <summary>The server, as it was asked.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Endpoint { get; init; }

    /// <summary>The model's name there.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Model { get; init; }

    /// <summary>The file of a model that ran here.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Gguf { get; init; }

    /// <summary>Of <see cref="Gguf"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Sha256 { get; init; }

    public string? Prompt { get; init; }

    /// <summary>The prompt's file, where it is not a shipped one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? PromptFile { get; init; }

    public string? PromptSha256 { get; init; }

    /// <summary><c>pairwise</c>, <c>pointwise</c> or <c>n_way</c>.</summary>
    public string? Mode { get; init; }

    /// <summary>Votes in each order.</summary>
    public int? Samples { get; init; }

    /// <summary>Null leaves it to the endpoint.</summary>
    public double? Temperature { get; init; }

    public int? MaxTokens { get; init; }

    public long? Seed { get; init; }

    /// <summary><c>all</c>, or <c>one_drawn</c> from the seed.</summary>
    public string? Orders { get; init; }

    /// <summary>Whether the other is the same judge: seed and number of samples are no part of that.</summary>
    public bool IsSameAs(JudgeIdentity other) =>
        (Endpoint, Model, Sha256, PromptSha256) == (other.Endpoint, other.Model, other.Sha256, other.PromptSha256);
}

/// <summary>What the gate asks of <c>assay judge</c>'s summary; the file has more (<c>docs/judges.md</c>).</summary>
public sealed record JudgeEvidence : ISignalEvidence
{
    public const string Kind = "assay.judge/1";

    public EvidenceSubject? Subject { get; init; }

    public required JudgeIdentity Judge { get; init; }

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

    public required JudgeIdentity Judge { get; init; }

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
