using System.CommandLine;
using Assay.Hub;

namespace Assay.Cli;

/// <summary>
/// The options by which a verb is told its model: <c>--model</c>, a folder, a file or a name of the Hugging Face hub, and
/// <c>--model-revision</c>. The same for every verb.
/// </summary>
internal sealed class ModelOption
{
    private readonly Option<string?> _model;
    private readonly Option<string?> _revision = new("--model-revision")
    {
        Description = "Branch, tag or commit of a model of the hub, as ORG/NAME@REVISION says it too. [default: main]",
        HelpName = "REVISION",
    };
    private readonly ModelParts _parts;

    /// <param name="what">What the model is for, as a sentence.</param>
    /// <param name="need">Whether the verb can do without.</param>
    /// <param name="parts">How much of it the verb reads.</param>
    public ModelOption(string what, DataOption.Need need = DataOption.Need.Optional, ModelParts parts = ModelParts.Whole)
    {
        _model = new Option<string?>("--model")
        {
            Description = $"{what} A name of the Hugging Face hub (ORG/NAME) is looked up in its cache, else downloaded.",
            Required = need == DataOption.Need.Required,
            HelpName = "DIR_OR_NAME",
        };
        _parts = parts;
    }

    public static implicit operator Option(ModelOption model) => model._model;

    /// <summary>The option of the revision.</summary>
    public Option Revision => _revision;

    /// <summary>What was given, as it was given; null without.</summary>
    public string? Given(ParseResult parsed) => parsed.GetValue(_model);

    /// <summary>Where it lies on this machine; a model of the hub is fetched where need be. Null without.</summary>
    /// <exception cref="UsageException">A revision without a model of the hub.</exception>
    /// <exception cref="HubException">It is not to be had.</exception>
    public string? Read(ParseResult parsed)
    {
        var revision = parsed.GetValue(_revision);
        if (Given(parsed) is { } model)
            return FromHub.Model(model, revision, _parts);
        return revision is null ? null : throw new UsageException("--model-revision goes with --model ORG/NAME");
    }
}
