using System.Reflection;

namespace Assay.Judges;

/// <summary>
/// What a judge is asked, how its verdict is read and with which settings: a YAML file, or one that is shipped (docs/judges.md has the
/// keys).
/// </summary>
public sealed record JudgePrompt
{
    private const string ResourceFolder = "Assay.Judges.Prompts.";

    /// <summary>Letters, digits and dashes; evidence is of this name.</summary>
    public required string Name { get; init; }

    /// <summary>One line for the list of prompts.</summary>
    public string Description { get; init; } = "";

    public required JudgeMode Mode { get; init; }

    public Rationale Rationale { get; init; }

    /// <summary>The system message; null sends none.</summary>
    public string? System { get; init; }

    /// <summary>The user message, with <c>{prompt}</c> and the answers of its mode.</summary>
    public required string User { get; init; }

    public VerdictStyle Style { get; init; }

    /// <summary>
    /// For <see cref="VerdictStyle.Pattern"/>: a regular expression whose first group is a letter, <c>tie</c> or a rating.
    /// </summary>
    public string? Pattern { get; init; }

    /// <summary>Whether a tie is a verdict. Ratings tie by themselves.</summary>
    public bool TiesAllowed { get; init; }

    /// <summary>Least rating of a pointwise judge.</summary>
    public double ScaleLow { get; init; } = 1;

    /// <summary>Highest rating of a pointwise judge.</summary>
    public double ScaleHigh { get; init; } = 10;

    /// <summary>Temperature, 0 or more; null leaves it to the endpoint, for models that take none.</summary>
    public double? Temperature { get; init; } = 0;

    /// <summary>Samples of each order, 1 or more.</summary>
    public int Samples { get; init; } = 1;

    /// <summary>The most tokens of an answer.</summary>
    public int MaxTokens { get; init; } = 1024;

    /// <summary>The file's text, as printed and hashed.</summary>
    public string Source { get; init; } = "";

    /// <summary>The names of the prompts that are shipped.</summary>
    public static IReadOnlyList<string> ShippedNames { get; } =
    [
        .. typeof(JudgePrompt)
            .Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(ResourceFolder, StringComparison.Ordinal))
            .Select(name => name[ResourceFolder.Length..^".yaml".Length])
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>A shipped prompt by its name, else a file.</summary>
    /// <exception cref="JudgeException">It is no prompt; the message names the line.</exception>
    /// <exception cref="IOException">There is no such file.</exception>
    public static JudgePrompt Load(string nameOrFile)
    {
        if (ShippedNames.Contains(nameOrFile))
            return Shipped(nameOrFile);
        if (!File.Exists(nameOrFile))
            throw new FileNotFoundException(
                $"--prompt {nameOrFile}: no such prompt and no such file{Data.NearestName.Suggest(nameOrFile, ShippedNames)}; shipped: {string.Join(", ", ShippedNames)} (assay judge prompts NAME prints one to begin from)"
            );
        return JudgePromptReader.Read(File.ReadAllText(nameOrFile), nameOrFile);
    }

    /// <summary>A shipped prompt.</summary>
    /// <exception cref="ArgumentException">None has this name.</exception>
    public static JudgePrompt Shipped(string name)
    {
        using var stream =
            Assembly.GetExecutingAssembly().GetManifestResourceStream($"{ResourceFolder}{name}.yaml")
            ?? throw new ArgumentException($"no prompt {name} is shipped", nameof(name));
        using var reader = new StreamReader(stream);
        return JudgePromptReader.Read(reader.ReadToEnd(), name);
    }
}
