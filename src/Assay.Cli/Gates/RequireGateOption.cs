using System.CommandLine;

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
