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

/// <summary>A candidate answer of the support world, with what makes it good kept beside its text.</summary>
/// <param name="Text">The answer.</param>
/// <param name="Gold">The known true reward: substance and tone. Filler is worth nothing, so length is not in it.</param>
/// <param name="FillerSentences">How many sentences of filler it carries.</param>
internal sealed record SupportAnswer(string Text, double Gold, int FillerSentences);
