namespace Assay.Evaluation.Selection;

/// <summary>The checkpoint a model was trained from.</summary>
/// <param name="Name">Its folder or hub name, such as <c>Qwen/Qwen3-8B</c>.</param>
/// <param name="Sha256">Of its weight files; empty when not known.</param>
public sealed record ModelBase(string Name, IReadOnlyList<string> Sha256)
{
    /// <summary>
    /// Whether two models come from one checkpoint: by the hashes of the weights where both are known (a folder may be called anything),
    /// else by the last part of the name, in any case.
    /// </summary>
    public bool IsSame(ModelBase other) =>
        Sha256.Count > 0 && other.Sha256.Count > 0
            ? Sha256.ToHashSet(StringComparer.OrdinalIgnoreCase).SetEquals(other.Sha256)
            : string.Equals(LastPart(Name), LastPart(other.Name), StringComparison.OrdinalIgnoreCase);

    private static string LastPart(string name)
    {
        var trimmed = name.TrimEnd('/', '\\');
        return trimmed[(trimmed.LastIndexOfAny(['/', '\\']) + 1)..];
    }
}
