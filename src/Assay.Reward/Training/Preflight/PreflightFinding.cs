using System.Text.Json.Nodes;

namespace Assay.Reward.Training.Preflight;

/// <summary>What a check found before the first step.</summary>
/// <param name="Check">Its name, as <c>docs/training.md</c> lists them.</param>
/// <param name="IsFine">Whether nothing is wrong. What is wrong is an alarm of step 0.</param>
/// <param name="Text">What was seen; where something is wrong, what to do.</param>
public sealed record PreflightFinding(string Check, bool IsFine, string Text)
{
    public JsonObject ToJson() => new() { ["check"] = Check, ["fine"] = IsFine, ["text"] = Text };
}
