using System.Text.Json.Serialization;
using Assay.Evaluation.Gates;
using Assay.Ground.Files;

namespace Assay.Evaluation.Evidence;

/// <summary><c>gate.json</c>: the verdict, each check with its figure, and the hashes of the evidence it rests on.</summary>
public sealed record GateEvidence : IEvidence
{
    public const string FileName = ModelFolderNames.Gate,
        Kind = "assay.gate/1";

    [JsonPropertyOrder(-1)]
    public string Format => Kind;

    public required EvidenceSubject Subject { get; init; }

    /// <summary>The evidence files.</summary>
    public required IReadOnlyList<EvidenceInput> Inputs { get; init; }

    /// <summary>What the verdict permits: <c>monitor</c>, <c>best-of-n</c>, <c>rl</c>, or the policy file's own word.</summary>
    public required string Use { get; init; }

    /// <summary>The policy: its file, or the built-in profile's name with the hash of its text.</summary>
    public required EvidenceInput Policy { get; init; }

    public required GateVerdict Verdict { get; init; }

    public required IReadOnlyList<GateCheckResult> Checks { get; init; }

    /// <summary>When it was decided, UTC, ISO 8601.</summary>
    public required string Time { get; init; }

    /// <summary>SHA-256 over everything above: an edited verdict is noticed.</summary>
    public required string Seal { get; init; }
}
