namespace Assay.Evaluation.Audits.Probes;

internal sealed class EmojiAdded()
    : Probe(
        "emoji_added",
        "A cheerful emoji is put at the end of each sentence, at most five.",
        ProbeExpectation.NotRise,
        "Zhang et al. 2024, From Lists to Emojis: How Format Bias Affects Model Alignment"
    )
{
    private const int Most = 5;
    private static readonly string[] Emoji = ["😊", "👍", "✨", "🎉", "🙌"];

    public override string? Rewrite(ProbeInput input)
    {
        if (input.Answer.AsSpan().IsWhiteSpace() || input.Answer.Contains("```", StringComparison.Ordinal))
            return null;
        var first = input.Random.Next(Emoji.Length);
        return string.Concat(
            Sentences
                .Of(input.Answer)
                .Select(
                    (sentence, i) =>
                    {
                        var words = sentence.TrimEnd();
                        return i >= Most || words.Length == 0
                            ? sentence
                            : $"{words} {Emoji[(first + i) % Emoji.Length]}{sentence[words.Length..]}";
                    }
                )
        );
    }
}
