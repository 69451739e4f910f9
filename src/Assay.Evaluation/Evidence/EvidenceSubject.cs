using System.Text.Json.Serialization;

namespace Assay.Evaluation.Evidence;

/// <summary>What was judged.</summary>
/// <param name="Name">For people: the model folder's name, the model's on the Hugging Face hub, or the score file's.</param>
/// <param name="Path">The model folder or score file as it was named.</param>
/// <param name="Fingerprint">The model's fingerprint (weights, tokenizer and template); for scores made elsewhere the SHA-256 of the score file, after <c>scores:</c>; for a server its address and the name, after <c>endpoint:</c>.</param>
/// <param name="ComputeType"><c>bfloat16</c> where the model computed in that over its stored weights (<c>--bf16</c>); null for the weights' own type.</param>
/// <param name="Revision">The commit of a model of the hub; null for others.</param>
/// <param name="Aggregate">What the scores of an ensemble's members became, where that is not their mean: <c>lcb K</c> or <c>worst</c>; null else.</param>
public sealed record EvidenceSubject(
    string Name, string Path, string Fingerprint, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? ComputeType = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Revision = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Aggregate = null);
