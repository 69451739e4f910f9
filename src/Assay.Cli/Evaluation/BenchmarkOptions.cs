using System.CommandLine;
using Assay.Reward;

namespace Assay.Cli.Evaluation;

/// <summary>
/// What <c>benchmark</c> and its suite are told alike: which model or whose scores, how the model is loaded and what becomes of texts that
/// are longer than it reads.
/// </summary>
/// <param name="verb">Whose options they are, as messages name it.</param>
/// <param name="scores">Scores made elsewhere, instead of a model.</param>
internal sealed class BenchmarkOptions(string verb, Option<string?> scores)
{
    private readonly ModelOption _model = new("Folder of the reward model.");
    private readonly Option<int?> _maxLength = new("--max-length")
    {
        Description =
            "The most tokens of an answer with its prompt; rows with more are left out, or cut with --truncate. Default: what the model can read.",
        HelpName = "TOKENS",
    };
    private readonly Option<string> _truncate = new("--truncate")
    {
        Description =
            "What becomes of an answer that is too long with its prompt: none leaves the row out, right cuts its tokens at the right as the published harnesses do. Named in every result.",
        DefaultValueFactory = _ => "none",
        HelpName = "none|right",
    };
    private readonly ChatTemplateOption _template = new();

    /// <summary>Adds them, in the order of the help.</summary>
    public void AddTo(Command command, Option output)
    {
        _truncate.AcceptOnlyFromAmong("none", "right");
        foreach (var option in (Option[])[_model, _model.Revision, scores, output, _maxLength, _truncate, _template])
            command.Options.Add(option);
    }

    /// <summary>What is read for them, none of which a run may write over.</summary>
    public IEnumerable<string?> Read(ParseResult parsed) =>
        [parsed.GetValue(_template), _model.Given(parsed) is { } model ? ModelFolder.Of(model) : null];

    public int? MaxLength(ParseResult parsed) => parsed.GetValue(_maxLength);

    /// <exception cref="UsageException">Not one of model and scores was given.</exception>
    public void DemandOne(ParseResult parsed)
    {
        if (_model.Given(parsed) is null == parsed.GetValue(scores) is null)
            throw new UsageException($"{verb} wants --model DIR or --scores {scores.HelpName}, one of the two");
    }

    /// <exception cref="UsageException">What goes with a model was given beside scores, or a length is none.</exception>
    public void Demand(ParseResult parsed, ModelOptions placement)
    {
        if (MaxLength(parsed) is < 1)
            throw new UsageException("--max-length is a count of tokens: 1 or more");
        if (
            parsed.GetValue(scores) is not null
            && (MaxLength(parsed) is not null || parsed.GetValue(_template) is not null || parsed.GetValue(_truncate) != "none")
        )
            throw new UsageException("--max-length, --truncate and --chat-template go with --model: scores are made already");
        placement.Demand(_model.Given(parsed), parsed);
    }

    /// <summary>The model with how it was named; null where there are scores instead.</summary>
    public (string? Path, RewardModel? Loaded) Load(ParseResult parsed, ModelOptions placement)
    {
        if (_model.Read(parsed) is not { } path)
            return (null, null);
        var model = LoadedModel.Load(path, parsed.GetValue(_template), MaxLength(parsed), placement.Read(parsed));
        model.Truncation = parsed.GetValue(_truncate) == "right" ? Truncation.Right : Truncation.None;
        if (model.Truncation == Truncation.None || model.LongestSequence != int.MaxValue)
            return (path, model);
        model.Dispose();
        throw new UsageException($"--truncate: {path} reads texts of any length; say to how many tokens they are to be cut (--max-length)");
    }
}
