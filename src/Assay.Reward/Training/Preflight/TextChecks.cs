using Assay.Data;
using Assay.Data.Contract;
using Assay.Reward.Training.Pairs;
using Assay.Text.Lint;

namespace Assay.Reward.Training.Preflight;

/// <summary>
/// What can be told of the way from text to ids before training: that it always gives the same, and that the template has none of the
/// faults that spoil a reward.
/// </summary>
internal static class TextChecks
{
    private const int MostRows = 8;

    // Of what assay inspect warns of, what makes a reward wrong or another one tomorrow.
    private static readonly string[] Faults =
    [
        "reads_clock",
        "generation_prompt_always",
        "generation_prompt",
        "double_bos",
        "answer_dropped",
        "content_dropped",
    ];

    /// <param name="encoder">The model's.</param>
    /// <param name="pairs">Pairs as they were read.</param>
    /// <param name="encoded">The ids that are trained on.</param>
    /// <param name="encode">Text to ids, as it was done for <paramref name="encoded"/>.</param>
    public static IReadOnlyList<PreflightFinding> Run(
        ConversationEncoder encoder,
        IReadOnlyList<LoadedPair> pairs,
        IReadOnlyList<EncodedPair> encoded,
        Func<Conversation, TokenOutcome> encode
    ) =>
        [
            SameIds([.. pairs.Take(MostRows).Select(pair => pair.Pair)], encoded, encode),
            Template(encoder, [.. pairs.Take(MostRows).Select(pair => pair.Pair)]),
        ];

    internal static PreflightFinding SameIds(
        IReadOnlyList<PreferencePair> pairs,
        IReadOnlyList<EncodedPair> encoded,
        Func<Conversation, TokenOutcome> encode
    )
    {
        var byRow = encoded.ToLookup(pair => pair.Row);
        var looked = 0;
        foreach (var pair in pairs)
        {
            // Several files have rows of one number.
            TokenOutcome chosen = encode(pair.Chosen),
                rejected = encode(pair.Rejected);
            if (PairContract.TokenFinding(chosen, rejected) is not null || !byRow.Contains(pair.Row))
                continue;
            looked++;
            if (
                !byRow[pair.Row]
                    .Any(known => known.Chosen.AsSpan().SequenceEqual(chosen.Ids) && known.Rejected.AsSpan().SequenceEqual(rejected.Ids))
            )
                return new(
                    "same_text_same_ids",
                    false,
                    $"row {pair.Row} gives other tokens when it is encoded again: its text and its score would not belong together. This is a fault of assay itself, or of a template that does not always say the same; please report it"
                );
        }
        return new("same_text_same_ids", true, $"{looked} rows give the same tokens again");
    }

    internal static PreflightFinding Template(ConversationEncoder encoder, IReadOnlyList<PreferencePair> pairs)
    {
        var found = pairs
            .SelectMany(pair => new[] { pair.Chosen, pair.Rejected })
            .SelectMany(side => Warnings(encoder, side))
            .Where(warning => Faults.Contains(warning.Code))
            .DistinctBy(warning => warning.Code)
            .ToList();
        return found.Count == 0
            ? new("template", true, "the template writes no date, opens no turn after the answer, and doubles no BOS")
            : new(
                "template",
                false,
                string.Join("; ", found.Select(warning => $"{warning.Code}: {warning.Message}")) + " (assay inspect shows it)"
            );
    }

    private static IReadOnlyList<TextWarning> Warnings(ConversationEncoder encoder, Conversation side)
    {
        try
        {
            return ConversationInspection.Of(encoder, side).Warnings;
        }
        catch (FormatException)
        {
            return []; // set aside already, with its reason
        }
    }
}
