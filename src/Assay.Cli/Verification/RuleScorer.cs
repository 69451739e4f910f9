using Assay.Data;
using Assay.Verifiers;

namespace Assay.Cli.Verification;

/// <summary>A rule as a scorer: 1 or 0 for the last turn of a conversation.</summary>
internal sealed class RuleScorer(IVerifier verifier) : IScorer
{
    public IReadOnlyList<ScoreOutcome> Score(IReadOnlyList<Conversation> conversations, CancellationToken cancellationToken = default) =>
        [.. conversations.Select(Judge)];

    private ScoreOutcome Judge(Conversation conversation) =>
        conversation.Messages is [.., var last]
            ? (float)verifier.Verify(last.Content, "").Score
            : new Refusal(
                "no_answer",
                "a rule judges the last turn of messages, and in a plain text nobody knows where the answer begins: give prompt and completion as messages"
            );
}
