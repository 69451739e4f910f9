using Assay.Data;
using Assay.Reward;

namespace Assay.Extensions.AI;

/// <summary>A scorer for many callers at once: a reward model by its queue, any other one call after the other.</summary>
internal sealed class AsyncScorer(IScorer scorer) : IDisposable
{
    private readonly SemaphoreSlim turn = new(1);

    public async Task<IReadOnlyList<ScoreOutcome>> ScoreAsync(
        IReadOnlyList<Conversation> conversations,
        CancellationToken cancellationToken
    )
    {
        if (scorer is RewardModel model)
            return await model.ScoreAsync(conversations, cancellationToken).ConfigureAwait(false);
        await turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await Task.Run(() => scorer.Score(conversations, cancellationToken), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            turn.Release();
        }
    }

    public void Dispose() => turn.Dispose();
}
