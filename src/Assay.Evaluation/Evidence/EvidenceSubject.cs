using System.Text.Json.Serialization;

namespace Assay.Evaluation.Evidence;

/// <summary>What was judged.</summary>
/// <param name="Name">For people: the model folder's name, the model's on the Hugging Face hub, or the score file's.</param>
/// <param name="Path">The model folder or score file as it was named.</param>
/// <param name="Fingerprint">The model's fingerprint (weights, tokenizer and template); of the other <see cref="SubjectKind"/> what stands
/// for it, after <c>scores:</c>, <c>endpoint:</c> or <c>figures:</c>.</param>
/// <param name="ComputeType"><c>bfloat16</c> where the model computed in that over its stored weights (<c>--bf16</c>); null for the
/// weights' own type.</param>
/// <param name="Revision">The commit of a model of the hub; null for others.</param>
/// <param name="Implicit">Of which policy and reference it is the implicit reward; null for what has a score of its own.</param>
/// <param name="Aggregate">What the scores of an ensemble's members became, where that is not their mean: <c>lcb K</c> or <c>worst</c>;
/// null else.</param>
public sealed record EvidenceSubject(
    string Name,
    string Path,
    string Fingerprint,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? ComputeType = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Revision = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Aggregate = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ImplicitSubject? Implicit = null
)
{
    private const string ScoresMark = "scores:",
        EndpointMark = "endpoint:",
        FiguresMark = "figures:";

    /// <summary>Nothing that could be named: a split or a check alone is of no model.</summary>
    public static EvidenceSubject None { get; } = new("no model", "", "");

    /// <summary>By which the rows are kept that it was trained on: the policy's, of an implicit reward.</summary>
    [JsonIgnore]
    public string TrainedFingerprint => Implicit?.Policy ?? Fingerprint;

    /// <summary>Which of the four it is, by its fingerprint.</summary>
    [JsonIgnore]
    public SubjectKind Kind =>
        Fingerprint switch
        {
            "" => SubjectKind.None,
            _ when Fingerprint.StartsWith(ScoresMark, StringComparison.Ordinal) => SubjectKind.Scores,
            _ when Fingerprint.StartsWith(EndpointMark, StringComparison.Ordinal) => SubjectKind.Endpoint,
            _ when Fingerprint.StartsWith(FiguresMark, StringComparison.Ordinal) => SubjectKind.Figures,
            _ => SubjectKind.Model,
        };

    /// <summary>Scores made elsewhere.</summary>
    /// <param name="path">The file, or the folder of files.</param>
    /// <param name="identity">What stands for them: the file's SHA-256, or a folder's full path.</param>
    public static EvidenceSubject OfScores(string path, string identity) =>
        new(
            System.IO.Path.GetFileName(System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path))),
            path,
            ScoresMark + identity
        );

    /// <summary>A server. Which weights answer there nobody can prove: it is an address and a name.</summary>
    public static EvidenceSubject OfEndpoint(Uri address, string model) =>
        new(model, address.ToString(), $"{EndpointMark}{address} {model}");

    /// <summary>Figures of another tool that name no model: they stand for themselves.</summary>
    public static EvidenceSubject OfFigures(EvidenceInput file) =>
        new(System.IO.Path.GetFileName(file.Path), file.Path, FiguresMark + file.Sha256);

    /// <summary>Whether this is what a score file would be judged as.</summary>
    public bool IsOfScores(EvidenceInput scores) => Fingerprint == ScoresMark + scores.Sha256;
}

/// <summary>What an implicit reward is of.</summary>
/// <param name="Policy">The policy's own fingerprint.</param>
/// <param name="Reference">The reference as it was named.</param>
/// <param name="Beta">Above 0.</param>
public sealed record ImplicitSubject(string Policy, string Reference, double Beta);

/// <summary>What can be judged.</summary>
public enum SubjectKind
{
    None,

    /// <summary>A model folder, by weights, tokenizer and template.</summary>
    Model,

    /// <summary>Scores made elsewhere, by the file's hash: which model gave them is not proven.</summary>
    Scores,

    /// <summary>A server, by its address and the name it was asked for.</summary>
    Endpoint,

    /// <summary>Figures of another tool, by the file's hash.</summary>
    Figures,
}
