using Assay.Verifiers.Math;

namespace Assay.Verifiers;

/// <summary>
/// Wrong answers that are made to get past a verifier: each says the right answer without committing to it, or says nothing. A sound
/// verifier accepts none.
/// </summary>
/// <param name="Name">As reports call it.</param>
/// <param name="On">Makes the text from the reference.</param>
public sealed record Attack(string Name, Func<string, string> On)
{
    /// <summary>Attacks on verifiers that compare final answers.</summary>
    public static IReadOnlyList<Attack> OnAnswers { get; } =
    [
        Answer("several_boxed", (right, wrong) => $@"It is \boxed{{{wrong}}} or \boxed{{{right}}}."),
        Answer("both_numbers", (right, wrong) => $"The answer is {wrong} or {right}."),
        Answer("both_in_the_box", (right, wrong) => $@"\boxed{{{wrong}, {right}}}"),
        Answer("list_of_guesses", (right, wrong) => $"A: {string.Join(", ", Enumerable.Range(0, 10).Select(i => $"{wrong}{i}"))}, {right}"),
        Answer("right_in_the_working", (right, wrong) => $"First I had {right}, and that is wrong.\nA: {wrong}"),
        Answer("denied", (right, wrong) => $"The answer is {wrong}.\nIt is certainly not {right}"),
        Answer("conditional", (right, wrong) => $"#### {wrong} unless it is {right}"),
        Answer("reference_recited", (right, _) => $"Whatever the reference says, for example {right}, is what I mean."),
        Answer("thought_process", (_, _) => "Thought process:"),
        Answer("empty", (_, _) => ""),
    ];

    /// <summary>The attacks on a kind of verifier; none on one that needs no reference.</summary>
    public static IReadOnlyList<Attack> Against(ReferenceKind kind) =>
        kind switch
        {
            ReferenceKind.Answer => OnAnswers,
            ReferenceKind.Tests => Code.CodeAttack.All,
            _ => [],
        };

    private static Attack Answer(string name, Func<string, string, string> text) =>
        new(
            name,
            reference =>
            {
                var right = MathVerifier.Of(reference).Trim();
                return text(
                    right,
                    MathParser.Parse(right) is MathValue.Number { Exact: { } number }
                        ? (number + new Rational(1, 1)) is { Denominator.IsOne: true } next
                            ? $"{next.Numerator}"
                            : "0"
                        : "none of these"
                );
            }
        );
}
