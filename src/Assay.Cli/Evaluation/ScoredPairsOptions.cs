using System.CommandLine;
using Assay.Evaluation.Scores;

namespace Assay.Cli.Evaluation;

/// <summary>
/// The options by which a verb is told what to judge: a model, scores made elsewhere or a server, on which pairs. The same for <c>eval</c>
/// and <c>audit</c>.
/// </summary>
internal sealed class ScoredPairsOptions
{
    private readonly ModelOption _model = new("Folder of the reward model.");
    private readonly DataOption _data = new("Preference pairs; the lines of several files are counted through:", DataOption.Need.Optional);
    private readonly Option<string?> _scores = new("--scores")
    {
        Description =
            "Scores made elsewhere, instead of a model: JSON Lines or CSV with id or row, chosen_score and rejected_score, or with the id and score of each candidate; or a folder that eval wrote.",
        HelpName = "PATH",
    };
    private readonly Option<string?> _endpoint = new("--endpoint")
    {
        Description = "A server that speaks vLLM's /classify, instead of a model: asked for raw logits, a conversation a request.",
        HelpName = "URL",
    };
    private readonly Option<string?> _endpointModel = new("--endpoint-model")
    {
        Description = "The model's name at --endpoint.",
        HelpName = "NAME",
    };
    private readonly Option<string?> _split = new("--split")
    {
        Description = "Judge only the lines this file holds out: {\"train\": [...], \"heldout\": [...]}.",
        HelpName = "FILE",
    };
    private readonly Option<int?> _maxLength = new("--max-length")
    {
        Description = "Leave out pairs with a side of more tokens; nothing is truncated.",
        HelpName = "TOKENS",
    };
    private readonly ChatTemplateOption _template = new();
    private readonly MaxErrorsOption _maxErrors = new();

    private readonly FieldOptions _fields;
    private readonly ModelOptions _placement;

    public ScoredPairsOptions(Command command)
    {
        _fields = new FieldOptions(command);
        _placement = new ModelOptions(command);
        foreach (
            var option in (Option[])
                [_model, _model.Revision, _data, _scores, _endpoint, _endpointModel, _split, _maxLength, _template, _maxErrors]
        )
            command.Options.Add(option);
    }

    /// <summary>Everything that is read, for who decides what may be written.</summary>
    public IEnumerable<string?> Inputs(ParseResult parsed) =>
        [
            .. DataFilesOf(parsed),
            parsed.GetValue(_scores),
            parsed.GetValue(_split),
            parsed.GetValue(_template),
            _model.Given(parsed) is { } model ? ModelFolder.Of(model) : null,
        ];

    // What is wrong with them is said by Read, after what is wrong with the options.
    private IReadOnlyList<string> DataFilesOf(ParseResult parsed)
    {
        try
        {
            return _data.Files(parsed);
        }
        catch (Exception error) when (error is UsageException or FormatException or IOException)
        {
            return [];
        }
    }

    /// <summary>What was asked for.</summary>
    /// <exception cref="UsageException">The options do not go together.</exception>
    public ScoredPairs Read(ParseResult parsed)
    {
        var verb = parsed.CommandResult.Command.Name;
        var (model, scores, data, split) = (_model.Given(parsed), parsed.GetValue(_scores), _data.Files(parsed), parsed.GetValue(_split));
        if (scores is not null)
            scores = EvalFiles.ScoresAt(scores);
        var endpoint = parsed.GetValue(_endpoint);
        if (new[] { model, scores, endpoint }.Count(given => given is not null) != 1)
            throw new UsageException($"{verb} wants one of --model DIR, --scores FILE and --endpoint URL");
        if (endpoint is null != parsed.GetValue(_endpointModel) is null)
            throw new UsageException("--endpoint URL and --endpoint-model NAME go together");
        if (
            endpoint is not null
            && (!Uri.TryCreate(endpoint, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
        )
            throw new UsageException($"--endpoint {endpoint} is no address; wanted one such as http://127.0.0.1:8000");
        if (endpoint is not null && (parsed.GetValue(_maxLength) is not null || parsed.GetValue(_template) is not null))
            throw new UsageException("--max-length and --chat-template do not go with --endpoint: the server renders and measures");
        _placement.Demand(model, parsed);
        if (data.Count == 0 && scores is null)
            throw new UsageException($"{verb} wants pairs: --data FILE");
        if (split is not null && data.Count == 0)
            throw new UsageException("--split goes with --data: it holds line numbers");
        return new ScoredPairs(
            _model.Read(parsed),
            scores,
            data,
            split,
            parsed.GetValue(_maxLength),
            parsed.GetValue(_template),
            _maxErrors.Read(parsed),
            endpoint is null ? null : new EndpointScorer(new Uri(endpoint), parsed.GetValue(_endpointModel)!),
            _fields.Read(parsed),
            model is null ? null : _placement.Read(parsed)
        );
    }
}
