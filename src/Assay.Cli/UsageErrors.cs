using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.RegularExpressions;
using Assay.Data;

namespace Assay.Cli;

/// <summary>What is wrong with a command line, in our words: the parser's speak of types and say one slip several times.</summary>
internal static partial class UsageErrors
{
    /// <summary>One line each; none where it can be run.</summary>
    public static IReadOnlyList<string> Of(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        // An option that takes several values takes a misspelt one behind it for one more of them.
        string[] options =
        [
            .. parsed.UnmatchedTokens.Where(token => token.StartsWith('-')),
            .. parsed
                .CommandResult.Children.OfType<OptionResult>()
                .SelectMany(option => option.Tokens)
                .Select(token => token.Value)
                .Where(value => value.StartsWith("--", StringComparison.Ordinal)),
        ];
        // What stands after an unknown option is its value, and no mistake of its own.
        if (options.Length > 0)
            return [.. options.Distinct().Select(option => $"{option} is no option of assay {VerbOf(parsed)}{Suggest(option, command)}")];
        var messages = parsed.Errors.Select(error => error.Message);
        // A misspelt verb is reported twice; that a verb is missing then says nothing.
        if (parsed.UnmatchedTokens.Count > 0)
            messages = messages.Where(message => message.Contains('\''));
        return [.. messages.Select(message => InOurWords(message, command)).Concat(Empty(parsed.CommandResult)).Distinct()];
    }

    // Mostly a variable of the shell that is not set. A setting of a training reads its own: an empty one has its default. A line feed is a
    // value: it ends steps.
    private static IEnumerable<string> Empty(CommandResult result) =>
        from child in result.Children
        where child.Tokens.Any(token => token.Value.Trim(' ').Length == 0)
        let name = child switch
        {
            OptionResult option => Training.TrainingVerb.IsSetting(option.Option) ? null : option.Option.Name,
            ArgumentResult argument => argument.Argument.Name,
            _ => null,
        }
        where name is not null
        select $"{name} is empty; a value was wanted (is it a variable of the shell that is not set?)";

    /// <summary>The verb as it is called: <c>process score</c>; "" where none was named.</summary>
    public static string VerbOf(ParseResult parsed)
    {
        var names = new List<string>();
        for (SymbolResult? at = parsed.CommandResult; at is CommandResult { Command: not RootCommand } command; at = at.Parent)
            names.Insert(0, command.Command.Name);
        return string.Join(' ', names);
    }

    private static string Suggest(string option, Command command)
    {
        var name = option.Split('=', ':')[0];
        var known = command.Options.Where(candidate => !candidate.Hidden).Select(candidate => candidate.Name);
        // Settings are written with underscores in recipes and elsewhere.
        var dashed = "--" + name.TrimStart('-').Replace('_', '-');
        return known.Contains(dashed) ? $" (did you mean '{dashed}'?)" : NearestName.Suggest(dashed, known);
    }

    private static string InOurWords(string message, Command command)
    {
        var match = WrongType().Match(message);
        if (!match.Success)
            return message;
        var name = match.Groups["name"].Value;
        var type = command.Options.FirstOrDefault(option => option.Name == name)?.ValueType;
        type = type is null ? null : Nullable.GetUnderlyingType(type) ?? type.GetElementType() ?? type;
        var wanted = type switch
        {
            { IsEnum: true } => "one of " + string.Join(", ", Enum.GetNames(type)),
            _ when type == typeof(int) || type == typeof(long) => "a whole number",
            _ when type == typeof(double) => "a number",
            _ when type == typeof(bool) => "true or false",
            _ => "another kind of value",
        };
        return $"{name} is '{match.Groups["value"].Value}', wanted {wanted}";
    }

    [GeneratedRegex(
        @"^Cannot parse argument '(?<value>.*)' for (?:option|command) '(?<name>[^']+)' as expected type '[^']+'",
        RegexOptions.Singleline
    )]
    private static partial Regex WrongType();
}
