using System.Runtime.ExceptionServices;

namespace Assay.Reward;

/// <summary>Work on many items at once whose failure is that of the first item that failed, whatever order they ran in.</summary>
internal static class InParallel
{
    /// <summary>The results in order.</summary>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static T[] Map<T>(int count, Func<int, T> map, CancellationToken stop)
    {
        var results = new T[count];
        var failures = new Exception?[count];
        Parallel.For(
            0,
            count,
            new ParallelOptions { CancellationToken = stop },
            i =>
            {
                try
                {
                    results[i] = map(i);
                }
                catch (Exception error)
                {
                    failures[i] = error;
                }
            }
        );
        if (Array.Find(failures, failure => failure is not null) is { } first)
            ExceptionDispatchInfo.Throw(first);
        return results;
    }
}
