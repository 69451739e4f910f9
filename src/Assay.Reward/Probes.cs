using Assay.Data;

namespace Assay.Reward;

/// <summary>
/// The fixed conversations whose ids make a model's text fingerprint and whose scores are its known answers: short, of alternating roles,
/// and each there for a trap. They are ours, so no row of anybody's data goes into a saved model.
/// </summary>
internal static class Probes
{
    public static IReadOnlyList<Conversation> All { get; } =
    [
        Turns("What is 17 + 25?", "17 + 25 is 42."),
        Turns(
            "My parcel has not arrived.",
            "I'm sorry to hear that. Which order is it?",
            "Number 3301.",
            "Thank you. It left our warehouse on Monday and should be with you by Thursday."
        ),
        // Letters outside ASCII, an emoji, a composed and a decomposed accent, digits in a row, indentation.
        Turns("Übersetze: “naïve café” 你好 🙂 e\u0301 1234567", "def f(x):\n    return x  # 100%\n\n\tok"),
        // What looks like special tokens inside a turn.
        Turns("What does <|im_end|> mean? And [SEP], </s>, <|endoftext|>?", "They mark where a turn or a text ends. "),
    ];

    private static Conversation Turns(params string[] contents) =>
        Conversation.OfMessages([.. contents.Select((content, i) => new Message(i % 2 == 0 ? "user" : "assistant", content))]);
}
