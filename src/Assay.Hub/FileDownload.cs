using System.Globalization;
using System.Net;
using System.Security.Cryptography;

namespace Assay.Hub;

/// <summary>
/// Fetches one file to the blob that its ETag names. Bytes go to <c>ETAG.incomplete</c>, from which a later attempt or run goes on; the
/// file takes its own name only when it is whole and, for files of Git LFS, whose ETag is their SHA-256, has that hash.
/// </summary>
internal sealed class FileDownload(HubClient client, HubKind kind, HubName name, string commit, string path, HubHead head)
{
    private const int Chunk = 1 << 18;

    private static readonly TimeSpan Stall = TimeSpan.FromSeconds(30);

    /// <summary>Told of the bytes that are here, and how many of them were fetched now.</summary>
    public Action<long, long>? Progressed { get; init; }

    private long _fetched;

    private string What => $"{name.Id}/{path}";

    /// <exception cref="HubException">It is not to be had, or its hash is wrong.</exception>
    public async Task ToAsync(string blob, CancellationToken cancellation)
    {
        var incomplete = blob + ".incomplete";
        using var hash =
            head.Etag.Length == 64 && head.Etag.All(char.IsAsciiHexDigit) ? IncrementalHash.CreateHash(HashAlgorithmName.SHA256) : null;
        await using (var file = new FileStream(incomplete, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, Chunk))
        {
            if (head.Size is { } size && file.Length > size)
                file.SetLength(0);
            await TakeInAsync(file, hash, cancellation);
            // Attempts that bring nothing count; one that brought some begins anew.
            for (var attempt = 1; file.Length != head.Size; attempt++)
            {
                var before = file.Length;
                TimeSpan? asked = null;
                string why;
                try
                {
                    if (await FetchAsync(file, hash, cancellation) && (head.Size is null || file.Length == head.Size))
                        break;
                    why = string.Create(CultureInfo.InvariantCulture, $"the connection ended at {file.Length:N0} of {head.Size:N0} bytes");
                }
                catch (Exception error) when (error is HttpRequestException or TimeoutException)
                {
                    asked = (error as HubBusyException)?.Wait;
                    why =
                        error is HubBusyException
                            ? $"the server answers {error.Message}"
                            : string.Create(
                                CultureInfo.InvariantCulture,
                                $"the connection was cut at {file.Length:N0} bytes ({error.Message})"
                            );
                    if (attempt == HubClient.Attempts && file.Length == before)
                        throw client.Unreachable(What, error);
                }
                if (file.Length > before)
                    attempt = 1;
                if (attempt == HubClient.Attempts)
                    throw new HubException(
                        $"{What}: {why}, {attempt} times over; what is here stays in {incomplete}, and the next run goes on from there"
                    );
                await client.WaitAsync(attempt, asked, What, why, cancellation);
            }
            await file.FlushAsync(cancellation);
            file.Flush(flushToDisk: true);
        }
        if (
            hash is not null
            && Convert.ToHexStringLower(hash.GetHashAndReset()) is var found
            && !found.Equals(head.Etag, StringComparison.OrdinalIgnoreCase)
        )
        {
            File.Delete(incomplete);
            throw new HubException(
                $"{What}: what came has the SHA-256 {found}, the hub says {head.Etag}: it was deleted. Start again; if it stays wrong, a proxy or mirror changes it, or the file on the hub is damaged"
            );
        }
        File.Move(incomplete, blob, overwrite: true);
    }

    /// <summary>Hashes what an earlier run left, and stands at its end.</summary>
    private async Task TakeInAsync(FileStream file, IncrementalHash? hash, CancellationToken cancellation)
    {
        var buffer = new byte[Chunk];
        file.Position = 0;
        if (hash is not null)
            for (int read; (read = await file.ReadAsync(buffer, cancellation)) > 0; )
                hash.AppendData(buffer, 0, read);
        file.Position = file.Length;
        Progressed?.Invoke(file.Length, _fetched);
    }

    /// <summary>One request. Whether the answer came to its end.</summary>
    private async Task<bool> FetchAsync(FileStream file, IncrementalHash? hash, CancellationToken cancellation)
    {
        using var answer = await client.OpenAsync(kind, name, commit, path, file.Length, cancellation);
        // A server that does not know ranges sends all of it; one that has another length of it did not mean this file.
        var goesOn = answer.StatusCode == HttpStatusCode.PartialContent && answer.Content.Headers.ContentRange?.From == file.Length;
        if (!goesOn && file.Length > 0)
        {
            file.SetLength(0);
            hash?.GetHashAndReset();
            if (answer.StatusCode != HttpStatusCode.OK)
                return false;
        }
        await using var body = await answer.Content.ReadAsStreamAsync(cancellation);
        var buffer = new byte[Chunk];
        for (int read; (read = await ReadAsync(body, buffer, cancellation)) > 0; )
        {
            if (file.Length + read > head.Size)
            {
                file.SetLength(0);
                hash?.GetHashAndReset();
                throw new HubException($"{What}: the server sends more than the {head.Size:N0} bytes that the hub says it has");
            }
            await file.WriteAsync(buffer.AsMemory(0, read), cancellation);
            hash?.AppendData(buffer, 0, read);
            _fetched += read;
            Progressed?.Invoke(file.Length, _fetched);
        }
        return true;
    }

    private static async Task<int> ReadAsync(Stream body, byte[] buffer, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(Stall);
        try
        {
            return await body.ReadAsync(buffer, patience.Token);
        }
        catch (IOException error)
        {
            throw new HttpRequestException(error.Message, error); // of the connection, unlike one of the disk
        }
        catch (OperationCanceledException error) when (!cancellation.IsCancellationRequested)
        {
            throw new TimeoutException($"nothing came for {Stall.TotalSeconds:0} seconds", error);
        }
    }
}
