namespace Assay.Cli.Evaluation;

/// <summary>An argument <c>name=path</c>, or a path alone, whose name is then taken from it.</summary>
/// <param name="Name">Null when none was given.</param>
/// <param name="Path">An existing file or folder.</param>
internal sealed record NamedPath(string? Name, string Path)
{
    /// <exception cref="UsageException">There is no such file or folder.</exception>
    public static NamedPath Parse(string argument)
    {
        var equals = argument.IndexOf('=', StringComparison.Ordinal);
        NamedPath parsed = equals > 0 && !Exists(argument) ? new(argument[..equals], argument[(equals + 1)..]) : new(null, argument);
        return Exists(parsed.Path) ? parsed : throw new UsageException($"{parsed.Path}: no such file or folder");
    }

    /// <exception cref="UsageException">Two have the same name.</exception>
    public static void CheckNames(IEnumerable<(string Name, string Path)> named)
    {
        if (named.GroupBy(one => one.Name).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw new UsageException(
                $"{string.Join(" and ", twice.Select(one => one.Path))} are both called {twice.Key}: give them names, such as first={twice.First().Path}"
            );
    }

    private static bool Exists(string path) => File.Exists(path) || Directory.Exists(path);
}
