using System.Text.Json.Serialization;
using Assay.Evaluation.Audits;

namespace Assay.Evaluation.Evidence;

/// <summary><c>audit.json</c>: whether the scores follow the preference or a shortcut.</summary>
public sealed record AuditEvidence : IEvidence
{
    public const string FileName = "audit.json",
        Kind = "assay.audit/1";

    [JsonPropertyOrder(-1)]
    public string Format => Kind;

    public required EvidenceSubject Subject { get; init; }

    public required IReadOnlyList<EvidenceInput> Inputs { get; init; }

    public EvidenceInput? Rows { get; init; }

    public required IReadOnlyDictionary<string, long> SetAside { get; init; }

    /// <summary>Null when no pair has lengths.</summary>
    public required LengthAudit? Length { get; init; }

    /// <summary>Null without the texts.</summary>
    public required StyleAudit? Style { get; init; }

    /// <summary>Length alone and words alone on the same pairs; null without the texts, or with too few pairs.</summary>
    public BaselineAudit? Baselines { get; init; }

    /// <summary>Pairs that were put to the probes.</summary>
    public int ProbePairs { get; init; }

    /// <summary>Empty without a model to ask again.</summary>
    public required IReadOnlyList<ProbeResult> Probes { get; init; }

    /// <summary>Empty without a model to ask again.</summary>
    public required IReadOnlyList<SelfTestResult> SelfTests { get; init; }

    /// <summary>
    /// What the figures hold against the model, worst first within self-tests, length and style, and probes. Drawn from the figures, so it
    /// is not read back.
    /// </summary>
    public IReadOnlyList<AuditFinding> Findings => AuditFindings.Of(Length, Style, Probes, SelfTests);

    /// <summary>What could not be measured, and why.</summary>
    public required IReadOnlyList<string> Notes { get; init; }
}
