using Assay.Data;

namespace Assay.Cli.Quickstart;

/// <summary>A labelled pair of the support world.</summary>
internal sealed record SupportPair(int Row, string Intent, string Question, SupportAnswer Chosen, SupportAnswer Rejected)
{
    /// <summary>The pair as the rest of Assay knows it: a user turn and two assistant turns.</summary>
    public PreferencePair ToPreferencePair() =>
        new()
        {
            Row = Row,
            Chosen = Conversation.OfMessages(new Message("user", Question), new Message("assistant", Chosen.Text)),
            Rejected = Conversation.OfMessages(new Message("user", Question), new Message("assistant", Rejected.Text)),
            PromptMessageCount = 1,
            Prompt = Question,
            Source = Intent,
        };
}
