namespace Assay.Evaluation.Metrics;

/// <summary>Numbers prompt groups in the order of their first pair; a pair without a group is one of its own.</summary>
internal sealed class PromptGroups
{
    private readonly Dictionary<ulong, int> _known = [];

    public int Count { get; private set; }

    /// <summary>The number of the group, a new one if it was not met before.</summary>
    public int IndexOf(string? group) => group is null ? Count++ : IndexOf(TextKey.Of(group));

    /// <summary>As <see cref="IndexOf(string?)"/>, by the group's <see cref="TextKey"/>.</summary>
    public int IndexOf(ulong key) => _known.TryGetValue(key, out var index) ? index : _known[key] = Count++;
}
