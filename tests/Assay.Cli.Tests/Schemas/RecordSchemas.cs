using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;
using Assay.Data.Checking;
using Assay.Data.Splits;
using Assay.Evaluation;
using Assay.Evaluation.Advice;
using Assay.Evaluation.Benchmarks;
using Assay.Evaluation.Calibration;
using Assay.Evaluation.Comparison;
using Assay.Evaluation.Evidence;
using Assay.Evaluation.Laboratory;
using Assay.Evaluation.OverOptimisation;
using Assay.Evaluation.Process;
using Assay.Evaluation.Ranking;
using Assay.Evaluation.Selection;
using Assay.Evaluation.Strength;

namespace Assay.Cli.Tests.Schemas;

/// <summary>The JSON schemas of the files we write, drawn from the records that write them: <c>docs/schemas</c>.</summary>
internal static class RecordSchemas
{
    /// <summary>Every record with a schema, by its format and how it is written.</summary>
    public static IReadOnlyList<(string Format, Type Record, JsonSerializerOptions Json)> All { get; } =
    [
        (EvalEvidence.Kind, typeof(EvalEvidence), EvaluationJson.Options),
        (AuditEvidence.Kind, typeof(AuditEvidence), EvaluationJson.Options),
        (FreshEvidence.Kind, typeof(FreshEvidence), EvaluationJson.Options),
        (BenchmarkEvidence.Kind, typeof(BenchmarkEvidence), EvaluationJson.Options),
        (GateEvidence.Kind, typeof(GateEvidence), EvaluationJson.Options),
        (ComparisonReport.Kind, typeof(ComparisonReport), EvaluationJson.Options),
        (SelectionReport.Kind, typeof(SelectionReport), EvaluationJson.Options),
        (SuiteReport.Kind, typeof(SuiteReport), EvaluationJson.Options),
        (StrengthReport.Kind, typeof(StrengthReport), EvaluationJson.Options),
        (ProcessReport.Kind, typeof(ProcessReport), EvaluationJson.Options),
        (LaboratoryReport.Kind, typeof(LaboratoryReport), EvaluationJson.Options),
        (Leaderboard.Kind, typeof(Leaderboard), EvaluationJson.Options),
        (AdviceReport.Kind, typeof(AdviceReport), EvaluationJson.Options),
        (OverOptimisationReport.Kind, typeof(OverOptimisationReport), EvaluationJson.Options),
        (StoredReference.Kind, typeof(StoredReference), EvaluationJson.Options),
        (FiguresFile.Kind, typeof(FiguresFile), EvaluationJson.Options),
        (CheckReport.Kind, typeof(CheckReport), CheckReport.JsonOptions),
        (SplitFile.Format, typeof(SplitFile.Document), SplitFile.JsonOptions),
    ];

    /// <summary><c>assay.eval/1</c> has <c>eval.schema.json</c>.</summary>
    public static string FileNameOf(string format) => format["assay.".Length..format.IndexOf('/', StringComparison.Ordinal)] + ".schema.json";

    /// <summary>The schema's text, draft 2020-12.</summary>
    public static string TextOf(string format, Type record, JsonSerializerOptions json)
    {
        // The options stand as they are used, without the resolver that they get when they are first used.
        var resolved = new JsonSerializerOptions(json) { TypeInfoResolver = new DefaultJsonTypeInfoResolver() };
        var schema = resolved.GetJsonSchemaAsNode(record, new JsonSchemaExporterOptions { TreatNullObliviousAsNonNullable = true, TransformSchemaNode = Figures }).AsObject();
        if (schema["properties"]?["format"] is JsonObject tag) tag["const"] = format;
        schema["type"] = "object";
        schema.Insert(0, "$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.Insert(1, "title", format);
        return schema.ToJsonString(new JsonSerializerOptions { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }) + "\n";
    }

    // A figure that is not defined is written as null, by a converter of which the exporter knows nothing.
    private static JsonNode Figures(JsonSchemaExporterContext context, JsonNode schema) =>
        context.TypeInfo.Type == typeof(double) || context.TypeInfo.Type == typeof(double?) ? new JsonObject { ["type"] = new JsonArray("number", "null") } : schema;
}
