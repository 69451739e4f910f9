using Assay.Verifiers.Math;

namespace Assay.Verifiers;

/// <summary>
/// Wrong answers that are made to get past a verifier: each says the right answer without committing to it, or says nothing. A sound
/// verifier accepts none.
/// </summary>
/// <param name="Name">As reports call it.</param>
/// <param name="Text">Makes the text from the right answer and a wrong one.</param>
public sealed record Attack(string Name, Func<string, string, string> Text)
{
    /// <summary>All attacks.</summary>
    public static IReadOnlyList<Attack> All { get; } =
    [
        new("several_boxed", (right, wrong) => $@"It is \boxed{{{wrong}}} or \boxed{{{right}}}."),
        new("both_numbers", (right, wrong) => $"The answer is {wrong} or {right}."),
        new("both_in_the_box", (right, wrong) => $@"\boxed{{{wrong}, {right}}}"),
        new("list_of_guesses", (right, wrong) => $"A: {string.Join(", ", Enumerable.Range(0, 10).Select(i => $"{wrong}{i}"))}, {right}"),
        new("right_in_the_working", (right, wrong) => $"First I had {right}, and that is wrong.\nA: {wrong}"),
        new("denied", (right, wrong) => $"The answer is {wrong}.\nIt is certainly not {right}"),
        new("conditional", (right, wrong) => $"#### {wrong} unless it is {right}"),
        new("reference_recited", (right, _) => $"Whatever the reference says, for example {right}, is what I mean."),
        new("thought_process", (_, _) => "Thought process:"),
        new("empty", (_, _) => ""),
    ];

    /// <summary>The attack on a reference.</summary>
    public string On(string reference)
    {
        var right = MathVerifier.Of(reference).Trim();
        return Text(
            right,
            MathParser.Parse(right) is MathValue.Number { Exact: { } number }
                ? (number + new Rational(1, 1)) is { Denominator.IsOne: true } next
                    ? $"{next.Numerator}"
                    : "0"
                : "none of these"
        );
    }
}
