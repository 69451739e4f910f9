using System.Text.Json;
using System.Text.Json.Nodes;
using Assay.Data.Checking;
using Assay.Evaluation;

namespace Assay.Cli.Evaluation;

/// <summary>The report of a verb over several models, which is evidence of none: as JSON, and as a file where a folder is given.</summary>
internal static class ReportFile
{
    public static JsonNode Write<T>(T report, string? folder, string name)
    {
        string text = JsonSerializer.Serialize(report, EvaluationJson.Options);
        if (folder is not null)
        {
            Directory.CreateDirectory(folder);
            OutputFile.WriteAllText(Path.GetFullPath(Path.Combine(folder, name)), text + "\n");
        }
        return JsonNode.Parse(text)!;
    }
}
