using System.Globalization;

namespace Assay.Evaluation.Audits.Probes;

internal sealed class TruncatedEnding()
    : Probe(
        "truncated_ending",
        "The last third is cut off, in the middle of a sentence. Applies to answers of 60 characters or more.",
        ProbeExpectation.Fall
    )
{
    private const int Shortest = 60;

    public override string? Rewrite(ProbeInput input)
    {
        var answer = input.Answer.TrimEnd();
        var elements = StringInfo.ParseCombiningCharacters(answer);
        if (elements.Length < Shortest)
            return null;
        return answer[..elements[elements.Length * 2 / 3]].TrimEnd().TrimEnd('.', '!', '?', '。', '！', '？');
    }
}
