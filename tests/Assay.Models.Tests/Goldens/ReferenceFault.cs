using System.Text.Json;
using Assay.Torch;

namespace Assay.Models.Tests.Goldens;

/// <summary>Something that the reference library does to a score, as a case recorded it, and what ours does there.</summary>
/// <param name="What">What it does.</param>
/// <param name="Case">The case's name.</param>
/// <param name="Reference">Largest distance of its scores from the right ones, which it gives itself for each sequence alone, or at its
/// last token; NaN where it gives none.</param>
/// <param name="Ours">The same of ours, in fp64.</param>
internal sealed record ReferenceFault(string What, string Case, double Reference, double Ours)
{
    // The smallest change that a trap of the goldens makes.
    private const double Visible = 1e-3;

    /// <summary>Every fault that a case shows; what does no harm there is left out.</summary>
    public static IEnumerable<ReferenceFault> In(FamilyCase recorded)
    {
        var expected = recorded.Expected;
        var single = Logits(expected.GetProperty("single"));
        using var network = recorded.Load("config.json", DType.Float64);
        var together = FamilyCase.Largest(recorded.Scores(network), single);
        var agreement = expected.GetProperty("agreement");

        if (expected.Optional("pad_is_eos") is { } eos)
        {
            using var other = recorded.Load("config.json", DType.Float64, "pad_token_id", eos.GetProperty("pad_token_id").GetInt32());
            var right = eos.GetProperty("right");
            var truth = right.GetProperty("at_last_token_fp64").Numbers();
            yield return new(
                "pad = eos: reads the token before the last",
                recorded.Name,
                FamilyCase.Largest(Logits(right), truth),
                FamilyCase.Largest(recorded.Scores(other, asPadded: true), truth)
            );
        }
        if (
            FamilyCase.Largest(Logits(expected.GetProperty("left").GetProperty("default_positions")), Logits(expected.GetProperty("right")))
            is var left
                and > Visible
        )
            yield return new("left padding: pads counted or read", recorded.Name, left, together);
        if (FamilyCase.Largest(Logits(expected.GetProperty("right")), single) is var neighbours and > Visible)
            yield return new("rotary frequencies follow the longest neighbour in the batch", recorded.Name, neighbours, together);
        if (agreement.GetProperty("model.double() - fp64").ValueKind == JsonValueKind.String)
            yield return new("a window beside padding in fp64: rows without a key become NaN", recorded.Name, double.NaN, together);
        if (agreement.Optional("packed in one row (use_cache=True) - single") is { } packed)
            yield return new(
                "packed in one row with the default use_cache: sequences see each other",
                recorded.Name,
                packed.GetDouble(),
                together
            );
        if (expected.Optional("pad_positions_hold_other_ids") is { } others)
            yield return new(
                "ids behind the mask: reads them as the last token",
                recorded.Name,
                FamilyCase.Largest(Logits(others), others.GetProperty("at_last_token_fp64").Numbers()),
                together
            );
        if (agreement.Optional("fp32 sdpa - eager") is { ValueKind: JsonValueKind.Number } attention && attention.GetDouble() > Visible)
            yield return new("eager attention adds ALiBi twice", recorded.Name, attention.GetDouble(), together);
    }

    private static double[] Logits(JsonElement recorded) => recorded.GetProperty("logits_fp64").Numbers();
}
