using Assay.Data.Reading.Solutions;
using Assay.Models.Packing;
using Assay.Text.Tokenization;

namespace Assay.Reward.Process;

/// <summary>How solutions become ids.</summary>
/// <param name="Separator">What ends a step.</param>
/// <param name="MaxLength">Most tokens of prompt and steps together; null for no limit.</param>
/// <param name="MaxCompletionLength">Most tokens of the steps; null for no limit.</param>
public sealed record StepRules(string Separator = "\n", int? MaxLength = null, int? MaxCompletionLength = null);

/// <summary>
/// The one function from a solution to ids, TRL's (PRMTrainer.tokenize_row, 1.13): prompt and steps are tokenized separately, without
/// special tokens; the tokenizer's BOS, where it has one, stands first; after every step come the separator's ids, the last of which
/// carries the label. Both limits cut at the right, with the labels there. Safe for use by several threads.
/// </summary>
public sealed class StepEncoder
{
    private readonly Tokenizer _tokenizer;
    private readonly StepRules _rules;
    private readonly int[] _separator;
    private readonly int? _bos;

    /// <exception cref="RewardException">The separator has no tokens.</exception>
    public StepEncoder(Tokenizer tokenizer, StepRules rules)
    {
        (_tokenizer, _rules) = (tokenizer, rules);
        _separator = Ids(rules.Separator);
        if (_separator.Length == 0)
            throw new RewardException(
                $"step_separator {System.Text.Json.JsonSerializer.Serialize(rules.Separator)} has no tokens in this model's tokenizer, so a label has no place to stand: name another, such as \"\\n\\n\" or a word"
            );
        _bos = tokenizer.Config.BosToken is { } bos ? tokenizer.TokenToId(bos) : null;
    }

    /// <summary>The ids, with the steps that are judged: those with labels, or all where the solution has none.</summary>
    /// <param name="row">Its line, for messages.</param>
    /// <param name="solution">What to encode.</param>
    /// <param name="lastStepOnly">Whether the last step alone counts as judged.</param>
    public EncodedSolution Encode(long row, Solution solution, bool lastStepOnly = false)
    {
        int[] prompt = [.. _bos is { } bos ? [bos] : Array.Empty<int>(), .. Ids(solution.Prompt)];
        var (ids, places, labels, steps) = (new List<int>(prompt), new List<int>(), new List<bool>(), new List<int>());
        for (var step = 0; step < solution.Steps.Count; step++)
        {
            ids.AddRange(Ids(solution.Steps[step]));
            ids.AddRange(_separator);
            if (solution.Labels is { } given && (given[step] is null || (lastStepOnly && step < solution.Steps.Count - 1)))
                continue;
            places.Add(ids.Count - 1);
            steps.Add(step);
            if (solution.Labels is { } known)
                labels.Add(known[step]!.Value);
        }
        var end = ids.Count;
        if (_rules.MaxCompletionLength is { } most)
            end = (int)Math.Min(end, (long)prompt.Length + most);
        if (_rules.MaxLength is { } longest)
            end = Math.Min(end, longest);
        var kept = places.Count(place => place < end);
        return new EncodedSolution(row, [.. ids.Take(end)], [.. places.Take(kept)], [.. labels.Take(kept)])
        {
            Steps = [.. steps.Take(kept)],
        };
    }

    private int[] Ids(string text) => _tokenizer.EncodeIds(text, EncodeOptions.WithoutTemplate);
}

/// <summary>A solution as token ids, with where its steps are judged.</summary>
/// <param name="Row">Line of its row, from 1; messages name it.</param>
/// <param name="Ids">Prompt and steps, each step with its separator.</param>
/// <param name="Places">Of each judged step the place of its separator's last token, from 0.</param>
/// <param name="Labels">Of each place whether the step is right; as many as places, or none where nobody said.</param>
public sealed record EncodedSolution(long Row, int[] Ids, int[] Places, bool[] Labels)
{
    /// <summary>Which step each place is the end of, from 0.</summary>
    public required int[] Steps { get; init; }

    /// <summary>As the network reads it: to the last place where no earlier token sees a later one, else whole.</summary>
    public ReadSequence Read(PackingRules rules) => new(Ids.Length <= rules.SharedPrefixLimit ? Ids[..(Places[^1] + 1)] : Ids, Places);
}
