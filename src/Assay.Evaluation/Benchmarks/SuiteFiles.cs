using System.Text.Json.Nodes;
using Assay.Data.Reading;
using Assay.Evaluation.RewardBench;

namespace Assay.Evaluation.Benchmarks;

/// <summary>One benchmark of a suite with the files that hold it.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Name">Unique in the suite: the benchmark's name, with the file's where a benchmark has several headlines
/// (<c>own-kitchen</c>).</param>
/// <param name="Files">In order.</param>
public sealed record SuiteEntry(BenchmarkKind Kind, string Name, IReadOnlyList<string> Files);

/// <summary>
/// Finds the benchmarks in a folder, however deep: a file is told by the fields of its first row, so that it does not matter how a download
/// was called. Files that are no benchmark are named with the reason.
/// </summary>
/// <param name="Entries">What was found, in the order of <see cref="Seven"/>, then others, then own files.</param>
/// <param name="PassedOver">Files that take no part, with the reason.</param>
public sealed record SuiteFiles(IReadOnlyList<SuiteEntry> Entries, IReadOnlyList<(string Path, string Reason)> PassedOver)
{
    /// <summary>The seven figures by which reward models are compared, in their order.</summary>
    public static IReadOnlyList<BenchmarkKind> Seven { get; } =
    [
        BenchmarkKind.RewardBench,
        BenchmarkKind.RewardBench2,
        BenchmarkKind.PpePreference,
        BenchmarkKind.PpeCorrectness,
        BenchmarkKind.Rmb,
        BenchmarkKind.RmBench,
        BenchmarkKind.JudgeBench,
    ];

    private static readonly string[] Endings = [".json", ".jsonl", ".csv", ".parquet"],
        Packed = [".gz", ".zst"];

    /// <summary>Looks through a folder; hidden files and folders are passed over in silence.</summary>
    /// <exception cref="IOException">It is not there, or a file cannot be read.</exception>
    public static SuiteFiles In(string folder)
    {
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException(
                $"{folder}: no such folder; wanted one that holds the benchmarks' files as they are published"
            );
        var (found, passedOver) = (new List<(BenchmarkKind Kind, string Path)>(), new List<(string, string)>());
        foreach (var path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var words = Path.GetRelativePath(folder, path).Split(Path.DirectorySeparatorChar);
            if (words.Any(word => word.StartsWith('.')) || !Endings.Contains(Ending(path)))
                continue;
            try
            {
                var (kind, reason) = KindOf(path, words);
                if (kind is { } known)
                    found.Add((known, path));
                else
                    passedOver.Add((path, reason!));
            }
            catch (FormatException error)
            {
                passedOver.Add((path, error.Message));
            }
        }
        return new(
            [
                .. found
                    .GroupBy(file => file.Kind)
                    .OrderBy(kind => Place(kind.Key))
                    .SelectMany(kind => EntriesOf(kind.Key, [.. kind.Select(file => file.Path)], folder)),
            ],
            passedOver
        );
    }

    private static int Place(BenchmarkKind kind) =>
        Seven.Contains(kind) ? Seven.ToList().IndexOf(kind)
        : kind == BenchmarkKind.Own ? int.MaxValue
        : Seven.Count + (int)kind;

    /// <summary>JudgeBench has a headline for each of its two files, and every own file is a benchmark of its own.</summary>
    private static IEnumerable<SuiteEntry> EntriesOf(BenchmarkKind kind, string[] files, string folder)
    {
        var name = BenchmarkDescription.Of(kind).Name;
        if (kind is not (BenchmarkKind.Own or BenchmarkKind.JudgeBench) || (kind == BenchmarkKind.JudgeBench && files.Length == 1))
            return [new(kind, name, files)];
        // The leaderboard's headline is that of gpt-4o's answers.
        if (kind == BenchmarkKind.JudgeBench && files.Count(IsGpt) == 1)
            return files
                .OrderBy(file => IsGpt(file) ? 0 : 1)
                .Select(file => new SuiteEntry(kind, IsGpt(file) ? name : $"{name}-{Word(file, folder)}", [file]));
        return files.Select(file => new SuiteEntry(kind, $"{name}-{Word(file, folder)}", [file]));

        static bool IsGpt(string file) => Path.GetFileName(file).Contains("gpt", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>The path as one word that may stand in a file's name.</summary>
    private static string Word(string file, string folder)
    {
        var relative = Path.GetRelativePath(folder, file);
        while (
            Endings.Contains(Path.GetExtension(relative).ToLowerInvariant())
            || Packed.Contains(Path.GetExtension(relative).ToLowerInvariant())
        )
            relative = Path.ChangeExtension(relative, null);
        return string.Concat(relative.Select(character => char.IsLetterOrDigit(character) || character is '.' or '_' ? character : '-'))
            .Trim('-');
    }

    private static string Ending(string path) =>
        Path.GetExtension(Packed.Contains(Path.GetExtension(path).ToLowerInvariant()) ? Path.ChangeExtension(path, null) : path)
            .ToLowerInvariant();

    private static (BenchmarkKind? Kind, string? Reason) KindOf(string path, string[] words)
    {
        if (JsonRows.Read(path).Select(row => row.Row).FirstOrDefault() is not { } row)
            return (null, "holds no rows");
        bool Has(params string[] names) => names.All(row.ContainsKey);
        bool IsList(string name) => row[name] is JsonArray { Count: > 0 } list && list[0] is JsonValue;
        if (Has("num_correct", "chosen", "rejected"))
            return (BenchmarkKind.RewardBench2, null);
        if (Has("pair_id", "response_A", "response_B"))
            return (BenchmarkKind.JudgeBench, null);
        if (Has("sampled_conflict_pairs"))
            return (BenchmarkKind.PpeCorrectness, null);
        if (Has("response_1", "response_2", "winner"))
            return (BenchmarkKind.PpePreference, null);
        if (Has("conversation_input") && (Has("pair_uid") || Has("bon_uid")))
            return (BenchmarkKind.Rmb, null);
        if (Has("output_1", "output_2", "label"))
            return (BenchmarkKind.LlmBar, null);
        if (!Has("chosen", "rejected"))
            return (null, $"no benchmark has these fields: {string.Join(", ", row.Select(field => field.Key).Take(12))}");
        if (
            IsList("chosen")
            && IsList("rejected")
            && row["chosen"]!.AsArray().Count == RmBench.StyleCount
            && row["rejected"]!.AsArray().Count == RmBench.StyleCount
        )
            return (BenchmarkKind.RmBench, null);
        var isPublished = row["subset"]?.ToString() is { } subset && RewardBenchTables.Weights.ContainsKey(subset);
        if (isPublished && words.Any(word => word.StartsWith("raw", StringComparison.OrdinalIgnoreCase)))
            return (null, "RewardBench's split raw, which no score is made of: wanted filtered");
        return (
            isPublished || RewardBenchTables.AllPriorSets.Any(set => words[^1].StartsWith(set, StringComparison.OrdinalIgnoreCase))
                ? BenchmarkKind.RewardBench
                : BenchmarkKind.Own,
            null
        );
    }
}
