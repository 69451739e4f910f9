using Assay.Data;
using Assay.Evaluation.Evidence;
using Assay.Ground.Files;

namespace Assay.Evaluation.Gates;

/// <summary>
/// What a reward model must show before it is used: named checks with limits and least numbers of rows, for one use. A YAML file, or a
/// built-in profile. The three for uses of a model nest: whatever is ready for <c>rl</c> meets <c>best-of-n</c>, and that meets
/// <c>monitor</c>. Those for other kinds of signal stand by themselves.
/// </summary>
public sealed record GatePolicy
{
    /// <summary>The built-in profiles, strictest first.</summary>
    public static IReadOnlyList<string> BuiltInUses { get; } = ["rl", "best-of-n", "monitor"];

    /// <summary>The built-in profiles for kinds of signal that are no scalar model.</summary>
    public static IReadOnlyList<string> BuiltInSignals { get; } = ["judge", "process", "verifier", "implicit"];

    /// <summary>Every built-in profile.</summary>
    public static IReadOnlyList<string> BuiltInNames { get; } = [.. BuiltInUses.Reverse(), .. BuiltInSignals];

    /// <summary>What a model that passes may be used for.</summary>
    public required string Use { get; init; }

    /// <summary>In the order of the file: the first that fails is the reason given.</summary>
    public required IReadOnlyList<GateCheck> Checks { get; init; }

    /// <summary>The file, or the built-in profile's name, with the hash of its bytes.</summary>
    public required EvidenceInput Source { get; init; }

    /// <summary>Reads a policy file; the format is in <c>docs/formats.md</c>.</summary>
    /// <exception cref="EvaluationException">It is no policy; the message names the line.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static GatePolicy Read(string path)
    {
        var source = EvidenceInput.Of(path);
        using var reader = new StreamReader(path);
        return GatePolicyReader.Read(reader, source);
    }

    /// <summary>A built-in profile.</summary>
    /// <exception cref="EvaluationException">There is none of this name.</exception>
    public static GatePolicy BuiltIn(string use)
    {
        var text = BuiltInText(use);
        return GatePolicyReader.Read(new StringReader(text), new EvidenceInput($"built-in {use}", ContentHash.Of(text)));
    }

    /// <summary>A built-in profile as the YAML file it is, to copy and edit.</summary>
    /// <exception cref="EvaluationException">There is none of this name.</exception>
    public static string BuiltInText(string use)
    {
        if (!BuiltInNames.Contains(use))
            throw new EvaluationException(
                $"no built-in policy '{use}'{NearestName.Suggest(use, BuiltInNames)}; there are {string.Join(", ", BuiltInNames)}"
            );
        using var reader = new StreamReader(
            typeof(GatePolicy).Assembly.GetManifestResourceStream($"Assay.Evaluation.Gates.Policies.{use}.yaml")!
        );
        return reader.ReadToEnd();
    }

    /// <summary>Whether what is ready for one use is ready for another: the same word, or both built-in and the first stricter.</summary>
    public static bool Covers(string use, string wanted)
    {
        var uses = BuiltInUses.ToList();
        return use == wanted || (uses.Contains(use) && uses.IndexOf(use) < uses.IndexOf(wanted));
    }
}
