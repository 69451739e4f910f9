using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Assay.Serving;

/// <summary>The keys of a server, kept and compared as SHA-256 so that neither the time nor the memory tells anything of them.</summary>
internal sealed class ApiKeys(IReadOnlyList<string> keys)
{
    private readonly byte[][] hashes = [.. keys.Select(Hash)];

    /// <summary>Whether any is wanted.</summary>
    public bool AreAsked => hashes.Length > 0;

    /// <summary>Whether a request brings one, or none is wanted.</summary>
    public bool Admit(HttpRequest request)
    {
        if (hashes.Length == 0)
            return true;
        string? given = request.Headers["X-API-Key"];
        if (
            request.Headers.Authorization.ToString() is { } authorization
            && authorization.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)
        )
            given = authorization["Bearer ".Length..].Trim();
        if (given is null)
            return false;
        var hash = Hash(given);
        var isKnown = false;
        foreach (var known in hashes)
            isKnown |= CryptographicOperations.FixedTimeEquals(known, hash); // all of them, whichever it is
        return isKnown;
    }

    private static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
