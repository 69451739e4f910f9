using System.Text.RegularExpressions;

namespace Assay.Verifiers;

/// <summary>
/// The whole text has a form: a regular expression, matched in time linear in the text (no backtracking), so that no text holds it up.
/// </summary>
public sealed class PatternVerifier : IVerifier
{
    private readonly Regex _pattern;
    private readonly string[] _once;

    /// <param name="pattern">.NET's regular expressions without lookaround and backreferences; <c>.</c> matches line ends too.</param>
    /// <param name="once">Marks that the text must have once and no more often.</param>
    /// <exception cref="FormatException">The pattern cannot be read.</exception>
    public PatternVerifier(string pattern, params string[] once)
    {
        _once = once;
        try
        {
            _pattern = new Regex(
                $@"\A(?:{pattern})\z",
                RegexOptions.NonBacktracking | RegexOptions.Singleline | RegexOptions.CultureInvariant
            );
        }
        catch (Exception error) when (error is ArgumentException or NotSupportedException)
        {
            throw new FormatException($"the pattern {pattern} cannot be used: {error.Message}", error);
        }
    }

    /// <summary>
    /// Reasoning and answer each in their tags, once, and nothing beside them:
    /// <c>&lt;think&gt;…&lt;/think&gt;&lt;answer&gt;…&lt;/answer&gt;</c> (DeepSeek-R1, arXiv 2501.12948).
    /// </summary>
    public static PatternVerifier ThinkThenAnswer { get; } =
        new(@"\s*<think>.*</think>\s*<answer>.*\S.*</answer>\s*", "<think>", "</think>", "<answer>", "</answer>");

    /// <inheritdoc/>
    public ReferenceKind Needs => ReferenceKind.None;

    /// <inheritdoc/>
    public Verification Verify(string completion, string reference)
    {
        foreach (var mark in _once)
            if (completion.AsSpan().Count(mark) is not 1 and var count)
                return new Verification(count == 0 ? Verdict.Wrong : Verdict.Ambiguous, $"{mark} {count} times");
        return new Verification(_pattern.IsMatch(completion) ? Verdict.Correct : Verdict.Wrong);
    }
}
