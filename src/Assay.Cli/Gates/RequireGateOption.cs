using System.CommandLine;
using Assay.Evaluation.Gates;

namespace Assay.Cli.Gates;

/// <summary>The option <c>--require-gate [USE]</c>, for every verb that uses a model's scores for something.</summary>
internal sealed class RequireGateOption
{
    private readonly Option<string?> _option = new("--require-gate")
    {
        Description =
            "Refuse (exit code 1) unless the model's folder holds an intact verdict of assay gate, of this model, ready for USE (monitor, best-of-n, rl or a policy's own word) or a stricter one; without USE for any.",
        HelpName = "USE",
        Arity = ArgumentArity.ZeroOrOne,
    };

    public RequireGateOption(Command command) => command.Options.Add(_option);

    /// <summary>What is demanded; null when the option was not given.</summary>
    public GateDemand? Read(ParseResult parsed) => parsed.GetResult(_option) is null ? null : new GateDemand(parsed.GetValue(_option));
}

/// <summary>That a model's folder must hold a verdict that permits its use.</summary>
/// <param name="Use">What it is used for; null takes a verdict for any use.</param>
internal sealed record GateDemand(string? Use)
{
    /// <summary>Why the model may not be used, in a sentence; null when it may.</summary>
    /// <param name="model">The folder, or a GGUF file in it.</param>
    /// <param name="fingerprint">Of the model as it was loaded.</param>
    public string? Refusal(string model, string fingerprint) => GateRecord.Refusal(ModelFolder.Of(model), fingerprint, Use);
}
