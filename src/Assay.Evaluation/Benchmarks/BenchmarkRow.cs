using System.Text.Json.Nodes;
using Assay.Data;
using Assay.Data.Digests;

namespace Assay.Evaluation.Benchmarks;

/// <summary>One row of a benchmark, whatever its format: a prompt and its answers, the right ones first.</summary>
/// <param name="Where">File and line.</param>
/// <param name="Id">The row's own id, or its place in its file; unique within its subset.</param>
/// <param name="Subset">Subset, domain or source.</param>
/// <param name="Prompt">The turns before the answer.</param>
/// <param name="Answers">Right answers first.</param>
/// <param name="CorrectCount">How many are right.</param>
public sealed record BenchmarkRow(
    string Where,
    string Id,
    string Subset,
    IReadOnlyList<Message> Prompt,
    IReadOnlyList<string> Answers,
    int CorrectCount
)
{
    /// <summary>The row as it is published, for the files that the benchmark's own scripts write.</summary>
    public JsonObject Published { get; init; } = [];

    /// <summary>Where each of <see cref="Answers"/> stands in the published row, from 0.</summary>
    public IReadOnlyList<int> Places { get; init; } = [.. Enumerable.Range(0, Answers.Count)];

    /// <summary>
    /// The comparisons that count, as indices of a right and a wrong answer; null where every right answer is compared with every wrong
    /// one.
    /// </summary>
    public IReadOnlyList<(int Right, int Wrong)>? Comparisons { get; init; }

    /// <summary>By which the row is found again among rows that were trained on.</summary>
    public RowDigest Digest => RowDigest.Of(Prompt, Answers);

    /// <summary>The conversations to score, one per answer.</summary>
    public IEnumerable<Conversation> Conversations() =>
        Answers.Select(answer => Conversation.OfMessages([.. Prompt, new Message("assistant", answer)]));
}
