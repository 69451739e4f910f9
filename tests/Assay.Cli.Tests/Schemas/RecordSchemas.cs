using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;
using Assay.Cli.Training;
using Assay.Cli.Verification;
using Assay.Data.Checking;
using Assay.Data.Records;
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
using Assay.Judges;
using Assay.Reward;
using Assay.Reward.Scoring;
using Assay.Reward.Training;
using Assay.Reward.Training.CrossFitting;
using Assay.Reward.Training.Policies;
using Assay.Reward.Training.Preflight;

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
        (JudgeEvidence.Kind, typeof(JudgeSummary), EvaluationJson.Options),
        (MasterKeysEvidence.Kind, typeof(JudgeSummary), EvaluationJson.Options),
        (CheckReport.Kind, typeof(CheckReport), CheckReport.JsonOptions),
        (SplitFile.Format, typeof(SplitFile.Document), SplitFile.JsonOptions),
        (ModelRecord.Reward, typeof(ModelRecord), RecordFile.Options),
        (ModelRecord.Process, typeof(ModelRecord), RecordFile.Options),
        (ModelRecord.Policy, typeof(ModelRecord), RecordFile.Options),
        (RunRecord.Kind, typeof(RunRecord), RecordFile.Options),
        (TrainerState.Kind, typeof(TrainerState), RecordFile.Options),
        (DryRun.Kind, typeof(DryRun), RecordFile.Options),
        (SeedsRecord.Kind, typeof(SeedsRecord), RecordFile.Options),
        (EnsembleFile.Kind, typeof(EnsembleFile.Record), RecordFile.Options),
        (MergeReport.Kind, typeof(MergeReport), RecordFile.Options),
        (CrossFitRecord.Kind, typeof(CrossFitRecord), RecordFile.Options),
        (ReferenceLogProbabilities.Kind, typeof(ReferenceLogProbabilities.Record), RecordFile.Options),
        (ScoreState.Kind, typeof(ScoreState), RecordFile.Options),
        (LogLineFormat, typeof(LogLine), RecordFile.LineOptions),
        (ScoreLineFormat, typeof(ScoreLine), RecordFile.LineOptions),
        (RowLineFormat, typeof(RowLine), RecordFile.LineOptions),
        (CallLineFormat, typeof(CallLine), RecordFile.LineOptions),
        ("assay.ranked_line/1", typeof(RankedLine), RecordFile.LineOptions),
        ("assay.step_score_line/1", typeof(StepScoreLine), RecordFile.LineOptions),
        ("assay.strength_line/1", typeof(StrengthLine), RecordFile.LineOptions),
        ("assay.verified_line/1", typeof(VerifiedLine), RecordFile.LineOptions),
    ];

    // Lines carry no format; their schemas are named as if they did.
    private const string LogLineFormat = "assay.train_log_line/1",
        ScoreLineFormat = "assay.score_line/1",
        RowLineFormat = "assay.row_line/1",
        CallLineFormat = "assay.judge_call_line/1";

    /// <summary><c>assay.eval/1</c> has <c>eval.schema.json</c>.</summary>
    public static string FileNameOf(string format) =>
        format["assay.".Length..format.IndexOf('/', StringComparison.Ordinal)] + ".schema.json";

    /// <summary>The schema's text, draft 2020-12.</summary>
    public static string TextOf(string format, Type record, JsonSerializerOptions json)
    {
        // The options stand as they are used, without the resolver that they get when they are first used.
        var resolved = new JsonSerializerOptions(json) { TypeInfoResolver = new DefaultJsonTypeInfoResolver() };
        var schema = resolved
            .GetJsonSchemaAsNode(
                record,
                new JsonSchemaExporterOptions { TreatNullObliviousAsNonNullable = true, TransformSchemaNode = Figures }
            )
            .AsObject();
        if (schema["properties"]?["format"] is JsonObject tag)
            tag["const"] = format;
        schema["type"] = "object";
        schema.Insert(0, "$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.Insert(1, "title", format);
        return schema.ToJsonString(
                new JsonSerializerOptions
                {
                    WriteIndented = true,
                    Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
                }
            ) + "\n";
    }

    // A figure that is not defined is written as null, by a converter of which the exporter knows nothing.
    // Lines of the log and closing summaries have figures of any name beside what is written by converters.
    private static JsonNode Figures(JsonSchemaExporterContext context, JsonNode schema) =>
        context.TypeInfo.Type switch
        {
            var type when type == typeof(double) || type == typeof(double?) => new JsonObject
            {
                ["type"] = new JsonArray("number", "null"),
            },
            var type when type == typeof(LogLine) => JsonNode.Parse(
                """
                {"type": "object", "required": ["step"], "properties": {"step": {"type": "integer"}, "alarm": {"type": "string"}, "name": {"type": ["string", "null"]}, "stopped_early": {"type": "boolean"}}, "additionalProperties": {"type": ["number", "null"]}}
                """
            )!,
            var type when type == typeof(TrainingSummary) => JsonNode.Parse(
                """
                {"type": ["object", "null"], "required": ["train_runtime", "step", "notes", "reload", "output_dir", "data"], "properties": {"notes": {"type": "array", "items": {"type": "string"}}, "reload": {"type": ["string", "null"]}, "output_dir": {"type": "string"}, "data": {"type": "object"}, "stopped_early": {"type": "boolean"}}, "additionalProperties": {"type": ["number", "null"]}}
                """
            )!,
            _ => schema,
        };
}
