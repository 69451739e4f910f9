using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Assay.Evaluation;
using Assay.Ground.Files;

namespace Assay.Cli.Evaluation;

/// <summary>The report of a verb over several models, which is evidence of none: as JSON, and as a file where a folder is given.</summary>
internal static class ReportFile
{
    /// <summary>This program and this machine, for the foot of a page: version, runtime, system, cores.</summary>
    public static string MadeBy { get; } =
        $"assay {typeof(ReportFile).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "of no version"} on {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription.Trim()}, {RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()}, {Environment.ProcessorCount} cores";

    public static JsonNode Write<T>(T report, string? folder, string name)
    {
        var text = JsonSerializer.Serialize(report, EvaluationJson.Options);
        if (folder is not null)
        {
            Directory.CreateDirectory(folder);
            OutputFile.WriteAllText(Path.Combine(folder, name), text + "\n");
        }
        return JsonNode.Parse(text)!;
    }
}
