using System.Globalization;
using System.Text;

namespace Assay.Data.Splits;

/// <summary>A split's rule in words, for people who read the record without this program.</summary>
internal static class SplitRule
{
    public static string Name(GroupBy by) => by.ToString().ToLowerInvariant();

    public static string Describe(SplitOptions options)
    {
        var rule = new StringBuilder("lines are counted from 1; ");
        if (options.By.Contains(GroupBy.Time))
        {
            rule.Append(CultureInfo.InvariantCulture, $"held out when fewer than {options.EvalShare} of the rows are newer");
        }
        else if (options.HoldOut.Count > 0)
        {
            rule.Append(CultureInfo.InvariantCulture, $"held out when {By(options)} is one of {options.HoldOut.Count} named");
        }
        else
        {
            var range =
                options.FoldCount > 0
                    ? string.Create(
                        CultureInfo.InvariantCulture,
                        $"at least {options.Fold - 1}/{options.FoldCount} and below {options.Fold}/{options.FoldCount}"
                    )
                    : string.Create(CultureInfo.InvariantCulture, $"below {options.EvalShare}");
            var seed = options.Seed == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"\"{options.Seed}:\" and ");
            var what =
                options.Stratify == Stratify.None
                    ? "read as a big-endian fraction of 2^32, are"
                    : $"sorted within strata by {options.Stratify.ToString().ToLowerInvariant()}, put the group's middle at a share of the stratum's rows";
            rule.Append(
                CultureInfo.InvariantCulture,
                $"held out when the first 4 bytes of SHA-256 of {seed}{By(options)} (lower case, white space collapsed), {what} {range}"
            );
        }
        rule.Append(
            options.NearDuplicates switch
            {
                OverlapAction.Remove => "; training rows like a held-out row are removed",
                OverlapAction.Move => "; held-out groups like a training row are moved to training",
                _ => "; rows alike on both sides are only reported",
            }
        );
        return rule.ToString();
    }

    private static string By(SplitOptions options) =>
        string.Join(
            ", joined with rows of the same ",
            options.By.Select(by =>
                by switch
                {
                    GroupBy.Opening => "the first user turn",
                    GroupBy.Prompt => "the prompt",
                    GroupBy.Generation => "the source prompt's id",
                    GroupBy.Source => "the source",
                    GroupBy.Annotator => "the annotator",
                    _ => "the time",
                }
            )
        );
}
