using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace Assay.Hub;

/// <summary>
/// A repository's name, <c>ORGANISATION/NAME</c>, with <c>@REVISION</c> where one was given. The rules of names are those of
/// huggingface_hub (utils/_validators.py).
/// </summary>
/// <param name="Id"><c>ORGANISATION/NAME</c>; the hub's oldest models have no organisation.</param>
/// <param name="Revision">A branch, a tag or a commit; null for <c>main</c>.</param>
public sealed partial record HubName(string Id, string? Revision = null)
{
    private const int LongestName = 96;

    /// <summary>Files of weights, which no repository is called after.</summary>
    private static readonly string[] FileEndings = [".gguf", ".safetensors", ".bin", ".pt", ".json"];

    /// <summary>
    /// Whether a model's name is meant: <c>ORGANISATION/NAME[@REVISION]</c>. That nothing of that name lies on disk, the caller knows.
    /// </summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out HubName? name)
    {
        var match = Model().Match(text);
        name =
            match.Success && !FileEndings.Any(ending => match.Groups["id"].Value.EndsWith(ending, StringComparison.OrdinalIgnoreCase))
                ? Of(match)
                : null;
        return name is not null;
    }

    /// <summary>Whether a data set's name is meant: <c>ORGANISATION/NAME[@REVISION][:PART]</c>.</summary>
    /// <param name="text">What was given.</param>
    /// <param name="name">The data set.</param>
    /// <param name="part">What stands after the colon: a split, <c>CONFIGURATION/SPLIT</c>, or files; null without one.</param>
    public static bool TryParseData(string text, [NotNullWhen(true)] out HubName? name, out string? part)
    {
        var match = Data().Match(text);
        name = match.Success ? Of(match) : null;
        part = match.Groups["part"] is { Success: true } found ? found.Value : null;
        return name is not null;
    }

    /// <summary>A model's name as an adapter's configuration gives it, which may be one of the oldest: <c>gpt2</c>.</summary>
    public static bool TryParseBase(string text, [NotNullWhen(true)] out HubName? name)
    {
        if (TryParse(text, out name))
            return true;
        name = !text.Contains('/') && TryParse($"models/{text}", out var padded) && padded.Revision is null ? new HubName(text) : null;
        return name is not null;
    }

    private static HubName? Of(Match match)
    {
        var id = match.Groups["id"].Value;
        var revision = match.Groups["revision"] is { Success: true } given ? given.Value : null;
        return
            id.Length <= LongestName
            && !id.Contains("--", StringComparison.Ordinal)
            && !id.Contains("..", StringComparison.Ordinal)
            && (revision is null || IsRevision(revision))
            ? new HubName(id, revision)
            : null;
    }

    /// <summary>Whether git could have such a revision; it becomes part of a path.</summary>
    public static bool IsRevision(string text) =>
        RevisionText().IsMatch(text) && !text.Contains("..", StringComparison.Ordinal) && !text.Contains("//", StringComparison.Ordinal);

    public override string ToString() => Revision is null ? Id : $"{Id}@{Revision}";

    private const string Name = @"[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_])?",
        IdAndRevision = $@"^(?<id>{Name}/{Name})(?:@(?<revision>[^@:\s]+))?";

    [GeneratedRegex(IdAndRevision + "$", RegexOptions.CultureInvariant)]
    private static partial Regex Model();

    [GeneratedRegex(IdAndRevision + "(?::(?<part>.+))?$", RegexOptions.CultureInvariant)]
    private static partial Regex Data();

    [GeneratedRegex(@"^[A-Za-z0-9_][A-Za-z0-9._/+-]*(?<![/.])$", RegexOptions.CultureInvariant)]
    private static partial Regex RevisionText();
}
