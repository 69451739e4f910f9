using Assay.Evaluation.Evidence;

namespace Assay.Evaluation.Gates;

/// <summary>What a gate has already said of a model that is now to be chosen or compared.</summary>
/// <param name="Verdict">The verdict; <see cref="GateVerdict.CannotTell"/> for one that was edited since it was sealed.</param>
/// <param name="Use">What it was asked for.</param>
/// <param name="Reason">The check that decided, and why; null when everything is ready.</param>
/// <param name="Place">The file.</param>
public sealed record KnownVerdict(GateVerdict Verdict, string Use, string? Reason, string Place)
{
    /// <summary><c>not ready for rl (fresh_gap 0.3, …)</c>.</summary>
    public string Text => $"{GateRecord.Word(Verdict)} for {Use}{(Reason is null ? "" : $" ({Reason})")}";

    /// <summary>The verdicts of a model in some folders, the gravest first; null without one of this model.</summary>
    /// <param name="folders">Evidence and model folders; they need not be there.</param>
    /// <param name="fingerprint">The model's: verdicts of other models are passed over.</param>
    /// <exception cref="EvaluationException">A <c>gate.json</c> cannot be read.</exception>
    public static KnownVerdict? Of(IEnumerable<string> folders, string fingerprint) =>
        folders
            .Select(folder =>
                Path.Combine(File.Exists(folder) ? Path.GetDirectoryName(Path.GetFullPath(folder))! : folder, GateEvidence.FileName)
            )
            .Where(File.Exists)
            .Select(Read)
            .OfType<(KnownVerdict Known, string Fingerprint)>()
            .Where(found => found.Fingerprint == fingerprint)
            .Select(found => found.Known)
            .OrderBy(known =>
                known.Verdict switch
                {
                    GateVerdict.NotReady => 0,
                    GateVerdict.CannotTell => 1,
                    _ => 2,
                }
            )
            .FirstOrDefault();

    private static (KnownVerdict, string)? Read(string path)
    {
        if (EvidenceFile.Read(path) is not GateEvidence gate)
            return null;
        var known = GateSeal.IsIntact(File.ReadAllText(path))
            ? new KnownVerdict(gate.Verdict, gate.Use, Gate.Deciding(gate) is { } check ? $"{check.Name} {check.Reason}" : null, path)
            : new KnownVerdict(GateVerdict.CannotTell, gate.Use, $"{path} was changed after it was sealed: decide again", path);
        return (known, gate.Subject.Fingerprint);
    }
}
