using System.Diagnostics;

namespace Assay.Torch.Tape;

/// <summary>
/// Where the time of this thread goes, by primitive and direction: each moment belongs to the innermost one that is running, so that the
/// times add up to the whole. Off unless somebody asks, and then a few hundred nanoseconds a call.
/// </summary>
internal static class Counters
{
    [ThreadStatic]
    private static Dictionary<string, (long Ticks, long Calls)>? _sums;

    [ThreadStatic]
    private static string? _current;

    [ThreadStatic]
    private static long _since;

    /// <summary>Begins to count on this thread, from nothing.</summary>
    public static void Start() => (_sums, _current, _since) = ([], null, Stopwatch.GetTimestamp());

    /// <summary>Ends it: seconds and calls by name; what belongs to no primitive is <c>other</c>.</summary>
    public static IReadOnlyList<(string Name, double Seconds, long Calls)> Stop()
    {
        Charge();
        var sums = _sums ?? [];
        _sums = null;
        return
        [
            .. sums.Select(sum => (sum.Key, sum.Value.Ticks / (double)Stopwatch.Frequency, sum.Value.Calls))
                .OrderByDescending(sum => sum.Item2),
        ];
    }

    /// <summary>Counts for a name until it is disposed.</summary>
    public static Span Enter(string name, string direction = "")
    {
        if (_sums is null)
            return default;
        Charge();
        var outer = _current;
        _current = name + direction;
        var (ticks, calls) = _sums.GetValueOrDefault(_current);
        _sums[_current] = (ticks, calls + 1);
        return new Span(outer, isCounted: true);
    }

    // What passed since the last change belongs to who was running.
    private static void Charge()
    {
        if (_sums is null)
            return;
        var now = Stopwatch.GetTimestamp();
        var name = _current ?? "other";
        var (ticks, calls) = _sums.GetValueOrDefault(name);
        _sums[name] = (ticks + now - _since, calls);
        _since = now;
    }

    internal readonly ref struct Span(string? outer, bool isCounted)
    {
        public void Dispose()
        {
            if (!isCounted || _sums is null)
                return;
            Charge();
            _current = outer;
        }
    }
}
