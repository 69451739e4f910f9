using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Assay.Reward;

/// <summary>SHA-256, in lower-case hex, of what pairs are to a network.</summary>
internal static class Fingerprints
{
    /// <summary>
    /// Ids and margins of pairs, in order, each list with its length; and where a row has it, that it is a tie, its strength, its ratings
    /// and its votes.
    /// </summary>
    public static string OfPairs(IEnumerable<EncodedPair> pairs)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var pair in pairs)
        {
            Append(pair.Chosen);
            Append(pair.Rejected);
            hash.AppendData(BitConverter.GetBytes(pair.Margin ?? 0));
            if (pair.IsTie)
                Append([-1]);
            if (pair.PromptLength > 0)
                Append([-2, pair.PromptLength]);
            if (pair.Strength is { } strength)
                hash.AppendData(BitConverter.GetBytes(strength));
            foreach (var side in pair.Ranked ?? [])
                Append(side);
            foreach (var rating in pair.Ratings ?? [])
                hash.AppendData(BitConverter.GetBytes(rating ?? double.NaN));
            if (pair.Votes is { } votes)
                Append([votes.Chosen, votes.Rejected, votes.Tie]);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());

        void Append(int[] ids)
        {
            hash.AppendData(BitConverter.GetBytes(ids.Length));
            hash.AppendData(MemoryMarshal.AsBytes(ids.AsSpan()));
        }
    }
}
