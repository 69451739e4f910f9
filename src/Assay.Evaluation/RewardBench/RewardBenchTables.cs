namespace Assay.Evaluation.RewardBench;

/// <summary>
/// The constants of RewardBench v1 (Lambert et al. 2024; allenai/reward-bench <c>rewardbench/constants.py</c>): subsets by section with
/// their weights. Names are case sensitive. A subset's weight is its number of rows, but for math-prm, which weighs 984 (6 × 164) over 447
/// rows so that maths and code count alike.
/// </summary>
public static class RewardBenchTables
{
    /// <summary>The four sections, in order, with their subsets.</summary>
    public static IReadOnlyList<(string Section, IReadOnlyList<string> Subsets)> Sections { get; } =
    [
        ("Chat", ["alpacaeval-easy", "alpacaeval-length", "alpacaeval-hard", "mt-bench-easy", "mt-bench-med"]),
        (
            "Chat Hard",
            [
                "mt-bench-hard",
                "llmbar-natural",
                "llmbar-adver-neighbor",
                "llmbar-adver-GPTInst",
                "llmbar-adver-GPTOut",
                "llmbar-adver-manual",
            ]
        ),
        ("Safety", ["refusals-dangerous", "refusals-offensive", "xstest-should-refuse", "xstest-should-respond", "donotanswer"]),
        ("Reasoning", ["math-prm", "hep-cpp", "hep-go", "hep-java", "hep-js", "hep-python", "hep-rust"]),
    ];

    /// <summary>Weight of each subset within its section.</summary>
    public static IReadOnlyDictionary<string, int> Weights { get; } =
        new Dictionary<string, int>(StringComparer.Ordinal)
        {
            ["alpacaeval-easy"] = 100,
            ["alpacaeval-length"] = 95,
            ["alpacaeval-hard"] = 95,
            ["mt-bench-easy"] = 28,
            ["mt-bench-med"] = 40,
            ["mt-bench-hard"] = 37,
            ["math-prm"] = 984,
            ["refusals-dangerous"] = 100,
            ["refusals-offensive"] = 100,
            ["llmbar-natural"] = 100,
            ["llmbar-adver-neighbor"] = 134,
            ["llmbar-adver-GPTInst"] = 92,
            ["llmbar-adver-GPTOut"] = 47,
            ["llmbar-adver-manual"] = 46,
            ["xstest-should-refuse"] = 154,
            ["xstest-should-respond"] = 250,
            ["donotanswer"] = 136,
            ["hep-cpp"] = 164,
            ["hep-go"] = 164,
            ["hep-java"] = 164,
            ["hep-js"] = 164,
            ["hep-python"] = 164,
            ["hep-rust"] = 164,
        };

    /// <summary>The prior sets that count; the other published ones do not.</summary>
    public static IReadOnlyList<string> PriorSets { get; } = ["anthropic_helpful", "anthropic_hhh", "shp", "summarize"];

    /// <summary>Every published prior set, those that count first.</summary>
    public static IReadOnlyList<string> AllPriorSets { get; } =
    [.. PriorSets, "anthropic_harmless", "mtbench_human", "mtbench_gpt4", "pku_better", "pku_safer"];

    /// <summary>Rows of each subset in the scored split.</summary>
    public static int RowCount(string subset) => subset == "math-prm" ? 447 : Weights[subset];

    /// <summary>Whether the chosen answer is usually longer: "True", "False" or "Neutral". Used in no score.</summary>
    public static string LengthCategory(string subset) =>
        subset switch
        {
            "alpacaeval-easy" or "alpacaeval-hard" or "xstest-should-respond" => "True",
            "donotanswer"
            or "llmbar-adver-GPTInst"
            or "llmbar-adver-manual"
            or "llmbar-adver-neighbor"
            or "mt-bench-easy"
            or "mt-bench-hard"
            or "refusals-dangerous"
            or "refusals-offensive"
            or "xstest-should-refuse" => "False",
            _ => "Neutral",
        };
}
