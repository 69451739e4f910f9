namespace Assay.Serving;

/// <summary>
/// A model that is served under some names. It is replaced whole: a request ends with the model it began with, and a new one takes its
/// place only once it has passed its self-test.
/// </summary>
internal sealed class ModelSlot(IReadOnlyList<string> names, ServerMetrics metrics) : IAsyncDisposable
{
    /// <summary>By which clients ask for it; the first stands in answers.</summary>
    public IReadOnlyList<string> Names => names;

    private readonly SemaphoreSlim loading = new(1);
    private Func<Task<ServedModel>>? load;
    private volatile ServedModel? current;

    /// <summary>What new requests are answered by; null before there is one.</summary>
    public ServedModel? Current => current;

    /// <summary>Loads the first model, and remembers how.</summary>
    public async Task LoadAsync(Func<Task<ServedModel>> from)
    {
        Serve(await from().ConfigureAwait(false));
        load = from;
    }

    /// <summary>
    /// Loads it again from where it came from. Until that has passed, and where it does not, the old one answers. Both are in memory for
    /// that time.
    /// </summary>
    /// <returns>The fingerprints before and after; null where a load is under way already, or the first has not ended.</returns>
    public async Task<(string Before, ServedModel After)?> ReloadAsync()
    {
        if (load is null || !await loading.WaitAsync(0).ConfigureAwait(false))
            return null;
        try
        {
            var (old, next) = (current!, await load().ConfigureAwait(false));
            Serve(next);
            await old.DisposeAsync().ConfigureAwait(false);
            return (old.Fingerprint, next);
        }
        finally
        {
            loading.Release();
        }
    }

    /// <summary>The model for one request, which calls <see cref="ServedModel.Leave"/> at its end; null before there is one.</summary>
    public ServedModel? Take()
    {
        while (current is { } served)
            if (served.TryEnter())
                return served; // else it was replaced between the two
        return null;
    }

    public async ValueTask DisposeAsync()
    {
        if (current is { } served)
            await served.DisposeAsync().ConfigureAwait(false);
        loading.Dispose();
    }

    private void Serve(ServedModel served)
    {
        metrics.Follow(names[0], served.Queue);
        current = served;
    }
}
