using System.Text.RegularExpressions;

namespace Assay.Evaluation.Audits.Probes;

internal sealed partial class SwappedNames()
    : Probe(
        "swapped_names",
        "Common English given names become others of the same list, each everywhere the same. Applies to answers with a name that stands alone (no surname) and is not in the prompt.",
        ProbeExpectation.NotMove
    )
{
    // Names that are also words (Will, Mark, Grace, Rose) or that famous persons go by alone are left out.
    private static readonly string[][] Lists =
    [
        [
            "John",
            "James",
            "Robert",
            "Michael",
            "David",
            "Thomas",
            "Daniel",
            "Peter",
            "George",
            "Steven",
            "Kevin",
            "Brian",
            "Andrew",
            "Ryan",
            "Eric",
            "Tom",
            "Tim",
            "Bob",
            "Jim",
            "Mike",
            "Dave",
            "Steve",
            "Carlos",
            "Ahmed",
        ],
        [
            "Mary",
            "Sarah",
            "Emily",
            "Anna",
            "Emma",
            "Laura",
            "Susan",
            "Karen",
            "Lisa",
            "Maria",
            "Julia",
            "Alice",
            "Jane",
            "Kate",
            "Linda",
            "Jessica",
            "Jennifer",
            "Elizabeth",
            "Rachel",
            "Lucy",
            "Amy",
            "Sally",
            "Fatima",
            "Mei",
        ],
    ];

    public override string? Rewrite(ProbeInput input)
    {
        string[] found =
        [
            .. Names()
                .Matches(input.Answer)
                .Select(match => match.Value)
                .Distinct()
                .Where(name =>
                    Lists.Any(list => list.Contains(name)) && !input.Question.Contains(name, StringComparison.OrdinalIgnoreCase)
                ),
        ];
        if (found.Length == 0)
            return null;
        var swapped = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in found)
        {
            string[] free =
            [
                .. Lists
                    .Single(list => list.Contains(name))
                    .Where(other =>
                        !swapped.ContainsValue(other)
                        && !input.Answer.Contains(other, StringComparison.Ordinal)
                        && !input.Question.Contains(other, StringComparison.OrdinalIgnoreCase)
                    ),
            ];
            if (free.Length == 0)
                return null;
            swapped[name] = free[input.Random.Next(free.Length)];
        }
        return Words().Replace(input.Answer, word => swapped.GetValueOrDefault(word.Value, word.Value));
    }

    /// <summary>A capitalised word without a title before it or a surname or number after it.</summary>
    [GeneratedRegex(@"(?<!\b(?:St|Saint|King|Queen|Prince|Princess|President|Pope|Sir|Lady)\.? )\b\p{Lu}\p{Ll}+\b(?! \p{Lu})")]
    private static partial Regex Names();

    [GeneratedRegex(@"\b\p{Lu}\p{Ll}+\b")]
    private static partial Regex Words();
}
