using Assay.Data;

namespace Assay.Evaluation.Endpoints;

/// <summary>
/// Conversations of ours to compare two servers on, in pairs of answers to one prompt: short and long, of several turns, with code, other
/// scripts, an emoji, a composed and a decomposed accent, and line ends. They are nobody's data.
/// </summary>
public static class KnownPairs
{
    private static readonly (string[] Before, string First, string Second)[] Texts =
    [
        (["What is 17 + 25?"], "17 + 25 is 42.", "It is 52."),
        (["Where is my parcel?"], "It left our depot this morning and arrives tomorrow before noon.", "No."),
        (
            ["Is water wet?"],
            "Yes.",
            "Perhaps it is, and perhaps it is not; who could say such a thing of water, which is everywhere, and of which there is so much?"
        ),
        (["Name a blue flower."], "The cornflower.", "The sun is yellow."),
        (
            ["My parcel has not arrived.", "I'm sorry to hear that. Which order is it?", "Number 3301."],
            "Thank you. It left our warehouse on Monday and should be with you by Thursday.",
            "Which order is it?"
        ),
        (["Write a function that doubles a number."], "```python\ndef double(x):\n    return 2 * x\n```", "def double(x):\n\treturn x"),
        (["Übersetze: good morning"], "Guten Morgen", "Bonne journée"),
        (["用一句话介绍北京。"], "北京是中国的首都。", "我不知道。"),
        (
            ["How do I boil an egg?"],
            "Put it into boiling water for eight minutes, then into cold water.\n\nA soft egg takes five.",
            "Eggs come from hens."
        ),
        (["Cheer me up 🙂"], "You made it to the end of the week: well done! 🎉", "ok"),
        (["Spell café in two ways."], "caf\u00e9, and cafe\u0301", "cafe"),
        (
            ["Why is the sky blue?"],
            "Air scatters short waves of light more than long ones, so blue light reaches us from everywhere.",
            "Because blue blue blue blue blue blue blue blue blue blue."
        ),
        (
            ["Should I tell my friend the truth?", "What is it about?", "A present that he gave me, and that I gave away."],
            "You could say that somebody was glad of it. That is true, and kind.",
            "Never."
        ),
        (
            ["What does HTTP 404 mean?"],
            "The server has nothing at that address.",
            "HTTP 404 means that the server is switched off, that the cable is out, and that you have to buy a new computer."
        ),
        (["List three primes."], "2, 3, 5", "1, 4, 9"),
        (["Thank you!"], "You're welcome.", "For what?"),
    ];

    /// <summary>The pairs, each with the better answer first, as a person would say.</summary>
    public static IReadOnlyList<(Conversation First, Conversation Second)> All { get; } =
    [.. Texts.Select(text => (With(text.Before, text.First), With(text.Before, text.Second)))];

    private static Conversation With(string[] before, string answer) =>
        Conversation.OfMessages([.. before.Append(answer).Select((content, i) => new Message(i % 2 == 0 ? "user" : "assistant", content))]);
}
