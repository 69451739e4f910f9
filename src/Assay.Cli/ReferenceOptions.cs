using System.CommandLine;
using System.Globalization;
using Assay.Evaluation.Composites;
using Assay.Hub;
using Assay.Reward;

namespace Assay.Cli;

/// <summary>
/// The options by which <c>--model</c> is read as a policy, whose score is its implicit reward: <c>--reference</c> and <c>--beta</c>. The
/// same for verbs that run the model and for those that only ask which it is.
/// </summary>
internal sealed class ReferenceOptions
{
    private readonly Option<string?> _reference = new("--reference")
    {
        Description =
            "A frozen language model: then --model is a policy, such as assay dpo makes, and its score the implicit reward beta (log policy - log reference) of the answer.",
        HelpName = "DIR_OR_NAME",
    };
    private readonly Option<double?> _beta = new("--beta")
    {
        Description = "The implicit reward's beta; without it the one that the policy was trained with, else 0.1.",
        HelpName = "NUMBER",
    };

    public ReferenceOptions(Command command)
    {
        command.Options.Add(_reference);
        command.Options.Add(_beta);
    }

    /// <summary>Both of them.</summary>
    public IReadOnlyList<Option> All => [_reference, _beta];

    /// <summary>The reference's path, and beta where it was given.</summary>
    /// <exception cref="UsageException">A beta without a reference, or one that is no beta.</exception>
    public (string? Reference, double? Beta) Read(ParseResult parsed)
    {
        if (parsed.GetValue(_beta) is { } beta)
        {
            if (parsed.GetValue(_reference) is null)
                throw new UsageException("--beta goes with --reference: it is the implicit reward's");
            if (!(beta > 0 && double.IsFinite(beta)))
                throw new UsageException($"--beta is {beta.ToString(CultureInfo.InvariantCulture)}; wanted a number above 0");
        }
        return (
            parsed.GetValue(_reference) is { } reference ? FromHub.Model(reference, null, ModelParts.Whole) : null,
            parsed.GetValue(_beta)
        );
    }

    /// <summary>
    /// As <see cref="Read"/>, for a verb that only asks whose scores they were: the fingerprint of what <c>--model</c> is; null without a
    /// model.
    /// </summary>
    /// <exception cref="UsageException">A reference without a model.</exception>
    public Func<string, string> Fingerprint(string? model, ParseResult parsed)
    {
        var (reference, beta) = Read(parsed);
        if (reference is null)
            return path => CompositeFile.Is(path) ? CompositeModel.FingerprintOf(path) : ModelFingerprint.Of(path);
        return model is null ? throw new UsageException("--reference goes with --model, the policy")
            : CompositeFile.Is(model) ? throw new UsageException(CompositeModel.NoReference)
            : path => ModelFingerprint.OfImplicit(path, reference, beta);
    }
}
