using System.Runtime.CompilerServices;
using Assay.Data;

namespace Assay.Judges;

/// <summary>Many pairs through a judge, several calls at once, given back in the order of the data.</summary>
public static class JudgeRun
{
    /// <summary>
    /// Asks lazily: no more units are begun than keep the endpoint busy. When the caller stops, or a call ends the run, what is under way
    /// is cancelled; answers that came are kept by the cache.
    /// </summary>
    /// <exception cref="JudgeException">As <see cref="JudgeCaller.Ask"/>.</exception>
    public static async IAsyncEnumerable<JudgedPair> Over(
        Judge judge,
        IEnumerable<PreferencePair> pairs,
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var underWay = new Queue<Task<IReadOnlyList<JudgedPair>>>();
        try
        {
            foreach (var unit in judge.Units(pairs))
            {
                underWay.Enqueue(judge.Ask(unit, stop.Token));
                if (underWay.Count <= 2 * judge.Caller.Limits.Concurrency)
                    continue;
                foreach (var judged in await underWay.Dequeue())
                    yield return judged;
            }
            while (underWay.TryDequeue(out var next))
                foreach (var judged in await next)
                    yield return judged;
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(underWay)
                .ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }
}
