using System.Text.RegularExpressions;

namespace Assay.Verifiers.Code;

/// <summary>How an answer is run.</summary>
/// <param name="Line">The line of sh, with the file's path in it.</param>
/// <param name="File">The file's name.</param>
internal sealed partial record StreamCommand(string Line, string File)
{
    /// <param name="command">With <c>{file}</c>, or <c>{file.c}</c> for a name that ends so.</param>
    /// <exception cref="FormatException">It names no file, or two.</exception>
    public static StreamCommand Of(string command)
    {
        var endings = Place().Matches(command).Select(place => place.Groups[1].Value).Distinct().ToArray();
        if (endings.Length != 1)
            throw new FormatException(
                $"the command '{command}' names {(endings.Length == 0 ? "no" : "more than one")} file, wanted {{file}}, or {{file.c}} for a name that ends so"
            );
        var file = "answer" + endings[0];
        return new StreamCommand(Place().Replace(command, $"/answer/{file}"), file);
    }

    [GeneratedRegex(@"\{file(\.\w+)?\}", RegexOptions.CultureInvariant)]
    private static partial Regex Place();
}
