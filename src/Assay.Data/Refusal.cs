using Assay.Data.Contract;

namespace Assay.Data;

/// <summary>Why a conversation has no score: by what it is counted, and what was found.</summary>
/// <param name="Code">A code of <see cref="Reasons"/>, or the scorer's own, such as <c>endpoint_refused</c>.</param>
/// <param name="Detail">What was found and what was wanted, in words.</param>
public sealed record Refusal(string Code, string Detail);
