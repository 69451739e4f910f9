using Assay.Evaluation.Evidence;

namespace Assay.Judges;

/// <summary>
/// What <c>assay judge</c> writes beside its scores, and <c>assay judge --probe master-keys</c>: who judged what, and what is to be known
/// of it. The gate reads of it what its checks ask for (<see cref="JudgeEvidence"/>, <see cref="MasterKeysEvidence"/>).
/// </summary>
public sealed record JudgeSummary
{
    /// <summary><see cref="JudgeEvidence.Kind"/> or <see cref="MasterKeysEvidence.Kind"/>.</summary>
    public required string Format { get; init; }

    /// <summary>The score file.</summary>
    public required EvidenceSubject Subject { get; init; }

    public required JudgeIdentity Judge { get; init; }

    /// <summary>The data.</summary>
    public required IReadOnlyList<EvidenceInput> Inputs { get; init; }

    /// <summary>Rows that took no part, by reason.</summary>
    public required IReadOnlyDictionary<string, long> SetAside { get; init; }

    /// <summary>Null where keys were tried.</summary>
    public required JudgeReport? Report { get; init; }

    /// <summary>Null where pairs were judged.</summary>
    public required IReadOnlyList<MasterKeyProbe.KeyResult>? MasterKeys { get; init; }

    public required TokenUse Tokens { get; init; }

    /// <summary>In the currency of the prices; NaN without them.</summary>
    public required double Cost { get; init; }

    /// <summary>Calls that were not answered before.</summary>
    public required long Asked { get; init; }

    /// <summary>Further attempts of calls.</summary>
    public required long Retries { get; init; }

    /// <summary>The score file's path, as it was given.</summary>
    public required string Output { get; init; }
}

/// <summary>What <c>assay judge --dry-run</c> would ask.</summary>
/// <param name="Judge">Who would judge.</param>
/// <param name="Pairs">Pairs to judge.</param>
/// <param name="SetAside">Rows that take no part, by reason.</param>
/// <param name="Calls">Calls to ask.</param>
/// <param name="AnsweredBefore">Those of them that are in the cache.</param>
/// <param name="System">The first call's system prompt; null where there is none.</param>
/// <param name="User">The first call's prompt.</param>
public sealed record JudgeDryRun(
    JudgeIdentity Judge,
    long Pairs,
    IReadOnlyDictionary<string, long> SetAside,
    long Calls,
    long AnsweredBefore,
    string? System,
    string User
)
{
    public const string Kind = "assay.judge_dry_run/1";

    [System.Text.Json.Serialization.JsonPropertyOrder(-1)]
    public string Format => Kind;
}
