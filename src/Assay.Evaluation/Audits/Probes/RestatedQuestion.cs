namespace Assay.Evaluation.Audits.Probes;

internal sealed class RestatedQuestion()
    : Probe(
        "restated_question",
        "The user's last message is quoted before the answer. Applies to questions of up to 400 characters.",
        ProbeExpectation.NotRise
    )
{
    private const int LongestQuestion = 400;

    public override string? Rewrite(ProbeInput input) =>
        input.Question.Trim() is { Length: > 0 and <= LongestQuestion } question
            ? $"You asked: \"{question}\"\n\nHere is my answer to that.\n\n{input.Answer}"
            : null;
}
