using System.CommandLine;
using Assay.Models;
using Assay.Torch;

namespace Assay.Cli;

/// <summary>The options by which every verb that runs a model is told where and in which type: <c>--device</c> and <c>--bf16</c>.</summary>
internal sealed class ModelOptions
{
    private readonly Option<string> _device = new("--device") { Description = "Where the model runs: cpu, cuda, cuda:N, or auto for a CUDA device where libtorch has one.", DefaultValueFactory = _ => "auto", HelpName = "DEVICE" };
    private readonly Option<bool> _bf16 = new("--bf16") { Description = "Compute in bf16 over the stored weights: faster where the processor has bf16 products, and scores move by some thousandths of their spread." };

    public ModelOptions(Command command)
    {
        command.Options.Add(_device);
        command.Options.Add(_bf16);
    }

    /// <summary>Refuses them where there is no model to place.</summary>
    /// <exception cref="UsageException">One was given, and <paramref name="model"/> is null.</exception>
    public void Demand(string? model, ParseResult parsed)
    {
        if (model is null && (parsed.GetResult(_device) is { Implicit: false } || parsed.GetValue(_bf16))) throw new UsageException("--device and --bf16 go with --model: scores are made already");
    }

    /// <summary>What was asked for; loads libtorch.</summary>
    /// <exception cref="FormatException">There is no such device here.</exception>
    public Placement Read(ParseResult parsed) => new() { Device = Device.Find(parsed.GetValue(_device)!), Bf16 = parsed.GetValue(_bf16) };
}
