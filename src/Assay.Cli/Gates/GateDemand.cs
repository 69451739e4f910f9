using Assay.Evaluation.Gates;

namespace Assay.Cli.Gates;

/// <summary>That a model's folder must hold a verdict that permits its use.</summary>
/// <param name="Use">What it is used for; null takes a verdict for any use.</param>
internal sealed record GateDemand(string? Use)
{
    /// <summary>Why the model may not be used, in a sentence; null when it may.</summary>
    /// <param name="model">The folder, or a GGUF file in it.</param>
    /// <param name="fingerprint">Of the model as it was loaded.</param>
    public string? Refusal(string model, string fingerprint) => GateRecord.Refusal(ModelFolder.Of(model), fingerprint, Use);
}
