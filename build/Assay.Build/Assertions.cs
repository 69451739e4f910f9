using System.Text.RegularExpressions;

namespace Assay.Build;

/// <summary>
/// A test must be able to fail: it asserts, or calls a method of the tests that does. <c>Assert.All</c> says what it makes of an empty
/// list, which it would pass. Read by the layout that CSharpier gives: a member begins at four blanks and ends with a brace or a semicolon
/// there.
/// </summary>
internal static partial class Assertions
{
    /// <summary>Names every test below <paramref name="root"/> that cannot fail; 0 where there is none, else 1.</summary>
    public static int Check(string root)
    {
        string tests = Path.Combine(root, "tests"),
            shared = Path.Combine(tests, "Assay.Testing");
        var found = 0;
        foreach (var project in Directory.EnumerateDirectories(tests))
        {
            var files = new[] { project, shared }
                .Distinct()
                .SelectMany(folder => Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories))
                .Select(file => (Path.GetRelativePath(root, file), File.ReadAllLines(file)));
            foreach (var fault in Faults([.. files]))
            {
                Console.Error.WriteLine(fault);
                found++;
            }
        }
        return found == 0 ? 0 : 1;
    }

    /// <summary>What is wrong with the tests of one project, by file and line.</summary>
    internal static IReadOnlyList<string> Faults(IReadOnlyList<(string Name, string[] Lines)> files)
    {
        Member[] members = [.. files.SelectMany(file => MembersOf(file.Name, file.Lines))];
        var asserting = members.Where(member => Asserts().IsMatch(member.Text)).Select(member => member.Name).ToHashSet();
        // Those that call one that asserts, and those that call these.
        while (members.Where(member => !asserting.Contains(member.Name) && Calls(member, asserting)).ToArray() is { Length: > 0 } more)
            asserting.UnionWith(more.Select(member => member.Name));
        return
        [
            .. members
                .Where(member => member.IsTest && !Asserts().IsMatch(member.Text) && !Calls(member, asserting))
                .Select(member => $"{member.Where}: {member.Name} asserts nothing: it cannot fail"),
            .. members
                .Where(member => All().Count(member.Text) > Empty().Count(member.Text))
                .Select(member => $"{member.Where}: {member.Name} passes when Assert.All gets nothing: say throwIfEmpty"),
        ];
    }

    private static bool Calls(Member member, HashSet<string> names) =>
        Called().Matches(member.Text).Any(call => call.Groups[1].Value is var name && name != member.Name && names.Contains(name));

    private static IEnumerable<Member> MembersOf(string file, string[] lines)
    {
        var isTest = false;
        for (var i = 0; i < lines.Length; i++)
        {
            isTest |= Test().IsMatch(lines[i]);
            if (Method().Match(lines[i]) is not { Success: true } method)
                continue;
            var last = i;
            while (last + 1 < lines.Length && !IsEnd(lines, last))
                last++;
            yield return new Member($"{file}:{i + 1}", method.Groups[1].Value, string.Join('\n', lines[i..(last + 1)]), isTest);
            (i, isTest) = (last, false);
        }
    }

    // A brace of its own, or the end of an expression, behind which a blank line or the end of the type follows.
    private static bool IsEnd(string[] lines, int at) =>
        lines[at] is "    }" || (lines[at].EndsWith(';') && (lines[at + 1].Length == 0 || lines[at + 1] is "}") && !IsInside(lines, at));

    // A statement of a block, behind which a blank line comes.
    private static bool IsInside(string[] lines, int at)
    {
        for (var above = at; above >= 0 && !Method().IsMatch(lines[above]); above--)
            if (lines[above] is "    {")
                return true;
        return false;
    }

    private sealed record Member(string Where, string Name, string Text, bool IsTest);

    [GeneratedRegex(@"^    \[\w*(?:Fact|Theory)\b")]
    private static partial Regex Test();

    [GeneratedRegex(@"^    (?:(?:public|private|internal|protected|static|async|override|unsafe)\s+)+[^=(]*?(\w+)(?:<[^>(]*>)?\(")]
    private static partial Regex Method();

    [GeneratedRegex(@"\bAssert\.(?!Skip)\w|\bXunitException\b")]
    private static partial Regex Asserts();

    [GeneratedRegex(@"\b(\w+)(?:<[^>()]*>)?\(")]
    private static partial Regex Called();

    [GeneratedRegex(@"\bAssert\.All\(")]
    private static partial Regex All();

    [GeneratedRegex(@"\bthrowIfEmpty:")]
    private static partial Regex Empty();
}
