namespace Assay.Evaluation.Benchmarks;

/// <summary>
/// RMB (Zhou et al. 2024, arXiv 2410.09893; rows of Zhou-Zoey/RMB-Reward-Model-Benchmark @ 165a8f3, scoring as RM-R1-UIUC/RM-R1 @ 11f9f63
/// computes it): a pair is right when the chosen answer scores strictly higher, a best-of-N row when the best answer scores strictly higher
/// than every loser. Each of the four sections is the share of its right rows, whatever their category; the headline is the mean of the
/// four.
/// </summary>
internal static class Rmb
{
    public const string Revision = "rmb-2410.09893";

    /// <summary>
    /// The sections in the order in which they are reported; a row belongs to the one its <c>category_path</c> begins with.
    /// </summary>
    public static IReadOnlyList<(string Name, string Path)> Sections { get; } =
    [
        ("pairwise helpfulness", "Pairwise_set/Helpfulness"),
        ("pairwise harmlessness", "Pairwise_set/Harmlessness"),
        ("best-of-N helpfulness", "BoN_set/Helpfulness"),
        ("best-of-N harmlessness", "BoN_set/Harmlessness"),
    ];

    /// <summary>A row of either set.</summary>
    public static BenchmarkRow Row(BenchmarkFields fields)
    {
        var isPair = fields.Has("pair_uid");
        if (!isPair && !fields.Has("bon_uid"))
            throw fields.Wrong("has neither pair_uid nor bon_uid; is this a file of RMB?");
        var category = fields.Text("category_path");
        if (!Sections.Any(section => category.StartsWith(section.Path, StringComparison.Ordinal)))
            throw fields.Wrong(
                $"category_path is '{category}', wanted one that begins with {string.Join(", ", Sections.Select(section => section.Path))}"
            );
        var row = isPair
            ? fields.Row(category, fields.Prompt("conversation_input"), [Answer(fields, "chosen")], [Answer(fields, "reject")])
            : fields.Row(
                category,
                fields.Prompt("conversation_input"),
                [Answer(fields, "bon_best")],
                [
                    .. fields
                        .List("loser_list")
                        .Select((loser, i) => loser?["answer"]?.ToString() ?? throw fields.Wrong($"loser_list[{i}] has no answer")),
                ]
            );
        return row with { Id = fields.Text(isPair ? "pair_uid" : "bon_uid") };
    }

    private static string Answer(BenchmarkFields fields, string name) =>
        fields.Published[name]?["answer"]?.ToString() ?? throw fields.Wrong($"field {name} has no answer");
}
