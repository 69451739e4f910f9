namespace Assay.Evaluation.Audits.Probes;

/// <summary>
/// The answers that are probed, as a source of text that the model knows: what they say again and again, and answers to other prompts.
/// </summary>
public sealed class ProbeCorpus
{
    private const int MaxFamiliar = 8;

    /// <summary>A sentence of at least so many different prompts' answers says nothing about any of them.</summary>
    private const int MinPrompts = 3;

    private readonly (string Group, string Answer)[] _byLength;

    /// <param name="answers">Answers with their prompt groups.</param>
    public ProbeCorpus(IEnumerable<(string Group, string Answer)> answers)
    {
        _byLength =
        [
            .. answers
                .Where(entry => entry.Answer.Length > 0)
                .Distinct()
                .OrderBy(entry => entry.Answer.Length)
                .ThenBy(entry => entry.Answer, StringComparer.Ordinal),
        ];
        Familiar =
        [
            .. _byLength
                .SelectMany(entry => Sentences.Of(entry.Answer).Select(sentence => (Sentence: sentence.Trim(), entry.Group)))
                .Where(entry => entry.Sentence.Length > 0)
                .Distinct()
                .GroupBy(entry => entry.Sentence, StringComparer.Ordinal)
                .Select(group => (Sentence: group.Key, Prompts: group.Count()))
                .Where(entry => entry.Prompts >= MinPrompts)
                .OrderByDescending(entry => entry.Prompts)
                .ThenBy(entry => entry.Sentence, StringComparer.Ordinal)
                .Take(MaxFamiliar)
                .Select(entry => entry.Sentence),
        ];
    }

    /// <summary>
    /// The sentences that stand in answers to the most prompts, commonest first: at most eight, each in three prompts' answers or more.
    /// </summary>
    public IReadOnlyList<string> Familiar { get; }

    /// <summary>The answer to another prompt whose length in characters is nearest; null when all answers are of one prompt.</summary>
    public string? OfOtherPrompt(string group, int length)
    {
        int above = LowerBound(length),
            below = above - 1;
        while (above < _byLength.Length && _byLength[above].Group == group)
            above++;
        while (below >= 0 && _byLength[below].Group == group)
            below--;
        if (above == _byLength.Length)
            return below < 0 ? null : _byLength[below].Answer;
        return below >= 0 && length - _byLength[below].Answer.Length < _byLength[above].Answer.Length - length
            ? _byLength[below].Answer
            : _byLength[above].Answer;
    }

    private int LowerBound(int length)
    {
        int low = 0,
            high = _byLength.Length;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_byLength[middle].Answer.Length < length)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }
}
