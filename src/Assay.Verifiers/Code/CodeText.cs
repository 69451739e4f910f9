using System.Text.RegularExpressions;

namespace Assay.Verifiers.Code;

/// <summary>The code of an answer: its fenced blocks in their order, as one file; without a fence all of it.</summary>
internal static partial class CodeText
{
    private static readonly string[] NotCode =
    [
        "bash",
        "sh",
        "shell",
        "console",
        "text",
        "plaintext",
        "output",
        "json",
        "diff",
        "markdown",
    ];

    /// <summary>The code; empty where there is none.</summary>
    public static string Of(string answer)
    {
        var blocks = Fence().Matches(answer);
        return blocks.Count == 0
            ? answer
            : string.Join(
                '\n',
                blocks
                    .Where(block => !NotCode.Contains(block.Groups["language"].Value.ToLowerInvariant()))
                    .Select(block => block.Groups["code"].Value)
            );
    }

    // A last fence may be left open, as where an answer was cut.
    [GeneratedRegex(
        @"^[ \t]*(?<fence>```+|~~~+)[ \t]*(?<language>[\w+#.-]*)[^\n]*\n(?<code>.*?)(?:^[ \t]*\k<fence>[ \t]*\r?$|\z)",
        RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.CultureInvariant
    )]
    private static partial Regex Fence();
}
