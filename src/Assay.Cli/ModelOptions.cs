using System.CommandLine;
using Assay.Models;
using Assay.Models.Heads;
using Assay.Torch;

namespace Assay.Cli;

/// <summary>
/// The options by which every verb that runs a model is told where and in which type, and what an ensemble's scores become, and against
/// which reference a policy is read: <c>--device</c>, <c>--bf16</c>, <c>--aggregate</c>, <c>--lcb-k</c>, <c>--reference</c> and
/// <c>--beta</c>.
/// </summary>
internal sealed class ModelOptions
{
    private readonly Option<string> _device = new("--device")
    {
        Description = "Where the model runs: cpu, cuda, cuda:N, or auto for a CUDA device where libtorch has one.",
        DefaultValueFactory = _ => "auto",
        HelpName = "DEVICE",
    };
    private readonly Option<bool> _bf16 = new("--bf16")
    {
        Description =
            "Compute in bf16 over the stored weights: faster where the processor has bf16 products, and scores move by some thousandths of their spread.",
    };
    private readonly Option<string> _aggregate = new("--aggregate")
    {
        Description =
            "What the scores of an ensemble (ensemble_heads, or a folder with ensemble.json) become: mean, lcb (mean − k standard deviations) or worst.",
        DefaultValueFactory = _ => "mean",
        HelpName = "HOW",
    };
    private readonly Option<double> _lowerBy = new("--lcb-k")
    {
        Description = "Standard deviations that --aggregate lcb takes off.",
        DefaultValueFactory = _ => 1,
        HelpName = "K",
    };

    private readonly ReferenceOptions _reference;

    public ModelOptions(Command command)
    {
        _reference = new ReferenceOptions(command);
        command.Options.Add(_device);
        command.Options.Add(_bf16);
        command.Options.Add(_aggregate);
        command.Options.Add(_lowerBy);
        command.Options.Add(RankedRun.Timeout());
    }

    /// <summary>Refuses them where there is no model to place.</summary>
    /// <exception cref="UsageException">One was given, and <paramref name="model"/> is null.</exception>
    public void Demand(string? model, ParseResult parsed)
    {
        if (
            model is null
            && (
                parsed.GetValue(_bf16)
                || ((Option[])[_device, _aggregate, _lowerBy, .. _reference.All]).Any(option =>
                    parsed.GetResult(option) is { Implicit: false }
                )
            )
        )
            throw new UsageException(
                "--device, --bf16, --aggregate, --lcb-k, --reference and --beta go with --model: scores are made already"
            );
    }

    /// <summary>What was asked for; loads libtorch.</summary>
    /// <exception cref="FormatException">There is no such device here.</exception>
    public Placement Read(ParseResult parsed)
    {
        var (reference, beta) = _reference.Read(parsed);
        return new()
        {
            Reference = reference,
            Beta = beta,
            Aggregate = Aggregate(parsed),
            Device = Device.Find(parsed.GetValue(_device)!),
            Bf16 = parsed.GetValue(_bf16),
        };
    }

    private ScoreAggregate Aggregate(ParseResult parsed)
    {
        var name = parsed.GetValue(_aggregate)!;
        var k = parsed.GetValue(_lowerBy);
        if (!(k >= 0 && double.IsFinite(k)))
            throw new UsageException($"--lcb-k is {k}; wanted a number of 0 or more");
        if (name != "lcb" && parsed.GetResult(_lowerBy) is { Implicit: false })
            throw new UsageException($"--lcb-k goes with --aggregate lcb; --aggregate is {name}");
        return name switch
        {
            "mean" => ScoreAggregate.Mean,
            "lcb" => ScoreAggregate.LowerBound(k),
            "worst" => ScoreAggregate.Worst,
            _ => throw new UsageException($"--aggregate is {name}; wanted {string.Join(", ", ScoreAggregate.Names)}"),
        };
    }
}
