using Assay.Cli.Gates;
using Assay.Data;
using Assay.Evaluation.Composites;
using Assay.Models;
using Assay.Reward;

namespace Assay.Cli;

/// <summary>What a verb that scores was named: a reward model, or a composite of several, one of the two.</summary>
internal sealed record OpenedScorer(string Path, RewardModel? Model, CompositeModel? Composite) : IDisposable
{
    public IScorer Scorer => Composite?.Scorer ?? (IScorer)Model!;

    /// <summary>Over what it scores by.</summary>
    public string Fingerprint => field ??= Composite?.Fingerprint ?? Model!.FingerprintOf(Path);

    public static OpenedScorer Load(string path, string? template, Placement placement) =>
        CompositeFile.Is(path)
            ? new(path, null, CompositeModel.Load(path, template, placement))
            : new(path, LoadedModel.Load(path, template, placement: placement), null);

    /// <summary>Whether its gate permits what is demanded; the refusal was then said.</summary>
    /// <exception cref="UsageException">A composite has no gate.</exception>
    public bool Permits(GateDemand? demand)
    {
        if (Composite is not null && demand is not null)
            throw new UsageException(
                "--require-gate is of one model: a composite reward has no verdict beside it, assay gate --model decides about it"
            );
        if (demand?.Refusal(Path, Fingerprint) is not { } refusal)
            return true;
        Terminal.Error($"assay: {refusal}");
        return false;
    }

    public void Dispose()
    {
        Model?.Dispose();
        Composite?.Dispose();
    }
}
