using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Assay.Evaluation.Gates;

/// <summary>
/// Where in an evidence file a figure stands: <c>eval.json: metrics.accuracy</c>. The place is the member's own expression, as the compiler
/// saw it, in the names that the file has: a renamed field breaks the build, and a figure cannot be taken from one place and told of
/// another.
/// </summary>
internal static class EvidencePlace
{
    /// <summary>The place of a member of the evidence.</summary>
    /// <param name="file">The evidence file's name.</param>
    /// <param name="member">A chain of members from a variable that holds the evidence, such as <c>eval.Metrics.Accuracy</c>; its value is
    /// not looked at.</param>
    /// <param name="at">The index, where an entry of a list is named.</param>
    /// <param name="expression">Given by the compiler.</param>
    public static string Of<T>(string file, T member, int? at = null, [CallerArgumentExpression(nameof(member))] string expression = "") =>
        $"{file}: {PathOf(expression, at)}";

    /// <summary>The same without the file, for a second member of it.</summary>
    public static string MemberOf<T>(T member, [CallerArgumentExpression(nameof(member))] string expression = "") =>
        PathOf(expression, null);

    /// <summary>The last name of a member alone: what another is subtracted from or divided by stands beside it.</summary>
    public static string NameOf<T>(T member, [CallerArgumentExpression(nameof(member))] string expression = "") =>
        PathOf(expression, null).Split('.')[^1];

    private static string PathOf(string expression, int? at)
    {
        var names = expression.Split('.')[1..].Select(name => name.TrimEnd('!', '?')).ToArray();
        if (names.Length == 0)
            throw new ArgumentException($"{expression} names no member of the evidence", nameof(expression));
        return string.Join(
            '.',
            names.Select(name => name.IndexOf('[') is > 0 and var index ? $"{Written(name[..index])}[{at}]" : Written(name))
        );
    }

    private static string Written(string member) => JsonNamingPolicy.SnakeCaseLower.ConvertName(member);
}
