using Assay.Evaluation.Evidence;

namespace Assay.Evaluation.Gates;

/// <summary>The verdict kept in a model's folder: read, verified, demanded.</summary>
public static class GateRecord
{
    /// <summary>Reads a folder's verdict again: its seal, its model, and the evidence files that are still there.</summary>
    /// <param name="folder">Holds <c>gate.json</c>.</param>
    /// <param name="fingerprint">Of the folder's model; null when there is none to compare.</param>
    /// <exception cref="FormatException">The file is no verdict.</exception>
    /// <exception cref="IOException">There is none.</exception>
    public static GateVerification Verify(string folder, string? fingerprint)
    {
        var path = PathIn(folder);
        var (gate, isSealed, faults) = (Read(path), IsIntact(path), new List<string>());
        if (!isSealed)
            faults.Add($"{path} was changed after it was sealed");
        if (fingerprint is not null && fingerprint != gate.Subject.Fingerprint)
            faults.Add($"the verdict is of another model: {gate.Subject.Fingerprint}, and {folder} holds {fingerprint}");
        var (same, missing) = (new List<string>(), new List<string>());
        foreach (var input in gate.Inputs.Append(gate.Policy))
        {
            if (Found(input.Path, folder) is not { } file)
                missing.Add(input.Path);
            else if (EvidenceInput.Of(file).Sha256 == input.Sha256)
                same.Add(input.Path);
            else
                faults.Add($"{file} is not what the verdict rests on (SHA-256 differs): decide again");
        }
        return new GateVerification(gate, isSealed, faults, same, missing);
    }

    /// <summary>
    /// Why a model may not be used, in a sentence; null when its folder has an intact verdict, of this model, ready, for this use or a
    /// stricter one.
    /// </summary>
    /// <param name="folder">The model's folder.</param>
    /// <param name="fingerprint">Of the model as it is used, its chat template included.</param>
    /// <param name="use"><c>monitor</c>, <c>best-of-n</c>, <c>rl</c> or a policy's own word; null takes a verdict for any use.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static string? Refusal(string folder, string fingerprint, string? use)
    {
        var path = PathIn(folder);
        if (!File.Exists(path))
            return $"no verdict in {folder}: assay gate --model {folder} --use {use ?? "rl"} --evidence … writes it";
        if (!IsIntact(path))
            return $"{path} was changed after it was sealed, or is no verdict: decide again with assay gate";
        var gate = Read(path);
        if (gate.Subject.Fingerprint != fingerprint)
            return $"{path} is of another model or chat template ({gate.Subject.Fingerprint}, this one is {fingerprint}): decide again with assay gate";
        if (use is not null && !GatePolicy.Covers(gate.Use, use))
            return $"{path} is a verdict for {gate.Use}, not for {use}: decide again with assay gate --use {use}";
        return Gate.Deciding(gate) is { } check ? $"{path}: {Word(gate.Verdict)} for {gate.Use}: {check.Name} {check.Reason}" : null;
    }

    /// <summary>The verdict as people read it: <c>not ready</c>.</summary>
    public static string Word(GateVerdict verdict) =>
        verdict switch
        {
            GateVerdict.Ready => "ready",
            GateVerdict.NotReady => "not ready",
            _ => "cannot tell",
        };

    private static string PathIn(string folder) => Path.Combine(folder, GateEvidence.FileName);

    private static GateEvidence Read(string path) =>
        EvidenceFile.Read(path) as GateEvidence
        ?? throw new EvaluationException($"{path}: no verdict of assay gate: \"format\" is not \"{GateEvidence.Kind}\"");

    private static bool IsIntact(string path) => GateSeal.IsIntact(File.ReadAllText(path));

    /// <summary>As it was named, else beside the verdict.</summary>
    private static string? Found(string path, string folder) =>
        new[] { path, Path.Combine(folder, Path.GetFileName(path)) }.FirstOrDefault(File.Exists);
}

/// <summary>What reading a verdict again found.</summary>
/// <param name="Gate">The verdict.</param>
/// <param name="IsSealed">Whether the seal is its own.</param>
/// <param name="Faults">What no longer holds, one sentence each; empty when all does.</param>
/// <param name="Same">Evidence and policy files that are as they were.</param>
/// <param name="Missing">Those that are no longer there, so that nothing can be said of them (a built-in policy is no file).</param>
public sealed record GateVerification(
    GateEvidence Gate,
    bool IsSealed,
    IReadOnlyList<string> Faults,
    IReadOnlyList<string> Same,
    IReadOnlyList<string> Missing
);
