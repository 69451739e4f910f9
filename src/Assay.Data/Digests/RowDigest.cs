using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Assay.Data.Duplicates;

namespace Assay.Data.Digests;

/// <summary>
/// Sixteen bytes by which a row is found again in other files: eight of its prompt, eight of its opening turn and answers. Each is the
/// beginning of the SHA-256 of texts in lower case with white space collapsed and trimmed (<see cref="TextNormalizer.CollapseCase"/>), so
/// container, order of rows, further columns and white space at the ends do not matter. Answers stand without their order: a turned label
/// hides nothing. Of ten million rows against a million, one matches by chance with probability 5e-7.
/// </summary>
/// <param name="Prompt">Of the whole context; without one, of the answers.</param>
/// <param name="Pair">Of the opening (the first user turn, else the context) and the answers. A system message put before the prompt
/// changes the first digest and not this one.</param>
public readonly record struct RowDigest(ulong Prompt, ulong Pair) : IComparable<RowDigest>
{
    /// <summary>A shorter beginning that two plain texts share, where the row states no prompt, says nothing: "The" is no prompt.</summary>
    private const int LeastImplicitPrompt = 20;

    /// <summary>Digest of a preference pair.</summary>
    public static RowDigest Of(PreferencePair pair)
    {
        var isStated = pair.PromptMessageCount > 0 || pair.PromptTextLength > 0 || pair.Prompt.Length >= LeastImplicitPrompt;
        return Of(isStated ? pair.Prompt : "", isStated ? Splits.PairSketch.Opening(pair) : "", [pair.ChosenAnswer, pair.RejectedAnswer]);
    }

    /// <summary>Digest of a prompt of several turns with its answers, such as a benchmark's row.</summary>
    /// <param name="prompt">The turns before the answer.</param>
    /// <param name="answers">One or more, in any order.</param>
    public static RowDigest Of(IReadOnlyList<Message> prompt, IReadOnlyList<string> answers)
    {
        var context = Reading.PairBuilder.PromptText(prompt);
        return Of(
            context,
            prompt.FirstOrDefault(turn => turn.Role == "user" && turn.Content.AsSpan().Trim().Length > 0)?.Content ?? context,
            answers
        );
    }

    /// <summary>Reads what <see cref="ToString"/> wrote; null when it is something else.</summary>
    public static RowDigest? Parse(string text) =>
        text.Length == 33
        && text[16] == '-'
        && ulong.TryParse(text.AsSpan(0, 16), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var prompt)
        && ulong.TryParse(text.AsSpan(17), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var pair)
            ? new(prompt, pair)
            : null;

    /// <summary>Both in hexadecimal, the prompt's first, with a dash between.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Prompt:x16}-{Pair:x16}");

    public int CompareTo(RowDigest other) => Prompt != other.Prompt ? Prompt.CompareTo(other.Prompt) : Pair.CompareTo(other.Pair);

    private static RowDigest Of(string prompt, string opening, IReadOnlyList<string> answers)
    {
        string[] sorted = [.. answers.Select(TextNormalizer.CollapseCase).Order(StringComparer.Ordinal)];
        var context = TextNormalizer.CollapseCase(prompt);
        return new(context.Length > 0 ? Hash([context]) : Hash(sorted), Hash([TextNormalizer.CollapseCase(opening), .. sorted]));
    }

    private static ulong Hash(ReadOnlySpan<string> texts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[4];
        foreach (var text in texts)
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
            hash.AppendData(length);
            hash.AppendData(bytes);
        }
        return BinaryPrimitives.ReadUInt64BigEndian(hash.GetHashAndReset());
    }
}
