using System.CommandLine;

namespace Assay.Cli.Evaluation;

/// <summary>The options by which a verb is told what to judge: a model or scores made elsewhere, on which pairs. The same for <c>eval</c> and <c>audit</c>.</summary>
internal sealed class ScoredPairsOptions
{
    private readonly Option<string?> _model = new("--model") { Description = "Folder of the reward model.", HelpName = "DIR" };
    private readonly Option<string[]> _data = new("--data") { Description = "Preference pairs; several files are read in order.", AllowMultipleArgumentsPerToken = true, HelpName = "FILE" };
    private readonly Option<string?> _scores = new("--scores") { Description = "Scores made elsewhere, instead of a model: JSON Lines or CSV with id or row, chosen_score and rejected_score, or with the id and score of each candidate; or a folder that eval wrote.", HelpName = "PATH" };
    private readonly Option<string?> _split = new("--split") { Description = "Judge only the lines this file holds out: {\"train\": [...], \"heldout\": [...]}.", HelpName = "FILE" };
    private readonly Option<int?> _maxLength = new("--max-length") { Description = "Leave out pairs with a side of more tokens; nothing is truncated.", HelpName = "TOKENS" };
    private readonly Option<string?> _template = new("--chat-template") { Description = "Another chat template than the model's own: a Jinja file, or 'plain'.", HelpName = "FILE" };
    private readonly Option<int> _maxErrors = new("--max-errors") { Description = "Unreadable rows a file may have; they are set aside and counted.", DefaultValueFactory = _ => 0, HelpName = "N" };

    public ScoredPairsOptions(Command command)
    {
        foreach (Option option in (Option[])[_model, _data, _scores, _split, _maxLength, _template, _maxErrors]) command.Options.Add(option);
    }

    /// <summary>What was asked for.</summary>
    /// <exception cref="UsageException">The options do not go together.</exception>
    public ScoredPairs Read(ParseResult parsed)
    {
        string verb = parsed.CommandResult.Command.Name;
        var (model, scores, data, split) = (parsed.GetValue(_model), parsed.GetValue(_scores), parsed.GetValue(_data) ?? [], parsed.GetValue(_split));
        if (scores is not null) scores = EvalFiles.ScoresAt(scores);
        if (model is null == scores is null) throw new UsageException($"{verb} wants --model DIR or --scores FILE, one of the two");
        if (data.Length == 0 && scores is null) throw new UsageException($"{verb} wants pairs: --data FILE");
        if (scores is not null && data.Length > 1) throw new UsageException("--scores goes with one file of --data: rows are told apart by their line");
        if (split is not null && data.Length != 1) throw new UsageException("--split goes with one file of --data: it holds that file's line numbers");
        if (parsed.GetValue(_maxErrors) < 0) throw new UsageException("--max-errors is a count: 0 or more");
        return new ScoredPairs(model, scores, data, split, parsed.GetValue(_maxLength), parsed.GetValue(_template), parsed.GetValue(_maxErrors));
    }
}
