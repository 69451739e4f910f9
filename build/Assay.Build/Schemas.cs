using System.Text.Json;

namespace Assay.Build;

/// <summary>
/// The JSON schemas of what the command line writes (<c>docs/schemas</c>): drawn from its records by a test, and held against what a run
/// wrote.
/// </summary>
internal static class Schemas
{
    private static string Folder => Shell.Within("docs", "schemas");

    /// <summary>Writes the folder anew.</summary>
    public static int Write()
    {
        Environment.SetEnvironmentVariable("ASSAY_WRITE_SCHEMAS", "1");
        return Shell.Run(
            "dotnet",
            [
                "test",
                "tests/Assay.Cli.Tests",
                "-c",
                Solution.Configuration,
                "--nologo",
                "-v",
                "quiet",
                "--filter",
                "FullyQualifiedName~SchemaTests",
            ]
        );
    }

    /// <summary>Every record under a folder holds to the schema of its format, asked of our own verifier.</summary>
    /// <param name="assay">The command line.</param>
    /// <param name="written">What it wrote.</param>
    /// <param name="work">Where answers for the verifier may be put.</param>
    /// <param name="least">Formats that must be among them: else nothing was checked.</param>
    public static void Hold(AssayCalls assay, string written, string work, params string[] least)
    {
        var records = Directory
            .EnumerateFiles(written, "*.json", SearchOption.AllDirectories)
            .Select(path => (Path: path, Schema: SchemaOf(path)))
            .Where(record => record.Schema is not null)
            .ToLookup(record => record.Schema!);
        foreach (var name in least)
            if (!records.Contains(Path.Combine(Folder, name + ".schema.json")))
                throw new StepException($"smoke: no {name} was written, so its schema proves nothing");
        foreach (var format in records)
        {
            var answers = Path.Combine(work, Path.GetFileNameWithoutExtension(format.Key) + ".jsonl");
            File.WriteAllLines(
                answers,
                format.Select(record => JsonSerializer.Serialize(new { completion = File.ReadAllText(record.Path) }))
            );
            assay
                .Expect(0, "verify", "--input", answers, "--using", "json-schema", "--schema", format.Key)
                .Says($" {format.Count()} correct, 0 wrong,");
        }
    }

    private static string? SchemaOf(string path)
    {
        using var json = JsonDocument.Parse(File.ReadAllText(path));
        if (
            json.RootElement.ValueKind != JsonValueKind.Object
            || !json.RootElement.TryGetProperty("format", out var format)
            || format.ValueKind != JsonValueKind.String
        )
            return null;
        var schema = Path.Combine(
            Folder,
            format.GetString()!.Split('/')[0].Replace("assay.", "", StringComparison.Ordinal) + ".schema.json"
        );
        return File.Exists(schema) ? schema : null;
    }
}
