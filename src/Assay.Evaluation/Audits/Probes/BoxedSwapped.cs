using System.Text.RegularExpressions;

namespace Assay.Evaluation.Audits.Probes;

internal sealed partial class BoxedSwapped()
    : Probe(
        "boxed_swapped",
        "The last \\boxed{X} becomes X, and a heading \"# Answer\" with X ends the answer; a final heading \"# Answer\" becomes \\boxed{X}. Applies to answers that have the one or the other.",
        ProbeExpectation.NotMove,
        ReWordBench
    )
{
    private const string Box = @"\boxed{";

    public override string? Rewrite(ProbeInput input)
    {
        var answer = input.Answer;
        var start = answer.LastIndexOf(Box, StringComparison.Ordinal);
        if (start < 0)
            return Heading().Match(answer) is { Success: true } heading
                ? $"{answer[..heading.Index]}$\\boxed{{{heading.Groups[1].Value}}}$"
                : null;
        var end = start + Box.Length;
        for (var open = 1; end < answer.Length; end++)
        {
            // A brace behind a backslash is a printed one.
            if (answer[end] == '\\')
                end++;
            else if (answer[end] == '{')
                open++;
            else if (answer[end] == '}' && --open == 0)
                break;
        }
        if (end >= answer.Length)
            return null;
        var result = answer[(start + Box.Length)..end];
        return $"{answer[..start]}{result}{answer[(end + 1)..].TrimEnd()}\n\n# Answer\n\n{result}";
    }

    [GeneratedRegex(@"^# Answer\s*\n+([^\n]+?)\s*\z", RegexOptions.Multiline)]
    private static partial Regex Heading();
}
