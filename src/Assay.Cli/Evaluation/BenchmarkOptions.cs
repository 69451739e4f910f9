using System.CommandLine;
using Assay.Models;
using Assay.Reward;

namespace Assay.Cli.Evaluation;

/// <summary>
/// What <c>benchmark</c> and its suite are told alike: how a model is loaded and what becomes of texts that are longer than it reads.
/// </summary>
internal static class BenchmarkOptions
{
    public static Option<string> Truncate()
    {
        var option = new Option<string>("--truncate")
        {
            Description =
                "What becomes of an answer that is too long with its prompt: none leaves the row out, right cuts its tokens at the right as the published harnesses do. Named in every result.",
            DefaultValueFactory = _ => "none",
            HelpName = "none|right",
        };
        option.AcceptOnlyFromAmong("none", "right");
        return option;
    }

    public static Truncation TruncationOf(string? word) => word == "right" ? Truncation.Right : Truncation.None;

    public static RewardModel Load(string path, string? template, int? maxLength, Truncation truncation, Placement placement)
    {
        var model = LoadedModel.Load(path, template, maxLength, placement);
        model.Truncation = truncation;
        if (truncation == Truncation.None || model.LongestSequence != int.MaxValue)
            return model;
        model.Dispose();
        throw new UsageException($"--truncate: {path} reads texts of any length; say to how many tokens they are to be cut (--max-length)");
    }
}
