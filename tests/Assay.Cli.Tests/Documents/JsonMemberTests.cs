using System.Reflection;
using System.Text.Json.Nodes;

namespace Assay.Cli.Tests.Documents;

/// <summary>What crosses a wall between rooms is a record: a public member that is JSON of no type stands here, with the reason.</summary>
public sealed class JsonMemberTests
{
    private const string Users = "the user's own, of any shape",
        Wire = "another program's wire format",
        Reader = "a reader of rows and answers that are others'",
        Mixed = "numbers in one form of judging, names in the other",
        Row = "a row of the user's: what it holds beside ours is kept";

    /// <summary>Types whose public members take or give <see cref="JsonNode"/>, and why.</summary>
    private static readonly Dictionary<string, string> Allowed = new(StringComparer.Ordinal)
    {
        ["Assay.Data.Conversation"] = Users,
        ["Assay.Data.Message"] = Users,
        ["Assay.Data.Provenance"] = Users,
        ["Assay.Data.ProvenanceCounts"] = "its figures as they stand inside another record, in a form with names of the user's",
        ["Assay.Data.Records.ScoreLine"] = Users,
        ["Assay.Data.Records.VoteLine"] = Mixed,
        ["Assay.Data.Reading.JsonRows"] = Reader,
        ["Assay.Data.Splits.SplitFile"] = "the proof as the command line prints it",
        ["Assay.Evaluation.Benchmarks.BenchmarkRow"] = "a published row, as its authors wrote it",
        ["Assay.Evaluation.Endpoints.EndpointDialect"] = Wire,
        ["Assay.Evaluation.Scores.JsonObjectLines"] = Reader,
        ["Assay.Evaluation.Scores.LenientJson"] = Reader,
        ["Assay.Evaluation.Shaping.RewardRow"] = Row,
        ["Assay.Evaluation.Shaping.ShapedRewards"] = Row,
        ["Assay.Report.Exports.CroissantDataset"] = Wire,
        ["Assay.Report.Exports.InspectLog"] = Wire,
        ["Assay.Reward.Training.LearningRateSchedule"] = Users,
        ["Assay.Reward.Training.Settings.TrainingSettings"] = Users,
        ["Assay.Text.Lint.TextLint"] = Users,
        ["Assay.Text.Templates.ChatTemplate"] = Users,
        ["Assay.Text.Templates.ChatTemplateInput"] = Users,
    };

    [Fact]
    public void No_other_type_has_json_without_a_type()
    {
        string[] found =
        [
            .. PublicApiTests
                .Packages.Select(package => Assembly.Load((string)((ITheoryDataRow)package).GetData()[0]!))
                .SelectMany(assembly => assembly.GetExportedTypes())
                .Where(Has)
                .Select(type => type.FullName!)
                .Order(StringComparer.Ordinal),
        ];
        Assert.Equal(Allowed.Keys.Order(StringComparer.Ordinal), found);
    }

    [Fact]
    public void A_record_that_had_one_would_be_found()
    {
        Assert.True(Has(typeof(WithOne)));
        Assert.True(Has(typeof(WithSeveral)));
        Assert.False(Has(typeof(WithNone)));
    }

    private static bool Has(Type type)
    {
        const BindingFlags Own = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        return type.GetMembers(Own)
            .SelectMany(member =>
                member switch
                {
                    PropertyInfo property => [property.PropertyType],
                    FieldInfo field => [field.FieldType],
                    MethodInfo method => [method.ReturnType, .. method.GetParameters().Select(given => given.ParameterType)],
                    ConstructorInfo made => made.GetParameters().Select(given => given.ParameterType),
                    _ => Array.Empty<Type>(),
                }
            )
            .Any(IsJson);
    }

    private static bool IsJson(Type type) =>
        typeof(JsonNode).IsAssignableFrom(type)
        || (type.HasElementType && IsJson(type.GetElementType()!))
        || type.GetGenericArguments().Any(IsJson);

    private sealed record WithOne(JsonObject? Value);

    private sealed record WithSeveral
    {
        public IReadOnlyList<(string Name, JsonArray Value)> Values { get; } = [];
    }

    private sealed record WithNone(string Value);
}
