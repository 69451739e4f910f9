using System.Runtime.InteropServices;

namespace Assay.Data.Contract;

/// <summary>
/// 128-bit hashes of pairs, for finding rows again in bounded memory: two 64-bit lanes of multiply-and-fold (the step of wyhash) over the
/// text's UTF-16. Not for secrets and not written to files. With ten million pairs the chance of one false match is below 1e-24.
/// </summary>
internal static class PairHash
{
    private const ulong First = 0xA0761D6478BD642F;
    private const ulong Second = 0xE7037ED1A0B428DB;

    public static UInt128 Of(ReadOnlySpan<char> text)
    {
        var bytes = MemoryMarshal.AsBytes(text);
        ulong low = First ^ (ulong)bytes.Length,
            high = Second;
        while (bytes.Length >= 16)
        {
            var one = MemoryMarshal.Read<ulong>(bytes);
            var other = MemoryMarshal.Read<ulong>(bytes[8..]);
            low = Fold(low ^ one, First ^ other);
            high = Fold(high ^ other, Second + one);
            bytes = bytes[16..];
        }
        if (bytes.Length > 0)
        {
            Span<byte> tail = stackalloc byte[16];
            bytes.CopyTo(tail);
            var one = MemoryMarshal.Read<ulong>(tail);
            var other = MemoryMarshal.Read<ulong>(tail[8..]);
            low = Fold(low ^ one, First ^ other);
            high = Fold(high ^ other, Second + one);
        }
        return new UInt128(Fold(high, low ^ Second), Fold(low, high ^ First));
    }

    public static UInt128 Join(UInt128 one, UInt128 other)
    {
        ulong a = (ulong)one,
            b = (ulong)(one >> 64),
            c = (ulong)other,
            d = (ulong)(other >> 64);
        return new UInt128(Fold(a ^ First, c ^ b) + Fold(b + Second, d), Fold(b ^ Second, d ^ a) + Fold(a + First, c));
    }

    private static ulong Fold(ulong one, ulong other)
    {
        var high = Math.BigMul(one, other, out var low);
        return high ^ low;
    }

    /// <summary>Key of the context and both candidates without their order, and whether chosen is the first of that order.</summary>
    public static (UInt128 Key, bool ChosenFirst, UInt128 Prompt) Of(PreferencePair pair)
    {
        var context = Of(pair.Prompt);
        if (pair.PromptMessageCount > 1)
            foreach (var message in pair.Chosen.Messages!.Take(pair.PromptMessageCount))
                context = Join(context, Of(message));
        if (pair.Chosen.Tools is { } tools)
            context = Join(context, Of(tools.ToJsonString()));
        if (pair.Chosen.ChatTemplateKwargs is { } variables)
            context = Join(context, Of(variables.ToJsonString()));
        UInt128 chosen = Candidate(pair, pair.Chosen),
            rejected = Candidate(pair, pair.Rejected);
        var first = chosen < rejected;
        return (Join(Join(context, first ? chosen : rejected), first ? rejected : chosen), first, context);
    }

    private static UInt128 Candidate(PreferencePair pair, Conversation side)
    {
        if (side.Text is { } text)
            return Of(text.AsSpan(pair.PromptTextLength));
        UInt128 hash = First;
        foreach (var message in side.Messages!.Skip(pair.PromptMessageCount))
            hash = Join(hash, Of(message));
        return hash;
    }

    private static UInt128 Of(Message message)
    {
        var hash = Join(Of(message.Role), Of(message.Content));
        return message.Raw is null ? hash : Join(hash, Of(message.Raw.ToJsonString()));
    }
}
