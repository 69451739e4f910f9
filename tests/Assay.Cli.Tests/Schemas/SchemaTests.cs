using System.Text.Json;
using System.Text.Json.Nodes;
using Assay.Evaluation.Evidence;
using Assay.Report.Tests;
using Json.Schema;

namespace Assay.Cli.Tests.Schemas;

/// <summary>
/// <c>docs/schemas</c> is what the records say today, and what is written holds to it. <c>./run schemas</c> writes the folder anew.
/// </summary>
public sealed class SchemaTests
{
    private static readonly bool Writes = Environment.GetEnvironmentVariable("ASSAY_WRITE_SCHEMAS") == "1";

    private static string Folder { get; } = Path.Combine(Root(), "docs", "schemas");

    public static TheoryData<string> Formats => new(RecordSchemas.All.Select(one => one.Format));

    [Theory]
    [MemberData(nameof(Formats))]
    public void A_schema_is_what_its_record_says(string format)
    {
        var (_, record, json) = RecordSchemas.All.Single(one => one.Format == format);
        string path = Path.Combine(Folder, RecordSchemas.FileNameOf(format)),
            text = RecordSchemas.TextOf(format, record, json);
        if (Writes)
        {
            Directory.CreateDirectory(Folder);
            File.WriteAllText(path, text);
        }
        Assert.True(File.Exists(path), $"{path} is missing: ./run schemas");
        Assert.True(File.ReadAllText(path) == text, $"{path} is not what {record.Name} says today: ./run schemas");
    }

    [Fact]
    public void No_schema_is_of_a_record_that_is_gone() =>
        Assert.Equal(
            RecordSchemas.All.Select(one => RecordSchemas.FileNameOf(one.Format)).Order(StringComparer.Ordinal),
            Directory.GetFiles(Folder).Select(Path.GetFileName).Order(StringComparer.Ordinal)
        );

    [Fact]
    public void Evidence_that_is_written_holds_to_its_schema()
    {
        foreach (var evidence in SampleEvidence.Whole().Evidence.Items.Select(item => item.Evidence))
        {
            var found = SchemaOf(evidence.Format)
                .Evaluate(
                    JsonDocument.Parse(EvidenceFile.ToJson(evidence)).RootElement,
                    new EvaluationOptions { OutputFormat = OutputFormat.List }
                );
            Assert.True(
                found.IsValid,
                $"{evidence.Format}: {string.Join("; ", (found.Details ?? []).Where(detail => detail.Errors is not null).Select(detail => $"{detail.InstanceLocation} {detail.Errors!.First().Value}"))}"
            );
        }
    }

    [Theory]
    [InlineData("metrics")]
    [InlineData("subject")]
    public void Evidence_without_a_field_or_with_another_kind_of_it_is_refused(string field)
    {
        var eval = JsonNode.Parse(EvidenceFile.ToJson(SampleEvidence.Eval()))!.AsObject();
        Assert.True(IsValid(eval));
        eval[field] = "words";
        Assert.False(IsValid(eval));
        eval.Remove(field);
        Assert.False(IsValid(eval));

        static bool IsValid(JsonObject eval) =>
            SchemaOf(EvalEvidence.Kind).Evaluate(JsonDocument.Parse(eval.ToJsonString()).RootElement).IsValid;
    }

    private static JsonSchema SchemaOf(string format) =>
        JsonSchema.FromText(File.ReadAllText(Path.Combine(Folder, RecordSchemas.FileNameOf(format))));

    private static string Root()
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(at.FullName, "Assay.slnx")))
            at = at.Parent ?? throw new InvalidOperationException("the tests do not run inside the tree");
        return at.FullName;
    }
}
